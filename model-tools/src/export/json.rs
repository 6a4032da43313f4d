//! The artifact's content as JSON (`docs/artifact.md`), for hands and eyes.

use sagelet::artifact::{ArtifactError, Document};

use super::ExportError;

/// Writes a document with two spaces of indentation. Numbers have the shortest form that reads back to the
/// same bits.
pub(super) fn write(document: &Document) -> Result<Vec<u8>, ExportError> {
    let mut bytes = serde_json::to_vec_pretty(document)
        .map_err(|error| ArtifactError::Meaning(error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}
