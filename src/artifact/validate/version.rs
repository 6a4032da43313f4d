//! Whether a document may say what it says in the version that it names.

use super::meaning;
use crate::artifact::document::understands;
use crate::artifact::{ArtifactError, Document};
use crate::text::Quoted;

impl Document {
    /// Checks that this program understands everything the document requires.
    ///
    /// # Errors
    /// [`ArtifactError::UnknownRequirement`]
    pub fn check_requirements(&self) -> Result<(), ArtifactError> {
        match self.requires.iter().find(|name| !understands(name)) {
            Some(unknown) => Err(ArtifactError::UnknownRequirement(Quoted::of(
                unknown.as_bytes(),
            ))),
            None => Ok(()),
        }
    }

    /// Checks that the document requires everything that an older reader would pass over, and nothing unknown.
    ///
    /// # Errors
    /// [`ArtifactError::UnknownRequirement`], [`ArtifactError::Meaning`]
    pub(in crate::artifact) fn check_version(&self) -> Result<(), ArtifactError> {
        let version = self.version;
        if !version.has_requirements() && !self.requires.is_empty() {
            return meaning(format!(
                "version {version} of the format has no \"requires\""
            ));
        }
        self.check_requirements()?;
        let needed = self.needed();
        match needed.iter().find(|name| !self.requires.contains(name)) {
            Some(name) => meaning(format!(
                "the document needs {name:?} of its readers, but version {version} with {:?} under \"requires\" \
                 does not say so: older readers would predict other numbers",
                self.requires
            )),
            None => Ok(()),
        }
    }
}
