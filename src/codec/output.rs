//! The bytes of an answer as they are written: reserved before they grow.

use super::error::EncodeError;
use crate::account::{Account, Shortage};
use crate::limits::ANSWER_GROWTH_BYTES_MIN;

/// The beginning of an answer.
pub(super) struct Output<'a> {
    bytes: Vec<u8>,
    account: &'a mut Account,
    /// Bytes that a row takes at most.
    row_bytes_max: usize,
}

impl<'a> Output<'a> {
    /// Nothing yet, with room for about `expected` bytes.
    pub(super) fn new(
        expected: usize,
        row_bytes_max: usize,
        account: &'a mut Account,
    ) -> Result<Self, EncodeError> {
        let mut output = Self {
            bytes: Vec::new(),
            account,
            row_bytes_max,
        };
        output.grow(expected.saturating_add(row_bytes_max))?;
        Ok(output)
    }

    /// The answer so far, with room for a row.
    pub(super) fn row(&mut self) -> Result<&mut Vec<u8>, EncodeError> {
        self.with_room(self.row_bytes_max)
    }

    /// The answer so far, with room for so many bytes.
    #[inline]
    pub(super) fn with_room(&mut self, bytes: usize) -> Result<&mut Vec<u8>, EncodeError> {
        let capacity = self.bytes.capacity();
        if capacity - self.bytes.len() < bytes {
            let step = bytes.max(capacity / 4).max(ANSWER_GROWTH_BYTES_MIN);
            self.grow(step)?;
        }
        Ok(&mut self.bytes)
    }

    /// Makes room for a row in bytes that are to be [appended](Self::append).
    pub(super) fn make_room(&mut self, bytes: &mut Vec<u8>) -> Result<(), EncodeError> {
        let capacity = bytes.capacity();
        if capacity - bytes.len() < self.row_bytes_max {
            let step = self.row_bytes_max.max(capacity / 4);
            reserve(bytes, step, self.account)?;
        }
        Ok(())
    }

    /// Appends bytes that [had room](Self::make_room) made for them.
    pub(super) fn append(&mut self, mut bytes: Vec<u8>) -> Result<(), EncodeError> {
        let reserved = bytes.capacity();
        self.with_room(bytes.len())?.append(&mut bytes);
        drop(bytes);
        self.account.release(reserved);
        Ok(())
    }

    /// The whole answer.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        let Self {
            mut bytes, account, ..
        } = self;
        let (length, capacity) = (bytes.len(), bytes.capacity());
        if capacity - length >= ANSWER_GROWTH_BYTES_MIN {
            bytes.shrink_to_fit();
            account.release(capacity - bytes.capacity());
        }
        bytes
    }

    fn grow(&mut self, more: usize) -> Result<(), EncodeError> {
        reserve(&mut self.bytes, more, self.account)
    }
}

/// Grows a buffer by so many bytes.
fn reserve(bytes: &mut Vec<u8>, more: usize, account: &mut Account) -> Result<(), EncodeError> {
    account.reserve(more)?;
    let spare = bytes.capacity() - bytes.len();
    let grown = bytes.try_reserve_exact(spare + more);
    grown.map_err(|_| Shortage::refused_by_system(more))?;
    Ok(())
}
