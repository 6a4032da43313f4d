//! Why a request's rows cannot be predicted, or its answer not be written as it asks.

use crate::model::RowError;

/// What is wrong with the body of a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// There are no rows.
    #[error("the body holds no rows: send at least one, of {width} cells")]
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

impl DecodeError {
    pub(super) fn syntax(format: &'static str, reason: impl Into<String>) -> Self {
        Self::Syntax {
            format,
            reason: reason.into(),
        }
    }
}

/// Why an answer cannot be written in the format or with the content that a request asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// A format that holds one array cannot hold several fields.
    #[error(
        "{media_type} holds one array, not the fields {fields}: accept application/json, or select one field"
    )]
    OneArray {
        /// The format.
        media_type: &'static str,
        /// What was selected.
        fields: String,
    },
    /// An output that the model does not have.
    #[error("the model has no output {0:?}: its outputs are {1}")]
    NoSuchOutput(String, String),
}
