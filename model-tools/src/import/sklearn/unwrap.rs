//! The estimators in what people put around them: dicts, lists, objects of their own classes.

use super::step::{Outcome, Step};
use super::texts;
use crate::import::objects::Value;

/// Levels of dicts, lists and objects that are looked into.
const LEVELS_MAX: usize = 4;

/// Values that are looked at: a file of more is no model with a few things beside it.
const VALUES_MAX: usize = 10_000;

/// Bytes of a key: a longer one is no name.
const KEY_BYTES_MAX: usize = 200;

/// Estimators that an error lists.
const LISTED: usize = 10;

/// What is to be converted.
pub(super) struct Unwrapped<'a> {
    /// The estimators that rows go through, one after the other. The last one predicts.
    pub(super) steps: Vec<Step<'a>>,
    /// The names of the columns that stand beside the first.
    pub(super) names: Vec<String>,
    /// What to say about it.
    pub(super) notes: Vec<String>,
}

/// An estimator within something else.
struct Candidate<'a> {
    /// The keys that lead to it, joined by full stops.
    path: String,
    value: Value<'a>,
    /// Where its neighbours are.
    within: Value<'a>,
    /// Whether only dicts and lists are around it, which do nothing of their own.
    in_plain_containers: bool,
}

/// The estimators under `keys`; without keys the only one there is.
pub(super) fn unwrap<'a>(root: Value<'a>, keys: &[String]) -> Outcome<Unwrapped<'a>> {
    let whole = Step::root(root);
    if whole.is_estimator() {
        if !keys.is_empty() {
            return Err(whole.refuse("the file holds this one estimator alone: leave --key out"));
        }
        let (steps, names, notes) = (vec![whole], Vec::new(), Vec::new());
        return Ok(Unwrapped {
            steps,
            names,
            notes,
        });
    }
    let candidates = candidates(root);
    if candidates.is_empty() {
        return Err(whole.refuse(nothing(root)));
    }
    if keys.is_empty() {
        let only = only(&whole, &candidates)?;
        return taken(&whole, &[only], &candidates);
    }
    let named = |key: &String| {
        let mut paths = candidates.iter();
        paths
            .find(|candidate| candidate.path == *key)
            .ok_or_else(|| {
                whole.refuse(format_args!(
                    "there is no estimator under the key \"{}\"; there are {}",
                    key.escape_debug(),
                    listed(&candidates)
                ))
            })
    };
    let chosen = keys.iter().map(named).collect::<Outcome<Vec<_>>>()?;
    taken(&whole, &chosen, &candidates)
}

fn nothing(root: Value<'_>) -> &'static str {
    match root.class() {
        Some(_) => "it is not a class of scikit-learn, and what it predicts is not known",
        None => "there is no estimator of scikit-learn in it",
    }
}

/// The only estimator, if nothing around it does anything of its own.
fn only<'c, 'a>(whole: &Step<'a>, candidates: &'c [Candidate<'a>]) -> Outcome<&'c Candidate<'a>> {
    match candidates {
        [only] if only.in_plain_containers => Ok(only),
        [_] => Err(whole.refuse(format_args!(
            "it is not a class of scikit-learn, and what it predicts is not known; --key takes an estimator out of \
             it, and leaves out what it does itself: {}",
            listed(candidates)
        ))),
        _ => Err(whole.refuse(format_args!(
            "it holds several estimators, {}, and does not say how they belong together: name one with --key, or \
             several in the order in which rows go through them",
            listed(candidates)
        ))),
    }
}

fn taken<'a>(
    whole: &Step<'a>,
    chosen: &[&Candidate<'a>],
    candidates: &[Candidate<'a>],
) -> Outcome<Unwrapped<'a>> {
    let steps = chosen.iter().map(|candidate| {
        let place = format!("key {:?}", candidate.path);
        whole.part(candidate.value, &place)
    });
    let steps = steps.collect::<Outcome<Vec<_>>>()?;
    let mut notes: Vec<_> = chosen
        .iter()
        .zip(&steps)
        .map(|(candidate, step)| {
            let (class, path) = (step.class, &candidate.path);
            format!("unwrapped {class} from \"{path}\" of a {}", whole.class)
        })
        .collect();
    let is_chosen = |other: &Candidate<'_>| chosen.iter().any(|one| one.path == other.path);
    let left: Vec<_> = candidates
        .iter()
        .filter(|other| !is_chosen(other))
        .collect();
    if !left.is_empty() {
        notes.push(format!("left out {}", listed(left.iter().copied())));
    }
    let within = chosen.first().map(|first| first.within);
    Ok(Unwrapped {
        steps,
        names: within.map(names_beside).unwrap_or_default(),
        notes,
    })
}

fn listed<'c, 'a: 'c>(
    candidates: impl IntoIterator<Item = &'c Candidate<'a>, IntoIter: Clone>,
) -> String {
    let candidates = candidates.into_iter();
    let shown: Vec<_> = candidates
        .clone()
        .take(LISTED)
        .map(|candidate| {
            let class = Step::root(candidate.value).class;
            format!("\"{}\" ({class})", candidate.path.escape_debug())
        })
        .collect();
    match candidates.count().saturating_sub(LISTED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// All estimators, the outer ones first; what they are made of themselves is not looked into.
fn candidates(root: Value<'_>) -> Vec<Candidate<'_>> {
    let mut found = Vec::new();
    let mut looked_at = 0;
    let mut level = vec![(String::new(), root, true)];
    for _ in 0..LEVELS_MAX {
        let mut inner = Vec::new();
        for (path, container, plain) in level {
            let plain = plain && container.class().is_none();
            for (key, value) in members(container) {
                looked_at += 1;
                if looked_at > VALUES_MAX {
                    return found;
                }
                let path = match path.as_str() {
                    "" => key,
                    outer => format!("{outer}.{key}"),
                };
                if Step::root(value).is_estimator() {
                    found.push(Candidate {
                        path,
                        value,
                        within: container,
                        in_plain_containers: plain,
                    });
                } else {
                    inner.push((path, value, plain));
                }
            }
        }
        level = inner;
    }
    found
}

/// The entries of a dict, the elements of a list, the attributes of an object.
fn members<'a>(container: Value<'a>) -> Vec<(String, Value<'a>)> {
    let attributes = container.state().unwrap_or(container);
    let named = |(key, value): (Value<'a>, Value<'a>)| Some((key_name(key)?, value));
    match (attributes.entries(), container.elements()) {
        (Some(entries), _) => entries.take(VALUES_MAX).filter_map(named).collect(),
        (None, Some(elements)) if container.array().is_none() => {
            let numbered = elements.take(VALUES_MAX).enumerate();
            numbered
                .map(|(index, value)| (index.to_string(), value))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// A key that is a text or a whole number.
fn key_name(key: Value<'_>) -> Option<String> {
    let text = key.text().filter(|text| text.len() <= KEY_BYTES_MAX);
    text.map(str::to_owned)
        .or_else(|| key.integer().map(|number| number.to_string()))
}

/// A list of texts beside the model that is called features or columns.
fn names_beside(within: Value<'_>) -> Vec<String> {
    let named = |key: &str| {
        key.to_lowercase().contains("feature") || key.to_lowercase().contains("columns")
    };
    let lists = members(within)
        .into_iter()
        .filter(|(key, _)| named(key))
        .filter_map(|(_, value)| texts(value));
    lists.into_iter().next().unwrap_or_default()
}
