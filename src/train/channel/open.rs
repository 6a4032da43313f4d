//! Files as bytes: compressed ones are known by how they begin, whatever they are called.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::files::ChannelError;

/// Bytes of a file that say what it is.
const HEAD_BYTES: u64 = 4 << 10;

/// The first bytes of a file, after decompression.
pub(in crate::train) fn head(path: &Path) -> Result<Vec<u8>, ChannelError> {
    let read = || {
        let mut head = Vec::new();
        Source::open(path)?
            .take(HEAD_BYTES)
            .read_to_end(&mut head)?;
        Ok(head)
    };
    read().map_err(|source| ChannelError::Read {
        path: path.to_owned(),
        source,
    })
}

/// A file, decompressed if need be.
pub(super) enum Source {
    /// As it is, so that it can be read from any place.
    Plain(File),
    /// From its beginning alone.
    Compressed(Box<dyn Read + Send>),
}

/// What compressed files begin with.
const GZIP: &[u8] = b"\x1f\x8b";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";

impl Source {
    pub(super) fn open(path: &Path) -> std::io::Result<Self> {
        let mut file = File::open(path)?;
        let mut head = Vec::new();
        file.by_ref().take(4).read_to_end(&mut head)?;
        file.seek(SeekFrom::Start(0))?;
        if head.starts_with(GZIP) {
            let decoder = flate2::read::MultiGzDecoder::new(std::io::BufReader::new(file));
            return Ok(Self::Compressed(Box::new(decoder)));
        }
        if head.starts_with(ZSTD) {
            let decoder = ruzstd::decoding::StreamingDecoder::new(std::io::BufReader::new(file));
            let decoder = decoder.map_err(std::io::Error::other)?;
            return Ok(Self::Compressed(Box::new(decoder)));
        }
        Ok(Self::Plain(file))
    }

    /// Moves to a place, if the file is as it is.
    pub(super) fn seek(&mut self, offset: u64) -> std::io::Result<bool> {
        match self {
            Self::Plain(file) => file.seek(SeekFrom::Start(offset)).map(|_| true),
            Self::Compressed(_) => Ok(false),
        }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(buffer),
            Self::Compressed(decoder) => decoder.read(buffer),
        }
    }
}
