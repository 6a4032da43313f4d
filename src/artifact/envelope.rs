//! The envelope: format, version and digest around the payload.

use std::fmt;

use ciborium::tag::Required;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use sha2::{Digest as _, Sha256};

use super::document::{FORMAT, Version};
use super::error::ArtifactError;
use super::{read, scan};
use crate::limits::ARTIFACT_BYTES_MAX;

/// CBOR tag 55799, which says "this is CBOR" (RFC 8949, section 3.4.6).
pub(super) const SELF_DESCRIBED: [u8; 3] = [0xd9, 0xd9, 0xf7];

/// CBOR tag 24: a byte string that holds CBOR.
const EMBEDDED_CBOR: u64 = 24;

/// The envelope's name in errors.
const PART: &str = "envelope";

/// SHA-256 of a payload, or of the file that a model was converted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// SHA-256 of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// What every version of the envelope has: enough to refuse it by name.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: Version,
}

/// The envelope of this version. The version stands here, so that a reader can refuse before it trusts the
/// payload, and in the payload too, so that the digest covers it.
#[derive(Serialize, Deserialize)]
struct Envelope {
    format: String,
    version: Version,
    sha256: ByteBuf,
    payload: Required<ByteBuf, EMBEDDED_CBOR>,
}

/// What an envelope in order holds.
pub(super) struct Contents {
    pub(super) version: Version,
    pub(super) digest: Digest,
    pub(super) payload: Vec<u8>,
}

/// Checks everything around the document, and the document's digest.
pub(super) fn open(bytes: &[u8]) -> Result<Contents, ArtifactError> {
    if bytes.len() > ARTIFACT_BYTES_MAX {
        return Err(ArtifactError::TooLarge(bytes.len() as u64));
    }
    let item = bytes
        .strip_prefix(&SELF_DESCRIBED)
        .ok_or(ArtifactError::NotSelfDescribed)?;
    scan::check(item, PART)?;
    let head: Head = decode(item)?;
    if head.format != FORMAT {
        return Err(ArtifactError::OtherFormat(head.format));
    }
    if !head.version.is_known() {
        return Err(ArtifactError::UnknownVersion {
            major: head.version.0,
            minor: head.version.1,
        });
    }
    let envelope: Envelope = decode(item)?;
    let payload = envelope.payload.0.into_vec();
    let digest = verify(&payload, &envelope.sha256)?;
    Ok(Contents {
        version: head.version,
        digest,
        payload,
    })
}

/// Puts a payload into its envelope.
pub(super) fn seal(payload: Vec<u8>, version: Version) -> Vec<u8> {
    let envelope = Envelope {
        format: FORMAT.to_owned(),
        version,
        sha256: ByteBuf::from(Digest::of(&payload).0),
        payload: Required(ByteBuf::from(payload)),
    };
    let mut bytes = SELF_DESCRIBED.to_vec();
    bytes.extend(super::to_cbor(&envelope));
    bytes
}

fn verify(payload: &[u8], expected: &[u8]) -> Result<Digest, ArtifactError> {
    let expected: [u8; 32] = expected.try_into().map_err(|_| ArtifactError::Shape {
        part: PART,
        reason: format!("\"sha256\" has {} bytes, not 32", expected.len()),
    })?;
    let (expected, found) = (Digest(expected), Digest::of(payload));
    if found == expected {
        Ok(found)
    } else {
        Err(ArtifactError::WrongDigest { expected, found })
    }
}

fn decode<T: DeserializeOwned>(item: &[u8]) -> Result<T, ArtifactError> {
    read::cbor(item).map_err(|error| ArtifactError::Shape {
        part: PART,
        reason: scan::plain(&error),
    })
}
