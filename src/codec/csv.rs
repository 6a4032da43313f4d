//! `text/csv`: rows without a header, one prediction a line.
//!
//! A body without quotes, which is nearly every body, is split at its newlines and commas where it lies. One
//! with quotes goes through the csv crate, which knows RFC 4180 in full.

use std::io::Read;

use super::error::DecodeError;
use super::{Rows, Shape};
use crate::artifact::Label;
use crate::model::{Design, Outputs, Schema};

/// The mark that some spreadsheets put before a UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads rows of this schema. Line ends may be LF or CRLF, the last may be missing.
///
/// # Errors
/// The first row or cell that is not what the model takes.
pub fn decode(body: &[u8], schema: &Schema) -> Result<Rows, DecodeError> {
    let body = body
        .strip_prefix(BYTE_ORDER_MARK)
        .unwrap_or(body)
        .trim_ascii_end();
    let mut design = Design::new(schema);
    if memchr::memchr(b'"', body).is_some() {
        read(body, &mut design)?;
    } else if !body.is_empty() {
        read_plain(body, &mut design)?;
    }
    super::finish(design, schema.features(), Shape::Lines)
}

fn read_plain(body: &[u8], design: &mut Design<'_>) -> Result<(), DecodeError> {
    for line in lines(body) {
        if line.trim_ascii().is_empty() {
            return Err(DecodeError::EmptyRow { row: design.row() });
        }
        let mut rest = line;
        while let Some(comma) = memchr::memchr(b',', rest) {
            let (cell, after) = rest.split_at(comma);
            design.push_text(cell)?;
            rest = after.get(1..).unwrap_or_default();
        }
        design.push_text(rest)?;
        design.end_row()?;
    }
    Ok(())
}

fn lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(body);
    std::iter::from_fn(move || {
        let text = rest?;
        match memchr::memchr(b'\n', text) {
            Some(end) => {
                rest = text.get(end + 1..);
                text.get(..end)
            }
            None => rest.take(),
        }
    })
}

/// Reads rows from anything, quoted cells included, as many columns as `design` has.
///
/// # Errors
/// The source fails, or a row or cell is not what `design` takes.
pub(crate) fn read(source: impl Read, design: &mut Design<'_>) -> Result<(), DecodeError> {
    let mut reader = reader(source);
    let mut record = ::csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(syntax)? {
        for cell in &record {
            design.push_text(cell)?;
        }
        design.end_row()?;
    }
    Ok(())
}

/// The number of columns of the first row; 0 if there is none.
///
/// # Errors
/// The source fails.
#[cfg(feature = "train")]
pub(crate) fn columns(source: impl Read) -> Result<usize, DecodeError> {
    let mut record = ::csv::ByteRecord::new();
    reader(source)
        .read_byte_record(&mut record)
        .map_err(syntax)?;
    Ok(record.len())
}

fn reader<Source: Read>(source: Source) -> ::csv::Reader<Source> {
    ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(source)
}

fn syntax(error: ::csv::Error) -> DecodeError {
    DecodeError::Syntax {
        format: "CSV",
        reason: error.to_string(),
    }
}

/// One row's prediction a line, several targets with commas between, each line ended. Numbers have the shortest
/// form that reads back to the same number; labels are quoted where RFC 4180 asks for it.
#[must_use]
pub fn encode(outputs: &Outputs, labels: &[Label]) -> Vec<u8> {
    let mut text = Vec::with_capacity(outputs.rows() * 20);
    match outputs {
        Outputs::Values(values) => {
            for row in values.outer_iter() {
                for (index, &value) in row.iter().enumerate() {
                    if index > 0 {
                        text.push(b',');
                    }
                    push_number(&mut text, value);
                }
                text.push(b'\n');
            }
        }
        Outputs::Classes(classes) => {
            for &class in &classes.predicted {
                if let Some(label) = labels.get(class) {
                    push_text(&mut text, &label.to_string());
                }
                text.push(b'\n');
            }
        }
    }
    text
}

/// A field of text, in quotes where it holds a comma, a quote or a line end (RFC 4180, section 2).
fn push_text(text: &mut Vec<u8>, field: &str) {
    if !field.contains([',', '"', '\n', '\r']) {
        return text.extend(field.as_bytes());
    }
    text.push(b'"');
    text.extend(field.replace('"', "\"\"").as_bytes());
    text.push(b'"');
}

fn push_number(text: &mut Vec<u8>, number: f64) {
    if number.is_nan() {
        text.extend(b"nan");
    } else if number.is_infinite() {
        text.extend(if number > 0.0 {
            b"inf".as_slice()
        } else {
            b"-inf"
        });
    } else {
        text.extend(ryu::Buffer::new().format_finite(number).as_bytes());
    }
}
