//! Arrays, scalars and element types as numpy pickles them.

use super::error::Problem;
use crate::import::objects::{Array, ArrayError, Dtype, Id, Kind, Node, Objects, Order};

fn argument(what: &'static str) -> Problem {
    Problem::Argument(format!(
        "{what} of a numpy array is missing or of another type"
    ))
}

/// `numpy.dtype("f8", False, True)`.
pub(super) fn dtype(objects: &Objects, arguments: &[Id]) -> Result<Node, Problem> {
    let text = arguments
        .first()
        .and_then(|&text| objects.value(text).text());
    let dtype = Dtype::parse(text.ok_or_else(|| argument("the type"))?)?;
    Ok(Node::Dtype(dtype))
}

/// What the state `(3, "<", None, None, None, -1, -1, 0)` adds to a type: byte order, and names of fields.
pub(super) fn dtype_with_state(
    objects: &Objects,
    dtype: Dtype,
    state: Id,
) -> Result<Dtype, Problem> {
    let state = objects
        .value(state)
        .elements()
        .ok_or_else(|| argument("the byte order"))?;
    let state: Vec<_> = state.take(5).collect();
    let order = state.get(1).and_then(|order| order.text());
    let has_fields = state.get(3).is_some_and(|names| !names.is_none());
    Ok(Dtype {
        big_endian: match order {
            Some("<" | "=" | "|") => false,
            Some(">") => true,
            _ => return Err(argument("the byte order")),
        },
        kind: if has_fields {
            Kind::Other('V')
        } else {
            dtype.kind
        },
        ..dtype
    })
}

/// The state of `_reconstruct`: `(1, shape, dtype, column by column?, bytes or list)`.
pub(super) fn array_from_state(objects: &Objects, state: Id) -> Result<Array, Problem> {
    let state = objects
        .value(state)
        .elements()
        .ok_or_else(|| argument("the state"))?;
    let state: Vec<_> = state.take(6).collect();
    let [_version, dimensions, dtype, by_columns, data] = state.as_slice() else {
        return Err(argument("the state"));
    };
    let Node::Dtype(dtype) = dtype.node() else {
        return Err(argument("the type"));
    };
    let by_columns = by_columns
        .truth()
        .or(by_columns.integer().map(|flag| flag != 0));
    let order = match by_columns.ok_or_else(|| argument("the order"))? {
        true => Order::Columns,
        false => Order::Rows,
    };
    let shape = shape(objects, dimensions.id())?;
    Ok(Array::new(objects, *dtype, shape, order, data.id())?)
}

/// `_frombuffer(bytes, dtype, shape, "C" or "F")`.
pub(super) fn from_buffer(objects: &Objects, arguments: &[Id]) -> Result<Node, Problem> {
    let &[data, dtype, dimensions, order] = arguments else {
        return Err(argument("the buffer"));
    };
    let Node::Dtype(dtype) = objects.get(dtype) else {
        return Err(argument("the type"));
    };
    let order = order_of(objects.value(order).text())?;
    let shape = shape(objects, dimensions)?;
    let array = Array::new(objects, *dtype, shape, order, data)?;
    Ok(Node::Array(Box::new(array)))
}

/// `scalar(dtype, bytes)`: an array of no dimensions. One of objects is not understood, and kept as it is.
pub(super) fn scalar(objects: &Objects, arguments: &[Id]) -> Result<Option<Node>, Problem> {
    let &[dtype, data] = arguments else {
        return Ok(None);
    };
    match objects.get(dtype) {
        Node::Dtype(dtype) if dtype.kind != Kind::Object => {
            let array = Array::new(objects, *dtype, Vec::new(), Order::Rows, data)?;
            Ok(Some(Node::Array(Box::new(array))))
        }
        Node::Dtype(_) => Ok(None),
        _ => Err(argument("the type")),
    }
}

/// `"C"` or `"F"`.
pub(super) fn order_of(letter: Option<&str>) -> Result<Order, Problem> {
    match letter {
        Some("C") => Ok(Order::Rows),
        Some("F") => Ok(Order::Columns),
        _ => Err(argument("the order")),
    }
}

/// A tuple of lengths.
pub(super) fn shape(objects: &Objects, dimensions: Id) -> Result<Vec<usize>, Problem> {
    let value = objects.value(dimensions);
    let lengths = value.elements().ok_or_else(|| argument("the shape"))?;
    if lengths.len() > crate::import::limits::DIMENSIONS_MAX {
        return Err(Problem::Array(ArrayError::Shape(Vec::new())));
    }
    lengths
        .map(|length| {
            length
                .integer()
                .and_then(|length| usize::try_from(length).ok())
        })
        .collect::<Option<_>>()
        .ok_or_else(|| argument("the shape"))
}
