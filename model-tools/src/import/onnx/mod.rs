//! ONNX models: graphs of operators, followed as functions of the rows' cells.
//!
//! Read are the linear operators of `ai.onnx.ml`, and the chains of plain operators that exporters (skl2onnx,
//! torch.onnx, `model-tools convert` itself) write for linear models. Every node is followed by what it computes, never by
//! who wrote it; one that an output depends on and that makes nothing a linear model has is refused by its name.

mod arithmetic;
mod classes;
mod encoding;
mod inputs;
mod joined;
mod matrix;
mod message;
mod operators;
mod outcome;
mod shapes;
mod svm;
mod value;
mod widths;

use std::collections::HashMap;
use std::rc::Rc;

use sagelet::artifact::{Document, Parameters};
use sagelet::limits::FEATURES_MAX;
use sagelet::protobuf::{Field, Fields, WireError};
use sagelet::text::Quoted;

use self::inputs::Values;
use self::message::{Graph, Model, Node};
use super::linear::{self, Cells, Conflict};
use super::{ImportError, Imported};
use crate::shown::{bare, quoted};

/// Why a file gives no model.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OnnxError {
    #[error("the file is damaged: it does not have the structure of ONNX: {0}")]
    Wire(#[from] WireError),
    #[error("the file is damaged: it does not have the structure of ONNX: there is no graph")]
    NoGraph,
    #[error("its numbers lie in another file: save the model in one file")]
    External,
    #[error("the tensor {0} does not have as many numbers as its shape says")]
    Shape(Quoted),
    #[error("numbers of the data type {0} are not supported")]
    DataType(i64),
    #[error(
        "the input {0} does not say how many columns it has, and no weights tell: export the model with a fixed number"
    )]
    Input(Quoted),
    #[error(
        "the input {0} has {1} columns: 1 to {FEATURES_MAX} are possible for all inputs together"
    )]
    Width(Quoted, usize),
    #[error("an output depends on the node {}", .0)]
    Node(Refusal),
    #[error("the output {0} depends on no input")]
    Unknown(Quoted),
    #[error("its outputs are not those of a regression or a classifier")]
    Outputs,
    #[error(
        "its prediction goes through functions that no kind of artifact has one after the other"
    )]
    Curves,
    #[error(transparent)]
    Conflict(#[from] Conflict),
}

/// A node that makes nothing a linear model has.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{name}, a {operator}: {reason}")]
pub(crate) struct Refusal {
    name: Quoted,
    operator: String,
    reason: String,
}

/// Whether `bytes` are a `ModelProto`: its first field is the version of the format, and it has a graph.
pub(super) fn detect(bytes: &[u8]) -> bool {
    matches!(bytes, [0x08, 1..=32, ..])
        && Fields::of(bytes).all(|field| field.is_ok())
        && Fields::of(bytes).any(|field| matches!(field, Ok((7, Field::Bytes(_)))))
}

/// Reads a model.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    Ok(convert(bytes)?)
}

fn convert(bytes: &[u8]) -> Result<Imported, OnnxError> {
    let model = Model::read(bytes)?;
    let (mut cells, values) = inputs::read(&model).map_err(|error| cause(error, &model.graph))?;
    if is_single(&model.graph) {
        cells.conversion.note("holds numbers of 32 bits: they are kept exactly, but what they were rounded from is lost".to_owned());
    }
    let tensors = Tensors::of(&model.graph, values, &mut cells);
    let outputs = model.graph.outputs.iter().map(|name| tensors.output(name));
    let outputs = outputs.collect::<Result<Vec<_>, _>>()?;
    let mut prediction = outcome::of(&outputs)?;
    let (conversion, scores) = cells.features(&prediction.scores)?;
    prediction.scores = scores;
    let (mut document, notes) = linear::document(conversion, &prediction)?;
    name_targets(&mut document, &model);
    if !model.producer.is_empty() {
        document
            .provenance
            .insert("library".to_owned(), model.producer.clone());
    }
    Ok(Imported {
        notes,
        ..Imported::new(document)
    })
}

/// The reason that tells more than inputs whose width is not known: an operator of networks that are not linear.
fn cause(error: OnnxError, graph: &Graph) -> OnnxError {
    let not_linear = |node: &Node| {
        let reason = operators::never_linear(&node.operator)?;
        Some(refusal(node, reason.to_owned()))
    };
    match error {
        OnnxError::Input(_) | OnnxError::Width(..) => match graph.nodes.iter().find_map(not_linear)
        {
            Some(refused) => OnnxError::Node(refused.as_ref().clone()),
            None => error,
        },
        other => other,
    }
}

/// Whether numbers have 32 bits: those in attributes always have.
fn is_single(graph: &Graph) -> bool {
    let mut attributes = graph.nodes.iter().flat_map(|node| node.attributes.values());
    graph.constants.values().any(message::Tensor::is_single)
        || attributes.any(|attribute| !attribute.floats.is_empty())
}

/// The names of targets, which a tensor does not have, stand in the metadata.
fn name_targets(document: &mut Document, model: &Model) {
    if let (Parameters::MultiTargetRegression(multi), Some(names)) =
        (&mut document.model, inputs::names(model, "target_names"))
        && names.len() == multi.intercepts.len()
    {
        multi.targets = names;
    }
}

/// What is known of every tensor.
struct Tensors {
    values: Values,
    /// The node to blame for a tensor of which nothing is known.
    refused: HashMap<String, Rc<Refusal>>,
}

impl Tensors {
    fn of(graph: &Graph, values: Values, cells: &mut Cells) -> Self {
        let mut tensors = Self {
            values,
            refused: HashMap::new(),
        };
        for node in &graph.nodes {
            tensors.add(node, cells);
        }
        tensors
    }

    fn add(&mut self, node: &Node, cells: &mut Cells) {
        let blamed = node
            .inputs
            .iter()
            .find_map(|name| self.refused.get(name))
            .cloned();
        let known = node
            .inputs
            .iter()
            .filter(|name| !name.is_empty())
            .map(|name| self.values.get(name).cloned());
        let known: Option<Vec<_>> = known.collect();
        let outputs = match (blamed, known) {
            (Some(blamed), _) => Err(blamed),
            (None, Some(inputs)) => {
                operators::apply(node, &inputs, cells).map_err(|reason| refusal(node, reason))
            }
            (None, None) => Err(refusal(
                node,
                "an input of it is made nowhere before".to_owned(),
            )),
        };
        for (index, name) in node.outputs.iter().enumerate() {
            let result = match &outputs {
                Ok(values) => values
                    .get(index)
                    .cloned()
                    .ok_or_else(|| refusal(node, "it has more outputs than are known".to_owned())),
                Err(blamed) => Err(Rc::clone(blamed)),
            };
            match result {
                Ok(value) => drop(self.values.insert(name.clone(), value)),
                Err(blamed) => drop(self.refused.insert(name.clone(), blamed)),
            }
        }
    }

    fn output(&self, name: &String) -> Result<&value::Value, OnnxError> {
        if let Some(refused) = self.refused.get(name) {
            return Err(OnnxError::Node(refused.as_ref().clone()));
        }
        let value = self.values.get(name).map(Rc::as_ref);
        let value = value.filter(|value| value.width().is_some());
        value.ok_or_else(|| OnnxError::Unknown(quoted(name)))
    }
}

fn refusal(node: &Node, reason: String) -> Rc<Refusal> {
    Rc::new(Refusal {
        name: quoted(node.shown()),
        operator: bare(&node.operator),
        reason,
    })
}
