//! `sagelet serve`: the hosting contract.
//!
//! Everything here knows requests and answers and no sockets. [`transport`] knows sockets and no models.

mod access_log;
mod app;
mod execution_parameters;
mod exposition;
mod handler;
mod invocations;
mod kserve;
mod loaded;
mod metrics;
mod models;
mod names;
mod open_inference;
mod ping;
mod process;
mod prometheus;
mod refusal;
mod route;
mod service;
mod settings;
mod statistics;
mod store;
mod web;

pub use app::App;
pub use handler::handle;
pub use ping::{PingError, Question, ping};
pub use settings::Settings;
pub use web::{Request, Response};

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use crate::log;
use crate::transport::{self, Counters, Signals, TransportError};

/// Why the server could not start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The system has no thread for the log.
    #[error("cannot set up the log: {0}")]
    Log(std::io::Error),
    /// The transport failed.
    #[error(transparent)]
    Transport(#[from] TransportError),
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
    transport: &transport::Settings,
    settings: Settings,
) -> Result<(), ServeError> {
    log::start(settings.log).map_err(ServeError::Log)?;
    // Before anything that takes time, so that a signal that comes while the model is loaded is not lost.
    let signals = Signals::catch()?;
    let listener = transport::bind(address)?;
    let counters = Arc::new(Counters::default());
    let app = App::load(prefix, settings, transport, Arc::clone(&counters));
    transport::serve((listener, signals), transport, app, &counters)?;
    Ok(())
}
