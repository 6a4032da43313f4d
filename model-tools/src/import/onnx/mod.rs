//! ONNX models: graphs of operators, followed as affine functions of the input's columns.
//!
//! Read are the linear operators of `ai.onnx.ml` and the plain chains of MatMul, Gemm, Add, Exp, Softmax, … that
//! exporters write for linear models. A graph with anything else that its outputs depend on is refused.

mod message;
mod operators;
mod wire;

use std::collections::HashMap;

use sagelet::artifact::{Feature, Label, Link};
use sagelet::limits::FEATURES_MAX;

use self::message::{Graph, Input, Model};
use self::operators::Value;
use super::linear::{self, Column, Conflict, Conversion, Kind, Prediction};
use super::{ImportError, Imported};

/// Why a file gives no model.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OnnxError {
    #[error("the file is damaged: it does not have the structure of ONNX")]
    Damaged,
    #[error("its numbers lie in another file: save the model in one file")]
    External,
    #[error("the tensor {0:?} does not have as many numbers as its shape says")]
    Shape(String),
    #[error("numbers of the data type {0} are not supported")]
    DataType(i64),
    #[error(
        "the input {0:?} does not say how many columns it has: export the model with a fixed number"
    )]
    Input(String),
    #[error("{what} has {found} numbers where {expected} are needed")]
    Width {
        what: String,
        found: usize,
        expected: usize,
    },
    #[error("its Imputer replaces something else than missing cells of the input")]
    Imputer,
    #[error(
        "{0}, on which an output depends, is not supported: this is no linear model, or not exported as one"
    )]
    Operator(String),
    #[error("its outputs are not those of a regression or a classifier")]
    Outputs,
    #[error(transparent)]
    Conflict(#[from] Conflict),
}

/// Whether `bytes` are a `ModelProto`: its first field is the version of the format, and it has a graph.
pub(super) fn detect(bytes: &[u8]) -> bool {
    matches!(bytes, [0x08, 1..=32, ..])
        && wire::Fields::of(bytes).all(|field| field.is_ok())
        && wire::Fields::of(bytes).any(|field| matches!(field, Ok((7, wire::Field::Bytes(_)))))
}

/// Reads a model.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    Ok(convert(bytes)?)
}

fn convert(bytes: &[u8]) -> Result<Imported, OnnxError> {
    let model = Model::read(bytes)?;
    let graph = &model.graph;
    let (mut conversion, mut values) = inputs(graph)?;
    if graph.constants.values().any(|tensor| tensor.single) || uses_attributes(graph) {
        conversion.note("holds numbers of 32 bits: they are kept exactly, but what they were rounded from is lost".to_owned());
    }
    let mut unknown = HashMap::new();
    for node in &graph.nodes {
        let known: Option<Vec<&Value>> = node
            .inputs
            .iter()
            .filter(|name| !name.is_empty())
            .map(|name| values.get(name))
            .collect();
        let results = match known {
            Some(inputs) => operators::apply(node, &inputs, &mut conversion)?,
            None => None,
        };
        let blamed = node
            .inputs
            .iter()
            .find_map(|name| unknown.get(name))
            .unwrap_or(&node.operator)
            .clone();
        for (index, name) in node.outputs.iter().enumerate() {
            match results.as_ref().and_then(|results| results.get(index)) {
                Some(value) => drop(values.insert(name.clone(), value.clone())),
                None => drop(unknown.insert(name.clone(), blamed.clone())),
            }
        }
    }
    let output = |name: &String| {
        let blamed = unknown.get(name).cloned();
        values
            .get(name)
            .ok_or_else(|| blamed.map_or(OnnxError::Outputs, OnnxError::Operator))
    };
    let outputs = graph
        .outputs
        .iter()
        .map(output)
        .collect::<Result<Vec<_>, _>>()?;
    let prediction = prediction(&outputs)?;
    let (mut document, notes) = linear::document(conversion, &prediction)?;
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

/// Numbers in attributes have 32 bits.
fn uses_attributes(graph: &Graph) -> bool {
    let attributes = graph.nodes.iter().flat_map(|node| node.attributes.values());
    attributes
        .into_iter()
        .any(|attribute| !attribute.floats.is_empty())
}

/// The columns of all inputs side by side; those of one column have its name.
fn inputs(graph: &Graph) -> Result<(Conversion, HashMap<String, Value>), OnnxError> {
    let mut values: HashMap<String, Value> = graph
        .constants
        .iter()
        .map(|(name, tensor)| (name.clone(), Value::Constant(tensor.clone())))
        .collect();
    let mut features = Vec::new();
    let inputs = graph
        .inputs
        .iter()
        .filter(|input| !graph.constants.contains_key(&input.name));
    let inputs: Vec<&Input> = inputs.collect();
    for input in &inputs {
        let width = match input.shape.as_slice() {
            [_, width] => usize::try_from(*width).ok().filter(|&width| width > 0),
            _ => None,
        };
        let width = width.ok_or_else(|| OnnxError::Input(input.name.clone()))?;
        let first = features.len();
        if width > FEATURES_MAX - first {
            return Err(OnnxError::Width {
                what: input.name.clone(),
                found: width,
                expected: FEATURES_MAX,
            });
        }
        let named = width == 1 && inputs.len() > 1;
        let feature = if named {
            Feature::named(&input.name)
        } else {
            Feature::default()
        };
        features.extend(vec![feature; width]);
        let columns = (first..features.len()).map(|index| Column::of(index, linear::Part::Number));
        values.insert(input.name.clone(), Value::Linear(columns.collect()));
    }
    Ok((Conversion::new(features), values))
}

/// What the outputs are together: a regression's numbers, or a classifier's label with or without scores.
fn prediction(outputs: &[&Value]) -> Result<Prediction, OnnxError> {
    let class = outputs.iter().find_map(|output| match output {
        Value::Class(scores, labels) => Some((scores, labels)),
        _ => None,
    });
    let Some((scores, labels)) = class else {
        return regression(outputs);
    };
    let mut others = outputs
        .iter()
        .filter(|output| !matches!(output, Value::Class(..)));
    let kind = match (others.next(), others.next()) {
        (None, _) | (Some(Value::Linear(_)), None) => Kind::Classes,
        (Some(Value::Softmax(columns)), None) if columns == scores => Kind::Multinomial,
        (Some(Value::Shares(columns)), None) if columns == scores => Kind::OneVsRest,
        (Some(Value::Sigmoid(columns)), None)
            if columns == scores && opposite(scores).is_some() =>
        {
            Kind::OneVsRest
        }
        _ => return Err(OnnxError::Outputs),
    };
    Ok(classifier(kind, scores, labels))
}

/// Two scores that are each other's negative are one.
fn classifier(kind: Kind, scores: &[Column], labels: &[Label]) -> Prediction {
    let scores = match opposite(scores) {
        Some(score) if kind != Kind::Multinomial => vec![score.clone()],
        _ => scores.to_vec(),
    };
    Prediction::classes(kind, scores, labels.to_vec())
}

fn opposite(scores: &[Column]) -> Option<&Column> {
    match scores {
        [first, second] if first.affine(0.0, -1.0, 0.0) == *second => Some(second),
        _ => None,
    }
}

fn regression(outputs: &[&Value]) -> Result<Prediction, OnnxError> {
    let (kind, scores) = match outputs {
        [Value::Linear(scores)] => (Kind::Linear, scores),
        [Value::Exp(scores)] if scores.len() == 1 => (Kind::Generalized(Link::Log), scores),
        [Value::Sigmoid(scores)] if scores.len() == 1 => (Kind::Generalized(Link::Logit), scores),
        _ => return Err(OnnxError::Outputs),
    };
    Ok(Prediction::regression(kind, scores.clone()))
}
