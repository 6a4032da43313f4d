//! The artifact's content as JSON (`docs/artifact.md`), for hands and eyes.

use sagelet::artifact::{ArtifactError, Document, Features, Version};
use sagelet::text::without_mark;

use super::{ImportError, Imported, ignored};

/// Whether this can only be meant as a JSON object.
pub(super) fn detect(bytes: &[u8]) -> bool {
    without_mark(bytes).trim_ascii_start().starts_with(b"{")
}

/// Reads a document. Where it has no features, it gets as many as its parameters take, without names.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    let bytes = without_mark(bytes);
    let mut document: Document = serde_json::from_slice(bytes)?;
    let Version(major, minor) = document.version;
    if !document.version.is_known() {
        return Err(ArtifactError::UnknownVersion { major, minor }.into());
    }
    document.check_requirements()?;
    let ignored = ignored::keys(&serde_json::from_slice(bytes)?, &document);
    document.set_version();
    if document.features.is_empty() && document.derived.is_empty() {
        document.features = Features::undescribed(document.model.width());
    }
    Ok(Imported {
        ignored,
        ..Imported::new(document)
    })
}
