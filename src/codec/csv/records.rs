//! Records as texts: for tables that are no rows of a model, such as expected predictions.

use super::scanner::{End, Scanner};
use super::{DecodeError, unquoted};
use crate::codec::ContentType;
use crate::rows::Cell;
use crate::text::without_mark;

/// The cells of every record of a CSV text, without spaces around them. Blank lines are passed over.
///
/// # Errors
/// A cell in quotes that does not end, or that something follows.
pub fn read_records(
    text: &[u8],
    content_type: ContentType,
) -> Result<Vec<Vec<String>>, DecodeError> {
    let text = without_mark(text);
    let mut scanner = Scanner::new(text, content_type.csv_options().delimiter);
    let (mut records, mut record) = (Vec::new(), Vec::new());
    while !scanner.rest().is_empty() || !record.is_empty() {
        if record.is_empty() && scanner.skip_blank_line() {
            continue;
        }
        let (row, column) = (records.len() + 1, record.len() + 1);
        let (cell, end) = scanner
            .cell()
            .map_err(|error| unquoted(error, row, column))?;
        if let Cell::Text { text, .. } = cell {
            record.push(String::from_utf8_lossy(text).trim().to_owned());
        }
        if end == End::Record {
            records.push(std::mem::take(&mut record));
        }
    }
    Ok(records)
}
