//! The whole body: which of the known shapes it has.

use super::cursor::{Cursor, Kind};
use super::error::ReadError;
use super::record::Record;
use super::{Reader, outputs, rows, table, tensor};
use crate::rows::Cell;

/// The keys under which rows stand.
const CONTAINERS: [&str; 4] = [
    "instances",
    "dataframe_records",
    "dataframe_split",
    "inputs",
];

/// Reads a body that is not empty.
pub(super) fn read(body: &[u8], reader: &mut Reader<'_, '_>) -> Result<(), ReadError> {
    let mut cursor = Cursor::new(body);
    match cursor.kind()? {
        Kind::Array => rows::list(&mut cursor, reader)?,
        Kind::Object => object(&mut cursor, reader)?,
        Kind::Scalar => return Err(ReadError::shape("the body is a value alone")),
    }
    cursor.end()
}

fn object(cursor: &mut Cursor<'_>, reader: &mut Reader<'_, '_>) -> Result<(), ReadError> {
    let mut found: Option<&str> = None;
    let mut record = Record::default();
    let mut fields = cursor.object()?;
    while let Some(key) = fields.next_key(cursor)? {
        if let Some(container) = CONTAINERS.into_iter().find(|name| *name == key) {
            if let Some(before) = found.replace(container) {
                return Err(ReadError::contradiction(format!(
                    "\"{before}\" and \"{container}\" in one request"
                )));
            }
            read_container(container, cursor, reader)?;
        } else if !about(&key, cursor, reader)? {
            record.field(&key, cursor, reader)?;
        }
    }
    match found {
        Some(container) if record.is_begun() => Err(ReadError::contradiction(format!(
            "there are rows under \"{container}\" and beside it"
        ))),
        Some(_) => Ok(()),
        None => record.end(reader),
    }
}

fn read_container(
    container: &str,
    cursor: &mut Cursor<'_>,
    reader: &mut Reader<'_, '_>,
) -> Result<(), ReadError> {
    match (container, cursor.kind()?) {
        ("dataframe_split", _) => table::split(cursor, reader),
        ("inputs", Kind::Object) => table::columns(cursor, reader),
        ("inputs", Kind::Array) if begins_with_tensor(cursor, reader)? => {
            let list = cursor.array()?;
            tensor::read(list, cursor, reader)
        }
        _ => rows::list(cursor, reader),
    }
}

/// Whether the first element of the list is a tensor.
fn begins_with_tensor(cursor: &Cursor<'_>, reader: &Reader<'_, '_>) -> Result<bool, ReadError> {
    let mut ahead = cursor.fork();
    let mut list = ahead.array()?;
    if !list.next(&mut ahead)? || ahead.kind()? != Kind::Object {
        return Ok(false);
    }
    let key = ahead.object()?.next_key(&mut ahead)?;
    Ok(key.is_none_or(|key| tensor::is_key(&key, reader)))
}

/// Reads what an Open Inference request says beside its tensors. False if the key is none of that.
fn about(
    key: &str,
    cursor: &mut Cursor<'_>,
    reader: &mut Reader<'_, '_>,
) -> Result<bool, ReadError> {
    let is_column = reader.builder.layout().column(key).is_some();
    if is_column && !reader.is_open_inference {
        return Ok(false);
    }
    match key {
        "id" => {
            reader.options.id = read_id(cursor)?;
            let bytes = reader.options.id.as_ref().map_or(0, String::len);
            reader.builder.reserve(bytes)?;
        }
        "outputs" => reader.options.outputs = outputs::read(cursor)?,
        "parameters" if reader.is_open_inference || cursor.kind()? == Kind::Object => {
            reader.options.binary_outputs = outputs::read_default(cursor)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// The identifier, which is text; or the digits of one that is a number.
fn read_id(cursor: &mut Cursor<'_>) -> Result<Option<String>, ReadError> {
    if cursor.kind()? != Kind::Scalar {
        return cursor.skip().map(|()| None);
    }
    Ok(match cursor.cell()? {
        Cell::Text { text, .. } => Some(String::from_utf8_lossy(text).into_owned()),
        Cell::Integer(number) => Some(number.to_string()),
        Cell::Number(number) => Some(number.to_string()),
        Cell::Boolean(_) | Cell::Missing => None,
    })
}
