//! Universal Binary JSON as XGBoost writes it, into the same values as JSON.

use crate::import::limits::UBJ_DEPTH_MAX;

use serde_json::{Map, Number, Value};

/// Reads one value; none if the bytes are damaged.
pub(super) fn read(mut bytes: &[u8]) -> Option<Value> {
    let kind = *bytes.split_off_first()?;
    value(kind, &mut bytes, 0)
}

fn value(kind: u8, bytes: &mut &[u8], depth: usize) -> Option<Value> {
    if depth > UBJ_DEPTH_MAX {
        return None;
    }
    Some(match kind {
        b'Z' => Value::Null,
        b'T' => Value::Bool(true),
        b'F' => Value::Bool(false),
        b'S' => Value::String(text(bytes)?),
        b'd' => float(f32::from_be_bytes(*bytes.split_off(..4)?.first_chunk()?).into())?,
        b'D' => float(f64::from_be_bytes(*bytes.split_off(..8)?.first_chunk()?))?,
        b'{' => object(bytes, depth)?,
        b'[' => array(bytes, depth)?,
        _ => Value::Number(integer(kind, bytes)?.into()),
    })
}

fn float(number: f64) -> Option<Value> {
    Number::from_f64(number).map(Value::Number)
}

fn integer(kind: u8, bytes: &mut &[u8]) -> Option<i64> {
    Some(match kind {
        b'i' => i8::from_be_bytes([*bytes.split_off_first()?]).into(),
        b'U' => (*bytes.split_off_first()?).into(),
        b'I' => i16::from_be_bytes(*bytes.split_off(..2)?.first_chunk()?).into(),
        b'l' => i32::from_be_bytes(*bytes.split_off(..4)?.first_chunk()?).into(),
        b'L' => i64::from_be_bytes(*bytes.split_off(..8)?.first_chunk()?),
        _ => return None,
    })
}

fn count(bytes: &mut &[u8]) -> Option<usize> {
    let kind = *bytes.split_off_first()?;
    usize::try_from(integer(kind, bytes)?).ok()
}

fn text(bytes: &mut &[u8]) -> Option<String> {
    let length = count(bytes)?;
    String::from_utf8(bytes.split_off(..length)?.to_vec()).ok()
}

fn object(bytes: &mut &[u8], depth: usize) -> Option<Value> {
    let mut entries = Map::new();
    while *bytes.first()? != b'}' {
        let key = text(bytes)?;
        let kind = *bytes.split_off_first()?;
        entries.insert(key, value(kind, bytes, depth + 1)?);
    }
    bytes.split_off_first()?;
    Some(Value::Object(entries))
}

/// With a type and a count (`[$d#L…`), with a count (`[#L…`), or up to `]`. Every element but those of the
/// first kind takes a byte at least, and so do these unless their type is `Z`, `T` or `F`, which are refused.
fn array(bytes: &mut &[u8], depth: usize) -> Option<Value> {
    let mut elements = Vec::new();
    let kind = match *bytes.first()? {
        b'$' => {
            bytes.split_off_first()?;
            let kind = *bytes.split_off_first()?;
            Some(kind).filter(|kind| !matches!(kind, b'Z' | b'T' | b'F'))?
        }
        _ => 0,
    };
    if *bytes.first()? == b'#' {
        bytes.split_off_first()?;
        for _ in 0..count(bytes)? {
            let kind = if kind == 0 {
                *bytes.split_off_first()?
            } else {
                kind
            };
            elements.push(value(kind, bytes, depth + 1)?);
        }
        return Some(Value::Array(elements));
    }
    while *bytes.first()? != b']' {
        let kind = *bytes.split_off_first()?;
        elements.push(value(kind, bytes, depth + 1)?);
    }
    bytes.split_off_first()?;
    Some(Value::Array(elements))
}
