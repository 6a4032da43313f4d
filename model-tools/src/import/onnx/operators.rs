//! What operators make of affine columns: the chains that linear models are exported as.

use sagelet::artifact::{Cell, Label};

use super::OnnxError;
use super::message::{Attribute, Node, Tensor};
use crate::import::linear::{Column, Conversion, combination};

/// What is known of a tensor of the graph. All but constants have a row for each row of the input.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Constant(Tensor),
    /// Affine functions of the input's columns.
    Linear(Vec<Column>),
    /// The exponential of each.
    Exp(Vec<Column>),
    /// The logistic function of each.
    Sigmoid(Vec<Column>),
    /// The sum of a row of [`Sigmoid`](Self::Sigmoid).
    SigmoidSum(Vec<Column>),
    /// Each logistic function divided by their sum.
    Shares(Vec<Column>),
    Softmax(Vec<Column>),
    /// The place of the highest score.
    Highest(Vec<Column>),
    /// The label of the highest score.
    Class(Vec<Column>, Vec<Label>),
}

type Outcome = Result<Option<Vec<Value>>, OnnxError>;

/// The outputs of a node, or nothing if the operator or what it is applied to is none that linear models have.
pub(super) fn apply(node: &Node, inputs: &[&Value], conversion: &mut Conversion) -> Outcome {
    let value = match (node.operator.as_str(), inputs) {
        // Kinds of numbers, and shapes of the same numbers.
        ("Reshape", [value, Value::Constant(shape)]) if keeps_rows(value, &shape.numbers) => {
            (*value).clone()
        }
        ("Cast" | "Identity" | "Flatten" | "Squeeze" | "Unsqueeze" | "ZipMap", [value, ..]) => {
            (*value).clone()
        }
        ("Abs", [Value::Sigmoid(columns)]) => Value::Sigmoid(columns.clone()),
        ("Constant", []) => match attribute(node, "value").and_then(|value| value.tensor.clone()) {
            Some(tensor) => Value::Constant(tensor),
            None => return Ok(None),
        },
        ("Exp", [Value::Linear(columns)]) => Value::Exp(columns.clone()),
        ("Sigmoid", [Value::Linear(columns)]) => Value::Sigmoid(columns.clone()),
        ("Softmax", [Value::Linear(columns)]) if axis(node).is_none() || is_by_column(node) => {
            Value::Softmax(columns.clone())
        }
        ("ReduceSum", [Value::Sigmoid(columns), ..]) => Value::SigmoidSum(columns.clone()),
        ("Div", [Value::Sigmoid(columns), Value::SigmoidSum(sum)]) if columns == sum => {
            Value::Shares(columns.clone())
        }
        ("Normalizer", [Value::Sigmoid(columns)]) if text(node, "norm") == "L1" => {
            Value::Shares(columns.clone())
        }
        ("Normalizer", [value @ (Value::Softmax(_) | Value::Shares(_))])
            if text(node, "norm") == "L1" =>
        {
            (*value).clone()
        }
        ("ArgMax", [Value::Linear(columns)]) if is_by_column(node) => {
            Value::Highest(columns.clone())
        }
        ("ArrayFeatureExtractor", [Value::Constant(labels), Value::Highest(scores)]) => {
            Value::Class(scores.clone(), labels_of(labels)?)
        }
        ("ArrayFeatureExtractor", [Value::Linear(columns), Value::Constant(chosen)]) => {
            Value::Linear(choose(columns, &chosen.numbers)?)
        }
        ("Concat", _) if is_by_column(node) => match concatenated(inputs) {
            Some(columns) => Value::Linear(columns),
            None => return Ok(None),
        },
        ("Scaler", [Value::Linear(columns)]) => Value::Linear(scaler(node, columns)?),
        ("Imputer", [Value::Linear(columns)]) => Value::Linear(imputer(node, columns, conversion)?),
        ("MatMul", [Value::Linear(columns), Value::Constant(matrix)]) => {
            Value::Linear(product(columns, matrix, false, conversion)?)
        }
        ("Gemm", [Value::Linear(columns), Value::Constant(matrix), rest @ ..]) => Value::Linear(
            gemm(node, columns, matrix, rest.first().copied(), conversion)?,
        ),
        ("LinearRegressor", [Value::Linear(columns)]) if post_transform(node) == "NONE" => {
            Value::Linear(scores(node, columns, conversion)?)
        }
        ("LinearClassifier", [Value::Linear(columns)]) => {
            return classifier(node, columns, conversion);
        }
        (operator, [left, right]) => {
            return Ok(
                arithmetic(operator, left, right)?.map(|columns| vec![Value::Linear(columns)])
            );
        }
        _ => return Ok(None),
    };
    Ok(Some(vec![value]))
}

fn axis(node: &Node) -> Option<i64> {
    attribute(node, "axis").and_then(|attribute| attribute.integer)
}

/// Whether the operator works along the columns of each row.
fn is_by_column(node: &Node) -> bool {
    matches!(axis(node), Some(1 | -1))
}

/// Whether a new shape leaves every row's numbers in their row.
fn keeps_rows(value: &Value, shape: &[f64]) -> bool {
    let columns = match value {
        Value::Linear(columns)
        | Value::Exp(columns)
        | Value::Sigmoid(columns)
        | Value::Shares(columns)
        | Value::Softmax(columns) => columns.len(),
        Value::Class(..) | Value::Highest(_) | Value::SigmoidSum(_) => 1,
        Value::Constant(_) => return false,
    };
    match *shape {
        [-1.0] => columns == 1,
        [-1.0, width] => width == columns as f64,
        _ => false,
    }
}

fn attribute<'a>(node: &'a Node, name: &str) -> Option<&'a Attribute> {
    node.attributes.get(name)
}

fn text<'a>(node: &'a Node, name: &str) -> &'a str {
    attribute(node, name)
        .and_then(|attribute| attribute.text.as_deref())
        .unwrap_or_default()
}

fn post_transform(node: &Node) -> &str {
    match text(node, "post_transform") {
        "" => "NONE",
        other => other,
    }
}

fn floats<'a>(node: &'a Node, name: &str) -> &'a [f64] {
    attribute(node, name).map_or(&[], |attribute| &attribute.floats)
}

/// One number for each of `count` columns; a single one is for all.
fn spread(numbers: &[f64], count: usize, what: &str) -> Result<Vec<f64>, OnnxError> {
    match numbers {
        [single] => Ok(vec![*single; count]),
        several if several.len() == count => Ok(several.to_vec()),
        several => Err(OnnxError::Width {
            what: what.to_owned(),
            found: several.len(),
            expected: count,
        }),
    }
}

/// Sums, differences, products and quotients of columns and a constant.
fn arithmetic(
    operator: &str,
    left: &Value,
    right: &Value,
) -> Result<Option<Vec<Column>>, OnnxError> {
    let (columns, constant, swapped) = match (left, right) {
        (Value::Linear(columns), Value::Constant(constant)) => (columns, constant, false),
        (Value::Constant(constant), Value::Linear(columns)) => (columns, constant, true),
        _ => return Ok(None),
    };
    let numbers = spread(&constant.numbers, columns.len(), operator)?;
    let pairs = columns.iter().zip(&numbers);
    Ok(Some(match (operator, swapped) {
        ("Add", _) => pairs
            .map(|(column, number)| column.affine(0.0, 1.0, *number))
            .collect(),
        ("Sub", false) => pairs
            .map(|(column, number)| column.affine(-number, 1.0, 0.0))
            .collect(),
        ("Sub", true) => pairs
            .map(|(column, number)| column.affine(0.0, -1.0, *number))
            .collect(),
        ("Mul", _) => pairs
            .map(|(column, number)| column.affine(0.0, *number, 0.0))
            .collect(),
        ("Div", false) if !numbers.contains(&0.0) => pairs
            .map(|(column, number)| column.affine(0.0, 1.0 / number, 0.0))
            .collect(),
        _ => return Ok(None),
    }))
}

/// (x − offset) · scale
fn scaler(node: &Node, columns: &[Column]) -> Result<Vec<Column>, OnnxError> {
    let offsets = spread(floats(node, "offset"), columns.len(), "Scaler")?;
    let scales = spread(floats(node, "scale"), columns.len(), "Scaler")?;
    let pairs = columns.iter().zip(offsets.iter().zip(&scales));
    Ok(pairs
        .map(|(column, (offset, scale))| column.affine(-offset, *scale, 0.0))
        .collect())
}

/// Missing cells become what they are replaced by. A number that stands for a missing cell is not supported.
fn imputer(
    node: &Node,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Result<Vec<Column>, OnnxError> {
    let replaced = attribute(node, "replaced_value_float").and_then(|attribute| attribute.float);
    if !replaced.is_none_or(f64::is_nan) {
        return Err(OnnxError::Imputer);
    }
    let values = spread(
        floats(node, "imputed_value_floats"),
        columns.len(),
        "Imputer",
    )?;
    for (column, value) in columns.iter().zip(values) {
        let (feature, cell) = column.cell_for(value).ok_or(OnnxError::Imputer)?;
        conversion.replace_missing(feature, Cell::Number(cell))?;
    }
    Ok(columns.to_vec())
}

/// Rows times a matrix in the shape (columns, outputs), or (outputs, columns) if it is transposed.
fn product(
    columns: &[Column],
    matrix: &Tensor,
    transposed: bool,
    conversion: &mut Conversion,
) -> Result<Vec<Column>, OnnxError> {
    let count = columns.len();
    let (rows, outputs) = match (matrix.shape.as_slice(), transposed) {
        ([rows], _) => (*rows, 1),
        ([rows, outputs], false) | ([outputs, rows], true) => (*rows, *outputs),
        _ => (0, 0),
    };
    let (rows, outputs) = (
        usize::try_from(rows).unwrap_or(0),
        usize::try_from(outputs).unwrap_or(0),
    );
    if rows != count || outputs == 0 {
        return Err(OnnxError::Width {
            what: "MatMul".to_owned(),
            found: rows,
            expected: count,
        });
    }
    let terms: usize = columns.iter().map(|column| column.terms.len()).sum();
    conversion.spend(terms.saturating_mul(outputs))?;
    let weight = |output: usize| {
        let place = move |row: usize| {
            if transposed {
                output * rows + row
            } else {
                row * outputs + output
            }
        };
        (0..rows)
            .map(move |row| matrix.numbers.get(place(row)).copied().unwrap_or_default())
            .collect::<Vec<_>>()
    };
    Ok((0..outputs)
        .map(|output| combination(columns, &weight(output), 0.0))
        .collect())
}

/// alpha · A · B + beta · C
fn gemm(
    node: &Node,
    columns: &[Column],
    matrix: &Tensor,
    added: Option<&Value>,
    conversion: &mut Conversion,
) -> Result<Vec<Column>, OnnxError> {
    let flag = |name: &str| {
        attribute(node, name)
            .and_then(|attribute| attribute.integer)
            .unwrap_or(0)
            != 0
    };
    let factor = |name: &str| {
        attribute(node, name)
            .and_then(|attribute| attribute.float)
            .unwrap_or(1.0)
    };
    if flag("transA") {
        return Err(OnnxError::Operator("Gemm of a transposed input".to_owned()));
    }
    let products = product(columns, matrix, flag("transB"), conversion)?;
    let added = match added {
        None => vec![0.0; products.len()],
        Some(Value::Constant(added)) => spread(&added.numbers, products.len(), "Gemm")?,
        Some(_) => return Err(OnnxError::Operator("Gemm that adds no constant".to_owned())),
    };
    let pairs = products.iter().zip(added);
    Ok(pairs
        .map(|(column, added)| column.affine(0.0, factor("alpha"), factor("beta") * added))
        .collect())
}

/// The scores of a linear operator: its coefficients lie score by score.
fn scores(
    node: &Node,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Result<Vec<Column>, OnnxError> {
    let coefficients = floats(node, "coefficients");
    let count = columns.len().max(1);
    let outputs = coefficients.len() / count;
    if outputs == 0 || outputs * count != coefficients.len() {
        return Err(OnnxError::Width {
            what: node.operator.clone(),
            found: coefficients.len(),
            expected: count,
        });
    }
    let intercepts = match floats(node, "intercepts") {
        [] => vec![0.0; outputs],
        several => spread(several, outputs, &node.operator)?,
    };
    conversion.spend(coefficients.len())?;
    let lists = coefficients.chunks_exact(count).zip(intercepts);
    Ok(lists
        .map(|(weights, intercept)| combination(columns, weights, intercept))
        .collect())
}

/// Labels, and scores after the transformation that the operator names.
fn classifier(node: &Node, columns: &[Column], conversion: &mut Conversion) -> Outcome {
    let labels: Vec<Label> = match (
        attribute(node, "classlabels_strings"),
        attribute(node, "classlabels_ints"),
    ) {
        (Some(texts), _) => texts.texts.iter().cloned().map(Label::Text).collect(),
        (None, Some(integers)) => integers
            .integers
            .iter()
            .copied()
            .map(Label::Integer)
            .collect(),
        (None, None) => Vec::new(),
    };
    let scores = scores(node, columns, conversion)?;
    if scores.len() != labels.len() {
        return Err(OnnxError::Width {
            what: "LinearClassifier".to_owned(),
            found: scores.len(),
            expected: labels.len(),
        });
    }
    let transformed = match post_transform(node) {
        "NONE" => Value::Linear(scores.clone()),
        "LOGISTIC" => Value::Sigmoid(scores.clone()),
        "SOFTMAX" => Value::Softmax(scores.clone()),
        other => {
            return Err(OnnxError::Operator(format!(
                "LinearClassifier with post_transform {other}"
            )));
        }
    };
    Ok(Some(vec![Value::Class(scores, labels), transformed]))
}

fn labels_of(tensor: &Tensor) -> Result<Vec<Label>, OnnxError> {
    if !tensor.texts.is_empty() {
        return Ok(tensor.texts.iter().cloned().map(Label::Text).collect());
    }
    let whole = |number: &f64| {
        #[expect(clippy::cast_possible_truncation, reason = "compared on the next line")]
        let integer = *number as i64;
        (integer as f64 == *number).then_some(Label::Integer(integer))
    };
    tensor
        .numbers
        .iter()
        .map(whole)
        .collect::<Option<_>>()
        .ok_or_else(|| OnnxError::Operator("labels that are no whole numbers".to_owned()))
}

fn choose(columns: &[Column], places: &[f64]) -> Result<Vec<Column>, OnnxError> {
    let at = |place: &f64| {
        let found = columns
            .iter()
            .enumerate()
            .find(|(index, _)| *index as f64 == *place);
        found.map(|(_, column)| column.clone())
    };
    let chosen: Option<Vec<_>> = places.iter().map(at).collect();
    chosen.ok_or_else(|| OnnxError::Width {
        what: "ArrayFeatureExtractor".to_owned(),
        found: places.len(),
        expected: columns.len(),
    })
}

fn concatenated(inputs: &[&Value]) -> Option<Vec<Column>> {
    let mut all = Vec::new();
    for input in inputs {
        match input {
            Value::Linear(columns) => all.extend(columns.iter().cloned()),
            _ => return None,
        }
    }
    Some(all)
}
