//! `sagelet serve`: the hosting contract.
//!
//! Everything above [`routes::handle`] knows rouille's requests and responses and no sockets; everything
//! below knows sockets and no models.

mod ping;
mod placement;
mod routes;
mod server;

pub use ping::ping;
pub use routes::{App, handle};

use std::net::SocketAddr;
use std::path::Path;

/// Why the server could not start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
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
}

/// Serves the model in `<prefix>/model` on `address` until SIGTERM or SIGINT.
///
/// A model that cannot be loaded does not end the process: `/ping` says 503 with the reason, which the
/// platform shows where a container that died would only be restarted.
///
/// # Errors
/// The address cannot be listened on, or the listener is lost.
pub fn run(prefix: &Path, address: SocketAddr) -> Result<(), ServeError> {
    let app = App::load(&prefix.join("model"));
    server::run(address, move |request, body| handle(&app, request, body))
}
