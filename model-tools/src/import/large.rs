//! Results of statsmodels that were saved with the data: files of any size, of which little is a model.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};

use sha2::{Digest as _, Sha256};

use super::limits::STREAMED_BYTES_MIN;
use super::pickle;
use crate::error::Error;
use crate::import::limits::PICKLE_HEAD_BYTES;
use crate::input::{Input, Whole};
use crate::limits::MODEL_BYTES_MAX;

/// Reads the file at `path` or standard input; of a large result of statsmodels without its large arrays.
///
/// # Errors
/// It cannot be read, or has more bytes than a model.
pub(super) fn read(path: &str) -> Result<Input, Error> {
    let kept = kept(path).map_err(|source| Error::Read {
        input: path.to_owned(),
        source,
    })?;
    match kept {
        Some(input) => Ok(input),
        None => Input::read(path, MODEL_BYTES_MAX),
    }
}

/// What is kept of a large result of statsmodels; none of other files.
fn kept(path: &str) -> io::Result<Option<Input>> {
    // Whatever is wrong with the path is said where files are read as a whole.
    let Ok(mut file) = File::open(path) else {
        return Ok(None);
    };
    let size = file.metadata()?;
    if !size.is_file() || size.len() < STREAMED_BYTES_MIN {
        return Ok(None);
    }
    let mut head = Vec::new();
    (&mut file).take(PICKLE_HEAD_BYTES).read_to_end(&mut head)?;
    if !pickle::is_pickle(&head) || memchr::memmem::find(&head, b"statsmodels").is_none() {
        return Ok(None);
    }
    file.rewind()?;
    let mut source = BufReader::new(HashingReader {
        file,
        hash: Sha256::new(),
    });
    let Some(bytes) = pickle::thin(&mut source)? else {
        return Ok(None);
    };
    io::copy(&mut source, &mut io::sink())?;
    let digest = source.into_inner().hash.finalize();
    let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Some(Input {
        name: path.to_owned(),
        bytes,
        whole: Some(Whole {
            size: size.len(),
            sha256,
        }),
    }))
}

/// A file whose bytes are counted into a digest as they are read.
struct HashingReader {
    file: File,
    hash: Sha256,
}

impl Read for HashingReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.hash.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}
