//! Why hyperparameters make no sense, and what to do about it.

use std::path::PathBuf;

use crate::limits::TRAINING_CONFIG_BYTES_MAX;
use crate::text::Quoted;

/// A hyperparameter file or value that makes no sense.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is too large.
    #[error(
        "{0} is larger than {TRAINING_CONFIG_BYTES_MAX} bytes: the platform writes 100 values of 2,500 characters \
         at most"
    )]
    TooLarge(PathBuf),
    /// The file is not a JSON object.
    #[error("{path} is not a JSON object of names and values: {reason}")]
    Shape {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// A value is not of its parameter's form.
    #[error("hyperparameter {name}={value} is not valid: expected {expected}")]
    Value {
        /// The hyperparameter.
        name: &'static str,
        /// What it was set to.
        value: Quoted,
        /// What would have been valid.
        expected: &'static str,
    },
    /// A value that cannot be honoured.
    #[error("hyperparameter {name}={value} is refused: {reason}")]
    Refused {
        /// The hyperparameter.
        name: &'static str,
        /// What it was set to.
        value: Quoted,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// A name that means nothing.
    #[error("hyperparameter {name} is not known{nearest}: docs/training.md lists all names")]
    Unknown {
        /// The name.
        name: Quoted,
        /// The name that is most like it, in a sentence.
        nearest: String,
    },
    /// Two values that contradict each other.
    #[error("hyperparameters {names}: {reason}")]
    Contradiction {
        /// The two names.
        names: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
}
