//! The sagelet artifact: the library's own writing.

use sagelet::artifact::{Artifact, ArtifactError, Document};

/// Seals a document.
pub(super) fn write(document: &Document) -> Result<Vec<u8>, ArtifactError> {
    Artifact::seal(document.clone()).map(|(_, bytes)| bytes)
}
