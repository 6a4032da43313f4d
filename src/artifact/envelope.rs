//! The envelope: format, version and digest around the payload.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::cbor::{EMBEDDED_CBOR, Writer};
use super::document::{FORMAT, Version};
use super::error::ArtifactError;
use super::form::Form;
use super::item::{Map, Wrong};
use super::scan;
use crate::limits::ARTIFACT_BYTES_MAX;

/// CBOR tag 55799, which says "this is CBOR" (RFC 8949, section 3.4.6).
pub(super) const SELF_DESCRIBED: [u8; 3] = [0xd9, 0xd9, 0xf7];

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

    /// The 32 bytes of the digest.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// What an envelope in order holds.
pub(super) struct Contents<'a> {
    pub(super) version: Version,
    pub(super) digest: Digest,
    pub(super) payload: &'a [u8],
    /// Of the digest, and not checked. Readers that do not know it ignore it.
    pub(super) signature: Option<&'a [u8]>,
}

impl<'a> Contents<'a> {
    /// A payload with its digest, and without a signature.
    pub(super) fn of(payload: &'a [u8], version: Version) -> Self {
        Self {
            version,
            digest: Digest::of(payload),
            payload,
            signature: None,
        }
    }
}

/// Checks everything around the document, and the document's digest.
pub(super) fn open(bytes: &[u8]) -> Result<Contents<'_>, ArtifactError> {
    if bytes.len() > ARTIFACT_BYTES_MAX {
        return Err(ArtifactError::TooLarge(bytes.len() as u64));
    }
    let item = bytes
        .strip_prefix(&SELF_DESCRIBED)
        .ok_or(ArtifactError::NotSelfDescribed)?;
    let item = scan::check(item, PART)?;
    let wrong = |wrong: Wrong| wrong.of_part(PART, item);
    let map = item.map("a map").map_err(wrong)?;
    let version = check_head(&map).map_err(wrong)??;
    let (expected, payload) = digest_and_payload(&map).map_err(wrong)?;
    // One of another type is ignored as any other key is, and verifies under no key.
    let signature = map.optional("signature");
    Ok(Contents {
        version,
        digest: verify(payload, expected)?,
        payload,
        signature: signature.map(|item| item.bytes().unwrap_or_default()),
    })
}

/// Refuses by name what every version of the envelope has. The version stands here, so that a reader can refuse before
/// it trusts the payload, and in the payload too, so that the digest covers it.
fn check_head(map: &Map<'_>) -> Result<Result<Version, ArtifactError>, Wrong> {
    let format = map.required("format")?.text()?;
    let version = Version::read(map.required("version")?)?;
    let Version(major, minor) = version;
    Ok(match (format == FORMAT, version.is_known()) {
        (false, _) => Err(ArtifactError::OtherFormat(format.to_owned())),
        (true, false) => Err(ArtifactError::UnknownVersion { major, minor }),
        (true, true) => Ok(version),
    })
}

fn digest_and_payload<'a>(map: &Map<'a>) -> Result<(&'a [u8], &'a [u8]), Wrong> {
    let payload = map.required("payload")?.tagged(EMBEDDED_CBOR)?;
    Ok((map.required("sha256")?.bytes()?, payload.bytes()?))
}

/// Puts a payload into its envelope.
pub(super) fn seal(contents: &Contents<'_>) -> Vec<u8> {
    let mut writer = Writer::default();
    let mut envelope = writer.fields();
    envelope.text("format", FORMAT);
    contents.version.write(envelope.key("version"));
    envelope.key("sha256").bytes(contents.digest.as_bytes());
    let writing = envelope.key("payload");
    writing.tag(EMBEDDED_CBOR);
    writing.bytes(contents.payload);
    if let Some(signature) = contents.signature {
        envelope.key("signature").bytes(signature);
    }
    [&SELF_DESCRIBED, writer.into_bytes().as_slice()].concat()
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
