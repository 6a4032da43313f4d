//! Why a row cannot be predicted: each error names row, column and value.

use std::fmt;

use crate::limits::{DESIGN_CELLS_MAX, ERROR_VALUE_CHARS_MAX};

/// What is wrong with a row. Rows and columns are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// A row of another width than the model's.
    #[error("row {row} has {found} columns, not {expected}")]
    Width {
        /// The row.
        row: usize,
        /// Its columns.
        found: usize,
        /// The model's.
        expected: usize,
    },
    /// A cell with nothing in it, where the model has nothing to put in its place.
    #[error("row {row}, column {column}: the cell is empty")]
    Missing {
        /// The row.
        row: usize,
        /// The column.
        column: usize,
    },
    /// A cell that is no number.
    #[error("row {row}, column {column}: {value} is not a number")]
    NotANumber {
        /// The row.
        row: usize,
        /// The column.
        column: usize,
        /// The cell, quoted and cut to a length that fits an error.
        value: Value,
    },
    /// A cell that is NaN or infinite.
    #[error("row {row}, column {column}: {value} is not a finite number")]
    NotFinite {
        /// The row.
        row: usize,
        /// The column.
        column: usize,
        /// The cell.
        value: Value,
    },
    /// A category that was not there in training.
    #[error("row {row}, column {column}: {value} is none of the categories {known}")]
    UnknownCategory {
        /// The row.
        row: usize,
        /// The column.
        column: usize,
        /// The cell.
        value: Value,
        /// The first few categories.
        known: String,
    },
    /// More rows than can be held at once.
    #[error(
        "the rows make more than {DESIGN_CELLS_MAX} numbers for the model at row {row}: send fewer rows at a time"
    )]
    TooMany {
        /// The row.
        row: usize,
    },
}

/// A value out of a request, quoted and cut so that it fits an error.
#[derive(Clone, PartialEq, Eq)]
pub struct Value(String);

impl Value {
    /// Quotes the bytes of a value, replacing what is not UTF-8 or not printable.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        // Four bytes is the longest character: no more of a long value need be looked at.
        let head = bytes.get(..ERROR_VALUE_CHARS_MAX * 4).unwrap_or(bytes);
        let text = String::from_utf8_lossy(head);
        let mut value: String = text
            .chars()
            .take(ERROR_VALUE_CHARS_MAX)
            .map(printable)
            .collect();
        if head.len() < bytes.len() || text.chars().count() > ERROR_VALUE_CHARS_MAX {
            value.push('…');
        }
        Self(value)
    }
}

fn printable(character: char) -> char {
    if character.is_control() {
        '\u{fffd}'
    } else {
        character
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{}\"", self.0)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
