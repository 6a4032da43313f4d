//! `text/csv` (RFC 4180): one row per line, and one row's prediction per line.

mod header;
mod piece;
mod records;
mod scanner;
mod stream;
mod write;

pub(super) use piece::{CsvPiece, cut};
pub use records::read_records;
#[cfg(feature = "train")]
pub(crate) use stream::whole_records;
pub use stream::{StreamError, first_record, read_stream};
pub(super) use write::encode;

use super::error::DecodeError;
use super::media::CsvOptions;
use crate::rows::{Cell, RowBuilder, leading_decimal};
use scanner::{End, QuoteError, Scanner};

/// Reads the rows of a text. Lines may end with LF, CRLF or CR, the last may lack its end.
pub(super) fn read(
    text: &[u8],
    options: CsvOptions,
    builder: &mut RowBuilder<'_>,
) -> Result<(), DecodeError> {
    Table::new(options).read(text, builder)
}

/// A text of rows that comes in pieces, each of whole records.
#[derive(Debug)]
pub(super) struct Table {
    options: CsvOptions,
    /// Whether the first piece has been read, and with it the header.
    is_begun: bool,
    /// Whether a blank line has been read: rows may not follow it.
    is_ended: bool,
}

impl Table {
    pub(super) fn new(options: CsvOptions) -> Self {
        Self {
            options,
            is_begun: false,
            is_ended: false,
        }
    }

    /// Reads the next piece.
    pub(super) fn read(
        &mut self,
        piece: &[u8],
        builder: &mut RowBuilder<'_>,
    ) -> Result<(), DecodeError> {
        let mut scanner = Scanner::new(piece, self.options.delimiter);
        if !std::mem::replace(&mut self.is_begun, true) {
            header::read(&mut scanner, self.options, builder)?;
        }
        // Where a row has one cell, a line with nothing on it is a row with nothing in its cell.
        let has_blank_lines = self.options.label_columns + builder.cells() != 1;
        while !scanner.rest().is_empty() {
            if self.read_plain_row(&mut scanner, builder) {
                builder.end_row()?;
            } else if has_blank_lines && scanner.skip_blank_line() {
                self.is_ended = true;
            } else if self.is_ended {
                // Each line has its line in the answer, so none between rows may be blank.
                return Err(DecodeError::EmptyRow { row: builder.row() });
            } else {
                read_row(&mut scanner, self.options.label_columns, builder)?;
            }
        }
        Ok(())
    }

    /// Reads a record as a row, if it is plain numbers throughout, and so are the rows of the model.
    #[inline]
    fn read_plain_row(&self, scanner: &mut Scanner<'_>, builder: &mut RowBuilder<'_>) -> bool {
        if self.is_ended || self.options.label_columns > 0 {
            return false;
        }
        match builder.push_plain_row(|numbers| scanner.plain_record(numbers)) {
            Some(rest) => {
                scanner.set_rest(rest);
                true
            }
            None => false,
        }
    }
}

/// Reads a record as a row, without its first `label_columns` cells.
fn read_row(
    scanner: &mut Scanner<'_>,
    label_columns: usize,
    builder: &mut RowBuilder<'_>,
) -> Result<(), DecodeError> {
    for _ in 0..label_columns {
        let (_, end) = scanner
            .cell()
            .map_err(|error| wrong_quote(error, builder))?;
        if end == End::Record {
            return Ok(builder.end_row()?); // which says that the row is too short
        }
    }
    while read_cell(scanner, builder)? == End::Cell {}
    Ok(builder.end_row()?)
}

/// Reads a cell. A plain number is read where it stands, without looking for the end of its cell first.
#[inline]
fn read_cell(scanner: &mut Scanner<'_>, builder: &mut RowBuilder<'_>) -> Result<End, DecodeError> {
    if builder.takes_plain_numbers()
        && let Some((number, rest)) = leading_decimal(scanner.rest())
        && let Some(end) = scanner.advance(rest)
    {
        builder.push(Cell::Number(number))?;
        return Ok(end);
    }
    let (cell, end) = scanner
        .cell()
        .map_err(|error| wrong_quote(error, builder))?;
    builder.push(cell)?;
    Ok(end)
}

fn wrong_quote(error: QuoteError, builder: &RowBuilder<'_>) -> DecodeError {
    unquoted(error, builder.row(), builder.position() + 1)
}

fn unquoted(error: QuoteError, row: usize, column: usize) -> DecodeError {
    let reason = match error {
        QuoteError::Unclosed => "the quote that opens the cell is never closed",
        QuoteError::Followed => {
            "text follows the closing quote of the cell: a quote within a cell is written twice"
        }
    };
    DecodeError::syntax("CSV", format!("row {row}, column {column}: {reason}"))
}
