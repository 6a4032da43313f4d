//! A body as it arrives: framed, capped, and counted against the budget before it grows.

use std::io::{ErrorKind, Read};
use std::time::{Duration, Instant};

use super::budget::Reservation;
use super::chunked::Chunked;
use super::framing::Framing;
use super::refusal::Refusal;
use crate::limits::{BODY_GROWTH_BYTES_MIN, BODY_RATE_MIN, BODY_READ_BYTES_MAX};

/// A body that is being received.
pub(super) struct Body {
    bytes: Vec<u8>,
    framing: Receiving,
    /// Bytes it may have at most.
    cap: usize,
    reservation: Reservation,
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
        reservation: Reservation,
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
            bytes: Vec::new(),
            framing,
            cap,
            reservation,
            began: now,
        })
    }

    /// Whether all of it is there.
    pub(super) fn is_complete(&self) -> bool {
        match &self.framing {
            Receiving::Length(length) => self.bytes.len() == *length,
            Receiving::Chunked(chunked) => chunked.is_done(),
        }
    }

    /// Bytes that the body has as far as is known: its declared length, or what has arrived.
    pub(super) fn size(&self) -> usize {
        match self.framing {
            Receiving::Length(length) => length,
            Receiving::Chunked(_) => self.bytes.len(),
        }
    }

    /// The bytes, and what they have reserved of the budget.
    pub(super) fn into_parts(self) -> (Vec<u8>, Reservation) {
        (self.bytes, self.reservation)
    }

    /// Takes what belongs to the body from the start of `input`; returns how many bytes that was.
    pub(super) fn take(&mut self, input: &[u8]) -> Result<usize, Refusal> {
        let Self {
            bytes,
            framing,
            cap,
            reservation,
            ..
        } = self;
        match framing {
            Receiving::Length(length) => {
                let piece = input.get(..*length - bytes.len()).unwrap_or(input);
                grow(bytes, piece.len(), *length, reservation)?;
                bytes.extend(piece);
                Ok(piece.len())
            }
            Receiving::Chunked(chunked) => {
                let used = chunked.decode(input, |piece| {
                    if bytes.len() + piece.len() > *cap {
                        return Err(Refusal::BodyTooLarge(*cap));
                    }
                    grow(bytes, piece.len(), *cap, reservation)?;
                    bytes.extend(piece);
                    Ok(())
                })?;
                // A chunk that would go beyond the cap is refused when it is announced.
                if chunked.announced() > (*cap - bytes.len()) as u64 {
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
        if self.bytes.len() == self.bytes.capacity() {
            grow(&mut self.bytes, 1, length, &mut self.reservation)?;
        }
        let room = self.bytes.capacity().min(length) - self.bytes.len();
        let most = room.min(BODY_READ_BYTES_MAX);
        match source.take(most as u64).read_to_end(&mut self.bytes) {
            Ok(read) => Ok(read == most),
            Err(error) => Ok(error.kind() == ErrorKind::WouldBlock),
        }
    }

    /// When the next byte must have arrived: `grace` after the beginning of the body, and later for every byte
    /// that has arrived.
    pub(super) fn deadline(&self, grace: Duration) -> Instant {
        self.began + grace + Duration::from_millis(self.bytes.len() as u64 * 1_000 / BODY_RATE_MIN)
    }
}

/// Grows the buffer for `more` bytes: at least to twice its size, never beyond `most` bytes, and only as far
/// as the budget allows. A declared length alone takes no memory.
fn grow(
    bytes: &mut Vec<u8>,
    more: usize,
    most: usize,
    reservation: &mut Reservation,
) -> Result<(), Refusal> {
    if bytes.capacity() - bytes.len() >= more {
        return Ok(());
    }
    let wanted = (bytes.len() + more)
        .max(bytes.capacity() * 2)
        .max(BODY_GROWTH_BYTES_MIN)
        .min(most);
    let before = bytes.capacity();
    if !reservation.extend(wanted.saturating_sub(before)) {
        return Err(Refusal::BodiesTooLarge);
    }
    bytes
        .try_reserve_exact(wanted - bytes.len())
        .map_err(|_| Refusal::BodiesTooLarge)
}
