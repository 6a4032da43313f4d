//! Arrays in numpy's own file format (`.npy`, versions 1 to 3), as skops puts them beside its schema.

use super::SkopsError;
use crate::import::objects::{Array, Dtype, Kind, Node, Objects, Order};

const MAGIC: &[u8] = b"\x93NUMPY";

/// Reads an array. One of objects would hold a pickle, and is refused.
pub(super) fn read(name: &str, bytes: &[u8], objects: &mut Objects) -> Result<Node, SkopsError> {
    let damaged = |what: &str| SkopsError::Array {
        file: name.to_owned(),
        reason: what.to_owned(),
    };
    let (header, data) = split(bytes).ok_or_else(|| damaged("it is not a .npy file"))?;
    let description = entry(header, "descr").and_then(quoted);
    let description = description.ok_or_else(|| damaged("its header does not say its type"))?;
    let dtype = Dtype::parse(description).map_err(|error| damaged(&error.to_string()))?;
    if dtype.kind == Kind::Object {
        return Err(damaged("it is an array of objects, which are a pickle"));
    }
    let order = match entry(header, "fortran_order").map(word) {
        Some("False") => Order::Rows,
        Some("True") => Order::Columns,
        _ => return Err(damaged("its header does not say its order")),
    };
    let shape = entry(header, "shape").and_then(tuple);
    let shape = shape.ok_or_else(|| damaged("its header does not say its shape"))?;
    let data = objects.add(Node::Bytes(data.into()))?;
    let array = Array::new(objects, dtype, shape, order, data);
    Ok(Node::Array(Box::new(
        array.map_err(|error| damaged(&error.to_string()))?,
    )))
}

/// Header and data.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (length, rest) = match *rest {
        [1, _, a, b, ref rest @ ..] => (usize::from(u16::from_le_bytes([a, b])), rest),
        [2 | 3, _, a, b, c, d, ref rest @ ..] => (
            usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()?,
            rest,
        ),
        _ => return None,
    };
    let (header, data) = rest.split_at_checked(length)?;
    Some((std::str::from_utf8(header).ok()?, data))
}

/// What follows a key of the header, which is a Python dict of three entries.
fn entry<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, after) = header.split_once(&format!("'{key}':"))?;
    Some(after.trim_start())
}

fn quoted(value: &str) -> Option<&str> {
    value.strip_prefix('\'')?.split('\'').next()
}

fn word(value: &str) -> &str {
    value.split([',', '}']).next().unwrap_or_default().trim()
}

fn tuple(value: &str) -> Option<Vec<usize>> {
    let inside = value.strip_prefix('(')?.split(')').next()?;
    let lengths = inside
        .split(',')
        .map(str::trim)
        .filter(|length| !length.is_empty());
    lengths.map(|length| length.parse().ok()).collect()
}
