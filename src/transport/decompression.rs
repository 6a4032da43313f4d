//! Compressed bodies to what the client compressed, within limits of size, ratio and work.

use std::cell::Cell;
use std::io::{self, BufRead, Read};

use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};

use super::buffer::Buffer;
use super::coding::Coding;
use super::refusal::Refusal;
use super::zstd::{self, Frames};
use crate::account::Account;
use crate::limits::{
    BODY_READ_BYTES_MAX, COMPRESSED_PARTS_MAX, COMPRESSION_RATIO_FREE_BYTES, COMPRESSION_RATIO_MAX,
    COMPRESSION_WASTE_BYTES_MAX,
};

/// How much a body may decompress to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caps {
    /// Bytes of the result.
    pub(super) bytes: usize,
    /// Members of a gzip body, or frames of zstd.
    pub(super) members: usize,
}

impl Caps {
    /// Caps of a body that may have `bytes` bytes.
    pub(super) fn of(bytes: usize) -> Self {
        Self {
            bytes,
            members: COMPRESSED_PARTS_MAX,
        }
    }
}

/// Decompresses a whole body. What the result takes is reserved in `account`, what decoding takes beside it.
///
/// # Errors
/// The body is damaged, cut short or followed by other bytes, or the result is past a cap.
pub(super) fn decompress(
    coding: Coding,
    body: &[u8],
    caps: Caps,
    account: Account,
) -> Result<(Vec<u8>, Account), Refusal> {
    let beside = account.beside();
    let mut output = Output {
        buffer: Buffer::new(account),
        cap: caps.bytes,
        ratio_cap: body
            .len()
            .saturating_mul(COMPRESSION_RATIO_MAX)
            .max(COMPRESSION_RATIO_FREE_BYTES),
    };
    let allowance = Cell::new(COMPRESSION_WASTE_BYTES_MAX);
    let mut input = Input {
        rest: body,
        allowance: &allowance,
    };
    match coding {
        Coding::Gzip => gzip(&mut input, caps.members, &mut output)?,
        Coding::Zstd => zstd(&mut input, caps.members, &mut output, beside)?,
        _ if is_zlib(body) => output.fill(ZlibDecoder::new(&mut input), &allowance)?,
        _ => output.fill(DeflateDecoder::new(&mut input), &allowance)?,
    }
    if input.rest.is_empty() {
        Ok(output.buffer.into_parts())
    } else {
        Err(Refusal::Compression)
    }
}

/// One member after the other (RFC 1952, section 2.2).
fn gzip(input: &mut Input<'_>, members: usize, output: &mut Output) -> Result<(), Refusal> {
    let allowance = input.allowance;
    for _ in 0..members {
        output.fill(GzDecoder::new(&mut *input), allowance)?;
        if input.rest.is_empty() {
            return Ok(());
        }
    }
    Err(Refusal::CompressionMembers)
}

/// One frame after the other (RFC 8878, section 3.1).
fn zstd(
    input: &mut Input<'_>,
    frames: usize,
    output: &mut Output,
    account: Account,
) -> Result<(), Refusal> {
    // The result comes late, so that blocks are counted instead.
    let unlimited = Cell::new(usize::MAX);
    let mut decoder = Frames::new(account);
    for _ in 0..frames {
        match zstd::after_skippable(input.rest) {
            Some(rest) => input.rest = rest,
            None => {
                output.fill(decoder.begin(&mut input.rest)?, &unlimited)?;
            }
        }
        if input.rest.is_empty() {
            return Ok(());
        }
    }
    Err(Refusal::CompressionMembers)
}

/// The method is deflate, and the check bits fit (RFC 1950, section 2.2). No encoder begins a stream without a
/// wrapper like that.
fn is_zlib(body: &[u8]) -> bool {
    matches!(*body, [method, flags, ..]
        if method & 0x0f == 8 && u16::from_be_bytes([method, flags]) % 31 == 0)
}

/// What is still to be decompressed.
struct Input<'a> {
    rest: &'a [u8],
    /// Bytes that may be used before more of the result is there. Blocks that hold nothing take time to read,
    /// and no encoder writes many.
    allowance: &'a Cell<usize>,
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let allowance = self.allowance.get();
        if allowance == 0 && !self.rest.is_empty() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(self.rest.get(..allowance).unwrap_or(self.rest))
    }

    fn consume(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
        self.allowance
            .set(self.allowance.get().saturating_sub(count));
    }
}

/// The result as it grows.
struct Output {
    buffer: Buffer,
    /// Bytes that it may have.
    cap: usize,
    /// Bytes that it may have for so small a body.
    ratio_cap: usize,
}

impl Output {
    /// Reads a stream to its end, and adds to the allowance of its input as the result grows.
    fn fill(&mut self, mut stream: impl Read, allowance: &Cell<usize>) -> Result<(), Refusal> {
        let most = self.cap.min(self.ratio_cap);
        loop {
            let wanted = self.buffer.room(most)?.min(BODY_READ_BYTES_MAX);
            let read = self.buffer.read(&mut stream, wanted);
            let read = read.map_err(|_| Refusal::Compression)?;
            // What cannot be compressed takes a few bytes more than it has, in each block of thousands.
            allowance.set(allowance.get().saturating_add(read + read / 8));
            if read < wanted {
                return Ok(());
            }
            if self.buffer.len() == most {
                return self.check_end(stream);
            }
        }
    }

    /// The result is as long as it may be: the stream must end here.
    fn check_end(&self, mut stream: impl Read) -> Result<(), Refusal> {
        match stream.read(&mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) if self.cap <= self.ratio_cap => Err(Refusal::BodyTooLarge(self.cap)),
            Ok(_) => Err(Refusal::CompressionRatio),
            Err(_) => Err(Refusal::Compression),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Memory;

    /// A stored block of 1,000 bytes, which is the last one.
    fn stored() -> Vec<u8> {
        let mut stream = b"\x01\xe8\x03\x17\xfc".to_vec();
        stream.resize(stream.len() + 1_000, b'x');
        stream
    }

    #[test]
    fn the_result_is_reserved_until_it_is_dropped() {
        let memory = Memory::new(1_500);
        let result = || {
            let caps = Caps::of(1_000);
            decompress(Coding::Deflate, &stored(), caps, memory.held())
        };
        let first = result().unwrap();
        assert_eq!(first.0, vec![b'x'; 1_000]);
        assert!(matches!(result().unwrap_err(), Refusal::Memory(_)));
        drop(first);
        assert!(result().is_ok());
    }

    #[test]
    fn a_result_of_exactly_the_cap_is_taken_and_one_byte_more_is_not() {
        let memory = Memory::new(1 << 20);
        let result = |cap| {
            let caps = Caps::of(cap);
            decompress(Coding::Deflate, &stored(), caps, memory.held())
        };
        assert_eq!(result(1_000).unwrap().0.len(), 1_000);
        assert_eq!(result(999).unwrap_err(), Refusal::BodyTooLarge(999));
    }
}
