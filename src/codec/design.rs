//! The design matrix as it grows, cell by cell, out of any format.

use ndarray::Array2;

use super::error::{DecodeError, Value};

/// Cells of whole rows so far, and of the row being read.
pub(crate) struct Design {
    cells: Vec<f64>,
    width: usize,
    rows: usize,
}

impl Design {
    /// An empty matrix for a model of `width` columns.
    pub(crate) fn new(width: usize) -> Self {
        Self {
            cells: Vec::with_capacity(width),
            width,
            rows: 0,
        }
    }

    /// The number of the row being read, counted from 1.
    pub(crate) fn row(&self) -> usize {
        self.rows + 1
    }

    /// The number of the next cell's column, counted from 1.
    pub(crate) fn column(&self) -> usize {
        self.cells.len() - self.rows * self.width + 1
    }

    /// Adds the cell written as `text`, white space around it aside.
    pub(crate) fn push_text(&mut self, text: &[u8]) -> Result<(), DecodeError> {
        let text = text.trim_ascii();
        match std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok())
        {
            Some(number) if f64::is_finite(number) => self.push(number),
            Some(_) => Err(self.not_finite(text)), // as it was written: "1e999", not "inf"
            None if text.is_empty() => Err(DecodeError::Missing {
                row: self.row(),
                column: self.column(),
            }),
            None => Err(self.not_a_number(text)),
        }
    }

    /// Adds a cell. Cells beyond the row's width are counted in [`end_row`](Self::end_row), not kept.
    pub(crate) fn push(&mut self, number: f64) -> Result<(), DecodeError> {
        if !number.is_finite() {
            return Err(self.not_finite(number.to_string().as_bytes()));
        }
        self.cells.push(number);
        Ok(())
    }

    fn not_finite(&self, text: &[u8]) -> DecodeError {
        DecodeError::NotFinite {
            row: self.row(),
            column: self.column(),
            value: Value::of(text),
        }
    }

    /// The error for a cell that is no number.
    pub(crate) fn not_a_number(&self, text: &[u8]) -> DecodeError {
        DecodeError::NotANumber {
            row: self.row(),
            column: self.column(),
            value: Value::of(text),
        }
    }

    /// Ends the row, which must have as many cells as the model has features.
    pub(crate) fn end_row(&mut self) -> Result<(), DecodeError> {
        let found = self.column() - 1;
        if found != self.width {
            return Err(DecodeError::Width {
                row: self.row(),
                found,
                expected: self.width,
            });
        }
        self.rows += 1;
        Ok(())
    }

    /// The matrix, in the shape (rows, width).
    pub(crate) fn finish(self) -> Result<Array2<f64>, DecodeError> {
        let empty = DecodeError::Empty { width: self.width };
        if self.rows == 0 {
            return Err(empty);
        }
        Array2::from_shape_vec((self.rows, self.width), self.cells).map_err(|_| empty)
    }
}
