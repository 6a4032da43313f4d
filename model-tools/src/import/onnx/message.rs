//! The messages of `onnx.proto` that a linear model is made of, by their field numbers.

use std::collections::HashMap;

use sagelet::protobuf::{Field, Fields};

use super::OnnxError;
use crate::shown::quoted;

/// `ModelProto`, as far as it matters.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) producer: String,
    /// `metadata_props`: texts by their keys.
    pub(super) metadata: HashMap<String, String>,
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
    /// The type of its elements.
    pub(super) element: i64,
    /// The lengths that are known; 0 for the others.
    pub(super) shape: Vec<i64>,
}

/// `NodeProto`.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
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
    /// The type of its elements.
    pub(super) element: i64,
}

impl Model {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, OnnxError> {
        let mut model = Self::default();
        for field in Fields::of(bytes) {
            match field? {
                (2, field) => model.producer = field.text()?.to_owned(),
                (7, field) => {
                    model.graph = Graph::read(field.bytes()?)?;
                    model.has_graph = true;
                }
                (14, field) => {
                    let (key, value) = property(field.bytes()?)?;
                    model.metadata.insert(key, value);
                }
                _ => {}
            }
        }
        if !model.has_graph {
            return Err(OnnxError::NoGraph);
        }
        Ok(model)
    }
}

/// `StringStringEntryProto`.
fn property(bytes: &[u8]) -> Result<(String, String), OnnxError> {
    let (mut key, mut value) = (String::new(), String::new());
    for field in Fields::of(bytes) {
        match field? {
            (1, field) => key = field.text()?.to_owned(),
            (2, field) => value = field.text()?.to_owned(),
            _ => {}
        }
    }
    Ok((key, value))
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
                (1, field) => input.name = field.text()?.to_owned(),
                // TypeProto.tensor_type
                (2, field) => {
                    for tensor in nested(field.bytes()?, 1)? {
                        input.element = first_integer(tensor)?;
                        for shape in nested(tensor, 2)? {
                            for length in nested(shape, 1)? {
                                input.shape.push(first_integer(length)?);
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

/// The integer with the number 1: the type of a tensor's elements, or the length of a dimension; else 0.
fn first_integer(bytes: &[u8]) -> Result<i64, OnnxError> {
    let mut integer = 0;
    for field in Fields::of(bytes) {
        if let (1, field) = field? {
            integer = field.integer()?;
        }
    }
    Ok(integer)
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
                (1, field) => node.inputs.push(field.text()?.to_owned()),
                (2, field) => node.outputs.push(field.text()?.to_owned()),
                (3, field) => node.name = field.text()?.to_owned(),
                (4, field) => node.operator = field.text()?.to_owned(),
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

impl Node {
    /// What to call it: its name, or that of its first output.
    pub(super) fn shown(&self) -> &str {
        let output = self.outputs.first().map_or("", String::as_str);
        if self.name.is_empty() {
            output
        } else {
            &self.name
        }
    }

    /// An attribute that is a text; an empty one without it.
    pub(super) fn text(&self, name: &str) -> &str {
        let text = self
            .attributes
            .get(name)
            .and_then(|attribute| attribute.text.as_deref());
        text.unwrap_or_default()
    }

    /// An attribute that is a list of numbers; an empty one without it.
    pub(super) fn floats(&self, name: &str) -> &[f64] {
        self.attributes
            .get(name)
            .map_or(&[], |attribute| &attribute.floats)
    }

    /// An attribute that is a whole number.
    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        self.attributes
            .get(name)
            .and_then(|attribute| attribute.integer)
    }

    /// Whether an attribute is there and not 0.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.integer(name).unwrap_or(0) != 0
    }
}

impl Attribute {
    fn read(bytes: &[u8]) -> Result<(String, Self), OnnxError> {
        let (mut name, mut attribute) = (String::new(), Self::default());
        for field in Fields::of(bytes) {
            match field? {
                (1, field) => name = field.text()?.to_owned(),
                (2, Field::Fixed32(bytes)) => {
                    attribute.float = Some(f32::from_le_bytes(bytes).into())
                }
                (3, field) => attribute.integer = Some(field.integer()?),
                (4, field) => attribute.text = field.text().ok().map(str::to_owned),
                (5, field) => attribute.tensor = Some(Tensor::read(field.bytes()?)?.1),
                (7, field) => field.push_floats(&mut attribute.floats)?,
                (8, field) => field.push_integers(&mut attribute.integers)?,
                (9, field) => attribute.texts.push(field.text()?.to_owned()),
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
                (1, field) => field.push_integers(&mut tensor.shape)?,
                (2, field) => kind = field.integer()?,
                (4, field) => field.push_floats(&mut tensor.numbers)?,
                (5 | 7, field) => field.push_integers(&mut integers)?,
                (6, field) => tensor.texts.push(field.text()?.to_owned()),
                (8, field) => name = field.text()?.to_owned(),
                (9, field) => raw = Some(field.bytes()?),
                (10, field) => field.push_doubles(&mut tensor.numbers)?,
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
        tensor.element = kind;
        let count = tensor
            .shape
            .iter()
            .try_fold(1_i64, |count, length| count.checked_mul(*length));
        let found = tensor.numbers.len().max(tensor.texts.len());
        if count.and_then(|count| usize::try_from(count).ok()) != Some(found) {
            return Err(OnnxError::Shape(quoted(&name)));
        }
        Ok((name, tensor))
    }
}

impl Tensor {
    /// Whether its numbers have 32 bits or fewer.
    pub(super) fn is_single(&self) -> bool {
        matches!(self.element, FLOAT | FLOAT16)
    }

    /// The numbers that stand beside the columns of every row: one each, or one for all. None if it has several rows.
    pub(super) fn row(&self) -> Option<&[f64]> {
        let (_, outer) = self.shape.split_last().unwrap_or((&1, &[]));
        outer
            .iter()
            .all(|length| *length == 1)
            .then_some(&self.numbers)
    }
}

/// `TensorProto.DataType`
pub(super) const FLOAT: i64 = 1;
pub(super) const UINT8: i64 = 2;
pub(super) const INT64: i64 = 7;
pub(super) const TEXT: i64 = 8;
pub(super) const BOOLEAN: i64 = 9;
pub(super) const FLOAT16: i64 = 10;
pub(super) const DOUBLE: i64 = 11;
const INT8: i64 = 3;
const INT32: i64 = 6;

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
        UINT8 | BOOLEAN => raw.iter().map(|byte| f64::from(*byte)).collect(),
        INT8 => raw
            .iter()
            .map(|byte| f64::from(byte.cast_signed()))
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
