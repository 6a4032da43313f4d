//! Why a request's rows cannot be predicted: each error names row, column and value.

use std::fmt;

use crate::limits::ERROR_VALUE_CHARS_MAX;

/// What is wrong with the rows of a request. Rows and columns are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// There are no rows.
    #[error("the body holds no rows: send one row of {width} numbers a line")]
    Empty {
        /// The model's width.
        width: usize,
    },
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
    /// A line with nothing on it, between others.
    #[error("row {row} is an empty line")]
    EmptyRow {
        /// The row.
        row: usize,
    },
    /// A cell with nothing in it.
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
    /// The body is not of the format that its content type names.
    #[error("the body is not {format}: {reason}")]
    Syntax {
        /// The format.
        format: &'static str,
        /// What is wrong, and where.
        reason: String,
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
