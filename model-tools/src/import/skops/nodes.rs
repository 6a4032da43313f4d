//! The nodes of a skops schema as objects of a tree.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{SkopsError, npy};
use crate::import::archive::Files;
use crate::import::objects::{Array, Dtype, Global, Id, Kind, Node, Object, Objects, Order};

/// The tree as it grows.
pub(super) struct Builder<'a> {
    pub(super) objects: Objects,
    files: Files<'a>,
    /// Objects that were met, by the number that the schema gives them.
    met: HashMap<u64, Id>,
}

type Outcome<T> = Result<T, SkopsError>;

impl<'a> Builder<'a> {
    pub(super) fn new(files: Files<'a>) -> Self {
        Self {
            objects: Objects::default(),
            files,
            met: HashMap::new(),
        }
    }

    /// Adds a node with all that it is made of. The JSON's own depth, which is bounded in reading, bounds this.
    pub(super) fn add(&mut self, node: &Value) -> Outcome<Id> {
        let node = node
            .as_object()
            .ok_or_else(|| shape("a node is no JSON object"))?;
        let number = node.get("__id__").and_then(Value::as_u64);
        if let Some(id) = number.and_then(|number| self.met.get(&number)) {
            return Ok(*id);
        }
        let id = self.add_new(node)?;
        if let Some(number) = number {
            self.met.insert(number, id);
        }
        Ok(id)
    }

    fn add_new(&mut self, node: &Map<String, Value>) -> Outcome<Id> {
        let content = node.get("content");
        let object = match text(node, "__loader__")? {
            "JsonNode" => scalar(content)?,
            "ListNode" => Node::List(self.all(content)?),
            "TupleNode" => Node::Tuple(self.all(content)?),
            "SetNode" => Node::Set(self.all(content)?),
            "DictNode" => Node::Dict(self.entries(content)?),
            "NdArrayNode" => self.array(node)?,
            "SliceNode" => self.slice(node, content)?,
            "TypeNode" => global(text(node, "__module__")?, text(node, "__class__")?),
            // In the format's protocol 0 a function's name lay deeper.
            "FunctionNode" => match content.and_then(Value::as_object) {
                Some(name) => global(text(name, "module_path")?, text(name, "function")?),
                None => global(text(node, "__module__")?, text(node, "__class__")?),
            },
            "ObjectNode" => self.object(node, content)?,
            // What else skops knows (random generators, losses, trees) is no part of a linear model: its class
            // is kept, not its content.
            _ => self.object(node, None)?,
        };
        Ok(self.objects.add(object)?)
    }

    fn all(&mut self, content: Option<&Value>) -> Outcome<Vec<Id>> {
        let nodes = content
            .and_then(Value::as_array)
            .ok_or_else(|| shape("a list has no content"))?;
        nodes.iter().map(|node| self.add(node)).collect()
    }

    fn entries(&mut self, content: Option<&Value>) -> Outcome<Vec<(Id, Id)>> {
        let entries = content
            .and_then(Value::as_object)
            .ok_or_else(|| shape("a dict has no content"))?;
        let mut pairs = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let key = self.objects.add(Node::Text(key.as_str().into()))?;
            pairs.push((key, self.add(value)?));
        }
        Ok(pairs)
    }

    fn object(&mut self, node: &Map<String, Value>, content: Option<&Value>) -> Outcome<Node> {
        let class = global(text(node, "__module__")?, text(node, "__class__")?);
        let class = self.objects.add(class)?;
        let arguments = self.objects.add(Node::Tuple(Vec::new()))?;
        let mut object = Object::new(class, arguments);
        object.state = content.map(|content| self.add(content)).transpose()?;
        Ok(Node::Object(Box::new(object)))
    }

    /// Its bounds stand in the schema as plain JSON.
    fn slice(&mut self, node: &Map<String, Value>, content: Option<&Value>) -> Outcome<Node> {
        let content = content
            .and_then(Value::as_object)
            .ok_or_else(|| shape("a slice has no bounds"))?;
        let mut bounds = Vec::with_capacity(3);
        for name in ["start", "stop", "step"] {
            let bound = plain(content.get(name).unwrap_or(&Value::Null))?;
            bounds.push(self.objects.add(bound)?);
        }
        let class = global(text(node, "__module__")?, text(node, "__class__")?);
        let class = self.objects.add(class)?;
        let arguments = self.objects.add(Node::Tuple(bounds))?;
        Ok(Node::Object(Box::new(Object::new(class, arguments))))
    }

    /// In a file of its own, or of objects that stand in the schema. A numpy scalar is an array too.
    fn array(&mut self, node: &Map<String, Value>) -> Outcome<Node> {
        if text(node, "type")? == "numpy" {
            let file = text(node, "file")?;
            let bytes = self.files.read(file)?;
            return npy::read(file, &bytes, &mut self.objects);
        }
        let elements = self.all(node.get("content"))?;
        let shape = node.get("shape").and_then(|shape| shape.get("content"));
        let shape = match shape.and_then(Value::as_array) {
            Some(lengths) => lengths.iter().map(length).collect::<Outcome<Vec<_>>>()?,
            None => vec![elements.len()],
        };
        let data = self.objects.add(Node::List(elements))?;
        let dtype = Dtype {
            kind: Kind::Object,
            bytes: 8,
            big_endian: false,
        };
        let array = Array::new(&self.objects, dtype, shape, Order::Rows, data);
        let array = array.map_err(|error| SkopsError::Shape(error.to_string()))?;
        Ok(Node::Array(Box::new(array)))
    }
}

/// A `JsonNode` of an integer.
fn length(node: &Value) -> Outcome<usize> {
    let content = node.get("content").and_then(Value::as_str);
    content
        .and_then(|content| content.parse().ok())
        .ok_or_else(|| shape("the shape of an array is no list of numbers"))
}

/// A value in JSON, as a text in JSON.
fn scalar(content: Option<&Value>) -> Outcome<Node> {
    let text = content
        .and_then(Value::as_str)
        .ok_or_else(|| shape("a value has no content"))?;
    // Python writes what JSON has no words for.
    match text {
        "NaN" => return Ok(Node::Float(f64::NAN)),
        "Infinity" => return Ok(Node::Float(f64::INFINITY)),
        "-Infinity" => return Ok(Node::Float(f64::NEG_INFINITY)),
        _ => {}
    }
    let value: Value = serde_json::from_str(text).map_err(|_| shape("a value is not JSON"))?;
    plain(&value)
}

fn plain(value: &Value) -> Outcome<Node> {
    match value {
        Value::Null => Ok(Node::None),
        Value::Bool(truth) => Ok(Node::Bool(*truth)),
        Value::String(text) => Ok(Node::Text(text.as_str().into())),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Ok(Node::Integer(integer)),
            (None, Some(float)) if number.is_f64() => Ok(Node::Float(float)),
            _ => Ok(Node::LargeInteger),
        },
        Value::Array(_) | Value::Object(_) => Err(shape("a value is neither text nor number")),
    }
}

fn global(module: &str, name: &str) -> Node {
    Node::Global(Box::new(Global {
        module: module.to_owned(),
        name: name.to_owned(),
    }))
}

fn text<'a>(node: &'a Map<String, Value>, key: &str) -> Outcome<&'a str> {
    let value = node.get(key).and_then(Value::as_str);
    value.ok_or_else(|| SkopsError::Shape(format!("a node has no {key}")))
}

fn shape(what: &str) -> SkopsError {
    SkopsError::Shape(what.to_owned())
}
