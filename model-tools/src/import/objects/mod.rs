//! The tree of objects that a foreign model file holds, whatever format it was written in.
//!
//! Nodes lie in one arena and name each other by number: nothing is cloned however often it is referred to,
//! cycles are harmless, and dropping a tree of any depth needs no stack. A tree is data: nothing in it can run.

mod array;
mod value;

pub(crate) use array::{Array, ArrayError, Dtype, Kind, Order};
pub(crate) use value::Value;

use super::limits::{OBJECTS_MAX, PAYLOAD_BYTES_MAX};

/// The number of a node in its arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Id(u32);

/// One object.
#[derive(Debug)]
pub(crate) enum Node {
    /// Python's `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer of at most 64 bits.
    Integer(i64),
    /// An integer of more bits: states of random generators have them, models do not.
    LargeInteger,
    /// A float.
    Float(f64),
    /// A text.
    Text(Box<str>),
    /// Bytes, mutable or not, and the texts of Python 2.
    Bytes(Box<[u8]>),
    /// Bytes that were not read, as many as this.
    LeftOut(usize),
    /// A list.
    List(Vec<Id>),
    /// A tuple.
    Tuple(Vec<Id>),
    /// A set, frozen or not.
    Set(Vec<Id>),
    /// A dict, in the order of writing. Of equal keys the last one counts.
    Dict(Vec<(Id, Id)>),
    /// A class or function, by name only.
    Global(Box<Global>),
    /// An instance, or the unknown result of a function that was not called.
    Object(Box<Object>),
    /// An array of numpy, or one of its scalars: an array of no dimensions.
    Array(Box<Array>),
    /// The type of an array's elements.
    Dtype(Dtype),
}

impl Node {
    /// Calls `visit` for each node that this one refers to.
    pub(crate) fn references(&self, visit: &mut dyn FnMut(Id)) {
        let mut pairs = |pairs: &[(Id, Id)]| {
            for (key, value) in pairs {
                visit(*key);
                visit(*value);
            }
        };
        match self {
            Self::List(elements) | Self::Tuple(elements) | Self::Set(elements) => {
                elements.iter().copied().for_each(visit);
            }
            Self::Dict(entries) => pairs(entries),
            Self::Object(object) => {
                pairs(&object.entries);
                let parts = [object.maker, object.arguments].into_iter();
                let parts = parts.chain(object.state);
                parts.chain(object.elements.iter().copied()).for_each(visit);
            }
            Self::Array(array) => visit(array.data),
            _ => {}
        }
    }
}

/// The name of a class or function.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Global {
    /// Such as `sklearn.linear_model._base`.
    pub(crate) module: String,
    /// Such as `LinearRegression`.
    pub(crate) name: String,
}

/// What is known of an object that was not built: how it would be.
#[derive(Debug)]
pub(crate) struct Object {
    /// The class to instantiate or the function to call.
    pub(crate) maker: Id,
    /// A tuple: what to call it with.
    pub(crate) arguments: Id,
    /// What its attributes are set from, usually a dict.
    pub(crate) state: Option<Id>,
    /// Entries, where it is a kind of dict.
    pub(crate) entries: Vec<(Id, Id)>,
    /// Elements, where it is a kind of list or set.
    pub(crate) elements: Vec<Id>,
}

impl Object {
    /// An object without state.
    pub(crate) fn new(maker: Id, arguments: Id) -> Self {
        Self {
            maker,
            arguments,
            state: None,
            entries: Vec::new(),
            elements: Vec::new(),
        }
    }
}

/// Why a tree cannot take one more node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TreeTooLarge {
    /// Too many nodes.
    #[error("more than {OBJECTS_MAX} objects: no linear model needs as many")]
    Objects,
    /// Too much in them.
    #[error(
        "more than {PAYLOAD_BYTES_MAX} bytes of texts and arrays: no linear model needs as many"
    )]
    Payload,
}

/// The arena.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    nodes: Vec<Node>,
    payload_bytes: usize,
}

impl Objects {
    /// Adds a node.
    pub(crate) fn add(&mut self, node: Node) -> Result<Id, TreeTooLarge> {
        self.account(&node)?;
        let number = u32::try_from(self.nodes.len()).map_err(|_| TreeTooLarge::Objects)?;
        if self.nodes.len() >= OBJECTS_MAX {
            return Err(TreeTooLarge::Objects);
        }
        self.nodes.push(node);
        Ok(Id(number))
    }

    /// The node with this number.
    pub(crate) fn get(&self, id: Id) -> &Node {
        self.nodes.get(id.0 as usize).unwrap_or(&Node::None)
    }

    /// The node with this number, to add to it.
    pub(crate) fn get_mut(&mut self, id: Id) -> Option<&mut Node> {
        self.nodes.get_mut(id.0 as usize)
    }

    /// Puts another node in a node's place: whoever refers to it refers to the new one.
    pub(crate) fn replace(&mut self, id: Id, node: Node) -> Result<(), TreeTooLarge> {
        self.account(&node)?;
        if let Some(place) = self.get_mut(id) {
            *place = node;
        }
        Ok(())
    }

    fn account(&mut self, node: &Node) -> Result<(), TreeTooLarge> {
        self.payload_bytes = self.payload_bytes.saturating_add(payload_bytes(node));
        if self.payload_bytes > PAYLOAD_BYTES_MAX {
            return Err(TreeTooLarge::Payload);
        }
        Ok(())
    }

    /// The node with this number, with what it refers to.
    pub(crate) fn value(&self, id: Id) -> Value<'_> {
        Value::new(self, id)
    }

    /// All nodes.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter()
    }

    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }
}

fn payload_bytes(node: &Node) -> usize {
    match node {
        Node::Text(text) => text.len(),
        Node::Bytes(bytes) => bytes.len(),
        Node::Global(global) => size_of::<Global>() + global.module.len() + global.name.len(),
        Node::Object(_) => size_of::<Object>(),
        Node::Array(array) => size_of::<Array>() + size_of_val(array.shape.as_slice()),
        _ => 0,
    }
}
