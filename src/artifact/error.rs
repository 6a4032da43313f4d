//! Why a file is no artifact: one variant a check, each naming the thing, the value and the place.

use crate::limits::{ARTIFACT_BYTES_MAX, ARTIFACT_DEPTH_MAX};

/// A check that an artifact failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArtifactError {
    /// The file system refused.
    #[error("cannot {action} {path}: {source}")]
    File {
        /// What was being done: `read`, `write`, …
        action: &'static str,
        /// The file.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Writing would have replaced a file without leave to do so.
    #[error("{0} exists already: choose another name, or allow it to be replaced")]
    Exists(std::path::PathBuf),
    /// More bytes than any artifact has.
    #[error("the file has {0} bytes, and an artifact has at most {ARTIFACT_BYTES_MAX}")]
    TooLarge(u64),
    /// Does not begin with the bytes `d9 d9 f7`.
    #[error(
        "this is no sagelet artifact: it does not begin with the bytes d9 d9 f7 (self-described CBOR); \
         `model-tools convert` makes one from other formats"
    )]
    NotSelfDescribed,
    /// The file ends inside an item.
    #[error(
        "the {part} ends inside an item, at byte {offset}: the file was cut short; copy it again"
    )]
    Truncated {
        /// `envelope` or `payload`.
        part: &'static str,
        /// Where the bytes ended, counted from the start of that part.
        offset: usize,
    },
    /// Not well-formed CBOR, or well-formed but of a form the format does not use.
    #[error("{what} in the {part} at byte {offset}")]
    Malformed {
        /// What was found.
        what: String,
        /// `envelope` or `payload`.
        part: &'static str,
        /// Where, counted from the start of that part.
        offset: usize,
    },
    /// Bytes after the end of the item.
    #[error("{count} bytes follow the end of the {part} at byte {offset}")]
    Trailing {
        /// `envelope` or `payload`.
        part: &'static str,
        /// Where the item ended.
        offset: usize,
        /// How many bytes follow.
        count: usize,
    },
    /// More nesting than the format has.
    #[error("items are nested more than {ARTIFACT_DEPTH_MAX} deep in the {part} at byte {offset}")]
    TooDeep {
        /// `envelope` or `payload`.
        part: &'static str,
        /// Where the limit was passed.
        offset: usize,
    },
    /// The same key twice in one map.
    #[error(
        "the key \"{key}\" stands twice in one map, the second time at byte {offset} of the {part}"
    )]
    DuplicateKey {
        /// The key.
        key: String,
        /// `envelope` or `payload`.
        part: &'static str,
        /// Where its second occurrence begins.
        offset: usize,
    },
    /// NaN or infinity.
    #[error("{value} in the {part} at byte {offset}: every number of a model must be finite")]
    NotFinite {
        /// The number.
        value: f64,
        /// `envelope` or `payload`.
        part: &'static str,
        /// Where it stands.
        offset: usize,
    },
    /// The envelope names another format.
    #[error("the format is \"{0}\", not \"{format}\"", format = super::FORMAT)]
    OtherFormat(String),
    /// Written by a program of another era.
    #[error(
        "version {major}.{minor} of the format is not known to this program, which reads 1.x and 2.x: \
         use a newer sagelet, or write the artifact again with `model-tools convert --format-version 1`"
    )]
    UnknownVersion {
        /// The part that must be known.
        major: u16,
        /// The part that need not be.
        minor: u16,
    },
    /// A document of a known version that needs what this program does not know.
    #[error(
        "the model needs {0:?}, which this program does not understand, so it would predict wrong numbers: \
         use a newer sagelet"
    )]
    UnknownRequirement(crate::text::Quoted),
    /// Envelope and payload disagree on the version.
    #[error(
        "the envelope says version {envelope}, the payload {payload}: the file is damaged; copy it again"
    )]
    VersionMismatch {
        /// As the envelope has it.
        envelope: super::Version,
        /// As the payload has it.
        payload: super::Version,
    },
    /// The payload is not the one that was written.
    #[error(
        "the payload's SHA-256 is {found}, the envelope says {expected}: the file is damaged; copy it again"
    )]
    WrongDigest {
        /// As the envelope has it.
        expected: super::Digest,
        /// As computed.
        found: super::Digest,
    },
    /// No signature where one is needed.
    #[error(
        "the artifact is not signed, and only models with a signature by a trusted key are served: \
         sign it with `model-tools sign`"
    )]
    Unsigned,
    /// A signature that no trusted key verifies.
    #[error(
        "the signature is by none of the trusted keys ({keys}), or of another model: \
         sign the artifact with `model-tools sign` and a key that is trusted"
    )]
    WrongSignature {
        /// How many keys are trusted.
        keys: usize,
    },
    /// Well-formed, but not of the document's shape: a key is missing or has a value of the wrong type.
    #[error("the {part} does not have the shape of the format: {reason}")]
    Shape {
        /// `envelope` or `payload`.
        part: &'static str,
        /// Which keys lead to it, and what is wrong with it.
        reason: String,
    },
    /// Of the right shape, but it makes no model.
    #[error("{0}")]
    Meaning(String),
}
