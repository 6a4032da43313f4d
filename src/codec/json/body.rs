//! The whole body: which of the known shapes it has.

use std::borrow::Cow;
use std::collections::HashSet;

use super::cursor::{Cursor, Elements, Kind};
use super::error::ReadError;
use super::record::Record;
use super::{Reader, rows, table, tensor};
use crate::text::Quoted;

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
    if reader.builder.layout().column(key).is_some() {
        return Ok(false);
    }
    match key {
        "id" => reader.options.id = read_id(cursor)?,
        "outputs" => reader.options.outputs = output_names(cursor)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn read_id(cursor: &mut Cursor<'_>) -> Result<Option<String>, ReadError> {
    match cursor.kind()? {
        Kind::Scalar => match cursor.fork().text() {
            Ok(_) => cursor.text().map(|id| Some(id.into_owned())),
            // A record's own identifier may be a number.
            Err(_) => cursor.skip().map(|()| None),
        },
        _ => cursor.skip().map(|()| None),
    }
}

/// The names of the objects in a list.
fn output_names(cursor: &mut Cursor<'_>) -> Result<Vec<String>, ReadError> {
    let (mut names, mut seen) = (Vec::new(), HashSet::new());
    let mut outputs = cursor.array()?;
    while outputs.next(cursor)? {
        let Some(name) = name_of(cursor.object()?, cursor)? else {
            continue;
        };
        // An answer holds each output once: repeated ones would make it as large as the request likes.
        if !seen.insert(name.clone()) {
            return Err(ReadError::contradiction(format!(
                "the output {} is asked for twice",
                Quoted::of(name.as_bytes())
            )));
        }
        names.push(name.into_owned());
    }
    Ok(names)
}

fn name_of<'t>(
    mut fields: Elements,
    cursor: &mut Cursor<'t>,
) -> Result<Option<Cow<'t, str>>, ReadError> {
    let mut name = None;
    while let Some(key) = fields.next_key(cursor)? {
        if key == "name" {
            name = Some(cursor.text()?);
        } else {
            cursor.skip()?;
        }
    }
    Ok(name)
}
