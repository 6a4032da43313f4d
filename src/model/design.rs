//! The design matrix as it grows, cell by cell, out of any format.

use ndarray::Array2;

use super::row_error::{RowError, Value};
use super::schema::{Code, Column, Encoder, Schema};
use crate::artifact::Cell;
use crate::limits::DESIGN_CELLS_MAX;

/// Numbers of whole rows so far, and of the row being read.
#[derive(Debug)]
pub struct Design<'a> {
    schema: &'a Schema,
    cells: Vec<f64>,
    rows: usize,
    column: usize,
}

impl<'a> Design<'a> {
    /// An empty matrix for rows of this schema.
    #[must_use]
    pub fn new(schema: &'a Schema) -> Self {
        Self {
            schema,
            cells: Vec::with_capacity(schema.width()),
            rows: 0,
            column: 0,
        }
    }

    /// The number of the row being read, counted from 1.
    #[must_use]
    pub fn row(&self) -> usize {
        self.rows + 1
    }

    /// How many rows have ended.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of the next cell's column, counted from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column + 1
    }

    /// Adds a cell of a format that knows no types, white space around it aside. An empty one is missing, and so is
    /// `nan` where the model has something to put in its place.
    ///
    /// # Errors
    /// The cell is not what the feature takes.
    pub fn push_text(&mut self, text: &[u8]) -> Result<(), RowError> {
        let text = text.trim_ascii();
        if !self.schema.is_plain() && self.encodes() {
            return self.push_category(text);
        }
        match std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok())
        {
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
        let Some(column) = self.schema.column(self.column) else {
            return self.skip();
        };
        if number.is_nan() && !column.missing.is_missing() {
            return self.push_missing();
        }
        match &column.encoder {
            None if number.is_finite() => self.set(column, Code::Number(number), false),
            None => Err(self.not_finite(number)),
            Some(_) => self.push_category(number.to_string().as_bytes()),
        }
    }

    /// Adds a cell with nothing in it.
    ///
    /// # Errors
    /// The model has nothing to put in its place.
    pub fn push_missing(&mut self) -> Result<(), RowError> {
        let missing = RowError::Missing {
            row: self.row(),
            column: self.column(),
        };
        if self.column >= self.schema.features() {
            return self.skip();
        }
        let column = self.schema.column(self.column).ok_or(missing.clone())?;
        let code = match (&column.missing, &column.encoder) {
            (Cell::Missing, encoder) => {
                encoder.as_ref().and_then(Encoder::missing).ok_or(missing)?
            }
            (Cell::Number(number), None) => Code::Number(*number),
            (cell, encoder) => encoder
                .as_ref()
                .and_then(|encoder| encoder.code(&category(cell)))
                .ok_or(missing)?,
        };
        self.set(column, code, true)
    }

    /// Adds a cell of any sort. A boolean is 1 or 0 where a number is wanted.
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

    /// Ends the row, which must have as many cells as the model has features.
    ///
    /// # Errors
    /// It has not, or there are too many rows.
    pub fn end_row(&mut self) -> Result<(), RowError> {
        if self.column != self.schema.features() {
            return Err(RowError::Width {
                row: self.row(),
                found: self.column,
                expected: self.schema.features(),
            });
        }
        if self.cells.len() > DESIGN_CELLS_MAX {
            return Err(RowError::TooMany { row: self.row() });
        }
        self.rows += 1;
        self.column = 0;
        Ok(())
    }

    /// The matrix of the rows that have ended, in the shape (rows, columns).
    #[must_use]
    pub fn finish(mut self) -> Array2<f64> {
        let shape = (self.rows, self.schema.width());
        self.cells.truncate(shape.0 * shape.1); // a row that was begun and not ended
        Array2::from_shape_vec(shape, self.cells).unwrap_or_else(|_| Array2::zeros((0, shape.1)))
    }

    fn not_a_number(&self, text: &[u8]) -> RowError {
        RowError::NotANumber {
            row: self.row(),
            column: self.column(),
            value: Value::of(text),
        }
    }

    fn push_plain(&mut self, number: f64) -> Result<(), RowError> {
        if !number.is_finite() {
            return Err(self.not_finite(number));
        }
        if self.column < self.schema.features() {
            self.cells.push(number);
        }
        self.column += 1;
        Ok(())
    }

    /// Whether the next cell is a category.
    fn encodes(&self) -> bool {
        let column = self.schema.column(self.column);
        column.is_some_and(|column| column.encoder.is_some())
    }

    fn push_category(&mut self, text: &[u8]) -> Result<(), RowError> {
        let column = self.schema.column(self.column);
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
                row: self.row(),
                column: self.column(),
                value: Value::of(text),
                known: encoder.known().to_owned(),
            }),
        }
    }

    /// Writes what a cell became into the row, which is filled with zeros up to there.
    fn set(&mut self, column: &Column, code: Code, missing: bool) -> Result<(), RowError> {
        let start = self.rows * self.schema.width();
        self.cells.resize(start + self.schema.width(), 0.0);
        let (offset, value) = match code {
            Code::Zeros => (None, 0.0),
            Code::Column(index) => (Some(column.offset + index), 1.0),
            Code::Number(number) => (Some(column.offset), number),
        };
        let indicator = column.indicator.filter(|_| missing);
        for (offset, value) in [(offset, value), (indicator, 1.0)] {
            if let Some(cell) = offset.and_then(|offset| self.cells.get_mut(start + offset)) {
                *cell = value;
            }
        }
        self.skip()
    }

    /// Counts a cell: one beyond the row's width is found wrong in [`end_row`](Self::end_row).
    fn skip(&mut self) -> Result<(), RowError> {
        self.column += 1;
        Ok(())
    }

    fn not_finite(&self, number: f64) -> RowError {
        RowError::NotFinite {
            row: self.row(),
            column: self.column(),
            value: Value::of(number.to_string().as_bytes()),
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
