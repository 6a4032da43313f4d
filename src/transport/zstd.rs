//! zstd bodies (RFC 8878): frames one after the other, read block by block.

use std::io::{self, Read};

use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::refusal::Refusal;
use crate::limits::{ZSTD_BLOCK_BYTES_MIN, ZSTD_BLOCKS_FREE, ZSTD_WINDOW_BYTES_MAX};

/// Decodes the frames of a body, with the same memory for all of them.
pub(super) struct Frames(FrameDecoder);

/// What a frame holds.
pub(super) struct Frame<'f, R> {
    decoder: &'f mut FrameDecoder,
    source: R,
    /// Bytes that it has yielded.
    bytes: usize,
}

impl Frames {
    pub(super) fn new() -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(ZSTD_WINDOW_BYTES_MAX);
        Self(decoder)
    }

    /// Begins the frame that `source` begins with.
    pub(super) fn begin<R: Read>(&mut self, mut source: R) -> Result<Frame<'_, R>, Refusal> {
        match self.0.reset(&mut source) {
            Ok(()) => Ok(Frame {
                decoder: &mut self.0,
                source,
                bytes: 0,
            }),
            Err(FrameDecoderError::WindowSizeTooBig { .. }) => Err(Refusal::CompressionWindow),
            Err(_) => Err(Refusal::Compression),
        }
    }
}

/// What follows the skippable frame that `bytes` begin with (RFC 8878, section 3.1.2); none if they begin with
/// another one. Tools that compress in parallel write them.
pub(super) fn after_skippable(bytes: &[u8]) -> Option<&[u8]> {
    let (head, rest) = bytes.split_first_chunk::<8>()?;
    let [first, 0x2a, 0x4d, 0x18, length @ ..] = head else {
        return None;
    };
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    (first >> 4 == 5).then(|| rest.get(length..)).flatten()
}

impl<R: Read> Frame<'_, R> {
    /// The decoder yields what is behind its window, and the rest at the end. Blocks that hold next to nothing take
    /// time to read, so there may be few more of them than encoders write.
    fn decode_block(&mut self) -> io::Result<()> {
        let most = ZSTD_BLOCKS_FREE + self.bytes / ZSTD_BLOCK_BYTES_MIN;
        if self.decoder.blocks_decoded() > most {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let one = BlockDecodingStrategy::UptoBlocks(1);
        let decoded = self.decoder.decode_blocks(&mut self.source, one);
        decoded.map(drop).map_err(io::Error::other)
    }

    /// At the end of the frame: whether what it held is what was compressed.
    fn check(&self) -> io::Result<()> {
        match self.decoder.get_checksum_from_data() {
            Some(sum) if self.decoder.get_calculated_checksum() != Some(sum) => {
                Err(io::ErrorKind::InvalidData.into())
            }
            _ => Ok(()),
        }
    }
}

impl<R: Read> Read for Frame<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.decoder.read(buffer)?;
            self.bytes += read;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            if self.decoder.is_finished() {
                return self.check().map(|()| 0);
            }
            self.decode_block()?;
        }
    }
}
