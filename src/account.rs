//! The memory that requests may take together: each reserves what it needs before it spends it.
//!
//! [`Memory`] is what there is, an [`Account`] what one request has reserved of it: its body, what decoding takes, its
//! predictions and its answer, until the last byte of the answer has left. Reserving never waits. It succeeds, or the
//! request is refused.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::limits::ACCOUNT_FREE_BYTES;

/// Bytes that requests may take together. Copies share them.
#[derive(Debug, Clone, Copy)]
pub struct Memory(Option<&'static Pool>);

#[derive(Debug)]
struct Pool {
    /// Bytes that nobody has reserved.
    left: AtomicUsize,
    /// Bytes that one request may have: all that requests may have together.
    most: AtomicUsize,
}

/// Bytes that were reserved, and are given back when this is dropped.
#[derive(Debug)]
pub struct Account {
    memory: Memory,
    /// Bytes that are needed now. The first [`ACCOUNT_FREE_BYTES`] of them are not counted.
    bytes: usize,
    free: usize,
}

/// Why memory is not reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Shortage {
    /// The request alone needs more than all requests together may have.
    #[error(
        "the request takes {wanted} bytes of memory with its predictions and its answer, and {most} are allowed: \
         send fewer rows at a time"
    )]
    TooLarge {
        /// Bytes that it would have had reserved.
        wanted: usize,
        /// Bytes that it may have.
        most: usize,
    },
    /// Other requests have reserved what it needs.
    #[error(
        "the request takes {wanted} bytes of memory, and other requests have left too little of the {most} that are \
         allowed: try again"
    )]
    Taken {
        /// Bytes that it would have had reserved.
        wanted: usize,
        /// Bytes that all requests may have together.
        most: usize,
    },
}

impl Shortage {
    /// The system has no memory where the account had some.
    #[must_use]
    pub fn refused_by_system(wanted: usize) -> Self {
        Self::Taken {
            wanted,
            most: wanted,
        }
    }

    /// Whether the request can never be answered, whoever else is served.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::TooLarge { .. })
    }
}

impl Memory {
    /// So many bytes. A process has one such memory for as long as it lives: what counts them is never freed, so that
    /// a request counts no references to it.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self(Some(Box::leak(Box::new(Pool {
            left: AtomicUsize::new(bytes),
            most: AtomicUsize::new(bytes),
        }))))
    }

    /// As many bytes as anybody asks for: for programs that serve nobody.
    #[must_use]
    pub const fn unlimited() -> Self {
        Self(None)
    }

    /// Bytes that one request may have, which is what all requests may have together.
    #[must_use]
    pub fn most(self) -> usize {
        self.0
            .map_or(usize::MAX, |pool| pool.most.load(Ordering::Acquire))
    }

    /// The account of a request, which has reserved nothing yet. Its first [`ACCOUNT_FREE_BYTES`] cost nothing: most
    /// requests need no more, and the threads that answer them bound how many there are at once.
    #[must_use]
    pub fn request(self) -> Account {
        Account {
            memory: self,
            bytes: 0,
            free: ACCOUNT_FREE_BYTES,
        }
    }

    /// The account of something that stays: every byte of it counts.
    #[must_use]
    pub fn held(self) -> Account {
        Account {
            memory: self,
            bytes: 0,
            free: 0,
        }
    }

    /// Takes bytes away from what requests may have, as a model that is loaded does.
    ///
    /// # Errors
    /// Fewer are left.
    pub fn set_aside(self, bytes: usize) -> Result<(), Shortage> {
        self.take(bytes, bytes)?;
        if let Some(pool) = self.0 {
            pool.most.fetch_sub(bytes, Ordering::AcqRel);
        }
        Ok(())
    }

    /// Gives back what was [set aside](Self::set_aside).
    pub fn take_back(self, bytes: usize) {
        if let Some(pool) = self.0 {
            pool.most.fetch_add(bytes, Ordering::AcqRel);
        }
        self.give_back(bytes);
    }

    /// Takes `bytes`, with which somebody would have `wanted`.
    fn take(self, bytes: usize, wanted: usize) -> Result<(), Shortage> {
        let Some(pool) = self.0 else { return Ok(()) };
        let taken = pool
            .left
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| {
                left.checked_sub(bytes)
            });
        let most = self.most();
        match taken {
            Ok(_) => Ok(()),
            Err(_) if wanted > most => Err(Shortage::TooLarge { wanted, most }),
            Err(_) => Err(Shortage::Taken { wanted, most }),
        }
    }

    fn give_back(self, bytes: usize) {
        if let Some(pool) = self.0 {
            pool.left.fetch_add(bytes, Ordering::AcqRel);
        }
    }
}

impl Account {
    /// An account of [unlimited](Memory::unlimited) memory.
    #[must_use]
    pub fn unlimited() -> Self {
        Memory::unlimited().request()
    }

    /// Another account of the same memory, which has reserved nothing yet, and of which every byte counts.
    #[must_use]
    pub fn beside(&self) -> Self {
        self.memory.held()
    }

    /// Reserves `bytes` more.
    ///
    /// # Errors
    /// They are not there. Nothing is reserved then.
    pub fn reserve(&mut self, bytes: usize) -> Result<(), Shortage> {
        let wanted = self.bytes.saturating_add(bytes);
        let more = self.counted(wanted) - self.counted(self.bytes);
        if more > 0 {
            self.memory.take(more, wanted)?;
        }
        self.bytes = wanted;
        Ok(())
    }

    /// Gives `bytes` back before the account ends.
    pub fn release(&mut self, bytes: usize) {
        let left = self.bytes.saturating_sub(bytes);
        let back = self.counted(self.bytes) - self.counted(left);
        if back > 0 {
            self.memory.give_back(back);
        }
        self.bytes = left;
    }

    /// Reserves or gives back what there is to be `bytes` in the end.
    ///
    /// # Errors
    /// More are needed, and they are not there.
    pub fn resize(&mut self, bytes: usize) -> Result<(), Shortage> {
        if bytes > self.bytes {
            return self.reserve(bytes - self.bytes);
        }
        self.release_to(bytes);
        Ok(())
    }

    /// Gives back all but `bytes`.
    pub fn release_to(&mut self, bytes: usize) {
        self.release(self.bytes.saturating_sub(bytes));
    }

    /// Another account of the same memory, for a part of the work on the same request that another thread does. It is to be
    /// [absorbed](Self::absorb) in the end.
    #[must_use]
    pub fn of_part(&self) -> Self {
        Self {
            memory: self.memory,
            bytes: 0,
            free: self.free,
        }
    }

    /// Takes over what another account has reserved of the same memory.
    ///
    /// # Errors
    /// This account counts bytes that the other did not, and they are not there.
    pub fn absorb(&mut self, mut other: Self) -> Result<(), Shortage> {
        let uncounted = self.counted(self.bytes + other.bytes)
            - self.counted(self.bytes)
            - other.counted(other.bytes);
        if uncounted > 0 {
            self.memory.take(uncounted, self.bytes + other.bytes)?;
        }
        self.bytes += std::mem::take(&mut other.bytes);
        Ok(())
    }

    fn counted(&self, bytes: usize) -> usize {
        bytes.saturating_sub(self.free)
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let counted = self.counted(self.bytes);
        if counted > 0 {
            self.memory.give_back(counted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_reserved_comes_back_and_more_than_there_is_is_refused() {
        let memory = Memory::new(10);
        let (mut first, mut second) = (memory.held(), memory.held());
        first.reserve(6).unwrap();
        second.reserve(4).unwrap();
        let refused = second.reserve(1).unwrap_err();
        assert_eq!(
            refused,
            Shortage::Taken {
                wanted: 5,
                most: 10
            }
        );
        drop(first);
        second.reserve(6).unwrap();
        let refused = second.reserve(1).unwrap_err();
        assert_eq!(
            refused,
            Shortage::TooLarge {
                wanted: 11,
                most: 10
            }
        );
        second.release(3);
        memory.held().reserve(3).unwrap();
        assert!(memory.held().reserve(4).is_err());
    }

    #[test]
    fn the_first_bytes_of_a_request_are_free_until_they_outlive_it() {
        let memory = Memory::new(ACCOUNT_FREE_BYTES);
        let mut requests: Vec<_> = (0..3).map(|_| memory.request()).collect();
        for request in &mut requests {
            request.reserve(ACCOUNT_FREE_BYTES).unwrap();
        }
        let mut outbox = memory.held();
        outbox.absorb(requests.remove(0)).unwrap();
        assert!(outbox.absorb(requests.remove(0)).is_err());
        drop(outbox);
        requests[0].reserve(ACCOUNT_FREE_BYTES).unwrap();
        assert!(requests[0].reserve(1).is_err());
        drop(requests);
        memory.held().reserve(ACCOUNT_FREE_BYTES).unwrap();
    }

    #[test]
    fn what_is_set_aside_is_nobody_elses() {
        let memory = Memory::new(10);
        memory.set_aside(6).unwrap();
        assert!(memory.set_aside(5).is_err());
        let refused = memory.held().reserve(5).unwrap_err();
        assert_eq!(refused, Shortage::TooLarge { wanted: 5, most: 4 });
        memory.take_back(6);
        memory.held().reserve(10).unwrap();
    }
}
