//! What an encoder has learnt of one column: its categories, which of them count as one, and which is the
//! missing cell.

use sagelet::artifact::Label;

use super::label;
use super::step::{Outcome, Step, index};
use crate::import::limits::PAYLOAD_BYTES_MAX;
use crate::import::objects::{Kind, Value};

const NAME: &str = "categories_";

/// What a missing cell is called where it is a category: what an empty cell of CSV holds, and no other cell.
pub(super) const MISSING: &str = "";

/// The categories of one column.
#[derive(Debug)]
pub(super) struct Categories {
    /// In scikit-learn's order; the missing cell is [`MISSING`].
    pub(super) labels: Vec<Label>,
    /// The group of each: its own, or that of the infrequent ones, which is the last.
    pub(super) groups: Vec<usize>,
    /// How many groups there are.
    pub(super) group_count: usize,
    /// The place of the missing cell among the categories.
    pub(super) missing: Option<usize>,
    /// Whether that was NaN, not `None`.
    pub(super) missing_is_nan: bool,
    /// Whether some categories are put together because they are infrequent.
    pub(super) has_infrequent: bool,
}

impl Categories {
    /// The group of the infrequent categories.
    pub(super) fn infrequent(&self) -> Option<usize> {
        let last = self.group_count.checked_sub(1);
        last.filter(|_| self.has_infrequent)
    }
}

/// The categories of each of `count` columns.
pub(super) fn all(step: &Step<'_>, count: usize) -> Outcome<Vec<Categories>> {
    let is_old = ["feature_indices_", "_feature_indices_"];
    if step.optional(NAME).is_none() && is_old.iter().any(|name| step.optional(name).is_some()) {
        return Err(step.refuse(
            "it was fitted to whole numbers in the way of scikit-learn before 0.20: fit it with categories=\"auto\"",
        ));
    }
    let value = step.attribute(NAME)?;
    let arrays: Vec<_> = value.elements().map(Iterator::collect).unwrap_or_default();
    if arrays.len() != count {
        let found = arrays.len();
        return Err(step.refuse(format_args!(
            "categories_ has {found} lists for {count} columns"
        )));
    }
    let mut left = PAYLOAD_BYTES_MAX;
    for array in &arrays {
        left = left
            .checked_sub(array.copied_bytes())
            .ok_or_else(|| step.refuse(format_args!("{NAME} holds {}", label::TOO_LARGE)))?;
    }
    let groups = groups(step, count)?;
    let pairs = arrays.into_iter().zip(groups);
    pairs
        .map(|(array, groups)| of_column(step, array, groups))
        .collect()
}

fn of_column(step: &Step<'_>, array: Value<'_>, groups: Option<Vec<usize>>) -> Outcome<Categories> {
    let missing = missing(step, array)?;
    let labels = labels(step, array, missing)?;
    let has_infrequent = groups.is_some();
    let mut groups = groups.unwrap_or_else(|| (0..labels.len()).collect());
    let group_count = groups.iter().max().map_or(0, |last| last + 1);
    // An OrdinalEncoder has NaN, which comes last, in no group.
    if missing == Some((groups.len(), true)) && has_infrequent {
        groups.push(group_count);
    }
    if groups.len() != labels.len() {
        let (found, count) = (groups.len(), labels.len());
        return Err(step.refuse(format_args!(
            "its groups of infrequent categories have {found} entries for {count} categories"
        )));
    }
    Ok(Categories {
        labels,
        groups,
        group_count,
        missing: missing.map(|(place, _)| place),
        missing_is_nan: missing.is_some_and(|(_, is_nan)| is_nan),
        has_infrequent,
    })
}

/// The labels, with [`MISSING`] in the place of `None` and NaN.
fn labels(
    step: &Step<'_>,
    array: Value<'_>,
    missing: Option<(usize, bool)>,
) -> Outcome<Vec<Label>> {
    let place = missing.map(|(place, _)| place);
    let instead = Label::Text(MISSING.to_owned());
    let labels = label::all_but(step, NAME, array, place, &instead)?;
    if labels.iter().filter(|label| **label == instead).count() > 1 {
        return Err(step.refuse(
            "the empty text and the missing cell are categories of their own; an artifact takes one for the other",
        ));
    }
    Ok(labels)
}

/// The place of `None` or NaN among the categories, and whether it is NaN.
fn missing(step: &Step<'_>, array: Value<'_>) -> Outcome<Option<(usize, bool)>> {
    let is_nan: Vec<Option<bool>> = match (array.elements(), array.array()) {
        (Some(elements), _) => elements
            .map(|value| match value.number() {
                Some(number) => number.is_nan().then_some(true),
                None => value.is_none().then_some(false),
            })
            .collect(),
        (None, Some(numbers)) if numbers.dtype.kind == Kind::Float => {
            let numbers = numbers.floats(array.objects()).unwrap_or_default();
            let is_nan = |number: f64| number.is_nan().then_some(true);
            numbers.into_iter().map(is_nan).collect()
        }
        _ => Vec::new(),
    };
    let mut places = is_nan
        .into_iter()
        .enumerate()
        .filter_map(|(place, is_nan)| Some((place, is_nan?)));
    match (places.next(), places.next()) {
        (missing, None) => Ok(missing),
        _ => Err(step.refuse(
            "None and NaN are categories of their own; an artifact has one sort of missing cell",
        )),
    }
}

/// For each column the group of each category, where infrequent ones are put together.
fn groups(step: &Step<'_>, count: usize) -> Outcome<Vec<Option<Vec<usize>>>> {
    const MAPPINGS: &str = "_default_to_infrequent_mappings";
    let wanted = ["min_frequency", "max_categories"];
    if wanted.iter().all(|name| step.optional(name).is_none()) {
        return Ok(vec![None; count]);
    }
    let value = step.attribute(MAPPINGS)?;
    let mappings = value
        .elements()
        .ok_or_else(|| step.wrong(MAPPINGS, "a list"))?;
    if mappings.len() != count {
        return Err(step.wrong(MAPPINGS, "a list of one mapping a column"));
    }
    let mapping = |mapping: Value<'_>| {
        if mapping.is_none() {
            return Ok(None);
        }
        let numbers = mapping
            .array()
            .and_then(|array| array.floats(mapping.objects()).ok());
        let numbers = numbers.ok_or_else(|| step.wrong(MAPPINGS, "a list of arrays"))?;
        let groups = numbers.iter().map(|number| index(*number, numbers.len()));
        let groups = groups.collect::<Option<Vec<_>>>();
        groups
            .map(Some)
            .ok_or_else(|| step.wrong(MAPPINGS, "a list of arrays of groups"))
    };
    mappings.map(mapping).collect()
}
