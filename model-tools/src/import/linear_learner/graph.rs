//! The graph of an MXNet symbol, followed as linear functions of the columns of `data`.

use std::collections::HashMap;
use std::rc::Rc;

use sagelet::limits::FEATURES_MAX;
use serde::Deserialize;

use super::LinearLearnerError;
use super::params::Array;
use crate::import::limits::MXNET_NODES_MAX;
use crate::import::linear::{Column, Conversion, Part, combination};
use crate::shown::{bare, quoted};

/// The input with the rows.
const DATA: &str = "data";

/// The JSON of a symbol, as far as it matters.
#[derive(Deserialize)]
pub(super) struct Symbol {
    nodes: Vec<Node>,
    heads: Vec<Vec<usize>>,
}

#[derive(Deserialize)]
struct Node {
    op: String,
    name: String,
    #[serde(default, alias = "attr", alias = "param")]
    attrs: HashMap<String, String>,
    /// The number of a node, and which of its outputs.
    inputs: Vec<Vec<usize>>,
}

/// What a node makes of rows.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// The rows themselves.
    Data,
    /// A parameter, by its name.
    Parameter(String),
    /// Something that rows do not have when they are predicted, such as a label.
    Absent,
    /// Scores, and what becomes of them.
    Scores(Rc<Vec<Column>>, End),
}

/// What becomes of scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing that the graph tells.
    Open,
    /// The output of a regression.
    Regression,
    Logistic,
    Softmax,
}

impl Symbol {
    /// The scores of the first output, the number of columns, and what becomes of the scores.
    pub(super) fn scores(
        &self,
        arrays: &HashMap<String, Array>,
    ) -> Result<(Conversion, Vec<Column>, End), LinearLearnerError> {
        if self.nodes.len() > MXNET_NODES_MAX {
            return Err(LinearLearnerError::Nodes);
        }
        let head = self.heads.first().and_then(|head| head.first()).copied();
        let mut graph = Graph {
            arrays,
            conversion: Conversion::new(Vec::new()),
            values: Vec::new(),
        };
        for node in self
            .nodes
            .iter()
            .take(head.map_or(0, |head| head.saturating_add(1)))
        {
            let value = graph.value(node);
            graph.values.push(value);
        }
        match graph.values.pop() {
            Some(Ok(Value::Scores(scores, end))) => Ok((graph.conversion, scores.to_vec(), end)),
            Some(Err(refused)) => Err(refused),
            _ => Err(LinearLearnerError::NoScores),
        }
    }
}

struct Graph<'a> {
    arrays: &'a HashMap<String, Array>,
    conversion: Conversion,
    values: Vec<Result<Value, LinearLearnerError>>,
}

impl Graph<'_> {
    fn value(&mut self, node: &Node) -> Result<Value, LinearLearnerError> {
        if node.op == "null" {
            return Ok(match node.name.as_str() {
                DATA => Value::Data,
                name if self.arrays.contains_key(name) => Value::Parameter(name.to_owned()),
                _ => Value::Absent,
            });
        }
        let inputs = node.inputs.iter().map(|input| self.input(node, input));
        let inputs = inputs.collect::<Result<Vec<Value>, _>>()?;
        match (node.op.as_str(), inputs.as_slice()) {
            ("FullyConnected", [rows, Value::Parameter(weight), rest @ ..]) => {
                let bias = match rest {
                    [Value::Parameter(bias)] => Some(bias.as_str()),
                    [] => None,
                    _ => return Err(refused(node)),
                };
                let scores = self.layer(node, rows, weight, bias)?;
                Ok(Value::Scores(Rc::new(scores), End::Open))
            }
            ("BlockGrad" | "identity" | "_copy" | "Flatten", [value, ..]) => Ok(value.clone()),
            (operator, [Value::Scores(scores, End::Open), ..]) => {
                let end = end(operator, node).ok_or_else(|| refused(node))?;
                Ok(Value::Scores(Rc::clone(scores), end))
            }
            _ => Err(refused(node)),
        }
    }

    fn input(&self, node: &Node, input: &[usize]) -> Result<Value, LinearLearnerError> {
        let (Some(place), Some(0) | None) = (input.first(), input.get(1)) else {
            return Err(refused(node));
        };
        match self.values.get(*place) {
            Some(Ok(value)) => Ok(value.clone()),
            Some(Err(LinearLearnerError::Node { name, operator })) => {
                Err(LinearLearnerError::Node {
                    name: name.clone(),
                    operator: operator.clone(),
                })
            }
            _ => Err(refused(node)),
        }
    }

    /// Rows times the transposed weights, which lie output by output, plus the bias.
    fn layer(
        &mut self,
        node: &Node,
        rows: &Value,
        weight: &str,
        bias: Option<&str>,
    ) -> Result<Vec<Column>, LinearLearnerError> {
        let weight = self.arrays.get(weight).ok_or_else(|| refused(node))?;
        let [outputs, width] = *weight.shape.as_slice() else {
            return Err(refused(node));
        };
        let columns = match rows {
            Value::Data => self.data(width)?,
            Value::Scores(scores, End::Open) => scores.to_vec(),
            _ => return Err(refused(node)),
        };
        let bias = match bias.and_then(|bias| self.arrays.get(bias)) {
            Some(bias) => bias.numbers.clone(),
            None => vec![0.0; outputs],
        };
        if columns.len() != width || bias.len() != outputs || outputs == 0 {
            return Err(LinearLearnerError::Shape(quoted(&node.name)));
        }
        let terms: usize = columns.iter().map(|column| column.terms.len()).sum();
        self.conversion.spend(terms.saturating_mul(outputs))?;
        let lists = weight.numbers.chunks_exact(width).zip(bias);
        Ok(lists
            .map(|(weights, bias)| combination(&columns, weights, bias))
            .collect())
    }

    /// The columns of the rows: as many as the first layer has weights for.
    fn data(&mut self, width: usize) -> Result<Vec<Column>, LinearLearnerError> {
        if width == 0 || width > FEATURES_MAX {
            return Err(LinearLearnerError::Width(width));
        }
        if self.conversion.features.is_empty() {
            self.conversion = Conversion::new(vec![sagelet::artifact::Feature::default(); width]);
        }
        let columns = 0..self.conversion.features.len();
        Ok(columns
            .map(|index| Column::of(index, Part::Number))
            .collect())
    }
}

/// What an operator makes of scores.
fn end(operator: &str, node: &Node) -> Option<End> {
    let activation = node.attrs.get("act_type").map(String::as_str);
    match (operator, activation) {
        ("LinearRegressionOutput" | "MAERegressionOutput", _) => Some(End::Regression),
        ("LogisticRegressionOutput" | "sigmoid", _) | ("Activation", Some("sigmoid")) => {
            Some(End::Logistic)
        }
        ("SoftmaxOutput" | "Softmax" | "softmax", _) => Some(End::Softmax),
        _ => None,
    }
}

fn refused(node: &Node) -> LinearLearnerError {
    LinearLearnerError::Node {
        name: quoted(&node.name),
        operator: bare(&node.op),
    }
}
