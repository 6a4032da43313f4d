//! A buffer that reserves its memory before it grows.

use std::io::Read;

use super::refusal::Refusal;
use crate::account::{Account, Shortage};
use crate::limits::BODY_GROWTH_BYTES_MIN;

/// Bytes, and the account that they are reserved in.
pub(super) struct Buffer {
    bytes: Vec<u8>,
    account: Account,
}

impl Buffer {
    /// An empty buffer, which reserves in `account` as it grows.
    pub(super) fn new(account: Account) -> Self {
        Self {
            bytes: Vec::new(),
            account,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes, and their account.
    pub(super) fn into_parts(self) -> (Vec<u8>, Account) {
        (self.bytes, self.account)
    }

    /// Appends bytes, where the buffer will have `most` of them in the end.
    pub(super) fn extend(&mut self, bytes: &[u8], most: usize) -> Result<(), Refusal> {
        self.grow(bytes.len(), most)?;
        self.bytes.extend(bytes);
        Ok(())
    }

    /// How many bytes fit without growing, at least one, unless there are `most` already.
    pub(super) fn room(&mut self, most: usize) -> Result<usize, Refusal> {
        if self.bytes.len() == self.bytes.capacity() {
            self.grow(1, most)?;
        }
        Ok(self.bytes.capacity().min(most) - self.bytes.len())
    }

    /// Reads at most `most` bytes, for which there is [room](Self::room), up to the end of the source.
    pub(super) fn read(&mut self, source: &mut impl Read, most: usize) -> std::io::Result<usize> {
        source.take(most as u64).read_to_end(&mut self.bytes)
    }

    /// Grows for `more` bytes: at least to twice the size, never beyond `most` bytes, and only as far as the
    /// account allows. A declared length alone takes no memory.
    fn grow(&mut self, more: usize, most: usize) -> Result<(), Refusal> {
        let Self { bytes, account } = self;
        if bytes.capacity() - bytes.len() >= more {
            return Ok(());
        }
        let wanted = (bytes.len() + more)
            .max(bytes.capacity() * 2)
            .max(BODY_GROWTH_BYTES_MIN)
            .min(most);
        account
            .reserve(wanted.saturating_sub(bytes.capacity()))
            .map_err(Refusal::Memory)?;
        bytes
            .try_reserve_exact(wanted - bytes.len())
            .map_err(|_| Refusal::Memory(Shortage::refused_by_system(wanted)))
    }
}
