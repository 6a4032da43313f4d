//! Transformers that are no affine functions, but simple ones of each cell: they become features of the artifact.

use sagelet::artifact::{Cell, Encoding, Label, OneHot, Ordinal, Unknown};

use super::label;
use super::step::{Outcome, Step};
use crate::import::linear::{Column, Conversion, Part, Source};
use crate::import::objects::{Kind, Node, Value};

/// What replaces a column's missing cells.
enum Statistic {
    Number(f64),
    Text(String),
}

/// Missing cells become the column's statistic; columns that say which were missing follow all others.
pub(super) fn imputer(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    check_missing_values(step)?;
    let statistics = statistics(step, columns.len())?;
    let keep_empty = step.flag("keep_empty_features", false)?;
    let mut kept = Vec::with_capacity(columns.len());
    for (index, (column, statistic)) in columns.iter().zip(statistics).enumerate() {
        let (feature, cell) = match statistic {
            // A column that had no value in training has no statistic, and is left out.
            Statistic::Number(number) if number.is_nan() && !keep_empty => continue,
            Statistic::Number(number) if number.is_nan() => {
                return Err(step.refuse(format_args!("column {index} was empty in training")));
            }
            Statistic::Number(number) => {
                let cell = column.cell_for(number);
                cell.map(|(feature, cell)| (feature, Cell::Number(cell)))
            }
            Statistic::Text(text) => column
                .untouched()
                .map(|feature| (feature, Cell::Text(text))),
        }
        .ok_or_else(|| {
            step.refuse(format_args!(
                "column {index} is no column of the rows any more"
            ))
        })?;
        conversion
            .replace_missing(feature, cell)
            .map_err(|conflict| step.refuse(conflict))?;
        kept.push(column.clone());
    }
    if step.flag("add_indicator", false)? {
        kept.extend(indicators(step, columns, conversion)?);
    }
    Ok(kept)
}

/// Only what Python calls missing, NaN or `None`, is what an artifact calls missing.
fn check_missing_values(step: &Step<'_>) -> Outcome<()> {
    let Some(value) = step.optional("missing_values") else {
        return Ok(());
    };
    let is_nan = value.number().is_some_and(f64::is_nan) || value.text() == Some("NaN");
    if is_nan {
        return Ok(());
    }
    Err(step.refuse("missing_values is not NaN: a number or text that stands for a missing cell is not supported"))
}

fn statistics(step: &Step<'_>, count: usize) -> Outcome<Vec<Statistic>> {
    let value = step.attribute("statistics_")?;
    let array = value
        .array()
        .ok_or_else(|| step.wrong("statistics_", "an array"))?;
    if array.len() != count {
        let found = array.len();
        return Err(step.refuse(format_args!(
            "statistics_ has {found} values for {count} columns"
        )));
    }
    if array.dtype.kind != Kind::Object {
        let numbers = step.column_numbers("statistics_", count)?;
        return Ok(numbers.into_iter().map(Statistic::Number).collect());
    }
    let elements = value
        .elements()
        .ok_or_else(|| step.wrong("statistics_", "an array"))?;
    elements
        .map(|element| match element.node() {
            Node::Text(text) => Some(Statistic::Text(text.to_string())),
            _ => element.number().map(Statistic::Number),
        })
        .collect::<Option<_>>()
        .ok_or_else(|| step.wrong("statistics_", "an array of numbers or texts"))
}

fn indicators(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let indicator = step.part_under("indicator_")?;
    let (indices, _) = indicator.numbers("features_")?;
    let mut added = Vec::with_capacity(indices.len());
    for index in indices {
        let column = columns
            .iter()
            .enumerate()
            .find(|(place, _)| *place as f64 == index);
        let feature = column.and_then(|(_, column)| match column.terms.as_slice() {
            [
                (
                    Source {
                        feature,
                        part: Part::Number,
                    },
                    _,
                ),
            ] => Some(*feature),
            _ => None,
        });
        let feature = feature
            .ok_or_else(|| indicator.refuse("features_ does not name columns of the rows"))?;
        if let Some(feature) = conversion.features.get_mut(feature) {
            feature.missing_indicator = true;
        }
        added.push(Column::of(feature, Part::Missing));
    }
    Ok(added)
}

/// One column for each category.
pub(super) fn one_hot(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    refuse_infrequent(step)?;
    let unknown = match step.text("handle_unknown") {
        Some("error") | None => Unknown::Error,
        Some("ignore" | "infrequent_if_exist" | "warn") => Unknown::Ignore,
        Some(other) => {
            return Err(step.refuse(format_args!("handle_unknown={other:?} is not known")));
        }
    };
    let categories = categories(step, columns)?;
    let drops = dropped(step, &categories)?;
    let mut encoded = Vec::new();
    for ((column, categories), drop) in columns.iter().zip(categories).zip(drops) {
        let feature = untouched(step, column)?;
        let count = categories.len() - usize::from(drop.is_some());
        let one_hot = OneHot {
            categories,
            drop,
            unknown,
        };
        conversion
            .encode(feature, Encoding::OneHot(one_hot))
            .map_err(|conflict| step.refuse(conflict))?;
        encoded.extend((0..count).map(|index| Column::of(feature, Part::Category(index))));
    }
    Ok(encoded)
}

/// The number of the category.
pub(super) fn ordinal(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    refuse_infrequent(step)?;
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
    for (column, categories) in columns.iter().zip(categories(step, columns)?) {
        let feature = untouched(step, column)?;
        let ordinal = Ordinal {
            categories,
            numbers: Vec::new(),
            unknown,
        };
        conversion
            .encode(feature, Encoding::Ordinal(ordinal))
            .map_err(|conflict| step.refuse(conflict))?;
        encoded.push(Column::of(feature, Part::Code));
    }
    Ok(encoded)
}

fn refuse_infrequent(step: &Step<'_>) -> Outcome<()> {
    let groups = ["min_frequency", "max_categories"];
    match groups.iter().find(|name| step.optional(name).is_some()) {
        Some(name) => Err(step.refuse(format_args!(
            "{name} puts infrequent categories together, which is not supported"
        ))),
        None => Ok(()),
    }
}

fn untouched(step: &Step<'_>, column: &Column) -> Outcome<usize> {
    column.untouched().ok_or_else(|| {
        step.refuse("it encodes what another step has computed, not a column of the rows")
    })
}

fn categories(step: &Step<'_>, columns: &[Column]) -> Outcome<Vec<Vec<Label>>> {
    let value = step.attribute("categories_")?;
    let arrays: Vec<_> = value.elements().map(Iterator::collect).unwrap_or_default();
    if arrays.len() != columns.len() {
        let (found, count) = (arrays.len(), columns.len());
        return Err(step.refuse(format_args!(
            "categories_ has {found} lists for {count} columns"
        )));
    }
    let labels = |array: Value<'_>| {
        label::all(step, "categories_", array).map_err(|error| match has_missing(array) {
            true => step.refuse("missing cells are a category of their own, which is not supported: impute them before"),
            false => error,
        })
    };
    arrays.into_iter().map(labels).collect()
}

fn has_missing(categories: Value<'_>) -> bool {
    let is_missing = |value: Value<'_>| value.is_none() || value.number().is_some_and(f64::is_nan);
    match (categories.array(), categories.elements()) {
        (_, Some(mut elements)) => elements.any(is_missing),
        (Some(array), None) => array
            .floats(categories.objects())
            .is_ok_and(|numbers| numbers.iter().any(|number| number.is_nan())),
        (None, None) => false,
    }
}

/// The category of each column that has no column of its own.
fn dropped(step: &Step<'_>, categories: &[Vec<Label>]) -> Outcome<Vec<Option<Label>>> {
    let Some(value) = step.optional("drop_idx_") else {
        return Ok(vec![None; categories.len()]);
    };
    let indices: Vec<Option<f64>> = match (value.elements(), value.array()) {
        (Some(elements), _) => elements.map(Value::number).collect(),
        (None, Some(_)) => step.numbers("drop_idx_")?.0.into_iter().map(Some).collect(),
        (None, None) => return Err(step.wrong("drop_idx_", "an array")),
    };
    let of_column = |(categories, index): (&Vec<Label>, Option<f64>)| {
        let index = index?;
        let mut places = categories.iter().enumerate();
        places
            .find(|(place, _)| *place as f64 == index)
            .map(|(_, label)| label.clone())
    };
    Ok(categories
        .iter()
        .zip(indices.into_iter().chain(std::iter::repeat(None)))
        .map(of_column)
        .collect())
}
