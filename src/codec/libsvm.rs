//! `text/libsvm`: sparse rows, `[label] index:value index:value …` per line. Cells that are not there are 0.

use super::error::DecodeError;
use super::media::Indexing;
use crate::rows::{Cell, RowBuilder, SparseRow, TextNumber, number_cell, read_number};
use crate::text::Quoted;

/// Reads the rows. A label before the cells and a comment (`# …`) behind them are ignored. Indices count from 1
/// unless `indexing` says otherwise: what a row means does not hang on its neighbours.
pub(super) fn read(
    body: &[u8],
    indexing: Indexing,
    builder: &mut RowBuilder<'_>,
) -> Result<(), DecodeError> {
    let body = body.trim_ascii_end();
    let first = indexing.first();
    let mut sparse = SparseRow::new(builder.layout().cells());
    for line in super::lines(body) {
        if line.trim_ascii().is_empty() {
            return Err(DecodeError::EmptyRow { row: builder.row() });
        }
        sparse.clear();
        for (position, token) in tokens(line).enumerate() {
            match cell(token) {
                Some((index, cell)) => {
                    let position = index.checked_sub(first);
                    sparse.set(position.ok_or_else(|| zero(builder))?, cell);
                }
                None if position == 0 && is_label(token) => {}
                None if token.starts_with(b"qid:") => {} // the query, in data for ranking
                None => return Err(malformed(token, builder.row())),
            }
        }
        builder.push_sparse(&mut sparse, first)?;
        builder.end_row()?;
    }
    Ok(())
}

pub(super) fn tokens(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let end = memchr::memchr(b'#', line).unwrap_or(line.len());
    let line = line.get(..end).unwrap_or_default();
    line.split(u8::is_ascii_whitespace)
        .filter(|token| !token.is_empty())
}

pub(super) fn cell(token: &[u8]) -> Option<(u64, Cell<'static>)> {
    let colon = memchr::memchr(b':', token)?;
    let (index, value) = token.split_at(colon);
    let index = std::str::from_utf8(index).ok()?.parse().ok()?;
    let cell = number_cell(value.get(1..)?)?;
    Some((index, cell))
}

/// A label is a number, or several with commas between.
fn is_label(token: &[u8]) -> bool {
    let mut labels = token.split(|&byte| byte == b',');
    labels.all(|label| read_number(label) != TextNumber::None)
}

fn zero(builder: &RowBuilder<'_>) -> DecodeError {
    DecodeError::syntax(
        "libsvm",
        format!(
            "row {} has the index 0, and indices count from 1: say indexing=0 in the content type if they count \
             from 0, or set SAGELET_LIBSVM_INDEXING=0",
            builder.row()
        ),
    )
}

fn malformed(token: &[u8], row: usize) -> DecodeError {
    let token = Quoted::of(token);
    DecodeError::syntax(
        "libsvm",
        format!("row {row}: {token} is not of the form index:number"),
    )
}
