//! Caps and deadlines that can be set.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::poller::DESCRIPTORS_PER_CONNECTION;
use crate::container;
use crate::limits::{
    BODY_BYTES_MAX, BODY_GRACE, CONNECTIONS_MAX, CONTAINER_BYTES_KEPT, DESCRIPTORS_KEPT,
    DRAIN_IDLE, DRAIN_TIMEOUT, HEAD_TIMEOUT, IDLE, MEMORY_BYTES_MAX, WRITE_TIMEOUT,
};

/// Caps and deadlines of the transport.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// I/O workers, not counting the one for large bodies. Half of the cores: the kernel's share of a small request
    /// is as large as ours.
    pub workers: usize,
    /// Compute threads, for requests too large to be answered by an I/O worker: as many as cores.
    pub compute_threads: usize,
    /// Connections at once.
    pub connections: usize,
    /// Bytes of one body.
    pub body_bytes: usize,
    /// Bytes of memory that all requests take together, with their answers.
    pub memory_bytes: usize,
    /// How long a connection may stay open without a request.
    pub idle: Duration,
    /// How long a head may take from its first byte to its last.
    pub head: Duration,
    /// How long a body may take before it must keep up [`BODY_RATE_MIN`](crate::limits::BODY_RATE_MIN).
    pub body: Duration,
    /// How long a client may take no byte of its answer.
    pub write: Duration,
    /// How long connections without a request may send one more after SIGTERM.
    pub drain_idle: Duration,
    /// How long requests have to be answered after SIGTERM.
    pub drain: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        // The number of cores that the process may use: cgroup quota and affinity are in it.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            workers: (cores / 2).max(1),
            compute_threads: cores,
            connections: CONNECTIONS_MAX,
            body_bytes: BODY_BYTES_MAX,
            memory_bytes: for_requests(container::memory_bytes().unwrap_or(usize::MAX)),
            idle: IDLE,
            head: HEAD_TIMEOUT,
            body: BODY_GRACE,
            write: WRITE_TIMEOUT,
            drain_idle: DRAIN_IDLE,
            drain: DRAIN_TIMEOUT,
        }
    }
}

/// Bytes of memory that requests take together in a container of so many: what the program itself does not need, less
/// a quarter of it for what an allocator holds beyond what it was asked for, and the kernel for each socket.
#[must_use]
pub fn for_requests(container_bytes: usize) -> usize {
    let bytes = container_bytes.saturating_sub(CONTAINER_BYTES_KEPT);
    (bytes - bytes / 4).min(MEMORY_BYTES_MAX)
}

impl Settings {
    /// The connections that the system has descriptors for, after raising the limit as far as it goes.
    #[must_use]
    pub(super) fn connections_possible(&self) -> usize {
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        };
        let limit = if setrlimit(Resource::Nofile, raised).is_ok() {
            raised
        } else {
            limit
        };
        let descriptors = limit.current.unwrap_or(u64::MAX);
        // Where there are hardly more descriptors than are kept, half of them still serve clients.
        let possible = descriptors
            .saturating_sub(DESCRIPTORS_KEPT)
            .max(descriptors / 2)
            .max(DESCRIPTORS_PER_CONNECTION);
        let possible = possible / DESCRIPTORS_PER_CONNECTION;
        self.connections
            .min(usize::try_from(possible).unwrap_or(usize::MAX))
    }
}
