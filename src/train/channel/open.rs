//! Files as bytes: compressed ones are known by how they begin, whatever they are called.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

/// A file, decompressed if need be.
pub(super) enum Source {
    /// As it is, so that it can be read from any place.
    Plain(File),
    /// From its beginning alone.
    Stream(Stream),
}

/// Bytes that are read from their beginning to their end.
pub(super) type Stream = Box<dyn Read + Send>;

/// What compressed files begin with.
const GZIP: &[u8] = b"\x1f\x8b";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";

impl Source {
    pub(super) fn open(path: &Path) -> std::io::Result<Self> {
        let mut file = File::open(path)?;
        let mut head = Vec::new();
        file.by_ref().take(4).read_to_end(&mut head)?;
        file.seek(SeekFrom::Start(0))?;
        if head.starts_with(GZIP) || head.starts_with(ZSTD) {
            return Ok(Self::Stream(decompressed(&head, Box::new(file))?));
        }
        Ok(Self::Plain(file))
    }

    /// Moves to a place, if the file is as it is.
    pub(super) fn seek(&mut self, offset: u64) -> std::io::Result<bool> {
        match self {
            Self::Plain(file) => file.seek(SeekFrom::Start(offset)).map(|_| true),
            Self::Stream(_) => Ok(false),
        }
    }
}

/// A stream that begins with this head, decompressed if need be.
pub(super) fn decompressed(head: &[u8], stream: Stream) -> std::io::Result<Stream> {
    if head.starts_with(GZIP) {
        let decoder = flate2::read::MultiGzDecoder::new(BufReader::new(stream));
        return Ok(Box::new(decoder));
    }
    if head.starts_with(ZSTD) {
        return Ok(Box::new(Frames::begin(BufReader::new(stream))?));
    }
    Ok(stream)
}

/// The frames of a file of zstd, one after the other: tools that compress on several cores write many.
struct Frames {
    frame: Option<StreamingDecoder<BufReader<Stream>, FrameDecoder>>,
}

impl Frames {
    fn begin(source: BufReader<Stream>) -> std::io::Result<Self> {
        let frame = StreamingDecoder::new(source).map_err(std::io::Error::other)?;
        Ok(Self { frame: Some(frame) })
    }
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let Some(frame) = &mut self.frame else {
                return Ok(0);
            };
            let count = frame.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let mut source = match self.frame.take() {
                Some(frame) => frame.into_inner(),
                None => return Ok(0),
            };
            if !source.fill_buf()?.is_empty() {
                *self = Self::begin(source)?;
            }
        }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(buffer),
            Self::Stream(stream) => stream.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// Only the first frame was read, and the rows of the others were lost without a word.
    #[test]
    fn every_frame_of_a_zstd_file_is_read() {
        let level = || ruzstd::encoding::CompressionLevel::Fastest;
        let frames = [&b"1,2\n"[..], b"3,4\n", b"5,6\n"];
        let mut file = tempfile::NamedTempFile::new().unwrap();
        for frame in frames {
            let compressed = ruzstd::encoding::compress_to_vec(frame, level());
            file.write_all(&compressed).unwrap();
        }
        let mut text = Vec::new();
        let mut source = Source::open(file.path()).unwrap();
        source.read_to_end(&mut text).unwrap();
        assert_eq!(text, frames.concat());
    }

    #[test]
    fn what_follows_a_frame_and_is_none_is_an_error() {
        let level = ruzstd::encoding::CompressionLevel::Fastest;
        let mut bytes = ruzstd::encoding::compress_to_vec(&b"1,2\n"[..], level);
        bytes.extend(b"rubbish");
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&bytes).unwrap();
        let read = Source::open(file.path())
            .unwrap()
            .read_to_end(&mut Vec::new());
        assert!(read.is_err());
    }
}
