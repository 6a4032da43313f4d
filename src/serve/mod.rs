//! `sagelet serve`: the hosting contract.
//!
//! Everything above [`routes::handle`] knows rouille's requests and responses and no sockets; everything
//! below knows sockets and no models.

mod app;
mod execution_parameters;
mod invocations;
mod kserve;
mod metrics;
mod models;
mod open_inference;
mod ping;
mod placement;
mod refusal;
mod response;
mod routes;
pub mod transport;

pub use app::App;
pub use ping::ping;
pub use routes::handle;

pub(crate) use refusal::error_response;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rouille::{Request, Response};
use transport::{Counters, Service, Settings, Signals};

use crate::config::Serving;
use crate::limits::IN_PLACE_BYTES_MAX;
use crate::log;

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
    /// A thread that serves connections has ended.
    #[error("an I/O worker was lost")]
    WorkerLost,
    /// A second signal came before everything was finished.
    #[error("stopped before every request was answered, by a second signal")]
    Interrupted,
}

impl ServeError {
    /// The error of an operating system that refuses `what`.
    pub(crate) fn setup<E: Into<std::io::Error>>(what: &'static str) -> impl Fn(E) -> Self {
        move |source| Self::Setup {
            what,
            source: source.into(),
        }
    }
}

/// Serves the model in `<prefix>/model` on `address` until SIGTERM or SIGINT.
///
/// A model that cannot be loaded does not end the process: `/ping` says 503 with the reason, which the
/// platform shows where a container that died would only be restarted.
///
/// # Errors
/// The address cannot be listened on, or the listener is lost.
pub fn run(
    prefix: &Path,
    address: SocketAddr,
    settings: &Settings,
    serving: Serving,
) -> Result<(), ServeError> {
    log::start(serving.log).map_err(ServeError::setup("the log"))?;
    // Before anything that takes time: whoever stops the server while it loads its model is heard afterwards.
    let signals = Signals::catch()?;
    let listener = transport::bind(address)?;
    let counters = Arc::new(Counters::default());
    let app = App::load(prefix, serving, settings, Arc::clone(&counters));
    transport::serve((listener, signals), settings, app, &counters)
}

impl Service for App {
    fn handle(&self, request: &Request, body: &[u8]) -> Response {
        handle(self, request, body)
    }

    /// Loading a model reads a file, and unloading one waits for its requests.
    fn takes_long(&self, request: &Request, body_bytes: usize) -> bool {
        let manages = || {
            let path = request.raw_url();
            path.starts_with("/models") && !path.ends_with("/invoke") && request.method() != "GET"
        };
        body_bytes > IN_PLACE_BYTES_MAX || (self.serving.multi_model && manages())
    }
}
