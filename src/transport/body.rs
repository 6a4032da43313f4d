//! A body as it arrives: framed, capped, and reserved before it grows.

use std::io::{ErrorKind, Read};
use std::time::{Duration, Instant};

use super::buffer::Buffer;
use super::chunked::Chunked;
use super::framing::Framing;
use super::refusal::Refusal;
use crate::account::Account;
use crate::limits::{BODY_RATE_MIN, BODY_READ_BYTES_MAX};

/// A body that is being received.
pub(super) struct Body {
    buffer: Buffer,
    framing: Receiving,
    /// Bytes it may have at most.
    cap: usize,
    began: Instant,
}

enum Receiving {
    Length(usize),
    Chunked(Chunked),
}

impl Body {
    /// The empty beginning of a body.
    ///
    /// # Errors
    /// Its declared length is over the cap.
    pub(super) fn begin(
        framing: Framing,
        cap: usize,
        account: Account,
        now: Instant,
    ) -> Result<Self, Refusal> {
        let framing = match framing {
            Framing::Chunked => Receiving::Chunked(Chunked::new()),
            Framing::Length(length) => match usize::try_from(length) {
                Ok(length) if length <= cap => Receiving::Length(length),
                _ => return Err(Refusal::BodyTooLarge(cap)),
            },
        };
        Ok(Self {
            buffer: Buffer::new(account),
            framing,
            cap,
            began: now,
        })
    }

    /// Whether all of it is there.
    pub(super) fn is_complete(&self) -> bool {
        match &self.framing {
            Receiving::Length(length) => self.buffer.len() == *length,
            Receiving::Chunked(chunked) => chunked.is_done(),
        }
    }

    /// Bytes that the body has as far as is known: its declared length, or what has arrived.
    pub(super) fn size(&self) -> usize {
        match self.framing {
            Receiving::Length(length) => length,
            Receiving::Chunked(_) => self.buffer.len(),
        }
    }

    /// The bytes, and the account that they have grown against.
    pub(super) fn into_parts(self) -> (Vec<u8>, Account) {
        self.buffer.into_parts()
    }

    /// Takes what belongs to the body from the start of `input`; returns how many bytes that was.
    pub(super) fn take(&mut self, input: &[u8]) -> Result<usize, Refusal> {
        let Self {
            buffer,
            framing,
            cap,
            ..
        } = self;
        match framing {
            Receiving::Length(length) => {
                let piece = input.get(..*length - buffer.len()).unwrap_or(input);
                buffer.extend(piece, *length)?;
                Ok(piece.len())
            }
            Receiving::Chunked(chunked) => {
                let used = chunked.decode(input, |piece| {
                    if buffer.len() + piece.len() > *cap {
                        return Err(Refusal::BodyTooLarge(*cap));
                    }
                    buffer.extend(piece, *cap)
                })?;
                // A chunk that would go beyond the cap is refused when it is announced.
                if chunked.announced() > (*cap - buffer.len()) as u64 {
                    return Err(Refusal::BodyTooLarge(*cap));
                }
                Ok(used)
            }
        }
    }

    /// Whether [`read_from`](Self::read_from) can read what comes next: chunks have to be decoded first.
    pub(super) fn has_length(&self) -> bool {
        matches!(self.framing, Receiving::Length(_))
    }

    /// Reads what has arrived into the body's own buffer, so that a large body is never copied.
    /// Returns false at the end of the stream.
    pub(super) fn read_from(&mut self, source: &mut impl Read) -> Result<bool, Refusal> {
        let Receiving::Length(length) = self.framing else {
            return Ok(true);
        };
        let most = self.buffer.room(length)?.min(BODY_READ_BYTES_MAX);
        match self.buffer.read(source, most) {
            Ok(read) => Ok(read == most),
            Err(error) => Ok(error.kind() == ErrorKind::WouldBlock),
        }
    }

    /// When the next byte must have arrived: `grace` after the beginning of the body, and later for every byte
    /// that has arrived.
    pub(super) fn deadline(&self, grace: Duration) -> Instant {
        self.began + grace + Duration::from_millis(self.buffer.len() as u64 * 1_000 / BODY_RATE_MIN)
    }
}
