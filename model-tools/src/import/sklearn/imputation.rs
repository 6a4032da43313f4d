//! Missing cells: what stands in for them, and columns that say which they were.

use sagelet::artifact::Cell;

use super::step::{Outcome, Step};
use crate::import::linear::{Column, Conversion, Part, Source};
use crate::import::objects::{Kind, Node};

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
    // `Imputer` of scikit-learn up to 0.21 could go along the rows too.
    if step
        .optional("axis")
        .is_some_and(|axis| axis.integer() != Some(0))
    {
        return Err(
            step.refuse("axis=1 imputes from the other cells of the row, which is not supported")
        );
    }
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
        kept.extend(indicators(
            &step.part_under("indicator_")?,
            columns,
            conversion,
        )?);
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

/// A column for each of some columns, 1 where the cell was missing.
pub(super) fn indicators(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    check_missing_values(step)?;
    let indices = step.indices("features_", columns.len())?;
    let mut added = Vec::with_capacity(indices.len());
    for index in indices {
        let feature = columns.get(index).and_then(cell_of);
        let feature =
            feature.ok_or_else(|| step.refuse("features_ does not name columns of the rows"))?;
        if let Some(feature) = conversion.features.get_mut(feature) {
            feature.missing_indicator = true;
        }
        added.push(Column::of(feature, Part::Missing));
    }
    Ok(added)
}

/// The feature whose cell this is, moved and scaled or not.
fn cell_of(column: &Column) -> Option<usize> {
    match column.terms.as_slice() {
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
    }
}
