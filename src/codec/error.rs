//! Why a request's rows cannot be predicted, or its answer not be written as it asks.

use crate::account::Shortage;
use crate::rows::RowError;
use crate::text::Quoted;

/// What is wrong with the body of a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// There are no rows.
    #[error("the body holds no rows: send at least one, of {cells} cells")]
    Empty {
        /// The cells of a row.
        cells: usize,
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
    /// A first line of CSV that consists of names, and is a row of texts as well.
    #[error(
        "the first line could be a header and could be a row of texts: say header=present or header=absent in the \
         content type, or set SAGELET_CSV_HEADER"
    )]
    HeaderOrRow,
    /// A first line of CSV that resembles a header, but would be taken for a row of unknown categories.
    #[error(
        "the first line looks like a header, but {0}: correct the names, or say header=absent in the content type if \
         it is a row"
    )]
    LikeHeader(RowError),
    /// A header of CSV that begins with an empty name.
    #[error(
        "the header begins with an empty name, as an index column that was written along has: write the table \
         without its index"
    )]
    IndexColumn,
    /// JSON whose parts contradict each other.
    #[error("{reason}")]
    Contradiction {
        /// What was found, and where.
        reason: String,
    },
    /// JSON without a shape that rows are known to have.
    #[error(
        "{reason}. Rows are read from [[…], …], [{{…}}, …], or one of these under \"instances\", \"inputs\" or \
         \"dataframe_records\"; from \"dataframe_split\"; from columns or tensors under \"inputs\""
    )]
    Shape {
        /// What was found, and where.
        reason: String,
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
    #[error("the model has no output {0}: its outputs are {1}")]
    NoSuchOutput(Quoted, String),
    /// There is not enough memory for the answer.
    #[error(transparent)]
    Memory(#[from] Shortage),
}
