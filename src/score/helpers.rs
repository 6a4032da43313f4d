//! Threads that large requests start beside their own, so that one request uses all cores and many do not have more
//! threads than cores and requests.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How many threads all requests together may start beside their own.
#[derive(Debug)]
pub struct Helpers(AtomicUsize);

/// Threads that one request may start. They are given back when this is dropped.
#[derive(Debug)]
pub(super) struct Taken<'h> {
    helpers: &'h Helpers,
    threads: usize,
}

impl Helpers {
    /// One for each core but the first.
    #[must_use]
    pub const fn of_cores(cores: usize) -> Self {
        Self(AtomicUsize::new(cores.saturating_sub(1)))
    }

    /// Takes those that no other request has, at most so many. `None` if there are none.
    pub(super) fn take(&self, most: usize) -> Option<Taken<'_>> {
        let Self(free) = self;
        let taken = free.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |free| {
            (free.min(most) > 0).then(|| free - free.min(most))
        });
        let threads = taken.ok()?.min(most);
        Some(Taken {
            helpers: self,
            threads,
        })
    }
}

impl Taken<'_> {
    pub(super) fn threads(&self) -> usize {
        self.threads
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let Helpers(free) = self.helpers;
        free.fetch_add(self.threads, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::Helpers;

    #[test]
    fn requests_share_the_helpers_and_give_them_back() {
        let helpers = Helpers::of_cores(4);
        let first = helpers.take(2).unwrap();
        let second = helpers.take(2).unwrap();
        assert_eq!((first.threads(), second.threads()), (2, 1));
        assert!(helpers.take(1).is_none());
        drop((first, second));
        assert_eq!(helpers.take(9).unwrap().threads(), 3);
        assert!(Helpers::of_cores(1).take(1).is_none());
    }
}
