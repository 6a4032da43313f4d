//! What the transport can be told: caps and deadlines, with the reasons for their defaults.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::limits::{BODY_BYTES_MAX, CONNECTIONS_MAX, DESCRIPTORS_KEPT};

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
    /// A connection without a request is closed after this. Longer than the keep-alive of the proxies in front
    /// (60 s is common), so that they close first and no request meets a closing connection.
    pub idle: Duration,
    /// A head must be complete this long after its first byte.
    pub head: Duration,
    /// A body must arrive at [`BODY_RATE_MIN`] at least, not counting this long at its start.
    pub body: Duration,
    /// A client that takes not one byte of its answer for this long has gone.
    pub write: Duration,
    /// After SIGTERM, connections without a request are given this long to send one more.
    pub drain_idle: Duration,
    /// After SIGTERM, requests are given this long to be answered: the platform kills after 30 s.
    pub drain: Duration,
}

/// Bytes a second that a body must keep up in the mean: slower than any network that carries requests.
pub const BODY_RATE_MIN: u64 = 1 << 10;

impl Default for Settings {
    fn default() -> Self {
        // The number of cores that the process may use: cgroup quota and affinity are in it.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            workers: (cores / 2).max(1),
            compute_threads: cores,
            connections: CONNECTIONS_MAX,
            body_bytes: BODY_BYTES_MAX,
            idle: Duration::from_secs(120),
            head: Duration::from_secs(10),
            body: Duration::from_secs(10),
            write: Duration::from_secs(30),
            drain_idle: Duration::from_secs(1),
            drain: Duration::from_secs(25),
        }
    }
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
        let possible = descriptors
            .saturating_sub(DESCRIPTORS_KEPT)
            .max(descriptors / 2)
            .max(1);
        self.connections
            .min(usize::try_from(possible).unwrap_or(usize::MAX))
    }
}
