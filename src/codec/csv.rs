//! `text/csv`: a row a line, one row's prediction a line.
//!
//! A body without quotes, which is nearly every body, is split at its newlines and commas where it lies. One
//! with quotes goes through the csv crate, which knows RFC 4180 in full.

use std::io::Read;

use super::decimal;
use super::error::DecodeError;
use super::media::Header;
use super::predictions::{Predictions, Value};
use crate::artifact::Label;
use crate::model::{Design, Schema};

/// The mark that some spreadsheets put before a UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads the rows of a request. Line ends may be LF or CRLF, the last may be missing.
pub(super) fn read_body(
    body: &[u8],
    header: Header,
    design: &mut Design<'_>,
) -> Result<(), DecodeError> {
    let body = body
        .strip_prefix(BYTE_ORDER_MARK)
        .unwrap_or(body)
        .trim_ascii_end();
    let rows = skip_header(body, header, design)?;
    if memchr::memchr(b'"', rows).is_some() {
        read_quoted(rows, design)
    } else if rows.is_empty() {
        Ok(())
    } else {
        read_plain(rows, design)
    }
}

/// The rows behind the header, if there is one.
fn skip_header<'b>(
    body: &'b [u8],
    header: Header,
    design: &mut Design<'_>,
) -> Result<&'b [u8], DecodeError> {
    let named = design.schema().has_names();
    let may_have_one = match header {
        Header::Absent => false,
        Header::Recognised => named && !begins_with_number(body),
        Header::Present => true,
    };
    if !may_have_one {
        return Ok(body);
    }
    let (first, rest) = match memchr::memchr(b'\n', body) {
        Some(end) => body.split_at(end + 1),
        None => (body, &[][..]),
    };
    let names = fields(first)?;
    if header == Header::Recognised && !are_names(&names, design.schema()) {
        return Ok(body);
    }
    if named {
        design.set_header(names.iter().map(|name| name.trim()))?;
    }
    Ok(rest)
}

/// Whether the first field is a number or empty, as no header's is: what nearly every request begins with costs
/// no more than reading that number.
fn begins_with_number(body: &[u8]) -> bool {
    let field = body
        .split(|&byte| matches!(byte, b',' | b'\n'))
        .next()
        .unwrap_or_default()
        .trim_ascii();
    let text = std::str::from_utf8(field).unwrap_or_default();
    field.is_empty() || text.parse::<f64>().is_ok()
}

/// Whether a line can be nothing but a header: no field is a number or empty, and at least one is the name of
/// a feature.
fn are_names(fields: &[String], schema: &Schema) -> bool {
    let fields = || fields.iter().map(|field| field.trim());
    fields().all(|field| !field.is_empty() && field.parse::<f64>().is_err())
        && fields().any(|field| schema.feature(field).is_some())
}

fn fields(line: &[u8]) -> Result<Vec<String>, DecodeError> {
    let mut record = ::csv::ByteRecord::new();
    reader(line).read_byte_record(&mut record).map_err(syntax)?;
    let fields = record.iter().map(|field| String::from_utf8_lossy(field));
    Ok(fields.map(std::borrow::Cow::into_owned).collect())
}

fn read_plain(body: &[u8], design: &mut Design<'_>) -> Result<(), DecodeError> {
    for line in lines(body) {
        if line.trim_ascii().is_empty() && !takes_empty_lines(design) {
            return Err(DecodeError::EmptyRow { row: design.row() });
        }
        read_cells(line, design)?;
        design.end_row()?;
    }
    Ok(())
}

/// The cells of a line. Plain numbers are read where they stand, without looking for their end first.
fn read_cells(line: &[u8], design: &mut Design<'_>) -> Result<(), DecodeError> {
    let mut rest = line;
    loop {
        let after = match decimal::leading(rest) {
            Some((number, after @ ([] | [b',', ..]))) if !design.encodes() => {
                design.push_number(number)?;
                after
            }
            _ => {
                let end = memchr::memchr(b',', rest).unwrap_or(rest.len());
                let (cell, after) = rest.split_at(end);
                design.push_text(cell)?;
                after
            }
        };
        match after {
            [b',', next @ ..] => rest = next,
            _ => return Ok(()),
        }
    }
}

/// An empty line is a row with one missing cell, where the model takes one cell that may be missing.
fn takes_empty_lines(design: &Design<'_>) -> bool {
    design.schema().features() == 1 && design.schema().takes_missing(0)
}

/// The lines of a text, without their LF.
pub(super) fn lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
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

/// Reads the rows of a request with quotes in it. The csv crate passes over empty lines, but each line of a
/// request has its line in the answer, so an empty one is refused.
fn read_quoted(body: &[u8], design: &mut Design<'_>) -> Result<(), DecodeError> {
    // Every record has its line end, the last one too, so that lines can be counted.
    let mut reader = reader(body.chain(&b"\n"[..]));
    let mut record = ::csv::ByteRecord::new();
    loop {
        let before = reader.position().line();
        if !reader.read_byte_record(&mut record).map_err(syntax)? {
            return Ok(());
        }
        let within = memchr::memchr_iter(b'\n', record.as_slice()).count() as u64;
        if reader.position().line() - before > within + 1 {
            return Err(DecodeError::EmptyRow { row: design.row() });
        }
        push_record(&record, design)?;
    }
}

fn push_record(record: &::csv::ByteRecord, design: &mut Design<'_>) -> Result<(), DecodeError> {
    for cell in record {
        design.push_text(cell)?;
    }
    Ok(design.end_row()?)
}

/// Reads rows from anything, quoted cells included, as many columns as `design` has.
///
/// # Errors
/// The source fails, or a row or cell is not what `design` takes.
#[cfg(feature = "train")]
pub(crate) fn read(source: impl Read, design: &mut Design<'_>) -> Result<(), DecodeError> {
    let mut reader = reader(source);
    let mut record = ::csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(syntax)? {
        push_record(&record, design)?;
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
    DecodeError::syntax("CSV", error.to_string())
}

/// One row's prediction a line, several numbers with commas between, each line ended. Numbers have the shortest
/// form that reads back to the same number; text is quoted where RFC 4180 asks for it. Of selected fields, a
/// list is one cell that holds a JSON list.
#[must_use]
pub fn encode(predictions: &Predictions<'_>) -> Vec<u8> {
    let mut text = Vec::with_capacity(predictions.rows() * 20);
    for row in 0..predictions.rows() {
        if predictions.selected.is_empty() {
            push_cells(&mut text, &predictions.prediction(row));
        }
        for (index, &field) in predictions.selected.iter().enumerate() {
            if index > 0 {
                text.push(b',');
            }
            push_cell(&mut text, &predictions.field(field, row));
        }
        text.push(b'\n');
    }
    text
}

/// A value, a list as several cells.
fn push_cells(text: &mut Vec<u8>, value: &Value<'_>) {
    let Value::Numbers(numbers) = value else {
        return push_cell(text, value);
    };
    for (index, &number) in numbers.iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        push_number(text, number);
    }
}

/// A value as one cell.
fn push_cell(text: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::None => push_number(text, f64::NAN),
        Value::Number(number) => push_number(text, *number),
        Value::Label(label) => push_text(text, &label.to_string()),
        Value::Numbers(numbers) => push_list(text, numbers.iter(), |list, &number| {
            push_number(list, number);
        }),
        Value::Opposites(number) => push_list(text, [-number, *number].iter(), |list, &number| {
            push_number(list, number);
        }),
        Value::Labels(labels) => push_list(text, labels.iter(), push_json),
    }
}

/// `"[0.4, 0.6]"`, as the platform's XGBoost container writes lists.
fn push_list<T>(
    text: &mut Vec<u8>,
    items: impl Iterator<Item = T>,
    push: impl Fn(&mut Vec<u8>, T),
) {
    let mut list = vec![b'['];
    for (index, item) in items.enumerate() {
        if index > 0 {
            list.extend(b", ");
        }
        push(&mut list, item);
    }
    list.push(b']');
    push_text(text, &String::from_utf8_lossy(&list));
}

fn push_json(list: &mut Vec<u8>, label: &Label) {
    let written = serde_json::to_writer(list, label);
    debug_assert!(
        written.is_ok(),
        "a label is JSON, and a Vec never refuses bytes"
    );
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
