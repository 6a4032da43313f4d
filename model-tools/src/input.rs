//! Reading of a file or standard input, as a whole and bounded.

use std::fs::File;
use std::io::Read;

use sagelet::artifact::Digest;

use crate::error::Error;

/// The name of standard input on the command line.
const STANDARD: &str = "-";

/// What was read.
pub(crate) struct Input {
    /// The path, or `standard input`: what errors and reports call it.
    pub(crate) name: String,
    /// The whole content, or what was kept of it.
    pub(crate) bytes: Vec<u8>,
    /// What is known of the whole, where only a part was kept.
    pub(crate) whole: Option<Whole>,
}

/// A file that was read to its end, of which a part was kept.
pub(crate) struct Whole {
    /// How many bytes it has.
    pub(crate) size: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub(crate) sha256: String,
}

impl Input {
    /// Reads all of the file at `path`, or of standard input if that is `-`.
    ///
    /// # Errors
    /// It cannot be read, or has more than `bytes_max` bytes.
    pub(crate) fn read(path: &str, bytes_max: usize) -> Result<Self, Error> {
        let name = name(path);
        let failed = |source| Error::Read {
            input: name.clone(),
            source,
        };
        let source: Box<dyn Read> = if path == STANDARD {
            Box::new(std::io::stdin().lock())
        } else {
            Box::new(File::open(path).map_err(failed)?)
        };
        let mut bytes = Vec::new();
        // One byte more than the most tells "as large as allowed" from "larger".
        source
            .take(bytes_max as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        let input = Self::of(name, bytes);
        if input.bytes.len() > bytes_max {
            return Err(input.refused(format_args!("more than {} MiB", bytes_max >> 20)));
        }
        Ok(input)
    }

    /// The whole content of what is called so.
    pub(crate) fn of(name: String, bytes: Vec<u8>) -> Self {
        Self {
            name,
            bytes,
            whole: None,
        }
    }

    /// Bytes of the whole file.
    pub(crate) fn size(&self) -> usize {
        let whole = self.whole.as_ref();
        whole.map_or(self.bytes.len(), |whole| {
            usize::try_from(whole.size).unwrap_or(usize::MAX)
        })
    }

    /// SHA-256 of the whole file.
    pub(crate) fn sha256(&self) -> String {
        let whole = self.whole.as_ref().map(|whole| whole.sha256.clone());
        whole.unwrap_or_else(|| Digest::of(&self.bytes).to_string())
    }

    /// The error that says why this input is refused.
    pub(crate) fn refused(&self, reason: impl std::fmt::Display) -> Error {
        Error::Refused {
            input: self.name.clone(),
            reason: reason.to_string(),
        }
    }
}

fn name(path: &str) -> String {
    if path == STANDARD {
        "standard input".to_owned()
    } else {
        path.to_owned()
    }
}

/// Refuses to take two inputs from standard input.
///
/// # Errors
/// [`Error::Usage`].
pub(crate) fn check_distinct(first: &str, second: &str) -> Result<(), Error> {
    if first == STANDARD && second == STANDARD {
        return Err(Error::Usage(
            "only one of two inputs can be standard input (-): name a file for the other"
                .to_owned(),
        ));
    }
    Ok(())
}
