//! The design matrix as it grows, cell by cell, out of any format.

mod columns;

use ndarray::Array2;

use super::row_error::{Place, RowError};
use super::schema::{Code, Column, Encoder, Schema};
use crate::artifact::Cell;
use crate::limits::{BLOCK_CELLS, CELLS_MAX};
use crate::text::Quoted;

/// What is done with a block of rows.
pub type Sink<'a> = &'a mut dyn FnMut(&Array2<f64>) -> Result<(), RowError>;

/// Numbers of whole rows so far, and of the row being read.
///
/// With a sink, rows are handed on in blocks that fit a processor's cache, so that the memory a request needs
/// does not grow with its rows.
pub struct Design<'a> {
    schema: &'a Schema,
    sink: Option<Sink<'a>>,
    cells: Vec<f64>,
    /// Whole rows in `cells`.
    rows: usize,
    /// Rows that the sink has had.
    passed_on: usize,
    /// Cells of the row being read.
    position: usize,
    columns: columns::Columns,
}

impl<'a> Design<'a> {
    /// An empty matrix for rows of this schema, which keeps all of them.
    #[must_use]
    pub fn new(schema: &'a Schema) -> Self {
        Self {
            schema,
            sink: None,
            // One row at once: most requests have one, and its width is the model's own.
            cells: Vec::with_capacity(schema.width()),
            rows: 0,
            passed_on: 0,
            position: 0,
            columns: columns::Columns::default(),
        }
    }

    /// An empty matrix for rows of this schema, which passes them on in blocks.
    #[must_use]
    pub fn passing_on(schema: &'a Schema, sink: Sink<'a>) -> Self {
        let mut design = Self::new(schema);
        design.sink = Some(sink);
        design
    }

    /// What the rows are.
    #[must_use]
    pub fn schema(&self) -> &'a Schema {
        self.schema
    }

    /// The number of the row being read, counted from 1.
    #[must_use]
    pub fn row(&self) -> usize {
        self.rows() + 1
    }

    /// How many rows have ended.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.passed_on + self.rows
    }

    /// Adds a cell of a format that knows no types, white space around it aside. An empty one is missing, and
    /// so is `nan` where the model has something to put in its place.
    ///
    /// # Errors
    /// The cell is not what the feature takes.
    pub fn push_text(&mut self, text: &[u8]) -> Result<(), RowError> {
        let text = text.trim_ascii();
        if self.encodes() {
            return self.push_category(text);
        }
        match std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok())
        {
            // As it was written: "1e999", not "inf".
            Some(number) if f64::is_infinite(number) => Err(self.not_finite(text)),
            Some(number) if f64::is_nan(number) && !self.replaces_missing() => {
                Err(self.not_finite(text))
            }
            Some(number) => self.push_number(number),
            None if text.is_empty() => self.push_missing(),
            None => Err(self.not_a_number(text)),
        }
    }

    /// Adds a cell that its format says is text: a category, never a number written as text.
    ///
    /// # Errors
    /// The cell is no category of the feature.
    pub fn push_string(&mut self, text: &str) -> Result<(), RowError> {
        if self.encodes() {
            self.push_category(text.as_bytes())
        } else {
            Err(self.not_a_number(text.as_bytes()))
        }
    }

    /// Adds a number.
    ///
    /// # Errors
    /// The number is not finite, or no category of the feature.
    pub fn push_number(&mut self, number: f64) -> Result<(), RowError> {
        if self.schema.is_plain() {
            return self.push_plain(number);
        }
        let Some(column) = self.schema.column(self.feature()) else {
            return self.skip();
        };
        if number.is_nan() && !column.missing.is_missing() {
            return self.push_missing();
        }
        match &column.encoder {
            None if number.is_finite() => self.set(column, Code::Number(number), false),
            None => Err(self.not_finite(number.to_string().as_bytes())),
            Some(_) => self.push_category(number.to_string().as_bytes()),
        }
    }

    /// Adds a cell with nothing in it.
    ///
    /// # Errors
    /// The model has nothing to put in its place.
    pub fn push_missing(&mut self) -> Result<(), RowError> {
        if self.feature() >= self.schema.features() {
            return self.skip();
        }
        let Some(column) = self.schema.column(self.feature()) else {
            return Err(self.missing());
        };
        let code = match (&column.missing, &column.encoder) {
            (Cell::Missing, encoder) => encoder.as_ref().and_then(Encoder::missing),
            (Cell::Number(number), None) => Some(Code::Number(*number)),
            (cell, encoder) => encoder
                .as_ref()
                .and_then(|encoder| encoder.code(&category(cell))),
        };
        match code {
            Some(code) => self.set(column, code, true),
            None => Err(self.missing()),
        }
    }

    /// Adds a boolean: 1 or 0 where a number is wanted.
    ///
    /// # Errors
    /// The cell is no category of the feature.
    pub fn push_boolean(&mut self, value: bool) -> Result<(), RowError> {
        if self.encodes() {
            return self.push_category(if value { b"true" } else { b"false" });
        }
        self.push_number(if value { 1.0 } else { 0.0 })
    }

    /// Adds a cell of any sort.
    ///
    /// # Errors
    /// The cell is not what the feature takes.
    pub fn push(&mut self, cell: &Cell) -> Result<(), RowError> {
        match cell {
            Cell::Missing => self.push_missing(),
            Cell::Number(number) => self.push_number(*number),
            Cell::Text(text) => self.push_string(text),
            Cell::Boolean(value) => self.push_boolean(*value),
        }
    }

    /// Ends the row, which must have as many cells as the model has features.
    ///
    /// # Errors
    /// It has not, or there are too many rows, or the sink refuses them.
    pub fn end_row(&mut self) -> Result<(), RowError> {
        if self.position != self.schema.features() {
            return Err(self.wrong_width());
        }
        if self.row() > CELLS_MAX / self.schema.width() {
            return Err(RowError::TooMany { row: self.row() });
        }
        self.rows += 1;
        self.position = 0;
        self.columns.end_row();
        if self.cells.len() >= BLOCK_CELLS && self.sink.is_some() {
            return self.pass_on();
        }
        Ok(())
    }

    /// Ends the rows: what the sink has not had, it gets now.
    ///
    /// # Errors
    /// The sink refuses them.
    pub fn end(&mut self) -> Result<(), RowError> {
        if self.rows > 0 && self.sink.is_some() {
            return self.pass_on();
        }
        Ok(())
    }

    /// The matrix of the rows that have ended and that no sink has had, in the shape (rows, columns).
    #[must_use]
    pub fn finish(mut self) -> Array2<f64> {
        self.take_block()
    }

    fn pass_on(&mut self) -> Result<(), RowError> {
        let block = self.take_block();
        self.passed_on += block.nrows();
        self.rows = 0;
        if let Some(sink) = &mut self.sink {
            sink(&block)?;
        }
        // The next block is written where this one was.
        self.cells = block.into_raw_vec_and_offset().0;
        self.cells.clear();
        Ok(())
    }

    fn take_block(&mut self) -> Array2<f64> {
        let shape = (self.rows, self.schema.width());
        let mut cells = std::mem::take(&mut self.cells);
        cells.truncate(shape.0 * shape.1); // a row that was begun and not ended
        Array2::from_shape_vec(shape, cells).unwrap_or_else(|_| Array2::zeros((0, shape.1)))
    }

    fn push_plain(&mut self, number: f64) -> Result<(), RowError> {
        if !number.is_finite() {
            return Err(self.not_finite(number.to_string().as_bytes()));
        }
        if self.columns.are_in_order() {
            if self.position < self.schema.features() {
                self.cells.push(number);
            }
            return self.skip();
        }
        let feature = self.feature();
        self.write(feature, number);
        self.skip()
    }

    /// Whether the model has something to put in the place of the next cell, should it be missing.
    fn replaces_missing(&self) -> bool {
        self.schema.takes_missing(self.feature())
    }

    /// Whether the next cell is a category, whatever it looks like.
    #[must_use]
    pub fn encodes(&self) -> bool {
        if self.schema.is_plain() {
            return false;
        }
        let column = self.schema.column(self.feature());
        column.is_some_and(|column| column.encoder.is_some())
    }

    fn push_category(&mut self, text: &[u8]) -> Result<(), RowError> {
        let column = self.schema.column(self.feature());
        let Some((column, encoder)) = column.and_then(|c| Some((c, c.encoder.as_ref()?))) else {
            return self.skip();
        };
        let written = String::from_utf8_lossy(text);
        if let Some(code) = encoder.code(&written) {
            return self.set(column, code, false);
        }
        if text.is_empty() || text.eq_ignore_ascii_case(b"nan") {
            return self.push_missing();
        }
        match encoder.unknown() {
            Some(code) => self.set(column, code, false),
            None => Err(RowError::UnknownCategory {
                place: self.place(),
                value: Quoted::of(text),
                known: encoder.known().to_owned(),
            }),
        }
    }

    /// Writes what a cell became into the row.
    fn set(&mut self, column: &Column, code: Code, missing: bool) -> Result<(), RowError> {
        match code {
            Code::Zeros => self.write(usize::MAX, 0.0),
            Code::Column(index) => self.write(column.offset + index, 1.0),
            Code::Number(number) => self.write(column.offset, number),
        }
        if let Some(indicator) = column.indicator.filter(|_| missing) {
            self.write(indicator, 1.0);
        }
        self.skip()
    }

    /// Writes one number of the row, which is zeros until then.
    fn write(&mut self, offset: usize, number: f64) {
        let (start, width) = (self.rows * self.schema.width(), self.schema.width());
        self.cells.resize(start + width, 0.0);
        if let Some(cell) = self
            .cells
            .get_mut(start..)
            .and_then(|row| row.get_mut(offset))
        {
            *cell = number;
        }
    }

    /// Counts a cell: one beyond the row's width is found wrong in [`end_row`](Self::end_row).
    fn skip(&mut self) -> Result<(), RowError> {
        self.position += 1;
        Ok(())
    }

    fn place(&self) -> Place {
        let name = if self.columns.are_in_order() {
            None
        } else {
            self.schema.name(self.feature()).map(str::to_owned)
        };
        Place {
            row: self.row(),
            column: self.position + 1,
            name,
        }
    }

    fn not_a_number(&self, text: &[u8]) -> RowError {
        RowError::NotANumber {
            place: self.place(),
            value: Quoted::of(text),
        }
    }

    fn not_finite(&self, text: &[u8]) -> RowError {
        RowError::NotFinite {
            place: self.place(),
            value: Quoted::of(text),
        }
    }

    fn missing(&self) -> RowError {
        RowError::Missing {
            place: self.place(),
        }
    }
}

/// A cell as the text of a category.
fn category(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Boolean(value) => value.to_string(),
        Cell::Missing => String::new(),
    }
}
