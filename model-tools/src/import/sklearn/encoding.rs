//! Encoders of categories: what becomes of them is not affine, so they become features of the artifact.

use sagelet::artifact::{Cell, Encoding, OneHot, Ordinal, Unknown};

use super::categories::{self, Categories};
use super::step::{Outcome, Step, index};
use super::unseen;
use crate::import::linear::{Column, Conversion, Part, Source};
use crate::import::objects::Value;

/// What becomes of a category that was not there in training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UnknownRule {
    /// An error.
    Refused,
    /// 0 in every column.
    Ignored,
    /// What infrequent categories become; 0 in every column where there are none.
    Infrequent,
}

/// One column for each category, or for each group of them.
pub(super) fn one_hot(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let stranger = match step.text("handle_unknown") {
        Some("error") | None => UnknownRule::Refused,
        Some("ignore") => UnknownRule::Ignored,
        Some("infrequent_if_exist" | "warn") => UnknownRule::Infrequent,
        Some(other) => {
            return Err(step.refuse(format_args!("handle_unknown={other:?} is not known")));
        }
    };
    let categories = categories::all(step, columns.len())?;
    let drops = dropped(step, columns.len())?;
    let mut encoded = Vec::new();
    for ((column, categories), drop) in columns.iter().zip(&categories).zip(drops) {
        let feature = untouched(step, column)?;
        let drop = drop.and_then(|drop| index(drop, categories.group_count));
        let (one_hot, columns) = one_hot_column(feature, categories, drop, stranger);
        note_infrequent(categories, feature, conversion);
        encode(
            step,
            feature,
            categories,
            Encoding::OneHot(one_hot),
            conversion,
        )?;
        encoded.extend(columns);
    }
    Ok(encoded)
}

/// The encoding of one column, and what each group but the dropped one becomes: the sum of its categories.
///
/// Of an artifact, a category that was not there in training is 0 in every column. If it counts as infrequent,
/// the infrequent group is therefore told by what it is not: 1 − the sum of all categories outside of it.
fn one_hot_column(
    feature: usize,
    categories: &Categories,
    drop: Option<usize>,
    stranger: UnknownRule,
) -> (OneHot, Vec<Column>) {
    let rest = categories
        .infrequent()
        .filter(|_| stranger == UnknownRule::Infrequent);
    let mut groups = vec![Column::zero(); categories.group_count];
    let dropped = drop.filter(|_| rest.is_none());
    let dropped = dropped.and_then(|drop| only_member(categories, drop));
    for (category, &group) in categories.groups.iter().enumerate() {
        if Some(category) == dropped {
            continue;
        }
        let before = usize::from(dropped.is_some_and(|dropped| dropped < category));
        let part = Part::Category(category - before);
        let source = Source { feature, part };
        if Some(group) != rest
            && let Some(column) = groups.get_mut(group)
        {
            column.terms.push((source, 1.0));
        }
        if let Some(rest) = rest.filter(|rest| *rest != group)
            && let Some(column) = groups.get_mut(rest)
        {
            column.terms.push((source, -1.0));
        }
    }
    if let Some(column) = rest.and_then(|rest| groups.get_mut(rest)) {
        column.constant = 1.0;
    }
    let one_hot = OneHot {
        categories: categories.labels.clone(),
        drop: dropped.and_then(|dropped| categories.labels.get(dropped).cloned()),
        unknown: match stranger {
            UnknownRule::Refused => Unknown::Error,
            UnknownRule::Ignored | UnknownRule::Infrequent => Unknown::Ignore,
        },
    };
    let kept = groups.into_iter().enumerate();
    let kept = kept.filter(|(group, _)| Some(*group) != drop);
    (one_hot, kept.map(|(_, column)| column).collect())
}

/// The category that is alone in a group.
fn only_member(categories: &Categories, group: usize) -> Option<usize> {
    let groups = categories.groups.iter().enumerate();
    let mut members = groups.filter(|(_, other)| **other == group);
    match (members.next(), members.next()) {
        (Some((only, _)), None) => Some(only),
        _ => None,
    }
}

/// The number of the category, or of its group.
pub(super) fn ordinal(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let unknown = match step.text("handle_unknown") {
        Some("error") | None => None,
        Some("use_encoded_value") => {
            let value = step.attribute("unknown_value")?.number();
            Some(value.filter(|value| value.is_finite()).ok_or_else(|| {
                step.refuse("unknown categories become NaN, with which no linear model predicts")
            })?)
        }
        Some(other) => {
            return Err(step.refuse(format_args!("handle_unknown={other:?} is not known")));
        }
    };
    let mut encoded = Vec::with_capacity(columns.len());
    for (column, categories) in columns.iter().zip(categories::all(step, columns.len())?) {
        let feature = untouched(step, column)?;
        let ordinal = Ordinal {
            categories: categories.labels.clone(),
            numbers: numbers(step, &categories)?,
            unknown,
        };
        note_infrequent(&categories, feature, conversion);
        encode(
            step,
            feature,
            &categories,
            Encoding::Ordinal(ordinal),
            conversion,
        )?;
        encoded.push(Column::of(feature, Part::Code));
    }
    Ok(encoded)
}

/// What the category meant for the target in training; the target's mean for any other.
pub(super) fn target(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    const ENCODINGS: &str = "encodings_";
    let unknown = step.attribute("target_mean_")?.number();
    let unknown = unknown.ok_or_else(|| {
        step.refuse("it makes a column for each class of the target, which is not supported")
    })?;
    let value = step.attribute(ENCODINGS)?;
    let encodings = value.elements();
    let encodings = encodings.ok_or_else(|| step.wrong(ENCODINGS, "a list of arrays"))?;
    let categories = categories::all(step, columns.len())?;
    if encodings.len() != columns.len() {
        return Err(step.wrong(ENCODINGS, "a list of one array a column"));
    }
    let mut encoded = Vec::with_capacity(columns.len());
    for ((column, categories), encoding) in columns.iter().zip(&categories).zip(encodings) {
        let feature = untouched(step, column)?;
        let numbers = encoding.array();
        let numbers = numbers.and_then(|numbers| numbers.floats(encoding.objects()).ok());
        let ordinal = Ordinal {
            categories: categories.labels.clone(),
            numbers: numbers.ok_or_else(|| step.wrong(ENCODINGS, "a list of arrays"))?,
            unknown: Some(unknown),
        };
        let encoding = Encoding::Ordinal(ordinal);
        encode(step, feature, categories, encoding, conversion)?;
        encoded.push(Column::of(feature, Part::Code));
    }
    Ok(encoded)
}

/// The number of each category; none if they are 0, 1, 2, …
fn numbers(step: &Step<'_>, categories: &Categories) -> Outcome<Vec<f64>> {
    let nan = categories.missing.filter(|_| categories.missing_is_nan);
    if nan.is_none() && !categories.has_infrequent {
        return Ok(Vec::new());
    }
    let mut numbers: Vec<_> = categories
        .groups
        .iter()
        .map(|&group| group as f64)
        .collect();
    if let Some(number) = nan.and_then(|place| numbers.get_mut(place)) {
        let value = step
            .optional("encoded_missing_value")
            .and_then(Value::number);
        *number = value.filter(|value| value.is_finite()).ok_or_else(|| {
            step.refuse("missing cells become NaN, with which no linear model predicts: impute them before, or set encoded_missing_value")
        })?;
    }
    Ok(numbers)
}

/// Says of a feature how its categories become numbers, and that a missing cell is one of them if it is.
fn encode(
    step: &Step<'_>,
    feature: usize,
    categories: &Categories,
    encoding: Encoding,
    conversion: &mut Conversion,
) -> Outcome<()> {
    let fill = conversion
        .features
        .get(feature)
        .map(|feature| &feature.missing);
    let (encoding, fill) = unseen::with_fill(encoding, fill.unwrap_or(&Cell::Missing));
    let mut encoded = conversion.encode(feature, encoding);
    if let Some(feature) = conversion
        .features
        .get_mut(feature)
        .filter(|_| encoded.is_ok())
    {
        feature.missing = fill;
    }
    if categories.missing.is_some() {
        let missing = Cell::Text(categories::MISSING.to_owned());
        encoded = encoded.and_then(|()| conversion.replace_missing(feature, missing));
    }
    encoded.map_err(|conflict| step.refuse(conflict))
}

fn note_infrequent(categories: &Categories, feature: usize, conversion: &mut Conversion) {
    if let Some(group) = categories.infrequent() {
        let members = categories.groups.iter().filter(|other| **other == group);
        let (count, name) = (members.count(), conversion.name(feature));
        conversion.note(format!(
            "gave {count} infrequent categories of {name} one weight"
        ));
    }
}

fn untouched(step: &Step<'_>, column: &Column) -> Outcome<usize> {
    column.untouched().ok_or_else(|| {
        step.refuse("it encodes what another step has computed, not a column of the rows")
    })
}

/// The group of each of `count` columns that has no column of its own. From scikit-learn 1.2 on `drop_idx_`
/// names a category, up to then a group.
fn dropped(step: &Step<'_>, count: usize) -> Outcome<Vec<Option<f64>>> {
    let name = step.either("_drop_idx_after_grouping", "drop_idx_");
    let Some(value) = step.optional(name) else {
        return Ok(vec![None; count]);
    };
    let groups: Vec<Option<f64>> = match value.elements() {
        Some(elements) => elements.map(Value::number).collect(),
        None => step.numbers(name)?.0.into_iter().map(Some).collect(),
    };
    if groups.len() != count {
        return Err(step.wrong(name, "an array of one number or None a column"));
    }
    Ok(groups)
}
