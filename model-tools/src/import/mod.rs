//! From bytes to a document: one file a format, and the table of them.
//!
//! To add a format, add a file with a `detect` and a `read` function, and a line to [`FORMATS`].

mod artifact;
mod container;
mod ignored;
mod json;
mod limits;
mod linfa;
mod objects;
mod pickle;

use sagelet::artifact::{ArtifactError, Digest, Document};

use crate::error::Error;
use crate::input::{Input, MODEL_BYTES_MAX};

/// A format that models can be read from.
pub(crate) struct Format {
    /// What `formats`, reports and provenance call it.
    pub(crate) name: &'static str,
    /// What it is, in a few words.
    pub(crate) description: &'static str,
    /// Whether bytes are of this format, as far as their form tells.
    detect: fn(&[u8]) -> bool,
    /// Reads such bytes.
    read: fn(&[u8]) -> Result<Imported, ImportError>,
}

/// Every format, in the order in which bytes are tried: the first that detects its own reads them.
pub(crate) static FORMATS: [Format; 4] = [
    Format {
        name: "cbor",
        description: "sagelet artifact, what `sagelet serve` loads",
        detect: sagelet::artifact::is_artifact,
        read: artifact::read,
    },
    Format {
        name: "linfa-json",
        description: "fitted model of linfa-linear, serialised with serde_json",
        detect: linfa::detect_json,
        read: linfa::read_json,
    },
    Format {
        name: "linfa-cbor",
        description: "fitted model of linfa-linear, serialised with ciborium",
        detect: linfa::detect_cbor,
        read: linfa::read_cbor,
    },
    Format {
        name: "json",
        description: "the artifact's content as JSON, to be written by hand",
        detect: json::detect,
        read: json::read,
    },
];

/// What a format's reader makes of bytes.
pub(crate) struct Imported {
    /// The model and what the source says about it. [`read`] validates it.
    pub(crate) document: Document,
    /// What of the source is not in the document, a line each: `unknown key "featurs"`.
    pub(crate) ignored: Vec<String>,
    /// The digest that the source carries, if it is an artifact.
    pub(crate) digest: Option<Digest>,
}

impl Imported {
    /// A document of a format without digest.
    fn new(document: Document) -> Self {
        Self {
            document,
            ignored: Vec::new(),
            digest: None,
        }
    }
}

/// Why bytes of a format give no document.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    #[error("the JSON does not have the shape of a model: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the CBOR does not have the shape of a linfa model: {0}")]
    Cbor(String),
    #[error("the keys are those of no fitted type of linfa-linear")]
    NoLinfaType,
    #[error("{count} bytes follow the end of the CBOR item")]
    Trailing { count: usize },
}

/// A model that was read, with what it was read from.
pub(crate) struct Source {
    /// The bytes.
    pub(crate) input: Input,
    /// What they are.
    pub(crate) format: &'static Format,
    /// What they say.
    pub(crate) imported: Imported,
}

/// Reads the model at `path`, or on standard input if that is `-`, in any of the [`FORMATS`].
///
/// # Errors
/// It cannot be read, is of no known format, or its content makes no model.
pub(crate) fn read(path: &str) -> Result<Source, Error> {
    let input = Input::read(path, MODEL_BYTES_MAX)?;
    let Some(format) = FORMATS.iter().find(|format| (format.detect)(&input.bytes)) else {
        return Err(input.refused(unknown(&input.bytes)));
    };
    let imported = (format.read)(&input.bytes)
        .and_then(|imported| Ok(imported.document.validate().map(|()| imported)?))
        .map_err(|error| input.refused(error))?;
    Ok(Source {
        input,
        format,
        imported,
    })
}

fn unknown(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "the file is empty".to_owned();
    }
    "not a model of a known format: `model-tools formats` lists them".to_owned()
}
