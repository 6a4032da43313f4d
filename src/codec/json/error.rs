//! What is wrong with a JSON text, before it is known where in its lines.

use crate::codec::DecodeError;
use crate::rows::RowError;

/// Why reading stopped.
#[derive(Debug)]
pub(super) enum ReadError {
    /// The text is no JSON.
    Syntax {
        /// The byte where it is not.
        at: usize,
        reason: String,
    },
    /// It is, but its rows are refused.
    Refused(DecodeError),
}

impl ReadError {
    pub(super) fn syntax(at: usize, reason: String) -> Self {
        Self::Syntax { at, reason }
    }

    /// Parts of the JSON contradict each other, or the model.
    pub(super) fn contradiction(reason: impl Into<String>) -> Self {
        Self::Refused(DecodeError::Contradiction {
            reason: reason.into(),
        })
    }

    /// The JSON has no shape that rows are known to have.
    pub(super) fn shape(reason: impl Into<String>) -> Self {
        Self::Refused(DecodeError::Shape {
            reason: reason.into(),
        })
    }

    /// The error with its line and column in the whole text.
    pub(super) fn locate(self, text: &[u8]) -> DecodeError {
        match self {
            Self::Refused(error) => error,
            Self::Syntax { at, reason } => {
                let before = text.get(..at).unwrap_or(text);
                let line = memchr::memchr_iter(b'\n', before).count() + 1;
                let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
                let column = before.len() - start + 1;
                DecodeError::syntax("JSON", format!("line {line}, column {column}: {reason}"))
            }
        }
    }

    /// The error of a line that is one row.
    pub(super) fn in_row(self, row: usize) -> DecodeError {
        match self {
            Self::Refused(error) => error,
            Self::Syntax { at, reason } => DecodeError::syntax(
                "JSON Lines",
                format!("row {row}, byte {}: {reason}", at + 1),
            ),
        }
    }
}

impl From<RowError> for ReadError {
    fn from(error: RowError) -> Self {
        Self::Refused(error.into())
    }
}
