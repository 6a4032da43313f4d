//! `text/libsvm`: sparse rows, `[label] index:value index:value …` a line. Cells that are not there are 0.
//!
//! Indices count from 1, as LIBSVM has it; from 0 if the index 0 occurs anywhere in the body, as XGBoost's
//! container has it.

use super::error::DecodeError;
use super::sparse::SparseRow;
use super::{Asked, csv};
use crate::model::Design;

/// Reads the rows. A label before the cells and a comment (`# …`) behind them are ignored.
pub(super) fn read(body: &[u8], design: &mut Design<'_>) -> Result<Asked, DecodeError> {
    let body = body.trim_ascii_end();
    if body.is_empty() {
        return Ok(Asked::default());
    }
    let first = u64::from(!counts_from_zero(body));
    let mut sparse = SparseRow::default();
    for line in csv::lines(body) {
        if line.trim_ascii().is_empty() {
            return Err(DecodeError::EmptyRow { row: design.row() });
        }
        for (position, token) in tokens(line).enumerate() {
            match cell(token) {
                Some((index, number)) => sparse.set(index, first, number, design)?,
                None if position == 0 && is_number(token) => {} // the label
                None if token.starts_with(b"qid:") => {}        // the query, in data for ranking
                None => return Err(malformed(token, design.row())),
            }
        }
        sparse.push(design)?;
        design.end_row()?;
    }
    Ok(Asked::default())
}

fn tokens(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let end = memchr::memchr(b'#', line).unwrap_or(line.len());
    let line = line.get(..end).unwrap_or_default();
    line.split(u8::is_ascii_whitespace)
        .filter(|token| !token.is_empty())
}

fn counts_from_zero(body: &[u8]) -> bool {
    csv::lines(body).any(|line| tokens(line).any(|token| token.starts_with(b"0:")))
}

fn cell(token: &[u8]) -> Option<(u64, f64)> {
    let (index, number) = std::str::from_utf8(token).ok()?.split_once(':')?;
    Some((index.parse().ok()?, number.parse().ok()?))
}

fn is_number(token: &[u8]) -> bool {
    std::str::from_utf8(token).is_ok_and(|text| text.parse::<f64>().is_ok())
}

fn malformed(token: &[u8], row: usize) -> DecodeError {
    let token = crate::text::Quoted::of(token);
    DecodeError::syntax(
        "libsvm",
        format!("row {row}: {token} is not of the form index:number"),
    )
}
