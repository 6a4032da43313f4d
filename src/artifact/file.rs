//! Artifacts as files: bounded reading, and writing that never leaves half a file behind.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use super::error::ArtifactError;
use crate::limits::ARTIFACT_BYTES_MAX;

/// Reads a whole file of at most [`ARTIFACT_BYTES_MAX`] bytes.
///
/// # Errors
/// The file cannot be read or is larger.
pub fn read_bounded(path: &Path) -> Result<Vec<u8>, ArtifactError> {
    let failed = |source| ArtifactError::File {
        action: "read",
        path: path.to_owned(),
        source,
    };
    // Opening a pipe or a device might never end, and neither might reading it.
    if !path.metadata().map_err(failed)?.is_file() {
        let reason = "it is not a regular file";
        return Err(failed(std::io::Error::other(reason)));
    }
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    // One byte more than the most tells "as large as allowed" from "larger", whatever the directory says.
    file.take(ARTIFACT_BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() > ARTIFACT_BYTES_MAX {
        let size = path
            .metadata()
            .map_or(bytes.len() as u64, |metadata| metadata.len());
        return Err(ArtifactError::TooLarge(size));
    }
    Ok(bytes)
}

/// Writes a file in full or not at all: under another name beside it, to the disk, then renamed.
///
/// # Errors
/// `path` exists and `replace` is false, or the system refuses.
pub fn write_atomically(path: &Path, bytes: &[u8], replace: bool) -> Result<(), ArtifactError> {
    let failed = |source| ArtifactError::File {
        action: "write",
        path: path.to_owned(),
        source,
    };
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut temporary = builder().tempfile_in(directory).map_err(failed)?;
    temporary
        .write_all(bytes)
        .and_then(|()| temporary.as_file().sync_all())
        .map_err(failed)?;
    if replace {
        temporary
            .persist(path)
            .map_err(|error| failed(error.error))?;
        return Ok(());
    }
    temporary
        .persist_noclobber(path)
        .map(drop)
        .map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => ArtifactError::Exists(path.to_owned()),
            _ => failed(error.error),
        })
}

/// What the names of files begin with while they are written.
pub(crate) const TEMPORARY_PREFIX: &str = ".sagelet-";

fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY_PREFIX);
    for_everyone(&mut builder);
    builder
}

/// Readable by everyone, as the platform needs it: training and hosting may run as different users.
#[cfg(unix)]
fn for_everyone(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(std::fs::Permissions::from_mode(0o644));
}

/// Elsewhere a file has the permissions of its folder.
#[cfg(not(unix))]
fn for_everyone(_: &mut tempfile::Builder<'_, '_>) {}
