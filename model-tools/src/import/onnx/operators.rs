//! What operators make of what is known of their inputs: one arm for each that linear models are exported with.

use std::rc::Rc;

use super::arithmetic::{Reason, binary, linear_columns, negative, numbers, spend};
use super::classes;
use super::encoding;
use super::joined;
use super::matrix;
use super::message::Node;
use super::shapes;
use super::svm;
use super::value::{Curve, Value};
use crate::import::linear::{Cells, Column, combination};

/// What makes labels and scores.
type Classifier = fn(&Node, &[Column], &mut Cells) -> Result<[Value; 2], Reason>;

/// Every operator that linear models are exported with.
const KNOWN: [&str; 44] = [
    "Abs",
    "Add",
    "ArgMax",
    "ArrayFeatureExtractor",
    "Cast",
    "Concat",
    "Constant",
    "Div",
    "Equal",
    "Exp",
    "FeatureVectorizer",
    "Flatten",
    "Gather",
    "Gemm",
    "Greater",
    "Identity",
    "Imputer",
    "IsNaN",
    "LabelEncoder",
    "Less",
    "LinearClassifier",
    "LinearRegressor",
    "MatMul",
    "Max",
    "Min",
    "Mul",
    "Neg",
    "Normalizer",
    "OneHotEncoder",
    "Pow",
    "Reciprocal",
    "ReduceSum",
    "Reshape",
    "SVMClassifier",
    "SVMRegressor",
    "Scaler",
    "Sigmoid",
    "Softmax",
    "Squeeze",
    "Sub",
    "Transpose",
    "Unsqueeze",
    "Where",
    "ZipMap",
];

/// What is said of an operator that is not among them.
const UNKNOWN: &str = "linear models have no such operator, or are not exported with it";

/// Why an operator is refused whatever it is applied to; none if linear models have it.
pub(super) fn never_linear(operator: &str) -> Option<&'static str> {
    (!KNOWN.contains(&operator)).then_some(UNKNOWN)
}

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
    let classifier = match node.operator.as_str() {
        "LinearClassifier" => Some(matrix::classifier as Classifier),
        "SVMClassifier" => Some(svm::classifier as Classifier),
        _ => None,
    };
    if let Some(classifier) = classifier {
        let columns = columns_of(inputs.first())?;
        return Ok(classifier(node, &columns, cells)?.map(Rc::new).into());
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
        ("Concat", _) => joined::concatenated(node, inputs, cells),
        ("FeatureVectorizer", _) => joined::vector(node, inputs, cells),
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
        ("SVMRegressor", [value]) => {
            svm::regressor(node, &linear_columns(value)?, cells).map(Value::Linear)
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
    if let Some(reason) = never_linear(operator) {
        return reason.to_owned();
    }
    let of: Vec<String> = inputs.iter().map(ToString::to_string).collect();
    format!(
        "of {} it makes nothing that a linear model has",
        of.join(" and ")
    )
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
