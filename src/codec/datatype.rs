//! The datatypes of Open Inference tensors that answers have.

use std::fmt;

use crate::artifact::Label;

/// The datatype of an answer's tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Datatype {
    /// `BOOL`
    Boolean,
    /// `INT64`
    Integer,
    /// `FP64`
    Float,
    /// `BYTES`: text.
    Text,
}

impl Datatype {
    /// The datatype of a list of labels: text, if they are of several sorts.
    #[must_use]
    pub fn of(labels: &[Label]) -> Self {
        let all = |is: fn(&Label) -> bool| labels.iter().all(is);
        if all(|label| matches!(label, Label::Integer(_))) {
            Self::Integer
        } else if all(|label| matches!(label, Label::Boolean(_))) {
            Self::Boolean
        } else {
            Self::Text
        }
    }
}

impl fmt::Display for Datatype {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Boolean => "BOOL",
            Self::Integer => "INT64",
            Self::Float => "FP64",
            Self::Text => "BYTES",
        })
    }
}
