//! The estimators in what people put around them: dicts, lists, objects of their own classes, and several files.

use super::arrange;
use super::candidates::{
    Candidate, Findings, NameList, Root, candidates, list, listed, names_beside, names_in,
};
use super::step::{Outcome, Step};
use crate::import::limits::NAMES_BYTES_MAX;
use crate::import::objects::Value;

/// What is to be converted.
pub(super) struct Estimators<'a> {
    /// The estimators that rows go through, one after the other. The last one predicts.
    pub(super) steps: Vec<Step<'a>>,
    /// Names for the columns of the first, the nearest first.
    pub(super) names: Vec<NameList>,
    /// The encoder whose classes are those of the predictions.
    pub(super) labels: Option<Step<'a>>,
    /// What to say about it.
    pub(super) notes: Vec<String>,
}

/// The estimators of one file under `keys`; without keys the only one there is, or a transformer and a model.
pub(super) fn unwrap<'a>(root: Value<'a>, keys: &[String]) -> Outcome<Estimators<'a>> {
    let whole = Step::root(root);
    if whole.is_estimator() {
        if !keys.is_empty() {
            return Err(whole.refuse("the file holds only this estimator: remove --key"));
        }
        return Ok(Estimators {
            steps: vec![whole],
            names: Vec::new(),
            labels: None,
            notes: Vec::new(),
        });
    }
    let file = "";
    let found = Findings {
        candidates: candidates(&Root { file, value: root }, 0),
        lists: Vec::new(),
        whole,
    };
    if found.candidates.is_empty() {
        return Err(found.whole.refuse(nothing(root)));
    }
    unwrap_found(&found, keys, false)
}

/// The estimators of several files under `keys`, which begin with a file's name; without keys, all of them if it is
/// known in which order rows go through them. `lists` are files of column names.
pub(super) fn unwrap_files<'a>(
    roots: &[Root<'a>],
    mut lists: Vec<NameList>,
    keys: &[String],
    in_order: bool,
) -> Outcome<Estimators<'a>> {
    let Some(first) = roots.first() else {
        return Err(Step::nothing_found());
    };
    let whole = Step::files(first.value);
    let mut left = NAMES_BYTES_MAX;
    let mut found: Vec<Candidate<'a>> = Vec::new();
    for (number, root) in roots.iter().enumerate() {
        let candidates = candidates(root, number);
        if candidates.is_empty() {
            lists.extend(names_in(root, &mut left));
        }
        found.extend(candidates);
    }
    let found = Findings {
        whole,
        candidates: found,
        lists,
    };
    if found.candidates.is_empty() {
        return Err(Step::nothing_found());
    }
    unwrap_found(&found, keys, in_order)
}

fn unwrap_found<'a>(
    found: &Findings<'a>,
    keys: &[String],
    in_order: bool,
) -> Outcome<Estimators<'a>> {
    let chosen = if keys.is_empty() {
        arrange::without_keys(found, in_order)?
    } else {
        arrange::by_keys(found, keys)?
    };
    let steps = chosen.steps.iter().map(|candidate| found.step(candidate));
    let steps = steps.collect::<Outcome<Vec<_>>>()?;
    let labels = chosen.labels.map(|labels| found.step(labels)).transpose()?;
    let mut notes = notes(found, &chosen.steps, &steps);
    let taken = |other: &Candidate<'_>| {
        let mut taken = chosen.steps.iter().copied().chain(chosen.labels);
        taken.any(|one| one.path == other.path)
    };
    let left: Vec<_> = found
        .candidates
        .iter()
        .filter(|other| !taken(other))
        .collect();
    if !left.is_empty() {
        let hint = arrange::hint_of_labels(&left);
        notes.push(format!("left out {}{hint}", listed(left.iter().copied())));
    }
    let mut names = chosen.names;
    if let Some(first) = chosen.steps.first() {
        names.extend(names_beside(first));
        names.extend(found.lists.iter().cloned());
    }
    Ok(Estimators {
        steps,
        names,
        labels,
        notes,
    })
}

/// Where each estimator was found.
fn notes(found: &Findings<'_>, chosen: &[&Candidate<'_>], steps: &[Step<'_>]) -> Vec<String> {
    let pairs = chosen.iter().zip(steps);
    pairs
        .map(|(candidate, step)| {
            let (class, path) = (step.class, &candidate.path);
            match found.whole.class {
                "" => format!("took {class} from \"{path}\""),
                around => format!("unwrapped {class} from \"{path}\" of a {around}"),
            }
        })
        .collect()
}

fn nothing(root: Value<'_>) -> &'static str {
    if list(String::new(), root, &mut NAMES_BYTES_MAX.clone()).is_some() {
        return "it holds names, and no model: give it together with the model whose columns they name";
    }
    if root.array().is_some() {
        return "it holds numbers or texts, and no model";
    }
    match root.class() {
        Some(class) if class.module.split('.').next() == Some("pandas") => {
            "it is a table of data, not a model"
        }
        Some(_) => "it is not a class of scikit-learn, and what it predicts is not known",
        None => "there is no estimator of scikit-learn in it",
    }
}
