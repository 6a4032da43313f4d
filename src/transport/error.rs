//! Why the transport could not start or go on.

use std::net::SocketAddr;

/// Why the transport could not start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {reason}; is another server running there?")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        reason: String,
    },
    /// Signals or threads cannot be set up.
    #[error("cannot set up {what}: {source}")]
    Setup {
        /// What was being set up.
        what: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The server no longer accepts connections.
    #[error("the listener was lost")]
    ListenerLost,
    /// A thread that serves connections has ended.
    #[error("an I/O worker was lost")]
    WorkerLost,
    /// A second signal came before every request was answered.
    #[error("stopped before every request was answered, by a second signal")]
    Interrupted,
}

impl TransportError {
    /// The error of an operating system that refuses `what`.
    pub(super) fn setup<E: Into<std::io::Error>>(what: &'static str) -> impl Fn(E) -> Self {
        move |source| Self::Setup {
            what,
            source: source.into(),
        }
    }
}
