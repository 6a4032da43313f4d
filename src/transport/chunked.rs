//! The chunked transfer coding (RFC 9112, section 7.1), decoded as its bytes arrive.

use super::refusal::Refusal;
use crate::limits::{CHUNK_LINE_BYTES_MAX, TRAILER_BYTES_MAX, TRAILERS_MAX};

/// Decoder of one body.
#[derive(Debug)]
pub(super) struct Chunked {
    state: State,
    /// Bytes of the size line so far.
    line_bytes: usize,
    /// The trailer section so far.
    trailers: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// In the hexadecimal digits of a chunk's size.
    Size { size: u64, digits: u8 },
    /// After them, up to the end of the line.
    Extension { size: u64 },
    /// At the line feed that ends the size line.
    SizeEnd { size: u64 },
    /// In a chunk's data.
    Data { left: u64 },
    /// At the carriage return after them.
    DataEnd,
    /// At the line feed after that.
    DataEndLine,
    /// In the trailer section, up to its empty line.
    Trailers,
    /// Past the end.
    Done,
}

const START: State = State::Size { size: 0, digits: 0 };

impl Chunked {
    /// A decoder at the start of a body.
    pub(super) fn new() -> Self {
        Self {
            state: START,
            line_bytes: 0,
            trailers: Vec::new(),
        }
    }

    /// Whether the body is complete.
    pub(super) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Bytes of the current chunk that are still to come.
    pub(super) fn announced(&self) -> u64 {
        match self.state {
            State::Data { left } => left,
            _ => 0,
        }
    }

    /// Decodes from the start of `input` and hands each piece of data to `data`. Returns how many bytes of
    /// `input` belong to the body.
    pub(super) fn decode(
        &mut self,
        input: &[u8],
        mut data: impl FnMut(&[u8]) -> Result<(), Refusal>,
    ) -> Result<usize, Refusal> {
        let mut rest = input;
        while !self.is_done() && !rest.is_empty() {
            if let State::Data { left } = self.state {
                let take = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                let (piece, after) = rest.split_at(take);
                data(piece)?;
                rest = after;
                self.state = match left - take as u64 {
                    0 => State::DataEnd,
                    left => State::Data { left },
                };
            } else if let Some((&byte, after)) = rest.split_first() {
                self.state = self.step(byte)?;
                rest = after;
            }
        }
        Ok(input.len() - rest.len())
    }

    /// One byte that is not data.
    fn step(&mut self, byte: u8) -> Result<State, Refusal> {
        match (self.state, byte) {
            (State::Size { size, digits }, _) => self.size(size, digits, byte),
            (State::Extension { size }, b'\r') => Ok(State::SizeEnd { size }),
            (State::Extension { size }, b'\t' | b' '..=b'~' | 0x80..) => {
                self.count_line_byte()?;
                Ok(State::Extension { size })
            }
            (State::SizeEnd { size }, b'\n') => Ok(self.begin_chunk(size)),
            (State::DataEnd, b'\r') => Ok(State::DataEndLine),
            (State::DataEndLine, b'\n') => Ok(START),
            (State::Trailers, byte) => self.trailer(byte),
            _ => Err(Refusal::Malformed("a chunk is not framed as chunks are")),
        }
    }

    /// At most 16 digits, which is what fits 64 bits: more can only be zeros or an overflow.
    fn size(&mut self, size: u64, digits: u8, byte: u8) -> Result<State, Refusal> {
        self.count_line_byte()?;
        match (byte, char::from(byte).to_digit(16)) {
            (_, Some(digit)) if digits < 16 => Ok(State::Size {
                size: size << 4 | u64::from(digit),
                digits: digits + 1,
            }),
            (b'\r', _) if digits > 0 => Ok(State::SizeEnd { size }),
            (b';', _) if digits > 0 => Ok(State::Extension { size }),
            _ => Err(Refusal::Malformed(
                "a chunk's size is not a hexadecimal number",
            )),
        }
    }

    fn count_line_byte(&mut self) -> Result<(), Refusal> {
        self.line_bytes += 1;
        if self.line_bytes > CHUNK_LINE_BYTES_MAX {
            Err(Refusal::ChunkLineTooLong)
        } else {
            Ok(())
        }
    }

    fn begin_chunk(&mut self, size: u64) -> State {
        self.line_bytes = 0;
        if size == 0 {
            State::Trailers
        } else {
            State::Data { left: size }
        }
    }

    /// Trailers are checked and dropped: nothing here depends on any.
    fn trailer(&mut self, byte: u8) -> Result<State, Refusal> {
        if byte == b'\n' && self.trailers.last() != Some(&b'\r') {
            return Err(Refusal::Malformed("a line ends with LF alone"));
        }
        self.trailers.push(byte);
        if self.trailers.len() > TRAILER_BYTES_MAX {
            return Err(Refusal::TrailersTooLarge);
        }
        if self.trailers != b"\r\n" && !self.trailers.ends_with(b"\r\n\r\n") {
            return Ok(State::Trailers);
        }
        let mut fields = [httparse::EMPTY_HEADER; TRAILERS_MAX];
        match httparse::parse_headers(&self.trailers, &mut fields) {
            Ok(httparse::Status::Complete(_)) => Ok(State::Done),
            _ => Err(Refusal::Malformed("the trailers are no fields")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(pieces: &[&[u8]]) -> Result<(Vec<u8>, usize, bool), Refusal> {
        let (mut decoder, mut body, mut used) = (Chunked::new(), Vec::new(), 0);
        for piece in pieces {
            used += decoder.decode(piece, |data| {
                body.extend(data);
                Ok(())
            })?;
        }
        Ok((body, used, decoder.is_done()))
    }

    const WHOLE: &[u8] = b"5\r\nhello\r\n6;name=\"v\"\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n";

    #[test]
    fn every_split_of_a_body_decodes_to_the_same() {
        for first in 0..=WHOLE.len() {
            for second in first..=WHOLE.len() {
                let pieces = [&WHOLE[..first], &WHOLE[first..second], &WHOLE[second..]];
                let decoded = decode(&pieces).unwrap();
                assert_eq!(
                    decoded,
                    (b"hello world".to_vec(), WHOLE.len(), true),
                    "{first} {second}"
                );
            }
        }
    }

    #[test]
    fn what_follows_a_body_is_left_alone() {
        let (body, used, done) = decode(&[b"1\r\nx\r\n0\r\n\r\nGET / HTTP/1.1\r\n"]).unwrap();
        assert_eq!((body.as_slice(), used, done), (b"x".as_slice(), 11, true));
    }

    #[test]
    fn sizes_that_other_readers_take_differently_are_refused() {
        let cases = [
            "+5\r\nhello\r\n",
            "-5\r\n",
            "0x5\r\nhello\r\n",
            " 5\r\nhello\r\n",
            "5 \r\nhello\r\n",
            "\r\n",
            ";\r\n",
            "5\nhello\r\n",
            "5\r\nhello\n0\r\n",
            "5\r\nhellox\r\n",
            "5\r\rhello",
            "5;a\nb\r\nhello\r\n",
            "10000000000000000\r\n",
            "G\r\n",
            "5_0\r\n",
            "5;\0\r\n",
        ];
        for case in cases {
            assert!(decode(&[case.as_bytes()]).is_err(), "{case:?}");
        }
    }

    #[test]
    fn an_endless_size_line_or_trailer_is_refused() {
        let line = [b"5;".as_slice(), &[b'x'; CHUNK_LINE_BYTES_MAX]].concat();
        assert_eq!(decode(&[&line]).unwrap_err(), Refusal::ChunkLineTooLong);
        let trailers = [
            b"0\r\n".as_slice(),
            &b"A: b\r\n".repeat(TRAILER_BYTES_MAX / 6 + 1),
        ]
        .concat();
        assert_eq!(decode(&[&trailers]).unwrap_err(), Refusal::TrailersTooLarge);
        assert!(decode(&[b"0\r\nno field\r\n\r\n"]).is_err());
        assert!(decode(&[b"0\r\nA: b\n\r\n"]).is_err());
    }
}
