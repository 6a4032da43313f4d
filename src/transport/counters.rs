//! Counts of connections and refusals, for metrics.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

/// Counts since the start. Reading them takes no lock.
#[derive(Debug, Default)]
pub struct Counters {
    accepted: AtomicU64,
    open: AtomicUsize,
    evicted: AtomicU64,
    refused: AtomicU64,
}

impl Counters {
    /// Connections accepted.
    pub fn connections_accepted(&self) -> u64 {
        self.accepted.load(Relaxed)
    }

    /// Connections open now.
    pub fn connections_open(&self) -> usize {
        self.open.load(Relaxed)
    }

    /// Connections that were evicted because there were too many.
    pub fn connections_evicted(&self) -> u64 {
        self.evicted.load(Relaxed)
    }

    /// Requests that the transport refused before a service saw them.
    pub fn requests_refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }

    pub(super) fn opened(&self) {
        self.accepted.fetch_add(1, Relaxed);
        self.open.fetch_add(1, Relaxed);
    }

    pub(super) fn closed(&self) {
        self.open.fetch_sub(1, Relaxed);
    }

    pub(super) fn evicted(&self) {
        self.evicted.fetch_add(1, Relaxed);
    }

    pub(super) fn refused(&self) {
        self.refused.fetch_add(1, Relaxed);
    }
}
