//! What models come wrapped in: compression, archives of tar, folders of MLflow.

mod compression;
mod folder;

pub(crate) use compression::CompressionError;
pub(crate) use folder::{Folder, folder};

use std::borrow::Cow;
use std::io::Read;

use self::compression::Compression;
use super::limits::{ARCHIVE_ENTRIES_MAX, FOREIGN_BYTES_MAX};

/// What was wrapped: one file, or the models of an archive.
#[derive(Debug)]
pub(crate) struct Content<'a> {
    /// What was taken off, from the outside in: `gzip`, `tar`.
    pub(crate) layers: Vec<String>,
    /// The file, or those in the archive that may be models, with their ranks.
    pub(crate) files: Files<'a>,
}

/// One file or several.
#[derive(Debug)]
pub(crate) enum Files<'a> {
    /// The bytes of a file.
    One(Cow<'a, [u8]>),
    /// Files of an archive or folder, at least one.
    Several(Vec<File>),
}

/// A file in an archive or folder.
#[derive(Debug)]
pub(crate) struct File {
    /// Its name there.
    pub(crate) name: String,
    /// What the caller makes of it: the lower, the more it is a model.
    pub(crate) rank: usize,
    /// Its bytes, without compression.
    pub(crate) bytes: Vec<u8>,
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
        "the tar archive holds more than {ARCHIVE_ENTRIES_MAX} files: extract the model's files and give those"
    )]
    Entries,
    /// An archive without a model.
    #[error("no file in the tar archive is a model of a known format; it holds {0}")]
    NoModel(String),
    /// An archive of which the server would not know what to load.
    #[error(
        "the archive has to hold one file at its top whose name ends with .cbor; `model-tools package` makes such an archive"
    )]
    Packaged,
}

/// Takes off compression, then an archive, then the compression of the files in it. `rank` tells models of a known
/// format from other files; an archive of which `is_model` holds is a model itself.
pub(crate) fn open(
    bytes: &[u8],
    rank: impl Fn(&[u8]) -> Option<usize>,
    is_model: impl Fn(&[u8]) -> bool,
) -> Result<Content<'_>, ContainerError> {
    let (bytes, mut layers) = decompressed(bytes)?;
    if !is_tar(&bytes) || is_model(&bytes) {
        let files = Files::One(bytes);
        return Ok(Content { layers, files });
    }
    layers.push("tar".to_owned());
    let files = Files::Several(models(&bytes, rank)?);
    Ok(Content { layers, files })
}

/// The artifact at the top of an archive, as the platform unpacks it and `sagelet serve` looks for it; anything that is
/// no archive as it is.
///
/// # Errors
/// The archive is damaged, or does not have one artifact at its top.
pub(crate) fn packaged(bytes: &[u8]) -> Result<Cow<'_, [u8]>, ContainerError> {
    let is_artifact = |bytes: &[u8]| sagelet::artifact::is_artifact(bytes).then_some(0);
    let (content, _) = match Compression::of(bytes) {
        Some(_) => decompressed(bytes)?,
        None => (Cow::Borrowed(bytes), Vec::new()),
    };
    if !is_tar(&content) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut models = models(&content, is_artifact)?;
    models.retain(|file| file.name.ends_with(".cbor") && !file.name.contains('/'));
    match (models.pop(), models.len()) {
        (Some(only), 0) => Ok(Cow::Owned(only.bytes)),
        _ => Err(ContainerError::Packaged),
    }
}

/// A file without its compression, and what that was.
pub(super) fn decompressed(bytes: &[u8]) -> Result<(Cow<'_, [u8]>, Vec<String>), CompressionError> {
    Ok(match Compression::of(bytes) {
        Some(compression) => (
            Cow::Owned(compression.decompress(bytes)?),
            vec![compression.to_string()],
        ),
        None => (Cow::Borrowed(bytes), Vec::new()),
    })
}

/// Both the old and the POSIX form have this in the first header.
pub(super) fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar")
}

/// The files of an archive that may be models. Nothing is written to the disk: names in the archive are for
/// messages and keys only.
fn models(
    archive: &[u8],
    rank: impl Fn(&[u8]) -> Option<usize>,
) -> Result<Vec<File>, ContainerError> {
    let mut names = Vec::new();
    let mut models = Vec::new();
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
        let (content, _) = decompressed(&bytes)?;
        left = left.saturating_sub(content.len());
        if let Some(rank) = rank(&content) {
            let bytes = content.into_owned();
            models.push(File { name, rank, bytes });
        }
    }
    if models.is_empty() {
        return Err(ContainerError::NoModel(listed(&names)));
    }
    Ok(models)
}

/// A name with nothing in it that could move a terminal's cursor.
fn shown(name: &[u8]) -> String {
    let name = name.strip_prefix(b"./").unwrap_or(name);
    String::from_utf8_lossy(name)
        .escape_default()
        .take(200)
        .collect()
}

pub(super) fn listed(names: &[String]) -> String {
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
