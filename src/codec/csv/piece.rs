//! Pieces of a text of rows, cut where records seem to end.

use super::header;
use super::scanner::Scanner;
use super::{CsvOptions, DecodeError, Table};
use crate::codec::piece::{after_line, cut as cut_text};
use crate::limits::QUOTE_SAMPLE_BYTES;
use crate::rows::RowBuilder;

/// Whole records, if the pieces before are.
#[derive(Debug, Clone, Copy)]
pub(in crate::codec) struct CsvPiece<'t> {
    text: &'t [u8],
    options: CsvOptions,
    is_last: bool,
}

/// Cuts the records behind the header, which goes to the builder. `None` if the header is refused.
pub(in crate::codec) fn cut<'t>(
    text: &'t [u8],
    bytes: usize,
    options: CsvOptions,
    builder: &mut RowBuilder<'_>,
) -> Option<Vec<CsvPiece<'t>>> {
    let mut scanner = Scanner::new(text, options.delimiter);
    header::read(&mut scanner, options, builder).ok()?;
    let records = scanner.rest();
    let sample = records.get(..QUOTE_SAMPLE_BYTES).unwrap_or(records);
    let texts = match memchr::memchr(b'"', sample) {
        Some(_) => cut_text(records, bytes, after_record),
        None => cut_text(records, bytes, after_line),
    };
    let last = texts.len() - 1;
    let pieces = texts.into_iter().enumerate().map(|(index, text)| CsvPiece {
        text,
        options,
        is_last: index == last,
    });
    Some(pieces.collect())
}

/// The place behind the first LF from a position on that is in no quotes: behind an even number of them.
fn after_record(text: &[u8], from: usize) -> Option<usize> {
    let (before, rest) = text.split_at_checked(from)?;
    let mut is_quoted = memchr::memchr_iter(b'"', before).count() % 2 == 1;
    for at in memchr::memchr2_iter(b'"', b'\n', rest) {
        if rest.get(at) == Some(&b'"') {
            is_quoted = !is_quoted;
        } else if !is_quoted {
            return Some(from + at + 1);
        }
    }
    None
}

impl CsvPiece<'_> {
    /// Reads the records as rows.
    pub(in crate::codec) fn read(&self, builder: &mut RowBuilder<'_>) -> Result<(), DecodeError> {
        let mut table = Table::new(self.options);
        table.is_begun = true;
        table.read(self.text, builder)?;
        if table.is_ended && !self.is_last {
            return Err(DecodeError::EmptyRow { row: builder.row() });
        }
        Ok(())
    }
}
