//! CSV from a source that is larger than memory: read in pieces of whole records.

use std::io::Read;

use super::scanner::{End, Scanner};
use super::{DecodeError, Table, unquoted};
use crate::codec::ContentType;
use crate::limits::{CSV_PIECE_BYTES, CSV_RECORD_BYTES_MAX, FEATURES_MAX};
use crate::rows::{Cell, RowBuilder};
use crate::text::{BYTE_ORDER_MARK, without_mark};

/// Why a source was not read to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// The source failed.
    #[error("cannot be read: {0}")]
    Source(#[from] std::io::Error),
    /// A record is refused.
    #[error(transparent)]
    Rows(#[from] DecodeError),
    /// A record that does not end, as a quote that is never closed makes one.
    #[error(
        "row {row} is longer than {CSV_RECORD_BYTES_MAX} bytes: is a quote not closed, or is this no CSV?"
    )]
    LongRecord {
        /// The row, counted from 1.
        row: usize,
    },
}

/// Reads the rows of a source of CSV into a builder, which is left for the rows of further sources. The content type
/// says what is special about it.
///
/// # Errors
/// The source fails, or the first record that is refused.
pub fn read_stream(
    mut source: impl Read,
    content_type: ContentType,
    builder: &mut RowBuilder<'_>,
) -> Result<(), StreamError> {
    let options = content_type.csv_options();
    let mut table = Table::new(options);
    let (mut buffer, mut is_first) = (Vec::new(), true);
    loop {
        let before = buffer.len();
        let read = source
            .by_ref()
            .take(CSV_PIECE_BYTES as u64)
            .read_to_end(&mut buffer)?;
        if std::mem::take(&mut is_first) && buffer.starts_with(BYTE_ORDER_MARK) {
            buffer.drain(..BYTE_ORDER_MARK.len());
        }
        if read == 0 {
            return Ok(table.read(&buffer, builder)?);
        }
        let whole = whole_records(&buffer, options.delimiter);
        if whole == 0 && before > CSV_RECORD_BYTES_MAX {
            return Err(StreamError::LongRecord { row: builder.row() });
        }
        table.read(buffer.get(..whole).unwrap_or_default(), builder)?;
        buffer.drain(..whole);
    }
}

/// The cells of the first record of a source of CSV, at most as many as a model has features and one more.
///
/// # Errors
/// The source fails, or the record does not end.
pub fn first_record(
    mut source: impl Read,
    content_type: ContentType,
) -> Result<Vec<String>, StreamError> {
    let delimiter = content_type.csv_options().delimiter;
    let mut buffer = Vec::new();
    while whole_records(&buffer, delimiter) == 0 {
        if buffer.len() > CSV_RECORD_BYTES_MAX {
            return Err(StreamError::LongRecord { row: 1 });
        }
        let piece = source.by_ref().take(CSV_PIECE_BYTES as u64);
        if { piece }.read_to_end(&mut buffer)? == 0 {
            break;
        }
    }
    let text = content_type.charset.utf8(without_mark(&buffer));
    let mut scanner = Scanner::new(&text, delimiter);
    let (mut cells, mut end) = (Vec::new(), End::Cell);
    while !text.is_empty() && end == End::Cell && cells.len() <= FEATURES_MAX {
        let (cell, after) = scanner
            .cell()
            .map_err(|error| unquoted(error, 1, cells.len() + 1))?;
        if let Cell::Text { text, .. } = cell {
            cells.push(String::from_utf8_lossy(text).into_owned());
        }
        end = after;
    }
    Ok(cells)
}

/// How many of the first bytes of a text are whole records, whatever follows.
pub(crate) fn whole_records(text: &[u8], delimiter: u8) -> usize {
    // A CR at the end may be half of a line end.
    let settled = text.strip_suffix(b"\r").unwrap_or(text);
    if memchr::memchr(b'"', settled).is_none() {
        return memchr::memrchr2(b'\n', b'\r', settled).map_or(0, |end| end + 1);
    }
    let mut scanner = Scanner::new(settled, delimiter);
    let mut whole = 0;
    while !scanner.rest().is_empty() {
        // What is wrong about a quote is found when the record is read.
        let Ok((_, end)) = scanner.cell() else {
            return whole;
        };
        let read = settled.len() - scanner.rest().len();
        if end == End::Record && !scanner.rest().is_empty() {
            whole = read;
        } else if end == End::Record && settled.ends_with(b"\n") {
            return read;
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::codec::Format;
    use crate::rows::{Collected, Layout};

    /// A source that gives a few bytes at a time, whatever is asked for.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.1.min(buffer.len()).min(self.0.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    proptest! {
        #[test]
        fn whole_records_end_where_a_record_ends(text in "([0-9a,]|\"|\n|\r){0,24}") {
            let whole = whole_records(text.as_bytes(), b',');
            let mut scanner = Scanner::new(text.as_bytes(), b',');
            let mut ends = vec![0];
            while !scanner.rest().is_empty() {
                let Ok((_, end)) = scanner.cell() else { break };
                if end == End::Record {
                    ends.push(text.len() - scanner.rest().len());
                }
            }
            prop_assert!(ends.contains(&whole), "{:?}: {}", text, whole);
        }
    }

    #[test]
    fn a_source_in_pieces_is_the_same_rows_as_its_whole_text() {
        let layout = Layout::numbers(2);
        let row = "1,\"2\"\r\n3,4\r";
        let text = row.repeat(CSV_PIECE_BYTES / 4);
        let mut rows = Collected::default();
        let mut builder = RowBuilder::new(&layout, &mut rows);
        let csv = ContentType::of(Format::Csv);
        read_stream(Trickle(text.as_bytes(), 65_537), csv, &mut builder).unwrap();
        builder.finish().unwrap();
        let rows = rows.into_matrix();
        assert_eq!(rows.nrows(), CSV_PIECE_BYTES / 4 * 2);
        assert!(rows.outer_iter().all(|row| row[0] + 1.0 == row[1]));
    }
}
