//! The sagelet artifact: the library's own reading, with every check of it.

use ciborium::Value;
use sagelet::artifact::Artifact;

use super::{ImportError, Imported, ignored};

/// Reads an artifact. Keys that this version does not know are reported, as they will not be written again.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    let Artifact {
        mut document,
        digest,
        ..
    } = Artifact::from_bytes(bytes)?;
    let ignored =
        payload(bytes).map_or_else(Vec::new, |payload| ignored::keys(&payload, &document));
    // What is read is this version's part of a newer one, and nothing else is written.
    document.set_version();
    Ok(Imported {
        document,
        ignored,
        notes: Vec::new(),
        digest: Some(digest),
    })
}

/// The payload of an artifact in order, key by key. Its numbers are finite and its keys are texts, as JSON's.
fn payload(bytes: &[u8]) -> Option<serde_json::Value> {
    let Value::Tag(_, envelope) = ciborium::from_reader(bytes).ok()? else {
        return None;
    };
    let payload = envelope
        .into_map()
        .ok()?
        .into_iter()
        .find(|(key, _)| key.as_text() == Some("payload"))?;
    let Value::Tag(_, content) = payload.1 else {
        return None;
    };
    let payload: Value = ciborium::from_reader(content.as_bytes()?.as_slice()).ok()?;
    serde_json::to_value(payload).ok()
}
