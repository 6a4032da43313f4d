//! Files of skops: a zip archive with a tree of objects in JSON and arrays beside it, read into the same
//! [`Objects`] as a pickle.

mod names;
mod nodes;
mod npy;

use self::nodes::Builder;
use super::archive::{ArchiveError, Files};
use super::objects::{Id, Objects, TreeTooLarge, Value};
use super::trust::{Contents, Named};

/// The member with the tree.
const SCHEMA: &str = "schema.json";

/// Why a file gives no tree.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SkopsError {
    /// An archive that is damaged or too large.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A schema that is no JSON.
    #[error("schema.json is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A schema of another shape.
    #[error("schema.json does not have the shape of skops: {0}")]
    Shape(String),
    /// A damaged array.
    #[error("the array {file}: {reason}")]
    Array {
        /// The member's name.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// More objects or bytes than there may be.
    #[error(transparent)]
    TreeTooLarge(#[from] TreeTooLarge),
}

/// A file that was read.
#[derive(Debug)]
pub(crate) struct Skops {
    objects: Objects,
    root: Id,
    protocol: Option<u64>,
    /// Every class and function that it names, in the order of their first mention.
    pub(crate) globals: Vec<Named>,
}

impl Skops {
    /// Reads the tree in `bytes`.
    ///
    /// # Errors
    /// The archive, its schema or an array is damaged or too large.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, SkopsError> {
        let mut files = Files::open(bytes)?;
        let schema: serde_json::Value = serde_json::from_slice(&files.read(SCHEMA)?)?;
        let mut builder = Builder::new(files);
        let root = builder.add(&schema)?;
        Ok(Self {
            root,
            protocol: schema.get("protocol").and_then(serde_json::Value::as_u64),
            globals: names::named(&schema),
            objects: builder.objects,
        })
    }

    /// What is in it.
    pub(crate) fn contents(self) -> Contents {
        Contents {
            protocol: self.protocol,
            objects: self.objects.len(),
            class: self.root().class().map(ToString::to_string),
            globals: self.globals,
        }
    }

    /// The object that was saved.
    pub(crate) fn root(&self) -> Value<'_> {
        self.objects.value(self.root)
    }
}

/// Whether `bytes` are a zip archive with a schema of skops in it.
pub(crate) fn is_skops(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") && Files::open(bytes).is_ok_and(|files| files.has(SCHEMA))
}
