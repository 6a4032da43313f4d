//! What models come wrapped in: compression, archives of tar, folders of MLflow.

mod compression;
mod folder;

pub(crate) use compression::CompressionError;
pub(crate) use folder::model_file;

use std::borrow::Cow;
use std::io::Read;

use self::compression::Compression;
use super::limits::{ARCHIVE_ENTRIES_MAX, FOREIGN_BYTES_MAX};

/// A model's file without what it was wrapped in.
#[derive(Debug)]
pub(crate) struct Content<'a> {
    /// Its bytes.
    pub(crate) bytes: Cow<'a, [u8]>,
    /// What was taken off, from the outside in: `gzip`, `tar: model.pkl`.
    pub(crate) layers: Vec<String>,
}

/// Why there is no content.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ContainerError {
    /// A compressed file that is damaged or too large.
    #[error(transparent)]
    Compression(#[from] CompressionError),
    /// An archive that is damaged.
    #[error("the tar archive is damaged: {0}")]
    Tar(std::io::Error),
    /// An archive of very many files.
    #[error(
        "the tar archive holds more than {ARCHIVE_ENTRIES_MAX} files: extract the model's file and give that"
    )]
    Entries,
    /// An archive without a model.
    #[error("no file in the tar archive is a model of a known format; it holds {0}")]
    NoModel(String),
    /// An archive of several models.
    #[error("several files in the tar archive are models ({0}): extract the one that is meant")]
    SeveralModels(String),
}

/// Takes off compression, then an archive, then the compression of the file in it. `rank` tells models of a known format
/// from other files: of those in an archive the ones with the lowest rank count.
pub(crate) fn open(
    bytes: &[u8],
    rank: impl Fn(&[u8]) -> Option<usize>,
) -> Result<Content<'_>, ContainerError> {
    let mut content = decompressed(bytes)?;
    if is_tar(&content.bytes) {
        let (name, bytes) = only_model(&content.bytes, rank)?;
        content.layers.push(format!("tar: {name}"));
        content.bytes = Cow::Owned(bytes);
    }
    Ok(content)
}

fn decompressed(bytes: &[u8]) -> Result<Content<'_>, CompressionError> {
    Ok(match Compression::of(bytes) {
        Some(compression) => Content {
            bytes: Cow::Owned(compression.decompress(bytes)?),
            layers: vec![compression.to_string()],
        },
        None => Content {
            bytes: Cow::Borrowed(bytes),
            layers: Vec::new(),
        },
    })
}

/// Both the old and the POSIX form have this in the first header.
fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar")
}

/// The one file of an archive that is a model. Nothing is written to the disk: names in the archive are for
/// messages only.
fn only_model(
    archive: &[u8],
    rank: impl Fn(&[u8]) -> Option<usize>,
) -> Result<(String, Vec<u8>), ContainerError> {
    let mut names = Vec::new();
    let mut models: Vec<(usize, String, Vec<u8>)> = Vec::new();
    let mut left = FOREIGN_BYTES_MAX;
    let mut reader = tar::Archive::new(archive);
    for entry in reader.entries().map_err(ContainerError::Tar)? {
        let entry = entry.map_err(ContainerError::Tar)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        if names.len() == ARCHIVE_ENTRIES_MAX {
            return Err(ContainerError::Entries);
        }
        let name = shown(&entry.path_bytes());
        names.push(name.clone());
        let mut bytes = Vec::new();
        entry
            .take(left as u64)
            .read_to_end(&mut bytes)
            .map_err(ContainerError::Tar)?;
        let content = decompressed(&bytes)?.bytes;
        left = left.saturating_sub(content.len());
        if let Some(rank) = rank(&content) {
            models.push((rank, name, content.into_owned()));
        }
    }
    let best = models.iter().map(|(rank, ..)| *rank).min();
    models.retain(|(rank, ..)| Some(*rank) == best);
    match (models.pop(), models.is_empty()) {
        (Some((_, name, bytes)), true) => Ok((name, bytes)),
        (Some((_, last, _)), false) => {
            let others = models.into_iter().map(|(_, name, _)| name);
            Err(ContainerError::SeveralModels(
                others.chain([last]).collect::<Vec<_>>().join(", "),
            ))
        }
        (None, _) => Err(ContainerError::NoModel(listed(&names))),
    }
}

/// A name with nothing in it that could move a terminal's cursor.
fn shown(name: &[u8]) -> String {
    String::from_utf8_lossy(name)
        .escape_default()
        .take(200)
        .collect()
}

fn listed(names: &[String]) -> String {
    const SHOWN: usize = 8;
    match names.len() {
        0 => "no files".to_owned(),
        count if count > SHOWN => format!(
            "{}, … ({count} files)",
            names
                .iter()
                .take(SHOWN)
                .cloned()
                .collect::<Vec<_>>()
                .join(", ")
        ),
        _ => names.join(", "),
    }
}
