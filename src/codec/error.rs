//! Why a request's rows cannot be predicted: each error names row, column and value.

use crate::model::RowError;

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
    /// A row or cell that the model does not take.
    #[error(transparent)]
    Row(#[from] RowError),
    /// A line with nothing on it, between others.
    #[error("row {row} is an empty line")]
    EmptyRow {
        /// The row.
        row: usize,
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
