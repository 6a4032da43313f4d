//! Why a command failed: one line that names what, where and what to do.

use sagelet::artifact::ArtifactError;

/// What ends a command with another exit code than 0.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The command line makes no sense.
    #[error("{0}")]
    Usage(String),
    /// An input that cannot be read.
    #[error("cannot read {input}: {source}")]
    Read {
        /// The path, or `standard input`.
        input: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Standard output that cannot be written.
    #[error("cannot write standard output: {0}")]
    Print(std::io::Error),
    /// A file that exists already.
    #[error("{} exists already: choose another name, or replace it with --force", .0.display())]
    Exists(std::path::PathBuf),
    /// A file in the place of a new key.
    #[error("{} exists already, and a key may be in use: choose another name", .0.display())]
    KeyExists(std::path::PathBuf),
    /// The system has no random bytes for a key.
    #[error("the system gives no random bytes: {0}")]
    Random(getrandom::Error),
    /// An output that is a directory or a device.
    #[error("{} is no regular file: name a file to write, or - for standard output", .0.display())]
    NotAFile(std::path::PathBuf),
    /// An output file that cannot be written.
    #[error(transparent)]
    Write(ArtifactError),
    /// What was read is not what it must be.
    #[error("{input}: {reason}")]
    Refused {
        /// The path, or `standard input`.
        input: String,
        /// What is wrong with it and what to do.
        reason: String,
    },
    /// Some of the files that `check` was given; why each was refused has been said.
    #[error("{refused} of {files} files refused")]
    Check {
        /// How many were refused.
        refused: usize,
        /// How many there were.
        files: usize,
    },
    /// Some of the files that `verify` was given; why each was refused has been said.
    #[error("{refused} of {files} files are not signed by a trusted key")]
    Verify {
        /// How many were refused.
        refused: usize,
        /// How many there were.
        files: usize,
    },
    /// Two models that `diff` found different; how has been said.
    #[error("the models differ")]
    Different,
    /// Two models that `diff` could not compare, for which it has an exit code of its own.
    #[error(transparent)]
    NotCompared(Box<Error>),
}
