//! Texts in arrays of pyarrow, which pandas 3 keeps its texts in.

use crate::import::objects::{Node, Value};

/// Whether this is an array of pyarrow within one of pandas.
pub(super) fn is_array(array: Value<'_>) -> bool {
    inner(array).is_some()
}

fn inner(array: Value<'_>) -> Option<Value<'_>> {
    let inner = array
        .attribute("_pa_array")
        .or_else(|| array.attribute("_data"))?;
    chunks(inner).is_some().then_some(inner)
}

/// The texts of an `ArrowStringArray`; none of an array in another form. A missing one is not in the list.
pub(super) fn texts(array: Value<'_>) -> Option<Vec<String>> {
    let array = inner(array)?;
    let mut texts = Vec::new();
    for chunk in chunks(array)? {
        texts.extend(restored(chunk)?);
    }
    Some(texts)
}

/// The arrays of a chunked one, or the array itself.
fn chunks(array: Value<'_>) -> Option<Vec<Value<'_>>> {
    match array.class()?.name.as_str() {
        "_restore_array" => Some(vec![array]),
        "chunked_array" => Some(array.arguments()?.elements()?.next()?.elements()?.collect()),
        _ => None,
    }
}

/// `_restore_array((type, length, missing, offset, [validity, ends, bytes], children, dictionary))`.
fn restored(array: Value<'_>) -> Option<Vec<String>> {
    let parts: Vec<Value<'_>> = array.arguments()?.elements()?.next()?.elements()?.collect();
    let [kind, length, _, offset, buffers, ..] = parts.as_slice() else {
        return None;
    };
    let kind = kind.arguments()?.elements()?.next()?.text()?;
    let width = match kind {
        "large_string" | "large_utf8" => 8,
        "string" | "utf8" => 4,
        _ => return None,
    };
    let buffers: Vec<Value<'_>> = buffers.elements()?.collect();
    let [validity, ends, bytes] = buffers.as_slice() else {
        return None;
    };
    let (ends, bytes) = (buffer(*ends)?, buffer(*bytes)?);
    let (length, offset) = (count(*length)?, count(*offset)?);
    let end = |index: usize| {
        let from = index.checked_mul(width)?;
        let end = ends.get(from..from.checked_add(width)?)?;
        let end = end
            .iter()
            .rev()
            .fold(0_u64, |end, byte| (end << 8) | u64::from(*byte));
        usize::try_from(end).ok()
    };
    let mut texts = Vec::new();
    for index in offset..offset.checked_add(length)? {
        if !is_valid(*validity, index) {
            continue;
        }
        let text = bytes.get(end(index)?..end(index.checked_add(1)?)?)?;
        texts.push(std::str::from_utf8(text).ok()?.to_owned());
    }
    Some(texts)
}

/// Whether the bit of an element is set; without bits all are valid.
fn is_valid(validity: Value<'_>, index: usize) -> bool {
    let Some(bits) = buffer(validity) else {
        return true;
    };
    bits.get(index / 8)
        .is_none_or(|byte| byte & (1 << (index % 8)) != 0)
}

/// The bytes of `py_buffer(bytes)`.
fn buffer(value: Value<'_>) -> Option<&[u8]> {
    let argument = value.arguments()?.elements()?.next()?;
    match argument.node() {
        Node::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}

fn count(value: Value<'_>) -> Option<usize> {
    usize::try_from(value.integer()?).ok()
}
