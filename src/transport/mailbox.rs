//! What other threads leave for an I/O worker.

use std::sync::{Mutex, PoisonError};

use super::poller::Waker;

/// Letters in the order in which they were sent. Sending one wakes the worker.
pub(super) struct Mailbox<T> {
    letters: Mutex<Vec<T>>,
    waker: Waker,
}

impl<T> Mailbox<T> {
    pub(super) fn new(waker: Waker) -> Self {
        Self {
            letters: Mutex::new(Vec::new()),
            waker,
        }
    }

    /// Leaves a letter and wakes the worker.
    pub(super) fn send(&self, letter: T) {
        self.letters
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(letter);
        self.waker.wake();
    }

    /// Takes all letters.
    pub(super) fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.letters.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
