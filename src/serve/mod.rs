//! `sagelet serve`: the hosting contract.
//!
//! Everything here knows requests and answers and no sockets. [`transport`] knows sockets and no models.

mod access_log;
mod app;
mod body;
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
mod selection;
mod service;
mod settings;
mod statistics;
mod store;
mod trust;
mod web;
mod work;

pub use app::App;
pub use handler::handle;
pub use ping::{PingError, Question, ping};
pub use settings::Settings;
pub use trust::TrustedKeys;
pub use web::{Request, Response};

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::Builder;

use crate::limits::LOADING_GRACE;
use crate::log;
use crate::transport::{self, Counters, Signals, TransportError};

/// Why the server could not start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The system has no thread for the log.
    #[error("cannot set up the log: {0}")]
    Log(std::io::Error),
    /// The system has no thread for loading the model.
    #[error("cannot set up the thread that loads the model: {0}")]
    Loader(std::io::Error),
    /// The transport failed.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

/// Loads the model on a thread of its own, and waits a moment for it: `/ping` and signals do not wait longer than that
/// for a model that takes long.
fn load_aside(load: app::Loader) -> std::io::Result<()> {
    let (sender, loaded) = channel();
    let work = move || {
        load();
        // Nobody may be waiting any more.
        let _ = sender.send(());
    };
    Builder::new().name("load".to_owned()).spawn(work)?;
    // An error means that the thread panicked; the model is then said to be loading, and the log says why.
    let _ = loaded.recv_timeout(LOADING_GRACE);
    Ok(())
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
    let (app, loader) = App::begin(prefix, settings, transport, Arc::clone(&counters));
    if let Some(load) = loader {
        load_aside(load).map_err(ServeError::Loader)?;
    }
    let memory = app.memory;
    transport::serve((listener, signals), transport, app, &counters, memory)?;
    Ok(())
}
