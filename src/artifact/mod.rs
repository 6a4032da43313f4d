//! The CBOR artifact: how a model lies on disk, and every check between a file and a model.
//!
//! An artifact is one self-described CBOR item (tag 55799): an envelope that names the format, its version
//! and the SHA-256 of the payload, around the payload, which is a [`Document`] in CBOR. `docs/artifact.cddl`
//! gives the same in CDDL.
//!
//! Reading goes from the outside in, and nothing is built from bytes that have not been checked:
//! size, tag, structure of the envelope, format, major version, digest, structure of the payload,
//! document, [meaning](Document::validate).

mod cbor;
mod cell;
mod derived;
mod document;
mod envelope;
mod error;
mod feature;
mod features;
mod file;
mod form;
mod inverse;
mod item;
mod label;
mod memory;
mod parameters;
mod scan;
mod signature;
mod statistics;
mod threshold;
mod validate;

pub(crate) use cbor::EXACT_INTEGER_MAX;
pub use cell::Cell;
pub use derived::{
    Analyzer, BinEncoding, Columns, Combination, Derived, Extrapolation, Function, Norm,
    PowerMethod, StripAccents, Terms, Text, Vocabulary,
};
pub use document::{Document, FORMAT, VERSION, Verification, Version, default_name};
pub use envelope::Digest;
pub use error::ArtifactError;
pub use feature::{Encoding, Feature, OneHot, Ordinal, Unknown};
pub use features::Features;
#[cfg(feature = "train")]
pub(crate) use file::TEMPORARY_PREFIX;
pub use file::{read_bounded, write_atomically};
pub use inverse::InverseTransform;
pub(crate) use inverse::logistic;
pub use label::Label;
pub use memory::loading_bytes;
pub use parameters::{
    Averaged, Classifier, GeneralizedLinear, Isotonic, Linear, Link, Logistic, Member, MultiTarget,
    Multilabel, OneVsOne, Outcome, Parameters, Probabilities, Score, Ties,
};
pub use signature::{
    KeyError, PublicKey, Signature, signature, signed_message, signer, with_signature,
};
pub use statistics::{ColumnStatistics, Covariance, TrainingStatistics};
pub use threshold::{Threshold, ThresholdOf};

use std::path::Path;

use envelope::Contents;

form::deserialize!(Cell, Derived, Document, Feature, Features, Label);
form::serialize!(
    Cell,
    Covariance,
    Derived,
    Document,
    Feature,
    Features,
    InverseTransform,
    Parameters,
    Threshold,
    TrainingStatistics
);

/// A document that has passed every check, with what is known of the bytes it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Artifact {
    /// What the artifact says.
    pub document: Document,
    /// SHA-256 of the payload: the identity of the model, whatever the file is called.
    pub digest: Digest,
    /// Size of the whole artifact in bytes.
    pub bytes: usize,
}

impl Artifact {
    /// Reads and checks the artifact at `path`.
    ///
    /// # Errors
    /// The file cannot be read, is larger than [`ARTIFACT_BYTES_MAX`](crate::limits::ARTIFACT_BYTES_MAX),
    /// or fails one of the checks.
    pub fn read(path: &Path) -> Result<Self, ArtifactError> {
        Self::from_bytes(&read_bounded(path)?)
    }

    /// The artifact of a document, and its bytes, in the lowest version whose readers predict as it is meant.
    ///
    /// # Errors
    /// The document makes no model, or is larger than an artifact may be.
    pub fn seal(mut document: Document) -> Result<(Self, Vec<u8>), ArtifactError> {
        document.set_version();
        document.validate()?;
        let payload = form::to_cbor(&document);
        let bytes = envelope::seal(&Contents::of(&payload, document.version));
        Ok((Self::from_bytes(&bytes)?, bytes))
    }

    /// Checks `bytes` as a whole artifact.
    ///
    /// # Errors
    /// The first check that fails, with the place where it failed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ArtifactError> {
        let envelope = envelope::open(bytes)?;
        let document = document::decode(envelope.payload)?;
        if envelope.version != document.version {
            return Err(ArtifactError::VersionMismatch {
                envelope: envelope.version,
                payload: document.version,
            });
        }
        document.check_version()?;
        document.validate()?;
        Ok(Self {
            document,
            digest: envelope.digest,
            bytes: bytes.len(),
        })
    }
}

/// Whether `bytes` begin as every artifact does, with CBOR tag 55799 (RFC 8949, section 3.4.6).
#[must_use]
pub fn is_artifact(bytes: &[u8]) -> bool {
    bytes.starts_with(&envelope::SELF_DESCRIBED)
}
