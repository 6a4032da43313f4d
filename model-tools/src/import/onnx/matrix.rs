//! Matrices: MatMul, Gemm and the linear operators of ai.onnx.ml.

use sagelet::artifact::Label;

use super::arithmetic::{Reason, interpolated, numbers, spend, spread};
use super::message::{Node, Tensor};
use super::value::Value;
use crate::import::linear::{Cells, Column, combination};

/// Rows times a matrix in the shape (columns, outputs), or (outputs, columns) if it is transposed.
pub(super) fn product(
    columns: &[Column],
    matrix: &Tensor,
    transposed: bool,
    cells: &mut Cells,
) -> Result<Vec<Column>, Reason> {
    let (rows, outputs) = match (matrix.shape.as_slice(), transposed) {
        ([rows], false) => (*rows, 1),
        ([rows, outputs], false) | ([outputs, rows], true) => (*rows, *outputs),
        _ => return Err("its weights are no matrix".to_owned()),
    };
    let (rows, outputs) = (
        usize::try_from(rows).unwrap_or(0),
        usize::try_from(outputs).unwrap_or(0),
    );
    if rows != columns.len() || outputs == 0 {
        return Err(format!(
            "it has weights for {rows} columns, and there are {}",
            columns.len()
        ));
    }
    let terms: usize = columns.iter().map(|column| column.terms.len()).sum();
    spend(cells, terms.saturating_mul(outputs))?;
    let weights = |output: usize| -> Vec<f64> {
        let place = |row: usize| {
            if transposed {
                output * rows + row
            } else {
                row * outputs + output
            }
        };
        let at = |row| matrix.numbers.get(place(row)).copied();
        (0..rows).map(|row| at(row).unwrap_or_default()).collect()
    };
    Ok((0..outputs)
        .map(|output| combination(columns, &weights(output), 0.0))
        .collect())
}

/// Clamps of one column, times a matrix of one output.
pub(super) fn of_clamps(value: &Value, matrix: &Tensor) -> Result<Value, Reason> {
    match (value, matrix.shape.as_slice()) {
        (Value::Clamped(column, clamps), [rows] | [rows, 1])
            if usize::try_from(*rows) == Ok(clamps.len()) =>
        {
            interpolated(column, clamps, &matrix.numbers)
        }
        _ => Err(format!(
            "{value} times a matrix is nothing that a linear model has"
        )),
    }
}

/// alpha · A · B + beta · C
pub(super) fn gemm(
    node: &Node,
    columns: &[Column],
    matrix: &Tensor,
    added: Option<&Value>,
    cells: &mut Cells,
) -> Result<Vec<Column>, Reason> {
    let factor = |name: &str| {
        node.attributes
            .get(name)
            .and_then(|attribute| attribute.float)
            .unwrap_or(1.0)
    };
    if node.flag("transA") {
        return Err("it transposes its input".to_owned());
    }
    let products = product(columns, matrix, node.flag("transB"), cells)?;
    let added = match added {
        None => vec![0.0; products.len()],
        Some(Value::Constant(added)) => spread(numbers(added)?, products.len())?,
        Some(_) => return Err("what it adds is no constant".to_owned()),
    };
    let pairs = products.iter().zip(added);
    let sum = |(column, added): (&Column, f64)| {
        column.affine(0.0, factor("alpha"), factor("beta") * added)
    };
    Ok(pairs.map(sum).collect())
}

/// The scores of LinearRegressor or LinearClassifier: coefficients lie score by score.
pub(super) fn scores(
    node: &Node,
    columns: &[Column],
    cells: &mut Cells,
) -> Result<Vec<Column>, Reason> {
    let coefficients = node.floats("coefficients");
    let count = columns.len().max(1);
    let outputs = coefficients.len() / count;
    if outputs == 0 || outputs * count != coefficients.len() {
        return Err(format!(
            "it has {} coefficients for {count} columns",
            coefficients.len()
        ));
    }
    let intercepts = match node.floats("intercepts") {
        [] => vec![0.0; outputs],
        several => spread(several, outputs)?,
    };
    spend(cells, coefficients.len())?;
    let lists = coefficients.chunks_exact(count).zip(intercepts);
    Ok(lists
        .map(|(weights, intercept)| combination(columns, weights, intercept))
        .collect())
}

/// The classes of a LinearClassifier or SVMClassifier.
pub(super) fn labels_of(node: &Node) -> Vec<Label> {
    let texts = node
        .attributes
        .get("classlabels_strings")
        .map(|list| &list.texts);
    let integers = node
        .attributes
        .get("classlabels_ints")
        .map(|list| &list.integers);
    match (texts, integers) {
        (Some(texts), _) => texts.iter().cloned().map(Label::Text).collect(),
        (None, Some(integers)) => integers.iter().copied().map(Label::Integer).collect(),
        (None, None) => Vec::new(),
    }
}

/// Labels, and scores after the transformation that the operator names.
pub(super) fn classifier(
    node: &Node,
    columns: &[Column],
    cells: &mut Cells,
) -> Result<[Value; 2], Reason> {
    let labels = labels_of(node);
    let scores = scores(node, columns, cells)?;
    if scores.len() != labels.len() {
        return Err(format!(
            "it has coefficients of {} scores for {} labels",
            scores.len(),
            labels.len()
        ));
    }
    let transformed = match node.text("post_transform") {
        "" | "NONE" => Value::Linear(scores.clone()),
        "LOGISTIC" => Value::logistic(scores.clone()),
        "SOFTMAX" => Value::Softmax(scores.clone()),
        other => {
            return Err(format!(
                "its post_transform is {other}, and no artifact has that"
            ));
        }
    };
    Ok([Value::Class(scores, labels), transformed])
}

/// (x − offset) · scale
pub(super) fn scaler(
    node: &Node,
    columns: &[Column],
    cells: &mut Cells,
) -> Result<Vec<Column>, Reason> {
    let offsets = spread(node.floats("offset"), columns.len())?;
    let scales = spread(node.floats("scale"), columns.len())?;
    spend(cells, columns.iter().map(|column| column.terms.len()).sum())?;
    let pairs = columns.iter().zip(offsets.iter().zip(&scales));
    Ok(pairs
        .map(|(column, (offset, scale))| column.affine(-offset, *scale, 0.0))
        .collect())
}

/// Missing cells become what they are replaced by. A number that stands for a missing cell is not supported.
pub(super) fn imputer(
    node: &Node,
    columns: &[Column],
    cells: &mut Cells,
) -> Result<Vec<Column>, Reason> {
    let replaced = node
        .attributes
        .get("replaced_value_float")
        .and_then(|attribute| attribute.float);
    if !replaced.is_none_or(f64::is_nan) {
        return Err("it replaces a number, and an artifact missing cells only".to_owned());
    }
    let values = spread(node.floats("imputed_value_floats"), columns.len())?;
    fill(columns, &values, cells)
}

/// The columns with numbers in place of missing cells; NaN leaves them missing.
pub(super) fn fill(
    columns: &[Column],
    values: &[f64],
    cells: &mut Cells,
) -> Result<Vec<Column>, Reason> {
    spend(cells, columns.len())?;
    let filled = columns.iter().zip(values).map(|(column, value)| {
        if value.is_nan() {
            return Ok(column.clone());
        }
        cells
            .fill(column, *value)
            .ok_or_else(|| "it replaces something else than missing cells of the input".to_owned())
    });
    filled.collect()
}
