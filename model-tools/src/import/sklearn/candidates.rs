//! What a file holds that may count: estimators within dicts, lists and objects of any class, and lists of names.

use sagelet::text::and_more;

use super::step::{Outcome, Step};
use super::texts;
use crate::import::limits::{
    CANDIDATES_LISTED_MAX, CONTAINER_LEVELS_MAX, CONTAINER_VALUES_MAX, KEY_BYTES_MAX,
    NAME_LISTS_MAX, NAMES_BYTES_MAX,
};
use crate::import::objects::Value;

/// What a file holds.
pub(super) struct Root<'a> {
    /// What keys begin with; nothing if there is one file only.
    pub(super) file: &'a str,
    pub(super) value: Value<'a>,
}

/// Names of columns, and what they are called themselves.
#[derive(Clone)]
pub(super) struct NameList {
    /// The key or file.
    pub(super) path: String,
    pub(super) names: Vec<String>,
    /// Whether the command line names it, so that it has to fit.
    pub(super) is_chosen: bool,
}

/// An estimator within something else.
pub(super) struct Candidate<'a> {
    /// The file and the keys that lead to it, joined by full stops.
    pub(super) path: String,
    pub(super) value: Value<'a>,
    /// The number of its file.
    pub(super) file: usize,
    /// Where its neighbours are.
    within: Value<'a>,
    /// Whether only dicts and lists are around it, which do nothing of their own.
    pub(super) in_plain_containers: bool,
}

/// Everything that the files hold and that may count.
pub(super) struct Findings<'a> {
    /// What errors are about.
    pub(super) whole: Step<'a>,
    pub(super) candidates: Vec<Candidate<'a>>,
    /// Lists that are files of their own.
    pub(super) lists: Vec<NameList>,
}

impl<'a> Findings<'a> {
    /// The estimator that a candidate is.
    pub(super) fn step(&self, candidate: &Candidate<'a>) -> Outcome<Step<'a>> {
        let place = match self.whole.class {
            "" => format!("\"{}\"", candidate.path),
            _ => format!("key {:?}", candidate.path),
        };
        self.whole.part(candidate.value, &place)
    }
}

/// The estimators of a list, with their classes.
pub(super) fn listed<'c, 'a: 'c>(
    candidates: impl IntoIterator<Item = &'c Candidate<'a>, IntoIter: Clone>,
) -> String {
    let candidates = candidates.into_iter();
    let shown: Vec<_> = candidates
        .clone()
        .take(CANDIDATES_LISTED_MAX)
        .map(|candidate| {
            let class = Step::root(candidate.value).class;
            format!("\"{}\" ({class})", candidate.path.escape_debug())
        })
        .collect();
    let more = candidates.count().saturating_sub(CANDIDATES_LISTED_MAX);
    and_more(&shown.join(", "), more)
}

/// All estimators of a file, the outer ones first; what they are made of themselves is not looked into.
pub(super) fn candidates<'a>(root: &Root<'a>, file: usize) -> Vec<Candidate<'a>> {
    let mut found = Vec::new();
    let mut looked_at = 0;
    let candidate = |path, value, within, in_plain_containers| Candidate {
        path,
        value,
        file,
        within,
        in_plain_containers,
    };
    if Step::root(root.value).is_estimator() {
        return vec![candidate(
            root.file.to_owned(),
            root.value,
            root.value,
            true,
        )];
    }
    let mut level = vec![(root.file.to_owned(), root.value, true)];
    for _ in 0..CONTAINER_LEVELS_MAX {
        let mut inner = Vec::new();
        for (path, container, plain) in level {
            let plain = plain && container.class().is_none();
            for (key, value) in members(container) {
                looked_at += 1;
                if looked_at > CONTAINER_VALUES_MAX {
                    return found;
                }
                let path = match path.as_str() {
                    "" => key,
                    outer => format!("{outer}.{key}"),
                };
                if Step::root(value).is_estimator() {
                    found.push(candidate(path, value, container, plain));
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
        (Some(entries), _) => entries
            .take(CONTAINER_VALUES_MAX)
            .filter_map(named)
            .collect(),
        (None, Some(elements)) if container.array().is_none() => {
            let numbered = elements.take(CONTAINER_VALUES_MAX).enumerate();
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

/// Lists of texts beside an estimator that are called features or columns.
pub(super) fn names_beside(candidate: &Candidate<'_>) -> Vec<NameList> {
    let is_called_so = |key: &str| {
        let key = key.to_lowercase();
        key.contains("feature") || key.contains("columns")
    };
    let mut left = NAMES_BYTES_MAX;
    let lists = members(candidate.within).into_iter();
    lists
        .filter(|(key, _)| is_called_so(key))
        .take(NAME_LISTS_MAX)
        .filter_map(|(path, value)| list(path, value, &mut left))
        .collect()
}

/// The names in a file without an estimator: a list, or a dict that holds one list and no other.
pub(super) fn names_in(root: &Root<'_>, left: &mut usize) -> Option<NameList> {
    if let Some(list) = list(root.file.to_owned(), root.value, left) {
        return Some(list);
    }
    let mut lists = members(root.value)
        .into_iter()
        .take(NAME_LISTS_MAX)
        .filter_map(|(key, value)| list(format!("{}.{key}", root.file), value, left));
    lists.next().filter(|_| lists.next().is_none())
}

/// A list of names, if it takes no more than is `left` of what all may take.
pub(super) fn list(path: String, value: Value<'_>, left: &mut usize) -> Option<NameList> {
    let value = list_of_names(value)?;
    let still_left = left.checked_sub(value.copied_bytes())?;
    let names = texts(value).filter(|names| !names.is_empty())?;
    *left = still_left;
    Some(NameList {
        path,
        names,
        is_chosen: false,
    })
}

/// The list, tuple or array that a value is, or that an index of pandas holds.
fn list_of_names(value: Value<'_>) -> Option<Value<'_>> {
    let is_list = |value: Value<'_>| match value.elements() {
        Some(mut elements) => elements.next().is_some_and(|first| first.text().is_some()),
        None => value.array().is_some(),
    };
    let Some(class) = value.class() else {
        return Some(value).filter(|value| is_list(*value));
    };
    let is_index = class.name == "_new_Index" && class.module.starts_with("pandas.");
    let mut arguments = value.arguments().filter(|_| is_index)?.elements()?;
    let data = arguments.nth(1)?.entry("data")?;
    // From pandas 3 on it is an array of pandas' own around one of numpy.
    match data.class() {
        Some(_) => data.state_parts()?.find(|part| is_list(*part)),
        None => Some(data),
    }
}
