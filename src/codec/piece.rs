//! Pieces of a large body, to be read by several threads at once.
//!
//! A body is cut where the bytes look as if a row ended. Whether it did shows when the pieces are read: the first begins
//! where the rows do, so if it can be read to its end, the second begins where a row does, and so on. If all pieces can
//! be read, they are the rows of the body. If one cannot, for whatever reason, the body has to be read as a whole, which
//! finds what is wrong with it, and in which row.

use std::ops::Range;
use std::sync::Arc;

use super::csv::{self, CsvPiece};
use super::error::DecodeError;
use super::npy::{self, Array};
use super::{ContentType, Format, ResponseOptions, Shape, json, jsonlines, recordio};
use crate::rows::RowBuilder;
use crate::text::without_mark;

/// A part of a body that holds whole rows, if all parts before it do.
#[derive(Debug, Clone)]
pub struct Piece<'b>(Form<'b>);

#[derive(Debug, Clone)]
enum Form<'b> {
    Csv(CsvPiece<'b>),
    /// Records of JSON, one per line.
    Lines(&'b [u8]),
    /// Lists of JSON with commas between.
    Lists(&'b [u8]),
    /// Frames of RecordIO.
    Records(&'b [u8]),
    /// Rows of an array.
    Array(Arc<Array<'b>>, Range<usize>),
}

impl ContentType {
    /// Cuts a body into pieces of about so many bytes. `builder` takes the header, if there is one; the rows of the
    /// pieces are for builders of the same columns. `None` if the body has to be read as a whole.
    pub fn cut<'b>(
        self,
        body: &'b [u8],
        bytes: usize,
        builder: &mut RowBuilder<'_>,
    ) -> Option<Vec<Piece<'b>>> {
        let text = || without_mark(body);
        let forms = match self.format {
            Format::Csv if self.charset.copied_bytes(text()) == 0 => {
                let pieces = csv::cut(text(), bytes, self.csv_options(), builder)?;
                pieces.into_iter().map(Form::Csv).collect()
            }
            Format::JsonLines => {
                let lines = cut(text().trim_ascii_end(), bytes, after_line);
                let lines = lines.into_iter();
                lines
                    .map(|text| Form::Lines(text.strip_suffix(b"\n").unwrap_or(text)))
                    .collect()
            }
            Format::Json if self.tensors.is_none() => {
                let lists = cut(json::lists(text())?, bytes, json::after_list);
                separated(lists).map(Form::Lists).collect()
            }
            Format::RecordIo => {
                let records = cut(body, bytes, recordio::after_record);
                records.into_iter().map(Form::Records).collect()
            }
            Format::Npy => arrays(body, bytes)?,
            _ => return None,
        };
        let forms: Vec<_> = forms;
        Some(forms.into_iter().map(Piece).collect())
    }

    /// How the answer is to be written to a body whose pieces all say this shape.
    #[must_use]
    pub fn options_of_pieces(self, shape: Option<Shape>) -> ResponseOptions {
        let shape = match self.format {
            Format::Json => shape.unwrap_or_default(),
            _ => Shape::default(),
        };
        ResponseOptions {
            shape,
            ..ResponseOptions::default()
        }
    }
}

impl Piece<'_> {
    /// Reads the rows, which are plain ones of a body of its kind. Returns the shape of the answer, if the rows say it.
    ///
    /// # Errors
    /// The piece is not whole rows, or one of them is none of the builder's layout. Rows are not counted as in the body.
    pub fn read(&self, builder: &mut RowBuilder<'_>) -> Result<Option<Shape>, DecodeError> {
        match &self.0 {
            Form::Csv(piece) => piece.read(builder).map(|()| None),
            Form::Lines(lines) => jsonlines::read_lines(lines, builder),
            Form::Lists(lists) => json::read_lists(lists, builder),
            Form::Records(records) => recordio::read(records, builder).map(|()| None),
            Form::Array(array, rows) => array.read_rows(rows.clone(), builder).map(|()| None),
        }
    }
}

/// Cuts a text into pieces of at least so many bytes. `end` finds the first place from a position on where a row seems to
/// have ended.
pub(super) fn cut(
    mut text: &[u8],
    bytes: usize,
    end: impl Fn(&[u8], usize) -> Option<usize>,
) -> Vec<&[u8]> {
    let mut pieces = Vec::with_capacity(text.len() / bytes.max(1) + 1);
    while text.len() > bytes
        && let Some(end) = end(text, bytes)
        && let Some((piece, rest)) = text.split_at_checked(end)
        && !rest.is_empty()
    {
        pieces.push(piece);
        text = rest;
    }
    pieces.push(text);
    pieces
}

/// The texts without the comma at the end of each but the last.
fn separated(texts: Vec<&[u8]>) -> impl Iterator<Item = &[u8]> {
    let last = texts.len() - 1;
    let texts = texts.into_iter().enumerate();
    texts.map(move |(index, text)| match text {
        [text @ .., b','] if index < last => text,
        text => text,
    })
}

/// The place behind the first LF from a position on.
pub(super) fn after_line(text: &[u8], from: usize) -> Option<usize> {
    let found = memchr::memchr(b'\n', text.get(from..)?)?;
    Some(from + found + 1)
}

fn arrays(body: &[u8], bytes: usize) -> Option<Vec<Form<'_>>> {
    let array = Arc::new(npy::Array::parse(body).ok()?);
    let (rows, row_bytes) = array.rows()?;
    let at_once = (bytes / row_bytes.max(1)).max(1);
    let starts = (0..rows).step_by(at_once);
    let ranges = starts.map(|start| start..rows.min(start + at_once));
    let pieces = ranges.map(|range| Form::Array(Arc::clone(&array), range));
    Some(pieces.collect())
}
