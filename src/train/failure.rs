//! The failure file: why a job ended without a model, where the platform looks for it.

use std::path::Path;

use super::make_directory;
use crate::artifact::write_atomically;
use crate::limits::FAILURE_CHARS_MAX;
use crate::log;

/// What the file says until the job ends: a system without memory ends a process without asking it.
const ENDED_FROM_OUTSIDE: &str = "training was ended from outside before it could say why: most likely the container ran \
    out of memory (then its exit code is 137, or 134 under prlimit): give it more memory, or train on fewer columns";

/// Writes the file that stands if the job is ended from outside.
pub(super) fn expect(prefix: &Path) {
    write(prefix, ENDED_FROM_OUTSIDE);
}

/// Writes the reason of a failure. If that fails too, the log is all there is.
pub(super) fn write(prefix: &Path, reason: &str) {
    let text: String = reason.chars().take(FAILURE_CHARS_MAX).collect();
    let written = make_directory(prefix.join("output")).and_then(|directory| {
        let path = directory.join("failure");
        Ok(write_atomically(&path, text.as_bytes(), true)?)
    });
    if let Err(error) = written {
        log::error(format_args!(
            "the failure file could not be written: {error}"
        ));
    }
}

/// Removes the file, since the job has succeeded.
pub(super) fn remove(prefix: &Path) {
    let path = prefix.join("output/failure");
    if let Err(error) = std::fs::remove_file(&path) {
        log::error(format_args!("cannot remove {}: {error}", path.display()));
    }
}
