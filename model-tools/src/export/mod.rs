//! From a document to bytes: one file a format, and the table of them.
//!
//! To add a format, add a file with a `write` function, and a line to [`FORMATS`].

mod artifact;
mod json;

use std::path::Path;

use sagelet::artifact::{ArtifactError, Document};

/// A format that models can be written in.
pub(crate) struct Format {
    /// What `--to` calls it, and how the names of its files end.
    pub(crate) name: &'static str,
    /// What it is, in a few words.
    pub(crate) description: &'static str,
    /// Whether a terminal would garble it.
    pub(crate) binary: bool,
    /// Writes a document.
    pub(crate) write: fn(&Document) -> Result<Vec<u8>, ArtifactError>,
}

/// Every format.
pub(crate) static FORMATS: [Format; 2] = [
    Format {
        name: "cbor",
        description: "sagelet artifact, what `sagelet serve` loads",
        binary: true,
        write: artifact::write,
    },
    Format {
        name: "json",
        description: "the artifact's content as JSON, to be read and edited",
        binary: false,
        write: json::write,
    },
];

/// The format with this name.
pub(crate) fn named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The format that the name of a file ends with, in upper or lower case.
pub(crate) fn of_file(path: &Path) -> Option<&'static Format> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    named(&extension)
}

/// The names, as `--to` takes them.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.name)
}
