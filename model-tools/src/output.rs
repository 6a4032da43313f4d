//! Standard output, standard error and output files.

use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;

use sagelet::artifact::{ArtifactError, write_atomically};

use crate::error::Error;

/// Writes to standard output. A reader that has seen enough and went away (`| head`) is no error.
///
/// # Errors
/// Standard output cannot be written for another reason.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Error> {
    let mut standard = std::io::stdout().lock();
    match standard.write_all(bytes).and_then(|()| standard.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::Print(error)),
        _ => Ok(()),
    }
}

/// Says of each file what `judge` finds, or on standard error why it refuses the file. Returns how many it refused.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn judged(
    files: &[String],
    judge: impl Fn(&str) -> Result<String, Error>,
) -> Result<usize, Error> {
    let mut refused = 0;
    for file in files {
        match judge(file) {
            Ok(line) => print(line.as_bytes())?,
            Err(error) => {
                note(format_args!("error: {error}"));
                refused += 1;
            }
        }
    }
    Ok(refused)
}

/// Writes a line to standard error, where reports go: standard output is for results.
pub(crate) fn note(line: impl Display) {
    // Nowhere is left to report that even this could not be written.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Whether standard output is a terminal, which bytes would garble.
pub(crate) fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Writes a file in full or not at all, and over another file only with `force`.
///
/// # Errors
/// The file exists, `path` is something else than a file, or the system refuses.
pub(crate) fn write_file(path: &Path, bytes: &[u8], force: bool) -> Result<(), Error> {
    // A new file takes the place of the old name: `-o /dev/null --force` must not replace the device.
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        return Err(Error::NotAFile(path.to_owned()));
    }
    write_atomically(path, bytes, force).map_err(|error| match error {
        ArtifactError::Exists(path) => Error::Exists(path),
        other => Error::Write(other),
    })
}

/// Writes a file that only its owner may read, never over another one.
///
/// # Errors
/// The file exists, or the system refuses.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => Error::KeyExists(path.to_owned()),
        _ => Error::Write(ArtifactError::File {
            action: "write",
            path: path.to_owned(),
            source,
        }),
    })
}
