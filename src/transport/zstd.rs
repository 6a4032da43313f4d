//! zstd bodies (RFC 8878): frames one after the other, read block by block.

use std::io::{self, Read};

use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::refusal::Refusal;
use crate::account::Account;
use crate::limits::{
    ZSTD_BLOCK_BYTES_MIN, ZSTD_BLOCKS_FREE, ZSTD_DECODER_BYTES, ZSTD_WINDOW_BYTES_MAX,
};

/// Decodes the frames of a body, with the same memory for all of them.
pub(super) struct Frames {
    decoder: FrameDecoder,
    account: Account,
    /// Bytes that the largest window so far takes.
    reserved: usize,
}

/// What a frame holds.
pub(super) struct Frame<'f, R> {
    decoder: &'f mut FrameDecoder,
    source: R,
    /// Bytes that it has yielded.
    bytes: usize,
}

impl Frames {
    /// A decoder that reserves what it takes in `account`.
    pub(super) fn new(account: Account) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(ZSTD_WINDOW_BYTES_MAX);
        Self {
            decoder,
            account,
            reserved: 0,
        }
    }

    /// Begins the frame that `source` begins with.
    pub(super) fn begin<'r, 'b>(
        &mut self,
        source: &'r mut &'b [u8],
    ) -> Result<Frame<'_, &'r mut &'b [u8]>, Refusal> {
        let window = window_bytes(source).ok_or(Refusal::Compression)?;
        if window > ZSTD_WINDOW_BYTES_MAX {
            return Err(Refusal::CompressionWindow);
        }
        self.reserve(window)?;
        match self.decoder.reset(&mut *source) {
            Ok(()) => Ok(Frame {
                decoder: &mut self.decoder,
                source,
                bytes: 0,
            }),
            Err(FrameDecoderError::WindowSizeTooBig { .. }) => Err(Refusal::CompressionWindow),
            Err(_) => Err(Refusal::Compression),
        }
    }

    /// Reserves what a window takes, which is kept for the frames that follow: the decoder rounds it up.
    fn reserve(&mut self, window: u64) -> Result<(), Refusal> {
        let window = usize::try_from(window).unwrap_or(usize::MAX);
        let wanted = window.next_power_of_two() + ZSTD_DECODER_BYTES;
        if wanted > self.reserved {
            let more = wanted - self.reserved;
            self.account.reserve(more).map_err(Refusal::Memory)?;
            self.reserved = wanted;
        }
        Ok(())
    }
}

/// Bytes of the window of the frame that `frame` begins with (RFC 8878, section 3.1.1.1); none if it is cut short. A frame of
/// a single segment has a window of all that it holds.
fn window_bytes(frame: &[u8]) -> Option<u64> {
    let (&descriptor, rest) = frame.get(4..)?.split_first()?;
    let is_single_segment = descriptor & 0x20 != 0;
    if !is_single_segment {
        let window = *rest.first()?;
        let base = 1_u64 << (10 + (window >> 3));
        return Some(base + base / 8 * u64::from(window & 7));
    }
    let dictionary_bytes = [0, 1, 2, 4].get(usize::from(descriptor & 3))?;
    let size_bytes = 1_usize << (descriptor >> 6);
    let size = rest.get(*dictionary_bytes..)?.get(..size_bytes)?;
    let mut bytes = [0; 8];
    bytes.get_mut(..size_bytes)?.copy_from_slice(size);
    // A size in two bytes begins at 256.
    Some(u64::from_le_bytes(bytes) + if size_bytes == 2 { 256 } else { 0 })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Memory;

    #[test]
    fn the_window_of_a_frame_is_reserved_before_it_is_decoded() {
        let magic = b"\x28\xb5\x2f\xfd";
        let frame = |head: &[u8]| [&magic[..], head, b"\x01\0\0"].concat();
        for (head, window) in [
            (&b"\x00\x00"[..], 1 << 10),
            (b"\x00\x59", (2 << 20) + (2 << 20) / 8),
            (b"\x20\x07", 7),
            (b"\x60\x01\x00", 257),
            (b"\xa1\x09\x00\x00\x20\x00", 2 << 20),
        ] {
            assert_eq!(window_bytes(&frame(head)), Some(window), "{head:?}");
        }
        assert_eq!(window_bytes(b"\x28\xb5\x2f\xfd\x00"), None);
        let begin = |memory: usize, bytes: &[u8]| {
            let mut frames = Frames::new(Memory::new(memory).held());
            let mut source = bytes;
            frames.begin(&mut source).map(drop)
        };
        let two_mebibytes = frame(b"\x00\x58");
        assert!(matches!(
            begin(2 << 20, &two_mebibytes),
            Err(Refusal::Memory(_))
        ));
        assert!(begin(3 << 20, &two_mebibytes).is_ok());
        let sixteen_mebibytes = frame(b"\x00\x70");
        let refused = begin(usize::MAX, &sixteen_mebibytes);
        assert_eq!(refused.unwrap_err(), Refusal::CompressionWindow);
    }
}
