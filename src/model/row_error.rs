//! Why a row cannot be predicted: each error names row, column and value.

use std::fmt;

use crate::limits::{CELLS_MAX, ERROR_NAMES_MAX};
use crate::text::Quoted;

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
    /// Columns by name that are not the model's.
    #[error("{}{}", unknown_columns(.unknown), missing_columns(.unknown, .missing))]
    Columns {
        /// Names that are none of the model's features, or that stand twice.
        unknown: Names,
        /// Features that have no column.
        missing: Names,
    },
    /// A record whose fields are not the model's features.
    #[error("row {row}: {}{}", unknown_columns(.unknown), missing_columns(.unknown, .missing))]
    Fields {
        /// The row.
        row: usize,
        /// Names that are none of the model's features, or that stand twice.
        unknown: Names,
        /// Features that have no field.
        missing: Names,
    },
    /// A cell with nothing in it, where the model has nothing to put in its place.
    #[error("{place}: the cell is empty")]
    Missing {
        /// Where.
        place: Place,
    },
    /// A cell that is no number.
    #[error("{place}: {value} is not a number")]
    NotANumber {
        /// Where.
        place: Place,
        /// The cell, quoted and cut to a length that fits an error.
        value: Quoted,
    },
    /// A cell that is NaN or infinite.
    #[error("{place}: {value} is not a finite number")]
    NotFinite {
        /// Where.
        place: Place,
        /// The cell.
        value: Quoted,
    },
    /// A category that was not there in training.
    #[error("{place}: {value} is none of the categories {known}")]
    UnknownCategory {
        /// Where.
        place: Place,
        /// The cell.
        value: Quoted,
        /// The first few categories.
        known: String,
    },
    /// A sparse row with a cell at a place that the model does not have.
    #[error(
        "row {row}: there is no column with index {index}: the model has {features} features, counted from {first}"
    )]
    NoSuchIndex {
        /// The row.
        row: usize,
        /// The index, as the request has it.
        index: u64,
        /// The model's features.
        features: usize,
        /// 0 or 1.
        first: u64,
    },
    /// More rows than are worked on for one request.
    #[error(
        "the rows make more than {CELLS_MAX} numbers for the model at row {row}: send fewer rows at a time"
    )]
    TooMany {
        /// The row.
        row: usize,
    },
    /// Cells so large that a class's score is infinity minus infinity.
    #[error(
        "row {row}: the numbers are too large for this model: the score of a class is not a number"
    )]
    Overflow {
        /// The row.
        row: usize,
    },
    /// A matrix of another width than the model's: a fault of the program, not of the request.
    #[error("a design matrix of {found} columns came to a model of {expected}")]
    Matrix {
        /// The model's.
        expected: usize,
        /// The matrix's.
        found: usize,
    },
}

impl RowError {
    /// The same error of a block of rows that comes after so many others.
    #[must_use]
    pub fn after(self, rows: usize) -> Self {
        match self {
            Self::Overflow { row } => Self::Overflow { row: row + rows },
            other => other,
        }
    }
}

/// Where a cell stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Counted from 1.
    pub row: usize,
    /// Counted from 1, in the order of the request.
    pub column: usize,
    /// The column's name, where the request names its columns.
    pub name: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(formatter, "row {}, column \"{name}\"", self.row),
            None => write!(formatter, "row {}, column {}", self.row, self.column),
        }
    }
}

/// Names in an error: the first few, and how many more there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    shown: Vec<Quoted>,
    more: usize,
}

impl Names {
    /// Adds a name.
    pub fn push(&mut self, name: &str) {
        if self.shown.len() < ERROR_NAMES_MAX {
            self.shown.push(Quoted::of(name.as_bytes()));
        } else {
            self.more += 1;
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }
}

impl fmt::Display for Names {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.shown.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(formatter, "{comma}{name}")?;
        }
        match self.more {
            0 => Ok(()),
            more => write!(formatter, " and {more} more"),
        }
    }
}

fn unknown_columns(unknown: &Names) -> String {
    if unknown.is_empty() {
        return String::new();
    }
    format!("the model has no feature {unknown}, or it stands twice")
}

fn missing_columns(unknown: &Names, missing: &Names) -> String {
    let and = if unknown.is_empty() { "" } else { "; " };
    if missing.is_empty() {
        return String::new();
    }
    format!("{and}there is no column {missing}")
}
