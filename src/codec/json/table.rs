//! Tables: `dataframe_split` with rows and the names of their columns, and columns under their names.

use super::cursor::{Cursor, Kind};
use super::error::ReadError;
use super::series::{self, Series};
use super::{Reader, rows};
use crate::codec::Shape;
use crate::limits::ERROR_NAMES_MAX;
use crate::rows::{Cell, HeaderOrder};

/// Reads `{"columns": [name, …], "data": [[cell, …], …]}`, in any order; an `index` is ignored.
pub(super) fn split(cursor: &mut Cursor<'_>, reader: &mut Reader<'_, '_>) -> Result<(), ReadError> {
    reader.answer_in(Shape::Predictions)?;
    let (mut has_names, mut data, mut has_rows) = (false, None, false);
    let mut fields = cursor.object()?;
    while let Some(key) = fields.next_key(cursor)? {
        match &*key {
            "columns" if has_names => return Err(twice("columns")),
            "columns" => {
                set_header(cursor, reader)?;
                has_names = true;
            }
            "data" if has_rows || data.is_some() => return Err(twice("data")),
            "data" if has_names => {
                rows::list(cursor, reader)?;
                has_rows = true;
            }
            "data" => {
                data = Some(cursor.fork());
                cursor.skip()?;
            }
            _ => cursor.skip()?,
        }
    }
    match data {
        Some(mut data) => rows::list(&mut data, reader),
        None => Ok(()),
    }
}

fn twice(key: &str) -> ReadError {
    ReadError::contradiction(format!("\"dataframe_split\" has \"{key}\" twice"))
}

/// Where a table has no names, pandas writes numbers.
fn set_header(cursor: &mut Cursor<'_>, reader: &mut Reader<'_, '_>) -> Result<(), ReadError> {
    let mut names = Vec::new();
    let most = reader.builder.layout().columns() + 1;
    let mut list = cursor.array()?;
    while list.next(cursor)? {
        let name = match cursor.cell()? {
            Cell::Text { text, .. } => String::from_utf8_lossy(text).into_owned(),
            Cell::Number(number) => number.to_string(),
            Cell::Integer(number) => number.to_string(),
            Cell::Boolean(value) => value.to_string(),
            Cell::Missing => "null".to_owned(),
        };
        if names.len() >= most {
            return Err(ReadError::contradiction(format!(
                "\"columns\" names more than the {} columns of the model",
                most - 1
            )));
        }
        names.push(name);
    }
    let names = names.iter().map(String::as_str);
    Ok(reader.builder.set_header(names, HeaderOrder::Meant)?)
}

/// Reads `{"age": [50, …], "bmi": [21.6, …]}`: each list is a column; a value alone is a column of one row.
pub(super) fn columns(
    cursor: &mut Cursor<'_>,
    reader: &mut Reader<'_, '_>,
) -> Result<(), ReadError> {
    reader.answer_in(Shape::Predictions)?;
    let mut columns = Vec::new();
    let most = reader.builder.layout().columns() + ERROR_NAMES_MAX + 1;
    let mut fields = cursor.object()?;
    while let Some(name) = fields.next_key(cursor)? {
        if cursor.kind()? == Kind::Object {
            return Err(ReadError::contradiction(
                "an object under the name of a column: each column is a list of cells",
            ));
        }
        columns.push(Series::column(name, cursor.fork()));
        // With so many columns some are unknown or given twice, and no more of them are listed.
        if columns.len() > most {
            break;
        }
        cursor.skip()?;
    }
    series::read(columns, reader).map(|_| ())
}
