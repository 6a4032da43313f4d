//! An ONNX graph as it grows: inputs, nodes, constants, outputs.
//!
//! Field numbers are those of onnx.proto. They are stable: protobuf has no other way to be compatible.

use super::protobuf::Message;

/// Version of the container: that of ONNX 1.8, with which operator set 13 came.
const IR_VERSION: i64 = 7;

/// The operators. 13 is the first set in which all that is used here takes doubles and ReduceSum takes its axes as
/// an input, as all later ones do; onnxruntime reads it since 1.6 of 2020.
const OPERATORS: i64 = 13;

/// The operators of ai.onnx.ml: OneHotEncoder has been the same since the first set.
const ML_OPERATORS: i64 = 1;

/// How the names of all values but inputs and outputs begin.
pub(super) const PREFIX: &str = "sagelet/";

/// Types of elements.
#[derive(Clone, Copy)]
pub(super) enum Element {
    Integer = 7,
    Text = 8,
    Boolean = 9,
    Double = 11,
}

/// An attribute of a node.
pub(super) enum Attribute<'a> {
    Integer(&'a str, i64),
    Integers(&'a str, Vec<i64>),
    Texts(&'a str, Vec<String>),
}

/// A graph. Methods that add a node give the name of its output.
#[derive(Default)]
pub(super) struct Graph {
    nodes: Vec<Message>,
    constants: Vec<Message>,
    inputs: Vec<Message>,
    outputs: Vec<Message>,
    names: usize,
}

impl Graph {
    /// Adds an input of rows in the shape (N, columns).
    pub(super) fn input(&mut self, name: &str, element: Element, columns: usize) -> String {
        self.inputs.push(value(name, element, Some(columns)));
        name.to_owned()
    }

    /// Makes a value an output of the graph: in the shape (N) without, else (N, columns).
    pub(super) fn output(
        &mut self,
        of: &str,
        name: &str,
        element: Element,
        columns: Option<usize>,
    ) {
        self.node("Identity", "", &[of], &[], name.to_owned());
        self.outputs.push(value(name, element, columns));
    }

    /// Adds a node of the standard operators.
    pub(super) fn add(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attributes: &[Attribute<'_>],
    ) -> String {
        let output = self.name(operator);
        self.node(operator, "", inputs, attributes, output.clone());
        output
    }

    /// Adds a node of ai.onnx.ml.
    pub(super) fn add_ml(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attributes: &[Attribute<'_>],
    ) -> String {
        let output = self.name(operator);
        self.node(operator, "ai.onnx.ml", inputs, attributes, output.clone());
        output
    }

    /// Adds doubles in the shape (rows, columns).
    pub(super) fn doubles(&mut self, shape: [usize; 2], values: &[f64]) -> String {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        self.constant(Element::Double, &shape, |tensor| tensor.bytes(9, &bytes))
    }

    /// Adds whole numbers in the shape (count).
    pub(super) fn integers(&mut self, values: &[i64]) -> String {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        self.constant(Element::Integer, &[values.len()], |tensor| {
            tensor.bytes(9, &bytes)
        })
    }

    /// Adds booleans in the shape (count).
    pub(super) fn booleans(&mut self, values: &[bool]) -> String {
        let bytes: Vec<u8> = values.iter().map(|value| u8::from(*value)).collect();
        self.constant(Element::Boolean, &[values.len()], |tensor| {
            tensor.bytes(9, &bytes)
        })
    }

    /// Adds texts in the shape (count).
    pub(super) fn texts(&mut self, values: &[String]) -> String {
        self.constant(Element::Text, &[values.len()], |mut tensor| {
            for value in values {
                tensor = tensor.text(6, value);
            }
            tensor
        })
    }

    /// Converts to another type of element.
    pub(super) fn cast(&mut self, of: &str, element: Element) -> String {
        self.add("Cast", &[of], &[Attribute::Integer("to", element as i64)])
    }

    /// The whole file.
    pub(super) fn finish(self, description: &str, properties: &[(String, String)]) -> Vec<u8> {
        let graph = Message::default()
            .messages(1, self.nodes)
            .text(2, "model")
            .messages(5, self.constants)
            .messages(11, self.inputs)
            .messages(12, self.outputs);
        let operators =
            |domain: &str, version| Message::default().text(1, domain).integer(2, version);
        let property =
            |(key, value): &(String, String)| Message::default().text(1, key).text(2, value);
        Message::default()
            .integer(1, IR_VERSION)
            .text(2, "sagelet")
            .text(3, env!("CARGO_PKG_VERSION"))
            .text(6, description)
            .message(7, graph)
            .message(8, operators("", OPERATORS))
            .message(8, operators("ai.onnx.ml", ML_OPERATORS))
            .messages(14, properties.iter().map(property))
            .finish()
    }

    fn node(
        &mut self,
        operator: &str,
        domain: &str,
        inputs: &[&str],
        attributes: &[Attribute<'_>],
        output: String,
    ) {
        let mut node = Message::default();
        for input in inputs {
            node = node.text(1, input);
        }
        let node = node
            .text(2, &output)
            .text(3, &format!("{operator}_of_{output}"))
            .text(4, operator)
            .messages(5, attributes.iter().map(attribute))
            .text(7, domain);
        self.nodes.push(node);
    }

    fn constant(
        &mut self,
        element: Element,
        shape: &[usize],
        fill: impl FnOnce(Message) -> Message,
    ) -> String {
        let name = self.name("constant");
        let mut tensor = Message::default();
        for size in shape {
            tensor = tensor.integer(1, integer(*size));
        }
        let tensor = fill(tensor.integer(2, element as i64)).text(8, &name);
        self.constants.push(tensor);
        name
    }

    /// A name that no feature has, for those that begin so are refused.
    fn name(&mut self, stem: &str) -> String {
        self.names += 1;
        format!("{PREFIX}{}{}", stem.to_lowercase(), self.names)
    }
}

fn attribute(attribute: &Attribute<'_>) -> Message {
    match attribute {
        Attribute::Integer(name, value) => Message::default()
            .text(1, name)
            .integer(3, *value)
            .integer(20, 2),
        Attribute::Integers(name, values) => {
            let mut message = Message::default().text(1, name);
            for value in values {
                message = message.integer(8, *value);
            }
            message.integer(20, 7)
        }
        Attribute::Texts(name, values) => {
            let mut message = Message::default().text(1, name);
            for value in values {
                message = message.text(9, value);
            }
            message.integer(20, 8)
        }
    }
}

/// The description of an input or output of any number of rows.
fn value(name: &str, element: Element, columns: Option<usize>) -> Message {
    let rows = Message::default().text(2, "N");
    let columns = columns.map(|count| Message::default().integer(1, integer(count)));
    let shape = Message::default().message(1, rows).messages(1, columns);
    let tensor = Message::default()
        .integer(1, element as i64)
        .message(2, shape);
    Message::default()
        .text(1, name)
        .message(2, Message::default().message(1, tensor))
}

fn integer(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
