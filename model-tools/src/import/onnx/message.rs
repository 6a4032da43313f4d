//! The messages of `onnx.proto` that a linear model is made of, by their field numbers.

use std::collections::HashMap;

use super::OnnxError;
use super::wire::{Field, Fields};

/// `ModelProto`, as far as it matters.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) producer: String,
    pub(super) graph: Graph,
    has_graph: bool,
}

/// `GraphProto`.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) constants: HashMap<String, Tensor>,
    pub(super) inputs: Vec<Input>,
    pub(super) outputs: Vec<String>,
}

/// `ValueInfoProto` of an input.
#[derive(Debug, Default)]
pub(super) struct Input {
    pub(super) name: String,
    /// The lengths that are known; 0 for the others.
    pub(super) shape: Vec<i64>,
}

/// `NodeProto`.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) operator: String,
    pub(super) inputs: Vec<String>,
    pub(super) outputs: Vec<String>,
    pub(super) attributes: HashMap<String, Attribute>,
}

/// `AttributeProto`: whichever of its fields are there.
#[derive(Debug, Default)]
pub(super) struct Attribute {
    pub(super) float: Option<f64>,
    pub(super) integer: Option<i64>,
    pub(super) text: Option<String>,
    pub(super) floats: Vec<f64>,
    pub(super) integers: Vec<i64>,
    pub(super) texts: Vec<String>,
    pub(super) tensor: Option<Tensor>,
}

/// `TensorProto`.
#[derive(Debug, Default, Clone)]
pub(super) struct Tensor {
    pub(super) shape: Vec<i64>,
    pub(super) numbers: Vec<f64>,
    pub(super) texts: Vec<String>,
    /// Whether its numbers have 32 bits or fewer.
    pub(super) single: bool,
}

impl Model {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, OnnxError> {
        let mut model = Self::default();
        for field in Fields::of(bytes) {
            match field? {
                (2, field) => model.producer = field.text()?,
                (7, field) => {
                    model.graph = Graph::read(field.bytes()?)?;
                    model.has_graph = true;
                }
                _ => {}
            }
        }
        if !model.has_graph {
            return Err(OnnxError::Damaged);
        }
        Ok(model)
    }
}

impl Graph {
    fn read(bytes: &[u8]) -> Result<Self, OnnxError> {
        let mut graph = Self::default();
        for field in Fields::of(bytes) {
            match field? {
                (1, field) => graph.nodes.push(Node::read(field.bytes()?)?),
                (5, field) => {
                    let (name, tensor) = Tensor::read(field.bytes()?)?;
                    graph.constants.insert(name, tensor);
                }
                (11, field) => graph.inputs.push(Input::read(field.bytes()?)?),
                (12, field) => graph.outputs.push(Input::read(field.bytes()?)?.name),
                _ => {}
            }
        }
        Ok(graph)
    }
}

impl Input {
    fn read(bytes: &[u8]) -> Result<Self, OnnxError> {
        let mut input = Self::default();
        for field in Fields::of(bytes) {
            match field? {
                (1, field) => input.name = field.text()?,
                // TypeProto.tensor_type.shape.dim
                (2, field) => {
                    for tensor in nested(field.bytes()?, 1)? {
                        for shape in nested(tensor, 2)? {
                            for length in nested(shape, 1)? {
                                input.shape.push(dimension(length)?);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(input)
    }
}

fn dimension(bytes: &[u8]) -> Result<i64, OnnxError> {
    let mut length = 0;
    for field in Fields::of(bytes) {
        if let (1, field) = field? {
            length = field.integer()?;
        }
    }
    Ok(length)
}

fn nested(bytes: &[u8], number: u64) -> Result<Vec<&[u8]>, OnnxError> {
    let mut found = Vec::new();
    for field in Fields::of(bytes) {
        match field? {
            (same, field) if same == number => found.push(field.bytes()?),
            _ => {}
        }
    }
    Ok(found)
}

impl Node {
    fn read(bytes: &[u8]) -> Result<Self, OnnxError> {
        let mut node = Self::default();
        for field in Fields::of(bytes) {
            match field? {
                (1, field) => node.inputs.push(field.text()?),
                (2, field) => node.outputs.push(field.text()?),
                (4, field) => node.operator = field.text()?,
                (5, field) => {
                    let (name, attribute) = Attribute::read(field.bytes()?)?;
                    node.attributes.insert(name, attribute);
                }
                _ => {}
            }
        }
        Ok(node)
    }
}

impl Attribute {
    fn read(bytes: &[u8]) -> Result<(String, Self), OnnxError> {
        let (mut name, mut attribute) = (String::new(), Self::default());
        for field in Fields::of(bytes) {
            match field? {
                (1, field) => name = field.text()?,
                (2, Field::Fixed32(bytes)) => {
                    attribute.float = Some(f32::from_le_bytes(bytes).into())
                }
                (3, field) => attribute.integer = Some(field.integer()?),
                (4, field) => attribute.text = field.text().ok(),
                (5, field) => attribute.tensor = Some(Tensor::read(field.bytes()?)?.1),
                (7, field) => field.floats(&mut attribute.floats)?,
                (8, field) => field.integers(&mut attribute.integers)?,
                (9, field) => attribute.texts.push(field.text()?),
                _ => {}
            }
        }
        Ok((name, attribute))
    }
}

impl Tensor {
    fn read(bytes: &[u8]) -> Result<(String, Self), OnnxError> {
        let (mut name, mut tensor) = (String::new(), Self::default());
        let (mut kind, mut raw, mut integers) = (0, None, Vec::new());
        for field in Fields::of(bytes) {
            match field? {
                (1, field) => field.integers(&mut tensor.shape)?,
                (2, field) => kind = field.integer()?,
                (4, field) => field.floats(&mut tensor.numbers)?,
                (5 | 7, field) => field.integers(&mut integers)?,
                (6, field) => tensor.texts.push(field.text()?),
                (8, field) => name = field.text()?,
                (9, field) => raw = Some(field.bytes()?),
                (10, field) => field.doubles(&mut tensor.numbers)?,
                (13, _) => return Err(OnnxError::External),
                _ => {}
            }
        }
        tensor
            .numbers
            .extend(integers.iter().map(|&integer| integer as f64));
        if let Some(raw) = raw {
            tensor.numbers = raw_numbers(kind, raw)?;
        }
        tensor.single = matches!(kind, FLOAT | FLOAT16);
        let count = tensor
            .shape
            .iter()
            .try_fold(1_i64, |count, length| count.checked_mul(*length));
        let found = tensor.numbers.len().max(tensor.texts.len());
        if count.and_then(|count| usize::try_from(count).ok()) != Some(found) {
            return Err(OnnxError::Shape(name));
        }
        Ok((name, tensor))
    }
}

/// `TensorProto.DataType`
const FLOAT: i64 = 1;
const INT32: i64 = 6;
const INT64: i64 = 7;
const FLOAT16: i64 = 10;
const DOUBLE: i64 = 11;

fn raw_numbers(kind: i64, raw: &[u8]) -> Result<Vec<f64>, OnnxError> {
    let four = || raw.as_chunks::<4>().0.iter();
    let eight = || raw.as_chunks::<8>().0.iter();
    Ok(match kind {
        FLOAT => four()
            .map(|bytes| f32::from_le_bytes(*bytes).into())
            .collect(),
        INT32 => four()
            .map(|bytes| i32::from_le_bytes(*bytes).into())
            .collect(),
        INT64 => eight()
            .map(|bytes| i64::from_le_bytes(*bytes) as f64)
            .collect(),
        DOUBLE => eight().map(|bytes| f64::from_le_bytes(*bytes)).collect(),
        FLOAT16 => {
            let two = raw.as_chunks::<2>().0.iter();
            two.map(|bytes| half::f16::from_le_bytes(*bytes).to_f64())
                .collect()
        }
        other => return Err(OnnxError::DataType(other)),
    })
}
