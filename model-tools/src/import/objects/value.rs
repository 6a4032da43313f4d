//! A node together with its arena: how the readers of models walk a tree.

use super::{Array, Global, Id, Kind, Node, Objects};

/// A node and what it refers to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'a> {
    objects: &'a Objects,
    id: Id,
}

impl<'a> Value<'a> {
    /// The node with this number.
    pub(crate) fn new(objects: &'a Objects, id: Id) -> Self {
        Self { objects, id }
    }

    /// Its number.
    pub(crate) fn id(self) -> Id {
        self.id
    }

    /// The arena.
    pub(crate) fn objects(self) -> &'a Objects {
        self.objects
    }

    /// The node itself.
    pub(crate) fn node(self) -> &'a Node {
        self.objects.get(self.id)
    }

    fn at(self, id: Id) -> Self {
        Self::new(self.objects, id)
    }

    /// Whether this is `None`.
    pub(crate) fn is_none(self) -> bool {
        matches!(self.node(), Node::None)
    }

    /// A text, a numpy text among them.
    pub(crate) fn text(self) -> Option<&'a str> {
        match self.node() {
            Node::Text(text) => Some(text),
            Node::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// A number, Python's or numpy's; `True` is 1.
    pub(crate) fn number(self) -> Option<f64> {
        match self.node() {
            Node::Float(number) => Some(*number),
            Node::Integer(number) => Some(*number as f64),
            Node::Bool(truth) => Some(f64::from(u8::from(*truth))),
            // Not an array of objects: one may hold itself.
            Node::Array(array) if array.len() == 1 && array.dtype.kind != Kind::Object => {
                array.floats(self.objects).ok()?.first().copied()
            }
            _ => None,
        }
    }

    /// An integer, Python's or numpy's.
    pub(crate) fn integer(self) -> Option<i64> {
        match self.node() {
            Node::Integer(number) => Some(*number),
            Node::Bool(truth) => Some(i64::from(*truth)),
            Node::Array(_) => {
                let number = self.number()?;
                #[expect(clippy::cast_possible_truncation, reason = "compared on the next line")]
                let integer = number as i64;
                (integer as f64 == number).then_some(integer)
            }
            _ => None,
        }
    }

    /// `True` or `False`, Python's or numpy's.
    pub(crate) fn truth(self) -> Option<bool> {
        match self.node() {
            Node::Bool(truth) => Some(*truth),
            Node::Array(_) => self.number().map(|number| number != 0.0),
            _ => None,
        }
    }

    /// An array of numpy.
    pub(crate) fn array(self) -> Option<&'a Array> {
        match self.node() {
            Node::Array(array) => Some(array),
            _ => None,
        }
    }

    /// The elements of a list, a tuple, a set or an array of objects.
    pub(crate) fn elements(self) -> Option<impl ExactSizeIterator<Item = Value<'a>>> {
        let elements = match self.node() {
            Node::List(elements) | Node::Tuple(elements) | Node::Set(elements) => elements,
            Node::Array(array) => match self.objects.get(array.data) {
                Node::List(elements) => elements,
                _ => return None,
            },
            _ => return None,
        };
        Some(elements.iter().map(move |&element| self.at(element)))
    }

    /// The bytes that copies of its elements would take. A text that a list refers to a million times stands in
    /// the file once.
    pub(crate) fn copied_bytes(self) -> usize {
        let elements = self.elements();
        let texts = elements.into_iter().flatten().map(|element| element.text());
        let texts: usize = texts.map(|text| text.map_or(0, str::len)).sum();
        let count = self.array().map_or(0, Array::len);
        count
            .saturating_mul(size_of::<String>())
            .saturating_add(texts)
    }

    /// The entries of a dict, or of an object that is a kind of dict.
    pub(crate) fn entries(self) -> Option<impl DoubleEndedIterator<Item = (Value<'a>, Value<'a>)>> {
        let entries = match self.node() {
            Node::Dict(entries) => entries,
            Node::Object(object) => &object.entries,
            _ => return None,
        };
        Some(
            entries
                .iter()
                .map(move |&(key, value)| (self.at(key), self.at(value))),
        )
    }

    /// The entry of a dict under a text.
    pub(crate) fn entry(self, key: &str) -> Option<Value<'a>> {
        let mut found = self.entries()?.filter(|(name, _)| name.text() == Some(key));
        found.next_back().map(|(_, value)| value)
    }

    /// The class of an instance, or the function whose result this would be.
    pub(crate) fn class(self) -> Option<&'a Global> {
        match self.node() {
            Node::Object(object) => self.at(object.maker).global(),
            _ => None,
        }
    }

    /// The class or function that this is itself.
    pub(crate) fn global(self) -> Option<&'a Global> {
        match self.node() {
            Node::Global(global) => Some(global),
            _ => None,
        }
    }

    /// What the object's maker would be called with.
    pub(crate) fn arguments(self) -> Option<Value<'a>> {
        match self.node() {
            Node::Object(object) => Some(self.at(object.arguments)),
            _ => None,
        }
    }

    /// What an object's attributes are set from. The state of an object with slots is a pair, of which the
    /// first is the dict.
    pub(crate) fn state(self) -> Option<Value<'a>> {
        let Node::Object(object) = self.node() else {
            return None;
        };
        let state = self.at(object.state?);
        match state.node() {
            Node::Tuple(parts) if parts.len() == 2 => parts.first().map(|&first| self.at(first)),
            _ => Some(state),
        }
    }

    /// The parts of an object's state that is a tuple.
    pub(crate) fn state_parts(self) -> Option<impl Iterator<Item = Value<'a>>> {
        let Node::Object(object) = self.node() else {
            return None;
        };
        self.at(object.state?).elements()
    }

    /// An attribute of an object.
    pub(crate) fn attribute(self, name: &str) -> Option<Value<'a>> {
        self.state()?.entry(name)
    }
}
