//! Which of several estimators rows go through, and in which order: never guessed.

use super::candidates::{Candidate, Findings, NameList, listed};
use super::reasons::is_transformer;
use super::step::{Outcome, Refusal, Step};
use super::{feature_names, width};
use super::{predictors, text, transformers};
use crate::import::limits::CANDIDATES_MAX;

/// What is done with the estimators of a file or several.
pub(super) struct Choice<'c, 'a> {
    /// Those that rows go through.
    pub(super) steps: Vec<&'c Candidate<'a>>,
    /// The one that names the classes.
    pub(super) labels: Option<&'c Candidate<'a>>,
    /// Lists that the command line names.
    pub(super) names: Vec<NameList>,
}

/// What an estimator is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It predicts.
    Model,
    /// It changes columns.
    Transformer,
    /// It turns labels into numbers.
    Labels,
}

fn role(step: &Step<'_>) -> Role {
    match step.class {
        "LabelEncoder" => Role::Labels,
        "FrozenEstimator" => step
            .part_under("estimator")
            .map_or(Role::Model, |inner| role(&inner)),
        class if transformers::PIPELINES.contains(&class) => {
            match transformers::last_step(step).ok().flatten() {
                Some(last) if last.is_estimator() => role(&last),
                Some(_) => Role::Transformer,
                None => Role::Model,
            }
        }
        class if is_transformer(class) => Role::Transformer,
        _ => Role::Model,
    }
}

/// The estimators that `keys` name, in their order.
pub(super) fn by_keys<'c, 'a>(found: &'c Findings<'a>, keys: &[String]) -> Outcome<Choice<'c, 'a>> {
    let mut chosen = Choice {
        steps: Vec::new(),
        labels: None,
        names: Vec::new(),
    };
    for key in keys {
        let candidate = found
            .candidates
            .iter()
            .find(|candidate| candidate.path == *key);
        let list = found.lists.iter().find(|list| list.path == *key);
        match (candidate, list) {
            (Some(candidate), _)
                if role(&Step::root(candidate.value)) == Role::Labels && keys.len() > 1 =>
            {
                chosen.labels = Some(candidate);
            }
            (Some(candidate), _) => chosen.steps.push(candidate),
            (None, Some(list)) => chosen.names.push(NameList {
                is_chosen: true,
                ..list.clone()
            }),
            (None, None) => {
                return Err(found.whole.refuse(format_args!(
                    "there is no estimator under the key \"{}\"; there are {}",
                    key.escape_debug(),
                    listed(&found.candidates)
                )));
            }
        }
    }
    if chosen.steps.is_empty() {
        return Err(found.whole.refuse("--key names no estimator that predicts"));
    }
    Ok(chosen)
}

/// All estimators, if it is known in which order rows go through them: because they were given in it, or because
/// there are a transformer and a model that fit each other.
pub(super) fn without_keys<'c, 'a>(
    found: &'c Findings<'a>,
    in_order: bool,
) -> Outcome<Choice<'c, 'a>> {
    if found.candidates.len() > CANDIDATES_MAX {
        return Err(several(found));
    }
    let of = |wanted: Role| {
        let candidates = found.candidates.iter();
        let of_role = candidates.filter(|candidate| role(&Step::root(candidate.value)) == wanted);
        of_role.collect::<Vec<_>>()
    };
    let (models, transformers, labels) = (of(Role::Model), of(Role::Transformer), of(Role::Labels));
    refuse_if_none_is_linear(found, &models)?;
    let [model] = *models.as_slice() else {
        return Err(without_one_model(found, &models));
    };
    let steps = match *transformers.as_slice() {
        [] => vec![model],
        _ if in_order => given_order(found, model, &transformers)?,
        [transformer] if fits(transformer, model) && !may_be_of_target(transformer, model) => {
            vec![transformer, model]
        }
        _ => return Err(ask(found, model, &transformers)),
    };
    if steps.iter().any(|step| !step.in_plain_containers) {
        return Err(found.whole.refuse(format_args!(
            "it is not a class of scikit-learn, and what it predicts is not known; --key takes an estimator out of \
             it, and leaves out what it does itself: {}",
            listed(&found.candidates)
        )));
    }
    let names = match in_order {
        true => found
            .lists
            .iter()
            .cloned()
            .map(|list| NameList {
                is_chosen: true,
                ..list
            })
            .collect(),
        false => Vec::new(),
    };
    Ok(Choice {
        steps,
        labels: class_names(found, &labels, in_order)?,
        names,
    })
}

/// Refuses models of which none can be converted, before it is asked which one is meant.
fn refuse_if_none_is_linear(found: &Findings<'_>, models: &[&Candidate<'_>]) -> Outcome<()> {
    let mut first = None;
    for model in models {
        match predictors::check_last(&found.step(model)?) {
            Ok(()) => return Ok(()),
            Err(refusal) => first = first.or(Some(refusal)),
        }
    }
    first.map_or(Ok(()), Err)
}

/// The error for files with no model, or with several.
fn without_one_model(found: &Findings<'_>, models: &[&Candidate<'_>]) -> Refusal {
    if models.is_empty() {
        return found.whole.refuse(format_args!(
            "there is no estimator in it that predicts, only {}: give them together with the model, in the order in \
             which rows go through them: model-tools convert scaler.pkl model.pkl -o model.cbor",
            listed(&found.candidates)
        ));
    }
    several(found)
}

fn several(found: &Findings<'_>) -> Refusal {
    found.whole.refuse(format_args!(
        "it holds several estimators, {}, and does not say how they belong together: name one with --key, or several \
         in the order in which rows go through them",
        listed(&found.candidates)
    ))
}

/// The order of the command line, in which the model has to be last.
fn given_order<'c, 'a>(
    found: &Findings<'a>,
    model: &'c Candidate<'a>,
    transformers: &[&'c Candidate<'a>],
) -> Outcome<Vec<&'c Candidate<'a>>> {
    let mut files: Vec<_> = transformers
        .iter()
        .map(|transformer| transformer.file)
        .collect();
    files.dedup();
    if files.len() != transformers.len() || files.contains(&model.file) {
        return Err(ask(found, model, transformers));
    }
    if let Some(late) = transformers
        .iter()
        .find(|transformer| transformer.file > model.file)
    {
        return Err(found.whole.refuse(format_args!(
            "\"{}\" predicts, so rows reach it last: give \"{}\" before it",
            model.path.escape_debug(),
            late.path.escape_debug()
        )));
    }
    Ok(transformers.iter().copied().chain([model]).collect())
}

/// Asks for the order, by names.
fn ask(found: &Findings<'_>, model: &Candidate<'_>, transformers: &[&Candidate<'_>]) -> Refusal {
    let of_target = transformers.iter().find(|one| may_be_of_target(one, model));
    let of_target = of_target.map_or_else(String::new, |one| {
        format!(
            ". \"{}\" takes one column, so it may be that of the target: the predictions are in its units then, unless a \
             TransformedTargetRegressor holds it",
            one.path.escape_debug()
        )
    });
    let keys: Vec<_> = transformers
        .iter()
        .copied()
        .filter(|one| !may_be_of_target(one, model))
        .chain([model])
        .map(|candidate| format!("--key {}", candidate.path.escape_debug()))
        .collect();
    let alone = match keys.len() {
        1 => String::new(),
        _ => format!(
            ", or the model alone, with --key {}",
            model.path.escape_debug()
        ),
    };
    found.whole.refuse(format_args!(
        "it holds {}, and does not say which of them rows go through before the model, and in which order: name them \
         in that order, such as {}{alone}{of_target}",
        listed(&found.candidates),
        keys.join(" "),
    ))
}

/// What to say if an encoder of labels is left out.
pub(super) fn hint_of_labels(left: &[&Candidate<'_>]) -> &'static str {
    let is_labels =
        |candidate: &&&Candidate<'_>| role(&Step::root(candidate.value)) == Role::Labels;
    match left.iter().find(is_labels) {
        Some(_) => "; if a LabelEncoder names the classes, name it with --key beside the model",
        None => "",
    }
}

/// Whether a transformer takes another number of columns than the model, and one alone: it may be the target's.
fn may_be_of_target(transformer: &Candidate<'_>, model: &Candidate<'_>) -> bool {
    let (transformer, model) = (Step::root(transformer.value), Step::root(model.value));
    !text::is_vectorizer(transformer.class)
        && width(&transformer) == Some(1)
        && width(&model).is_some_and(|width| width != 1)
}

/// Whether a transformer that lies beside a model is known to come before it. It is not if the model changes columns
/// itself, or was fitted on columns of the same names as the transformer: then it may have got the rows as they are.
fn fits(transformer: &Candidate<'_>, model: &Candidate<'_>) -> bool {
    let (transformer, model) = (Step::root(transformer.value), Step::root(model.value));
    let inner = match model.optional("best_estimator_") {
        Some(best) => Step::root(best),
        None => model,
    };
    let changes = transformers::PIPELINES.contains(&inner.class)
        && transformers::steps(&inner).is_ok_and(|steps| {
            let before = steps.split_last().map_or(&[][..], |(_, before)| before);
            before
                .iter()
                .any(|step| !transformers::changes_nothing(step))
        });
    let names = feature_names(&inner);
    !changes && (names.is_none() || names != feature_names(&transformer))
}

/// The encoder that names the classes: the one that the command line gives, or one that is called so.
fn class_names<'c, 'a>(
    found: &Findings<'_>,
    labels: &[&'c Candidate<'a>],
    in_order: bool,
) -> Outcome<Option<&'c Candidate<'a>>> {
    let is_called_so = |path: &str| {
        let path = path.to_lowercase();
        ["label", "target", "class"]
            .iter()
            .any(|word| path.contains(word))
    };
    match labels {
        [only] if in_order || is_called_so(&only.path) => Ok(Some(only)),
        [_, _, ..] if in_order => Err(found.whole.refuse(format_args!(
            "several files name classes, {}: give one of them",
            listed(labels.iter().copied())
        ))),
        _ => Ok(None),
    }
}

/// Whether the columns that come out of the steps before are as many as a model takes.
pub(super) fn check_width(model: &Step<'_>, before: &Step<'_>, found: usize) -> Outcome<()> {
    match width(model) {
        Some(width) if width != found => {
            let hint = match found {
                1 => {
                    ": one of a single column beside a regression is often that of the target, which only \
                      TransformedTargetRegressor can hold"
                }
                _ => ": another step is missing, or this one is for some of the columns only",
            };
            Err(model.refuse(format_args!(
                "it takes {width} columns, and {} before it makes {found}{hint}",
                before.class
            )))
        }
        _ => Ok(()),
    }
}
