//! Whether the first line of CSV names the columns, and which.

use std::collections::HashSet;

use super::scanner::{End, Scanner};
use super::{read_row, wrong_quote};
use crate::codec::error::DecodeError;
use crate::codec::media::{CsvOptions, Header};
use crate::limits::{CSV_NAMES_BYTES_FREE, ERROR_NAMES_MAX};
use crate::rows::{Cell, Discarded, HeaderOrder, Layout, RowBuilder, RowError, leading_decimal};

/// Reads the header, if there is one, and tells the builder what it says.
pub(super) fn read(
    scanner: &mut Scanner<'_>,
    options: CsvOptions,
    builder: &mut RowBuilder<'_>,
) -> Result<(), DecodeError> {
    let is_possible = match options.header {
        Header::Absent => false,
        Header::Present => true,
        Header::Recognised => builder.layout().has_numeric_names() || !begins_with_number(scanner),
    };
    if !is_possible || scanner.rest().is_empty() {
        return Ok(());
    }
    let mut ahead = Scanner::new(scanner.rest(), options.delimiter);
    let line = Line::read(&mut ahead, options.label_columns, builder)?;
    if options.header == Header::Recognised
        && !line.is_header(scanner.rest(), options, builder.layout())?
    {
        return Ok(());
    }
    line.set(builder)?;
    *scanner = ahead;
    Ok(())
}

/// What nearly every request begins with costs no more than reading that number.
fn begins_with_number(scanner: &Scanner<'_>) -> bool {
    let number = leading_decimal(scanner.rest());
    number.is_some_and(|(_, rest)| scanner.ends_cell(rest))
}

/// Bytes of a name beside its letters.
const NAME_BYTES: usize = 64;

/// How many times a byte of a name is kept at most: as a replacement character of three, and in lower case.
const NAME_COPIES: usize = 6;

/// The cells of a first line.
struct Line {
    /// The cells without spaces around them: as many as there are columns, and some that an error can list.
    names: Vec<String>,
    /// How many cells there are.
    cells: usize,
}

impl Line {
    fn read(
        scanner: &mut Scanner<'_>,
        label_columns: usize,
        builder: &mut RowBuilder<'_>,
    ) -> Result<Self, DecodeError> {
        let most = builder.layout().columns() + label_columns + ERROR_NAMES_MAX + 1;
        let (mut names, mut cells) = (Vec::new(), 0);
        let (mut bytes, mut reserved) = (0, CSV_NAMES_BYTES_FREE);
        loop {
            let (cell, end) = scanner
                .cell()
                .map_err(|error| wrong_quote(error, builder))?;
            if let Cell::Text { text, .. } = cell
                && (label_columns..most).contains(&cells)
            {
                bytes += NAME_BYTES + text.len() * NAME_COPIES;
                if bytes > reserved {
                    builder.reserve(bytes)?;
                    reserved += bytes;
                }
                names.push(String::from_utf8_lossy(text).trim().to_owned());
            }
            cells += 1;
            if end == End::Record {
                let cells = cells.saturating_sub(label_columns);
                return Ok(Self { names, cells });
            }
        }
    }

    fn set(&self, builder: &mut RowBuilder<'_>) -> Result<(), RowError> {
        if self.cells > self.names.len() {
            return Err(RowError::HeaderWidth {
                found: self.cells,
                expected: builder.layout().cells(),
            });
        }
        let names = self.names.iter().map(String::as_str);
        builder.set_header(names, HeaderOrder::Meant)
    }

    /// Whether the line is a header. `text` begins with the line.
    ///
    /// # Errors
    /// It could be a header as well as a row, or is neither but resembles a header.
    fn is_header(
        &self,
        text: &[u8],
        options: CsvOptions,
        layout: &Layout,
    ) -> Result<bool, DecodeError> {
        let named = self.named(layout);
        let is_whole = named == self.cells;
        let has_index = self.begins_with_index(layout);
        let resembles =
            has_index || named * 2 >= self.cells.max(1) || self.is_misspelt_header(layout);
        if !resembles {
            return Ok(false);
        }
        let as_header = self.set(&mut RowBuilder::new(layout, &mut Discarded));
        match (as_row(text, options, layout), as_header) {
            (None, Ok(())) => Ok(true),
            (Some(_), Ok(())) if is_whole => Err(DecodeError::HeaderOrRow),
            // Every cell is known to the model: a row that happens to hold names.
            (Some(0), _) => Ok(false),
            _ if has_index => Err(DecodeError::IndexColumn),
            (None, Err(error)) => Err(error.into()),
            (Some(_), Err(error)) => Err(DecodeError::LikeHeader(error)),
            (Some(_), Ok(())) => Ok(false),
        }
    }

    /// How many cells are names of columns.
    fn named(&self, layout: &Layout) -> usize {
        let names = self.names.iter();
        names.filter(|name| layout.column(name).is_some()).count()
    }

    /// Whether the first cell is empty and every other a name, as a table with its index is written.
    fn begins_with_index(&self, layout: &Layout) -> bool {
        match self.names.as_slice() {
            [first, rest @ ..] if first.is_empty() && !rest.is_empty() => {
                rest.iter().all(|name| layout.column(name).is_some())
            }
            _ => false,
        }
    }

    /// Whether every cell is a name but for case and spaces.
    fn is_misspelt_header(&self, layout: &Layout) -> bool {
        let same = |name: &str, own: &str| letters(name).eq(letters(own));
        let first = self.names.first().map_or("", String::as_str);
        if self.cells > self.names.len() || !layout.names().any(|own| same(first, own)) {
            return false;
        }
        let known: HashSet<String> = layout.names().map(|name| letters(name).collect()).collect();
        let mut names = self.names.iter();
        names.all(|name| known.contains(&letters(name).collect::<String>()))
    }
}

/// The letters of a name without spaces, in lower case.
fn letters(name: &str) -> impl Iterator<Item = char> {
    let letters = name.chars().filter(|letter| !letter.is_whitespace());
    letters.flat_map(char::to_lowercase)
}

/// Whether the first line can be a row: how many of its cells are unknown categories; none if it cannot.
fn as_row(text: &[u8], options: CsvOptions, layout: &Layout) -> Option<usize> {
    let mut nowhere = Discarded;
    let mut row = RowBuilder::new(layout, &mut nowhere);
    let mut scanner = Scanner::new(text, options.delimiter);
    read_row(&mut scanner, options.label_columns, &mut row).ok()?;
    Some(row.unknown_categories())
}
