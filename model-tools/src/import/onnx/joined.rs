//! Tensors side by side: Concat and FeatureVectorizer.

use super::arithmetic::{Reason, linear_columns, spend};
use super::message::Node;
use super::shapes;
use super::value::{Encoded, Sort, Value};
use crate::import::linear::{Cells, Column};

/// Concat: of columns along the columns, of encoded categories along either of their axes.
pub(super) fn concatenated(
    node: &Node,
    inputs: &[&Value],
    cells: &mut Cells,
) -> Result<Value, Reason> {
    let axis = node.integer("axis").unwrap_or(0);
    if inputs
        .iter()
        .any(|input| matches!(input, Value::Encoded(_)))
    {
        return encoded(axis, inputs, cells).map(Value::Encoded);
    }
    if !shapes::is_by_column(axis) {
        return Err("it joins something else than the columns of each row".to_owned());
    }
    match inputs {
        [Value::Cells(_, sort), ..] => of_cells(*sort, inputs, cells),
        _ => columns(inputs, cells),
    }
}

/// FeatureVectorizer: columns of numbers, whole numbers among them, of the widths that it lists.
pub(super) fn vector(node: &Node, inputs: &[&Value], cells: &mut Cells) -> Result<Value, Reason> {
    let widths = node
        .attributes
        .get("inputdimensions")
        .map_or(&[][..], |list| &list.integers);
    let mut joined = Vec::new();
    for (index, input) in inputs.iter().enumerate() {
        let columns = linear_columns(input)?;
        let told = widths.get(index).map(|width| usize::try_from(*width));
        if told.is_some_and(|width| width != Ok(columns.len())) {
            return Err(format!(
                "its input {index} has {} columns, and its inputdimensions say otherwise",
                columns.len()
            ));
        }
        spend(cells, columns.iter().map(|column| column.terms.len()).sum())?;
        joined.extend(columns);
    }
    Ok(Value::Linear(joined))
}

fn of_cells(sort: Sort, inputs: &[&Value], cells: &mut Cells) -> Result<Value, Reason> {
    let mut joined = Vec::new();
    for input in inputs {
        match input {
            Value::Cells(features, same) if *same == sort => {
                spend(cells, features.len())?;
                joined.extend(features);
            }
            other => return Err(format!("it joins cells of one type with {other}")),
        }
    }
    Ok(Value::Cells(joined, sort))
}

fn columns(inputs: &[&Value], cells: &mut Cells) -> Result<Value, Reason> {
    let mut linear = Vec::new();
    let mut logistic = Vec::new();
    for input in inputs {
        let (into, columns) = match (input, input.of_logistic()) {
            (_, Some(columns)) => (&mut logistic, columns),
            (Value::Linear(columns), _) => (&mut linear, columns.as_slice()),
            (other, _) => {
                return Err(format!(
                    "it joins {other}, and a linear model joins columns"
                ));
            }
        };
        spend(cells, columns.iter().map(|column| column.terms.len()).sum())?;
        into.extend(columns.iter().cloned());
    }
    match (linear.is_empty(), logistic.is_empty()) {
        (false, true) => Ok(Value::Linear(linear)),
        (true, false) => Ok(Value::logistic(logistic)),
        _ => Err("it joins columns with probabilities".to_owned()),
    }
}

/// Categories in the shape (rows, inputs, categories): along the inputs, or along the categories of each.
fn encoded(axis: i64, inputs: &[&Value], cells: &mut Cells) -> Result<Encoded, Reason> {
    let mut parts = Vec::new();
    for input in inputs {
        let Value::Encoded(part) = input else {
            return Err(format!(
                "it joins categories in three dimensions with {input}"
            ));
        };
        spend(cells, part.columns.len())?;
        parts.push(part);
    }
    let first = parts.first().map_or((0, 0), |part| part.shape());
    let along_inputs = match axis {
        1 | -2 => true,
        2 | -1 => false,
        _ => return Err("it joins the categories of several rows".to_owned()),
    };
    let same = |(inputs, categories)| if along_inputs { categories } else { inputs };
    if parts.iter().any(|part| same(part.shape()) != same(first)) {
        return Err("it joins categories of different shapes".to_owned());
    }
    let groups = if along_inputs { 1 } else { first.0 };
    let mut columns: Vec<Column> = Vec::new();
    for group in 0..groups {
        for part in &parts {
            let width = part.columns.len() / groups.max(1);
            let own = part.columns.iter().skip(group * width).take(width);
            columns.extend(own.cloned());
        }
    }
    let inputs = match along_inputs {
        true => parts.iter().map(|part| part.inputs).sum(),
        false => first.0,
    };
    Ok(Encoded { columns, inputs })
}
