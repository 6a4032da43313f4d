//! Answers that the socket had no room for.

use std::collections::VecDeque;
use std::io::{ErrorKind, IoSlice, Write};

use super::context::Completion;
use super::socket::Socket;
use crate::account::{Account, Memory, Shortage};
use crate::limits::PIECES_WRITTEN_AT_ONCE_MAX;

/// Bytes on their way to one client. Empty, it has no buffer.
#[derive(Debug)]
pub(super) struct Outbox {
    /// Pieces, of which none is empty.
    pieces: VecDeque<Vec<u8>>,
    /// How many bytes of the first one have left.
    written: usize,
    /// What the pieces take, until the last byte has left.
    account: Account,
}

impl Outbox {
    pub(super) fn new(memory: Memory) -> Self {
        Self {
            pieces: VecDeque::new(),
            written: 0,
            account: memory.held(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Adds an answer without a copy.
    ///
    /// # Errors
    /// Its memory is not there for as long as the client likes.
    pub(super) fn push(&mut self, completion: Completion) -> Result<(), Shortage> {
        self.account.absorb(completion.account)?;
        self.account.reserve(completion.head.capacity())?;
        for piece in [completion.head, completion.body] {
            if !piece.is_empty() {
                self.pieces.push_back(piece);
            }
        }
        Ok(())
    }

    /// Writes older bytes, then `fresh`, and keeps what the socket has no room for. Returns whether any byte
    /// left.
    pub(super) fn flush(
        &mut self,
        stream: &impl Socket,
        fresh: &mut Vec<u8>,
    ) -> std::io::Result<bool> {
        let mut progress = false;
        while !self.is_empty() {
            let count = self.write_pieces(stream)?;
            progress |= count > 0;
            if count == 0 {
                break;
            }
        }
        if !self.is_empty() {
            return self.keep(fresh, 0).map(|()| progress);
        }
        self.pieces = VecDeque::new();
        self.account.release_to(0);
        if !fresh.is_empty() {
            let count = written(stream.io().write(fresh))?;
            progress |= count > 0;
            self.keep(fresh, count)?;
        }
        Ok(progress)
    }

    /// Writes once from the pieces, and drops those that have left.
    fn write_pieces(&mut self, stream: &impl Socket) -> std::io::Result<usize> {
        let mut slices = [IoSlice::new(&[]); PIECES_WRITTEN_AT_ONCE_MAX];
        let skipped = std::iter::once(self.written).chain(std::iter::repeat(0));
        for ((slice, piece), skipped) in slices.iter_mut().zip(&self.pieces).zip(skipped) {
            *slice = IoSlice::new(piece.get(skipped..).unwrap_or_default());
        }
        let count = written(stream.io().write_vectored(&slices))?;
        self.written += count;
        while let Some(piece) = self.pieces.front()
            && self.written >= piece.len()
        {
            self.written -= piece.len();
            self.pieces.pop_front();
        }
        Ok(count)
    }

    /// Keeps the bytes of `fresh` behind the first `written`.
    fn keep(&mut self, fresh: &mut Vec<u8>, written: usize) -> std::io::Result<()> {
        let rest = fresh.get(written..).unwrap_or_default();
        if !rest.is_empty() {
            let kept = self.account.reserve(rest.len());
            kept.map_err(|_| std::io::Error::from(ErrorKind::OutOfMemory))?;
            self.pieces.push_back(rest.to_vec());
        }
        fresh.clear();
        Ok(())
    }
}

/// How many bytes a write took; none if the socket has no room.
fn written(result: std::io::Result<usize>) -> std::io::Result<usize> {
    match result {
        Ok(count) => Ok(count),
        Err(error) if is_temporary(&error) => Ok(0),
        Err(error) => Err(error),
    }
}

/// Whether a socket may be read or written again later.
pub(super) fn is_temporary(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
