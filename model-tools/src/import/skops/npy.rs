//! Arrays in numpy's own file format (`.npy`, versions 1 to 3), as skops puts them beside its schema.

use sagelet::codec::NpyHeader;

use super::SkopsError;
use crate::import::objects::{Array, Dtype, Kind, Node, Objects, Order};

/// Reads an array. One of objects would hold a pickle, and is refused.
pub(super) fn read(name: &str, bytes: &[u8], objects: &mut Objects) -> Result<Node, SkopsError> {
    let damaged = |what: &str| SkopsError::Array {
        file: name.to_owned(),
        reason: what.to_owned(),
    };
    let (header, data) = NpyHeader::read(bytes).map_err(|reason| damaged(&reason))?;
    let dtype = Dtype::parse(&header.descr).map_err(|error| damaged(&error.to_string()))?;
    if dtype.kind == Kind::Object {
        return Err(damaged("it is an array of objects, which are a pickle"));
    }
    let order = match header.is_fortran {
        true => Order::Columns,
        false => Order::Rows,
    };
    let data = objects.add(Node::Bytes(data.into()))?;
    let array = Array::new(objects, dtype, header.shape, order, data);
    Ok(Node::Array(Box::new(
        array.map_err(|error| damaged(&error.to_string()))?,
    )))
}
