//! What an Open Inference request says about its answer: which outputs, and whether as bytes or as JSON.

use std::borrow::Cow;
use std::collections::HashSet;

use super::cursor::Cursor;
use super::error::ReadError;
use crate::codec::RequestedOutput;
use crate::limits::ERROR_NAMES_MAX;
use crate::rows::Cell;
use crate::text::Quoted;

/// Reads the list under `outputs`.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Vec<RequestedOutput>, ReadError> {
    let (mut outputs, mut seen) = (Vec::new(), HashSet::new());
    let mut list = cursor.array()?;
    while list.next(cursor)? {
        let Some(output) = read_output(cursor)? else {
            continue;
        };
        // An answer holds each output once: repeated ones would make it as large as the request likes.
        if !seen.insert(output.name.clone()) {
            return Err(ReadError::contradiction(format!(
                "the output {} is asked for twice",
                Quoted::of(output.name.as_bytes())
            )));
        }
        outputs.push(output);
        if outputs.len() > ERROR_NAMES_MAX {
            return Err(ReadError::contradiction(format!(
                "more than {ERROR_NAMES_MAX} outputs are asked for, and no model has so many"
            )));
        }
    }
    Ok(outputs)
}

fn read_output(cursor: &mut Cursor<'_>) -> Result<Option<RequestedOutput>, ReadError> {
    let (mut name, mut is_binary) = (None::<Cow<'_, str>>, None);
    let mut fields = cursor.object()?;
    while let Some(key) = fields.next_key(cursor)? {
        match &*key {
            "name" => name = Some(cursor.text()?),
            "parameters" => is_binary = read_parameters("binary_data", cursor)?,
            _ => cursor.skip()?,
        }
    }
    Ok(name.map(|name| RequestedOutput {
        name: name.into_owned(),
        is_binary,
    }))
}

/// Reads the `parameters` of the request: whether outputs are bytes that do not say it themselves.
pub(super) fn read_default(cursor: &mut Cursor<'_>) -> Result<bool, ReadError> {
    Ok(read_parameters("binary_data_output", cursor)?.unwrap_or(false))
}

/// The flag of this name. Other parameters change nothing, except those that ask for another answer.
fn read_parameters(flag: &str, cursor: &mut Cursor<'_>) -> Result<Option<bool>, ReadError> {
    let mut is_set = None;
    let mut parameters = cursor.object()?;
    while let Some(key) = parameters.next_key(cursor)? {
        match &*key {
            key if key == flag => is_set = Some(boolean(key, cursor)?),
            "shared_memory_region" => {
                return Err(ReadError::contradiction(
                    "an output is asked for in shared memory: take it from the answer",
                ));
            }
            "classification" if cursor.fork().index()? > 0 => {
                return Err(ReadError::contradiction(
                    "\"classification\" is not known here: ask for the output \"predict_proba\"",
                ));
            }
            _ => cursor.skip()?,
        }
    }
    Ok(is_set)
}

fn boolean(key: &str, cursor: &mut Cursor<'_>) -> Result<bool, ReadError> {
    match cursor.cell()? {
        Cell::Boolean(value) => Ok(value),
        _ => Err(ReadError::contradiction(format!(
            "the parameter \"{key}\" is neither true nor false"
        ))),
    }
}
