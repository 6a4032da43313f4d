//! What operators make of what is known of their inputs: one arm for each that linear models are exported with.

use std::rc::Rc;

use super::arithmetic::{Reason, binary, negative, numbers, spend};
use super::classes;
use super::encoding;
use super::matrix;
use super::message::Node;
use super::shapes;
use super::value::{Curve, Sort, Value};
use crate::import::linear::{Cells, Column, combination};

/// The outputs of a node.
///
/// # Errors
/// The operator, or what it is applied to, is none that linear models have.
pub(super) fn apply(
    node: &Node,
    inputs: &[Rc<Value>],
    cells: &mut Cells,
) -> Result<Vec<Rc<Value>>, Reason> {
    if let Some(value) = shapes::unchanged(node, inputs)? {
        if !inputs.iter().any(|input| Rc::ptr_eq(input, &value)) {
            spend(cells, value.size())?;
        }
        return Ok(vec![value]);
    }
    if node.operator == "LinearClassifier" {
        let columns = columns_of(inputs.first())?;
        return Ok(matrix::classifier(node, &columns, cells)?
            .map(Rc::new)
            .into());
    }
    let inputs: Vec<&Value> = inputs.iter().map(Rc::as_ref).collect();
    let value = result(node, &inputs, cells)?;
    // All tensors are kept until the end, so a chain of nodes that each copy one has to be bounded too.
    spend(cells, value.size())?;
    Ok(vec![Rc::new(value)])
}

fn result(node: &Node, inputs: &[&Value], cells: &mut Cells) -> Result<Value, Reason> {
    let operator = node.operator.as_str();
    match (operator, inputs) {
        ("Constant", []) => shapes::constant(node),
        ("Transpose", [Value::Constant(matrix)]) => {
            shapes::transposed(node, matrix).map(Value::Constant)
        }
        ("Cast", [value]) => encoding::cast(node, value, cells),
        ("IsNaN", [Value::Linear(columns)]) => Ok(Value::NaN(columns.clone())),
        ("LabelEncoder", [value]) => encoding::numbered(node, value, cells),
        ("OneHotEncoder", [value]) => encoding::one_hot(node, value, cells),
        ("Where", [condition, yes, no]) => classes::choice(condition, yes, no, cells),
        ("Concat", _) if node.integer("axis").is_some_and(shapes::is_by_column) => {
            concatenated(inputs, cells)
        }
        ("Gather" | "ArrayFeatureExtractor", [from, places]) => {
            classes::gathered(node, from, places, cells)
        }
        ("ArgMax", [value]) => classes::highest(node, value),
        ("Softmax", [Value::Linear(columns)])
            if node.integer("axis").is_none_or(shapes::is_by_column) =>
        {
            Ok(Value::Softmax(columns.clone()))
        }
        ("Normalizer", [value]) if node.text("norm") == "L1" => classes::shares(value),
        ("ReduceSum", [value, axes @ ..]) => summed(node, value, axes, cells),
        ("Exp", [value]) => curved(value, Curve::Exp),
        ("Sigmoid", [value]) => curved(value, Curve::Logistic),
        ("Neg", [Value::Linear(columns)]) => Ok(Value::Linear(negative(columns))),
        ("Abs", [value]) if value.of_logistic().is_some() => Ok((*value).clone()),
        ("Reciprocal", [Value::OnePlusExp(columns)]) => Ok(Value::logistic(negative(columns))),
        ("Imputer", [Value::Linear(columns)]) => {
            matrix::imputer(node, columns, cells).map(Value::Linear)
        }
        ("Scaler", [value]) => {
            matrix::scaler(node, &linear_columns(value)?, cells).map(Value::Linear)
        }
        ("LinearRegressor", [value]) if matches!(node.text("post_transform"), "" | "NONE") => {
            matrix::scores(node, &linear_columns(value)?, cells).map(Value::Linear)
        }
        ("MatMul", [Value::Linear(columns), Value::Constant(matrix)]) => {
            matrix::product(columns, matrix, false, cells).map(Value::Linear)
        }
        ("MatMul", [value @ Value::Clamped(..), Value::Constant(matrix)]) => {
            matrix::of_clamps(value, matrix)
        }
        ("Gemm", [Value::Linear(columns), Value::Constant(matrix), rest @ ..]) => {
            matrix::gemm(node, columns, matrix, rest.first().copied(), cells).map(Value::Linear)
        }
        (
            "Add" | "Sub" | "Mul" | "Div" | "Pow" | "Greater" | "Less" | "Equal" | "Max" | "Min",
            [left, right],
        ) => binary(operator, left, right, cells),
        _ => Err(unknown(operator, inputs)),
    }
}

fn unknown(operator: &str, inputs: &[&Value]) -> Reason {
    let known = [
        "Cast",
        "IsNaN",
        "Where",
        "Concat",
        "Gather",
        "ArgMax",
        "Softmax",
        "Normalizer",
        "Exp",
        "Sigmoid",
        "Neg",
        "Imputer",
        "LinearRegressor",
        "MatMul",
        "Gemm",
    ];
    let of: Vec<String> = inputs.iter().map(ToString::to_string).collect();
    if known.contains(&operator) {
        return format!(
            "of {} it makes nothing that a linear model has",
            of.join(" and ")
        );
    }
    "linear models have no such operator, or are not exported with it".to_owned()
}

/// The columns that a linear operator of ai.onnx.ml takes, which also takes whole numbers as numbers.
fn linear_columns(value: &Value) -> Result<Vec<Column>, Reason> {
    match value {
        Value::Linear(columns) => Ok(columns.clone()),
        Value::Cells(features, Sort::Integer) => {
            Ok(features.iter().copied().map(Cells::number).collect())
        }
        other => Err(format!(
            "of {other} it makes nothing that a linear model has"
        )),
    }
}

fn columns_of(value: Option<&Rc<Value>>) -> Result<Vec<Column>, Reason> {
    value.map_or_else(
        || Err("it has no input".to_owned()),
        |value| linear_columns(value),
    )
}

fn curved(value: &Value, curve: Curve) -> Result<Value, Reason> {
    match value {
        Value::Linear(columns) => Ok(Value::Curved(vec![curve], columns.clone())),
        Value::Curved(before, columns) => Ok(Value::Curved(
            before.iter().cloned().chain([curve]).collect(),
            columns.clone(),
        )),
        other => Err(format!(
            "of {other} it makes nothing that a linear model has"
        )),
    }
}

/// Tensors side by side.
fn concatenated(inputs: &[&Value], cells: &mut Cells) -> Result<Value, Reason> {
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

/// The sum of each row.
fn summed(node: &Node, value: &Value, axes: &[&Value], cells: &mut Cells) -> Result<Value, Reason> {
    let of_attribute = node
        .attributes
        .get("axes")
        .map(|axes| axes.integers.clone());
    let is_by_column = match (of_attribute.as_deref(), axes) {
        (Some([axis]), []) => shapes::is_by_column(*axis),
        (None, [Value::Constant(axes)]) => matches!(numbers(axes)?, [1.0] | [-1.0]),
        _ => false,
    };
    match (value, value.of_logistic()) {
        _ if !is_by_column => {
            Err("it adds up something else than the columns of each row".to_owned())
        }
        (_, Some(columns)) => Ok(Value::LogisticSum(columns.to_vec())),
        (Value::Linear(columns), _) => {
            spend(cells, columns.iter().map(|column| column.terms.len()).sum())?;
            Ok(Value::Linear(vec![combination(
                columns,
                &vec![1.0; columns.len()],
                0.0,
            )]))
        }
        (other, _) => Err(format!(
            "of {other} it makes nothing that a linear model has"
        )),
    }
}
