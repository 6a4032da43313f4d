//! Operators that change the shape of a tensor or nothing at all.

use std::rc::Rc;

use super::arithmetic::Reason;
use super::message::{Node, Tensor};
use super::value::Value;

/// Whether an axis runs along the columns of each row.
pub(super) fn is_by_column(axis: i64) -> bool {
    matches!(axis, 1 | -1)
}

/// Operators that give their input in another shape, or as it is.
const RESHAPING: [&str; 6] = [
    "Identity",
    "ZipMap",
    "Flatten",
    "Squeeze",
    "Unsqueeze",
    "Reshape",
];

/// The input itself, for operators that leave each row's numbers in their row and order; none for other operators.
pub(super) fn unchanged(node: &Node, inputs: &[Rc<Value>]) -> Result<Option<Rc<Value>>, Reason> {
    let operator = node.operator.as_str();
    let Some((value, rest)) = inputs
        .split_first()
        .filter(|_| RESHAPING.contains(&operator))
    else {
        return Ok(None);
    };
    let axes = axes(node, rest);
    let keeps_rows = match operator {
        "Identity" | "ZipMap" => true,
        _ if value.width().is_none() => false,
        "Flatten" => matches!(node.integer("axis"), None | Some(1)),
        "Reshape" => axes.is_some_and(|shape| keeps_rows(value, &shape)),
        _ => axes.is_none_or(|axes| !axes.contains(&0.0)),
    };
    match (value.as_ref(), operator) {
        _ if !keeps_rows => {}
        (Value::Encoded(encoded), "Reshape" | "Flatten") => {
            return Ok(Some(Rc::new(Value::Linear(encoded.columns.clone()))));
        }
        (Value::Encoded(_), "Squeeze" | "Unsqueeze") => {}
        _ => return Ok(Some(Rc::clone(value))),
    }
    Err("it does not leave the numbers of each row in their row".to_owned())
}

/// The axes or the shape that a node names, in its second input or an attribute.
fn axes(node: &Node, rest: &[Rc<Value>]) -> Option<Vec<f64>> {
    if let Some(Value::Constant(tensor)) = rest.first().map(Rc::as_ref) {
        return Some(tensor.numbers.clone());
    }
    let list = node
        .attributes
        .get("axes")
        .or_else(|| node.attributes.get("shape"))?;
    Some(list.integers.iter().map(|axis| *axis as f64).collect())
}

fn keeps_rows(value: &Value, shape: &[f64]) -> bool {
    let width = value.width().map(|width| width as f64);
    match *shape {
        [-1.0] => width == Some(1.0),
        [-1.0 | 0.0, columns] => {
            width == Some(columns) || (columns == -1.0 && shape.first() == Some(&0.0))
        }
        _ => false,
    }
}

/// The tensor in an attribute.
pub(super) fn constant(node: &Node) -> Result<Value, Reason> {
    let tensor = node
        .attributes
        .get("value")
        .and_then(|value| value.tensor.clone());
    tensor
        .map(Value::Constant)
        .ok_or_else(|| "its value is no tensor".to_owned())
}

/// A matrix with its rows as columns.
pub(super) fn transposed(node: &Node, matrix: &Tensor) -> Result<Tensor, Reason> {
    let order = node
        .attributes
        .get("perm")
        .map(|order| order.integers.as_slice());
    let (&[rows, columns], None | Some([1, 0])) = (matrix.shape.as_slice(), order) else {
        return Err("what it transposes is no matrix".to_owned());
    };
    let (height, width) = (
        usize::try_from(rows).unwrap_or(0),
        usize::try_from(columns).unwrap_or(0),
    );
    let at = |place: usize| matrix.numbers.get(place).copied().unwrap_or_default();
    let numbers = (0..width).flat_map(|column| (0..height).map(move |row| row * width + column));
    Ok(Tensor {
        shape: vec![columns, rows],
        numbers: if matrix.numbers.is_empty() {
            Vec::new()
        } else {
            numbers.map(at).collect()
        },
        texts: Vec::new(),
        element: matrix.element,
    })
}
