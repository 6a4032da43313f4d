//! Missing cells, categories, and changes of type.

use std::collections::HashSet;

use sagelet::artifact::{Label, Unknown};

use super::arithmetic::{Reason, spend};
use super::message::{BOOLEAN, DOUBLE, FLOAT, FLOAT16, INT64, Node, TEXT};
use super::value::{Encoded, Sort, Value};
use crate::import::linear::{Cells, Column, combination};

/// `TensorProto.DataType.BFLOAT16`
const BFLOAT16: i64 = 16;

/// A tensor in another type of elements.
pub(super) fn cast(node: &Node, value: &Value, cells: &mut Cells) -> Result<Value, Reason> {
    let to = node.integer("to").unwrap_or(0);
    let to_float = matches!(to, FLOAT | DOUBLE | FLOAT16 | BFLOAT16);
    let refused = || {
        Err(format!(
            "it casts {value} to the data type {to}, which changes them"
        ))
    };
    match value {
        Value::Linear(columns) if to == BOOLEAN => {
            let feature = |column: &Column| cells.missing_feature(column);
            let features: Option<Vec<usize>> = columns.iter().map(feature).collect();
            features.map(Value::Missing).map_or_else(refused, Ok)
        }
        Value::Linear(columns) if !to_float => whole(columns, to, cells).map_or_else(refused, Ok),
        Value::Cells(features, Sort::Integer) if to_float => Ok(Value::Linear(
            features.iter().copied().map(Cells::number).collect(),
        )),
        Value::Cells(features, Sort::Boolean) if to_float => {
            let truth = |feature: &usize| {
                let both = vec![Label::Boolean(false), Label::Boolean(true)];
                let reading = cells.categories(*feature, both, Unknown::Error);
                cells.category(reading, &Label::Boolean(true))
            };
            Ok(Value::Linear(features.iter().map(truth).collect()))
        }
        Value::Cells(_, Sort::Text) if to == TEXT => Ok(value.clone()),
        Value::Cells(_, Sort::Integer | Sort::Boolean) if to < TEXT && !to_float => {
            Ok(value.clone())
        }
        Value::Cells(..) => refused(),
        Value::NaN(columns) if to != TEXT => {
            let features = missing_features(columns, cells)?;
            let indicators = features.into_iter();
            Ok(Value::Linear(
                indicators
                    .map(|feature| cells.missing(feature, false))
                    .collect(),
            ))
        }
        Value::Class(scores, labels) => match class_labels(labels, to) {
            Some(labels) => Ok(Value::Class(scores.clone(), labels)),
            None => refused(),
        },
        Value::Encoded(_) if to != TEXT => Ok(value.clone()),
        Value::Constant(tensor)
            if to_float || !matches!(tensor.element, FLOAT | DOUBLE | FLOAT16) =>
        {
            Ok(value.clone())
        }
        Value::Above(_) | Value::Highest(_) if to != TEXT => Ok(value.clone()),
        _ if to_float => Ok(value.clone()),
        _ => refused(),
    }
}

/// Columns as whole numbers: what is 1 or 0 stays so, and cells are taken for categories.
fn whole(columns: &[Column], to: i64, cells: &mut Cells) -> Option<Value> {
    if !(2..TEXT).contains(&to) {
        return None;
    }
    if columns.iter().all(Cells::is_indicator) {
        return Some(Value::Linear(columns.to_vec()));
    }
    let features = untouched(columns, cells)?;
    Some(Value::Cells(features, Sort::Integer))
}

/// The features whose cells these are, with nothing done to them.
fn untouched(columns: &[Column], cells: &Cells) -> Option<Vec<usize>> {
    let feature = |column: &Column| {
        column.untouched()?;
        cells.cell_for(column, 0.0).map(|(feature, _)| feature)
    };
    columns.iter().map(feature).collect()
}

/// Labels in another type.
fn class_labels(labels: &[Label], to: i64) -> Option<Vec<Label>> {
    let cast = |label: &Label| match (label, to) {
        // A label that is a whole number as a floating-point number is that whole number.
        (Label::Integer(_), FLOAT..TEXT | FLOAT16 | DOUBLE) => Some(label.clone()),
        (Label::Text(_), TEXT) | (Label::Boolean(_), BOOLEAN) => Some(label.clone()),
        (Label::Integer(number), TEXT) => Some(Label::Text(number.to_string())),
        (Label::Integer(number @ (0 | 1)), BOOLEAN) => Some(Label::Boolean(*number == 1)),
        (Label::Boolean(truth), INT64) => Some(Label::Integer(i64::from(*truth))),
        _ => None,
    };
    labels.iter().map(cast).collect()
}

/// The features whose cells are missing where columns are NaN.
pub(super) fn missing_features(columns: &[Column], cells: &Cells) -> Result<Vec<usize>, Reason> {
    let feature = |column: &Column| cells.cell_for(column, 0.0).map(|(feature, _)| feature);
    let features: Option<Vec<usize>> = columns.iter().map(feature).collect();
    let reason = "it looks for missing numbers where there are no cells of the input";
    features.ok_or_else(|| reason.to_owned())
}

/// A column for each category of each feature.
pub(super) fn one_hot(node: &Node, value: &Value, cells: &mut Cells) -> Result<Value, Reason> {
    let (features, sort) = match value {
        Value::Cells(features, sort) => (features.clone(), *sort),
        Value::Linear(columns) => {
            let features = untouched(columns, cells);
            let reason = "it encodes something else than cells of the input";
            (features.ok_or_else(|| reason.to_owned())?, Sort::Integer)
        }
        other => return Err(format!("it encodes {other}")),
    };
    let unknown = if node.integer("zeros").unwrap_or(1) == 0 {
        Unknown::Error
    } else {
        Unknown::Ignore
    };
    let labels = categories(node, sort, ["cats_strings", "cats_int64s"])?;
    spend(cells, labels.len().saturating_mul(features.len()))?;
    let mut columns = Vec::new();
    let inputs = features.len();
    for feature in features {
        columns.extend(encoded(feature, &labels, unknown, cells));
    }
    Ok(Value::Encoded(Encoded { columns, inputs }))
}

fn categories(node: &Node, sort: Sort, [texts, integers]: [&str; 2]) -> Result<Vec<Label>, Reason> {
    let texts = node.attributes.get(texts).map(|list| &list.texts);
    let integers = node.attributes.get(integers).map(|list| &list.integers);
    let boolean = |number: &i64| match number {
        0 | 1 => Some(Label::Boolean(*number == 1)),
        _ => None,
    };
    let labels: Option<Vec<Label>> = match (sort, texts, integers) {
        (Sort::Text, Some(texts), _) => Some(texts.iter().cloned().map(Label::Text).collect()),
        (Sort::Integer, _, Some(integers)) => {
            Some(integers.iter().copied().map(Label::Integer).collect())
        }
        (Sort::Boolean, _, Some(integers)) => integers.iter().map(boolean).collect(),
        _ => None,
    };
    let labels =
        labels.ok_or_else(|| "its categories are of another type than its input".to_owned())?;
    let mut seen = HashSet::new();
    match labels.iter().find(|label| !seen.insert(*label)) {
        Some(twice) => Err(format!("its category {twice} stands there twice")),
        None => Ok(labels),
    }
}

/// The number of each category in place of the category, and one for any other.
pub(super) fn numbered(node: &Node, value: &Value, cells: &mut Cells) -> Result<Value, Reason> {
    let Value::Cells(features, sort) = value else {
        return Err(format!("it encodes {value}"));
    };
    let labels = categories(node, *sort, ["keys_strings", "keys_int64s"])?;
    let floats = node.floats("values_floats");
    let integers = node
        .attributes
        .get("values_int64s")
        .map_or(&[][..], |list| &list.integers);
    let numbers: Vec<f64> = floats
        .iter()
        .copied()
        .chain(integers.iter().map(|number| *number as f64))
        .collect();
    let other = match node
        .attributes
        .get("default_float")
        .and_then(|attribute| attribute.float)
    {
        Some(other) if !floats.is_empty() => other,
        None if !floats.is_empty() => 0.0,
        _ => node.integer("default_int64").unwrap_or(-1) as f64,
    };
    if numbers.len() != labels.len() {
        return Err(format!(
            "it has {} numbers for {} categories",
            numbers.len(),
            labels.len()
        ));
    }
    spend(cells, labels.len().saturating_mul(features.len()))?;
    let weights: Vec<f64> = numbers.iter().map(|number| number - other).collect();
    let mut columns = Vec::new();
    for feature in features {
        let indicators = encoded(*feature, &labels, Unknown::Ignore, cells);
        columns.push(combination(&indicators, &weights, other));
    }
    Ok(Value::Linear(columns))
}

/// The columns of one feature. An empty text is what a tensor of texts has for a missing cell.
fn encoded(feature: usize, labels: &[Label], unknown: Unknown, cells: &mut Cells) -> Vec<Column> {
    let empty = Label::Text(String::new());
    if *labels == [empty.clone()] && unknown == Unknown::Ignore {
        return vec![cells.missing(feature, true)];
    }
    if labels.contains(&empty) {
        cells.conversion.note(
            "takes an empty text for a missing cell, as a tensor of texts has no other".to_owned(),
        );
    }
    let present = labels
        .iter()
        .filter(|label| **label != empty)
        .cloned()
        .collect();
    let reading = cells.categories(feature, present, unknown);
    let column = |label: &Label| {
        if *label == empty {
            return Cells::missing_category(reading);
        }
        cells.category(reading, label)
    };
    labels.iter().map(column).collect()
}
