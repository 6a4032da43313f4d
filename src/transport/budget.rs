//! The memory that request bodies may take together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that are still free.
#[derive(Debug, Clone)]
pub(super) struct Budget(Arc<AtomicUsize>);

/// Bytes taken from a budget, and returned to it when this is dropped.
#[derive(Debug)]
pub(super) struct Reservation {
    budget: Budget,
    bytes: usize,
}

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(bytes)))
    }

    /// A reservation of nothing, to be [extended](Reservation::extend).
    pub(super) fn reservation(&self) -> Reservation {
        Reservation {
            budget: self.clone(),
            bytes: 0,
        }
    }
}

impl Reservation {
    /// Takes `bytes` more; false if fewer are free.
    pub(super) fn extend(&mut self, bytes: usize) -> bool {
        let left = &self.budget.0;
        let taken = left.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| {
            left.checked_sub(bytes)
        });
        if taken.is_ok() {
            self.bytes += bytes;
        }
        taken.is_ok()
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.0.fetch_add(self.bytes, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_reserved_comes_back_and_more_than_there_is_is_refused() {
        let budget = Budget::new(10);
        let (mut first, mut second) = (budget.reservation(), budget.reservation());
        assert!(first.extend(6) && second.extend(4) && !second.extend(1));
        drop(first);
        assert!(second.extend(6) && !second.extend(1));
        drop(second);
        assert!(budget.reservation().extend(10));
    }
}
