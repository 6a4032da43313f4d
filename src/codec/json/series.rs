//! Columns side by side: the cells of each are pulled from where they stand in the text, row by row.

use std::borrow::Cow;

use super::Reader;
use super::cursor::{Cursor, Elements, Kind};
use super::error::ReadError;
use crate::codec::datatype::Datatype;
use crate::codec::packed::PackedCells;
use crate::rows::{Cell, HeaderOrder};
use crate::text::Quoted;

/// The cells of a column or a matrix, in row-major order.
#[derive(Debug)]
pub(super) struct Series<'t> {
    name: Cow<'t, str>,
    source: Source<'t>,
}

/// Where cells are.
#[derive(Debug)]
enum Source<'t> {
    /// In JSON.
    Listed(Listed<'t>),
    /// In the bytes after it.
    Packed(PackedCells<'t>),
}

/// Cells in lists of JSON: flat, or with a list for each row.
#[derive(Debug)]
struct Listed<'t> {
    /// What the cells must be; any cells where nothing is said.
    datatype: Option<Datatype>,
    cursor: Cursor<'t>,
    /// How many cells a row has.
    columns: usize,
    /// Whether each row may have a list of its own.
    may_nest: bool,
    state: State,
}

/// Where in the lists a series is.
#[derive(Debug)]
enum State {
    /// Before its first cell.
    Unread,
    /// A single value without a list, which has been read.
    Alone,
    /// In a list of cells.
    Flat(Elements),
    /// In a list of rows; and in a row, after so many cells.
    Nested(Elements, Option<(Elements, usize)>),
}

impl<'t> Series<'t> {
    /// A column of cells of any type.
    pub(super) fn column(name: Cow<'t, str>, cursor: Cursor<'t>) -> Self {
        let cells = Listed {
            datatype: None,
            cursor,
            columns: 1,
            may_nest: true,
            state: State::Unread,
        };
        Self {
            name,
            source: Source::Listed(cells),
        }
    }

    /// Cells of a tensor: all of this type, and with a list for each row of `columns` cells only if it `may_nest`.
    pub(super) fn tensor(
        name: Cow<'t, str>,
        cursor: Cursor<'t>,
        (columns, may_nest): (usize, bool),
        datatype: Datatype,
    ) -> Self {
        let cells = Listed {
            datatype: Some(datatype),
            cursor,
            columns,
            may_nest,
            state: State::Unread,
        };
        Self {
            name,
            source: Source::Listed(cells),
        }
    }

    /// Cells of a tensor as bytes.
    pub(super) fn packed(name: Cow<'t, str>, cells: PackedCells<'t>) -> Self {
        Self {
            name,
            source: Source::Packed(cells),
        }
    }

    /// The next cell; none after the last.
    #[inline]
    fn next(&mut self, row: usize) -> Result<Option<Cell<'_>>, ReadError> {
        match &mut self.source {
            Source::Packed(cells) => cells.next().map_err(|left| cut_short(&self.name, left)),
            Source::Listed(cells) => cells.next(&self.name, row),
        }
    }
}

fn cut_short(name: &str, left: usize) -> ReadError {
    ReadError::contradiction(format!(
        "input {} ends inside a cell (bytes left: {left}): send as many bytes as its shape and datatype say",
        Quoted::of(name.as_bytes())
    ))
}

impl Listed<'_> {
    fn next(&mut self, name: &str, row: usize) -> Result<Option<Cell<'_>>, ReadError> {
        if !self.advance(name)? {
            return Ok(None);
        }
        let cell = self.cursor.cell()?;
        let Some(datatype) = self.datatype else {
            return Ok(Some(cell));
        };
        match datatype.check(cell) {
            Some(cell) => Ok(Some(cell)),
            None => Err(ReadError::contradiction(format!(
                "row {row}: input {} has a cell that is not {}",
                Quoted::of(name.as_bytes()),
                datatype.name()
            ))),
        }
    }

    /// Moves to the next cell. False if there is none.
    fn advance(&mut self, name: &str) -> Result<bool, ReadError> {
        loop {
            match &mut self.state {
                State::Unread if self.cursor.kind()? == Kind::Scalar => {
                    self.state = State::Alone;
                    return Ok(true);
                }
                State::Unread => self.begin(name)?,
                State::Alone => return Ok(false),
                State::Flat(cells) => {
                    let has_next = cells.next(&mut self.cursor)?;
                    if has_next && self.cursor.kind()? != Kind::Scalar {
                        return Err(self.ragged(name));
                    }
                    return Ok(has_next);
                }
                State::Nested(_, Some((cells, read))) => {
                    let has_next = cells.next(&mut self.cursor)?;
                    if has_next != (*read < self.columns) {
                        return Err(self.ragged(name));
                    }
                    *read += 1;
                    if has_next {
                        return Ok(true);
                    }
                    self.end_row();
                }
                State::Nested(rows, row) => {
                    if !rows.next(&mut self.cursor)? {
                        return Ok(false);
                    }
                    if self.cursor.kind()? != Kind::Array {
                        return Err(self.ragged(name));
                    }
                    *row = Some((self.cursor.array()?, 0));
                }
            }
        }
    }

    fn begin(&mut self, name: &str) -> Result<(), ReadError> {
        let list = self.cursor.array()?;
        let mut ahead = self.cursor.fork();
        let mut elements = Elements::default();
        let is_nested = elements.next(&mut ahead)? && ahead.kind()? == Kind::Array;
        if is_nested && !self.may_nest {
            return Err(self.ragged(name));
        }
        self.state = if is_nested {
            State::Nested(list, None)
        } else {
            State::Flat(list)
        };
        Ok(())
    }

    fn end_row(&mut self) {
        if let State::Nested(_, row) = &mut self.state {
            *row = None;
        }
    }

    fn ragged(&self, name: &str) -> ReadError {
        ReadError::contradiction(format!(
            "input {} is nested otherwise than its shape says: its data are a list of all cells, or a list of \
             {} for each row",
            Quoted::of(name.as_bytes()),
            cells(self.columns)
        ))
    }
}

fn cells(count: usize) -> String {
    if count == 1 {
        "1 cell".to_owned()
    } else {
        format!("{count} cells")
    }
}

/// Reads columns as rows, of which all have the same number. Returns that number.
pub(super) fn read(
    mut columns: Vec<Series<'_>>,
    reader: &mut Reader<'_, '_>,
) -> Result<usize, ReadError> {
    let names = columns.iter().map(|column| &*column.name);
    reader.builder.set_header(names, HeaderOrder::Accidental)?;
    let first = reader.builder.row();
    loop {
        let row = reader.builder.row();
        let mut ended = 0;
        let count = columns.len();
        for (index, column) in columns.iter_mut().enumerate() {
            match column.next(row)? {
                Some(cell) if ended == 0 => reader.builder.push(cell)?,
                None if ended == index => ended += 1,
                _ => {
                    return Err(ReadError::contradiction(format!(
                        "input {} has another number of rows than those before it",
                        Quoted::of(column.name.as_bytes())
                    )));
                }
            }
        }
        if ended == count {
            return Ok(row - first);
        }
        reader.builder.end_row()?;
    }
}

/// Reads a matrix as rows of so many cells. Returns how many cells it has.
pub(super) fn read_matrix(
    mut matrix: Series<'_>,
    columns: usize,
    reader: &mut Reader<'_, '_>,
) -> Result<usize, ReadError> {
    let mut count = 0;
    loop {
        let row = reader.builder.row();
        let Some(cell) = matrix.next(row)? else {
            return Ok(count);
        };
        reader.builder.push(cell)?;
        count += 1;
        if reader.builder.position() >= columns {
            reader.builder.end_row()?;
        }
    }
}
