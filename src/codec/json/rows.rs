//! Lists of rows; or, for one row alone and for models of one column, lists of cells.

use super::cursor::{Cursor, Kind};
use super::error::ReadError;
use super::{Reader, record};
use crate::codec::Shape;

/// What an element of a list was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// A row, which has ended.
    Row,
    /// A cell of a row.
    Cell,
}

/// Reads a list of rows.
pub(super) fn list(cursor: &mut Cursor<'_>, reader: &mut Reader<'_, '_>) -> Result<(), ReadError> {
    let mut first = None;
    let is_single = reader.builder.cells() == 1;
    let mut elements = cursor.array()?;
    while elements.next(cursor)? {
        let row = reader.builder.row();
        let found = element(cursor, reader)?;
        if *first.get_or_insert(found) != found {
            return Err(ReadError::shape(format!(
                "row {row}: rows and cells stand in one list"
            )));
        }
        if found == Element::Cell && is_single {
            reader.builder.end_row()?;
        }
    }
    if first == Some(Element::Cell) && !is_single {
        reader.builder.end_row()?;
    }
    Ok(())
}

/// Reads an element of a list of rows.
#[inline]
pub(super) fn element(
    cursor: &mut Cursor<'_>,
    reader: &mut Reader<'_, '_>,
) -> Result<Element, ReadError> {
    match cursor.kind()? {
        Kind::Array => {
            reader.answer_in(Shape::Predictions)?;
            record::list(cursor, reader)?;
            reader.builder.end_row()?;
            Ok(Element::Row)
        }
        Kind::Object => record::read(cursor, reader).map(|()| Element::Row),
        Kind::Scalar => {
            reader.builder.push(cursor.cell()?)?;
            Ok(Element::Cell)
        }
    }
}
