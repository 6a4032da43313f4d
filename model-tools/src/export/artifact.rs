//! The sagelet artifact: the library's own writing.

use sagelet::artifact::{Artifact, Document};

use super::ExportError;

/// Seals a document.
pub(super) fn write(document: &Document) -> Result<Vec<u8>, ExportError> {
    Ok(Artifact::seal(document.clone())?.1)
}
