//! The acceptor: accepts connections, hands them to the workers, and drains the server on a signal.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::io::Errno;

use super::counters::Counters;
use super::error::TransportError;
use super::listener::{accept, filter_new_connections};
use super::poller::{Interest, Poller, Ready};
use super::service::Service;
use super::settings::Settings;
use super::signals::Signals;
use super::workers::Workers;
use crate::account::Memory;
use crate::limits::{
    ACCEPT_PAUSE, ACCEPTED_AT_ONCE, BACKLOG, EXHAUSTION_LOG_INTERVAL, HANDSHAKE_TIMEOUT,
};
use crate::log;

const LISTENER: usize = 0;
const SIGNALS: usize = 1;

/// Serves `service` on a listener until one of the signals comes; then finishes what was accepted. Requests reserve
/// what they need of `memory`.
///
/// # Errors
/// Threads cannot be set up, the listener or a worker is lost, or a second signal came before
/// everything was finished.
pub fn serve<S: Service>(
    (listener, signals): (TcpListener, Signals),
    settings: &Settings,
    service: S,
    counters: &Arc<Counters>,
    memory: Memory,
) -> Result<(), TransportError> {
    let poller = Poller::new().map_err(TransportError::setup("a poller"))?;
    poller
        .add(&listener, LISTENER, Interest::Readable)
        .map_err(TransportError::setup("the listener"))?;
    poller
        .add(signals.stream(), SIGNALS, Interest::Readable)
        .map_err(TransportError::setup("signals"))?;
    let workers = Workers::start(service, settings, counters, memory, poller.waker())?;
    match listener.local_addr() {
        Ok(address) => log::announce(format_args!(
            "listening on {address} (I/O workers {}, compute threads {}, bytes of a body at most {}, of all requests \
             with their answers together at most {})",
            settings.workers,
            settings.compute_threads,
            settings.body_bytes.min(memory.most()),
            memory.most(),
        )),
        Err(_) => return Err(TransportError::ListenerLost),
    }
    let mut acceptor = Acceptor {
        listener,
        signals,
        workers,
        exhaustion_logged: None,
    };
    acceptor.accept_until_signal(poller, settings.drain)
}

struct Acceptor<S: Service> {
    listener: TcpListener,
    signals: Signals,
    workers: Workers<S>,
    /// When the log last said that there are no descriptors.
    exhaustion_logged: Option<Instant>,
}

/// Why accepting paused or ended.
enum AcceptEnd {
    /// No connection is pending.
    NonePending,
    /// [`ACCEPTED_AT_ONCE`] connections were accepted, and more may be pending.
    Limit,
    /// The system has no descriptor or memory for a connection.
    Exhausted(Errno),
    /// The listener itself is broken.
    Lost,
}

impl<S: Service> Acceptor<S> {
    fn accept_until_signal(
        &mut self,
        poller: Poller,
        drain: Duration,
    ) -> Result<(), TransportError> {
        let mut ready = Vec::new();
        let mut pause = None;
        loop {
            let waited = poller.wait(pause, &mut ready);
            waited.map_err(TransportError::setup("waiting for connections"))?;
            if self.workers.is_any_lost() {
                return Err(TransportError::WorkerLost);
            }
            if has_signal(&ready) {
                return self.drain(poller, drain);
            }
            pause = match self.accept() {
                AcceptEnd::NonePending | AcceptEnd::Limit if pause.is_some() => {
                    self.resume(&poller)?
                }
                AcceptEnd::NonePending | AcceptEnd::Limit => None,
                AcceptEnd::Exhausted(error) => self.evict(&poller, error)?,
                AcceptEnd::Lost => return Err(TransportError::ListenerLost),
            };
        }
    }

    /// Accepts the connections that are pending.
    fn accept(&self) -> AcceptEnd {
        for _ in 0..ACCEPTED_AT_ONCE {
            match accept(&self.listener) {
                Ok((stream, peer)) => self.workers.adopt(stream, peer),
                Err(Errno::AGAIN) => return AcceptEnd::NonePending,
                Err(error @ (Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM)) => {
                    return AcceptEnd::Exhausted(error);
                }
                Err(Errno::BADF | Errno::INVAL | Errno::NOTSOCK | Errno::FAULT) => {
                    return AcceptEnd::Lost;
                }
                // All other errors concern only the connection that was not accepted (accept(2)).
                Err(_) => {}
            }
        }
        AcceptEnd::Limit
    }

    /// Accepts all connections that are pending: the backlog cannot hold more than that.
    fn accept_backlog(&self) {
        for _ in 0..=BACKLOG / ACCEPTED_AT_ONCE {
            if !matches!(self.accept(), AcceptEnd::Limit) {
                return;
            }
        }
    }

    /// Evicts a connection that only waits, and pauses, since the listener stays ready meanwhile.
    fn evict(&mut self, poller: &Poller, error: Errno) -> Result<Option<Duration>, TransportError> {
        if self
            .exhaustion_logged
            .is_none_or(|when| when.elapsed() >= EXHAUSTION_LOG_INTERVAL)
        {
            self.exhaustion_logged = Some(Instant::now());
            log::error(format_args!(
                "cannot accept a connection: {error}; closing the one that has waited longest"
            ));
        }
        self.workers.evict();
        self.watch(poller, Interest::Nothing)?;
        Ok(Some(ACCEPT_PAUSE))
    }

    fn resume(&self, poller: &Poller) -> Result<Option<Duration>, TransportError> {
        self.watch(poller, Interest::Readable)?;
        Ok(None)
    }

    fn watch(&self, poller: &Poller, interest: Interest) -> Result<(), TransportError> {
        let watched = poller.modify(&self.listener, LISTENER, interest);
        watched.map_err(TransportError::setup("the listener"))
    }

    /// Accepts the connections whose handshake has begun, and no other.
    fn accept_last(&self, poller: &Poller) -> Result<(), TransportError> {
        // Without the filter, a client that connects between the last accept and the end of the listener is reset.
        let _ = filter_new_connections(&self.listener);
        let until = Instant::now() + HANDSHAKE_TIMEOUT;
        loop {
            self.accept_backlog();
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            wait(poller, left)?;
        }
    }

    /// Accepts what is pending, closes the listener, and waits until the workers have finished.
    fn drain(&mut self, poller: Poller, deadline: Duration) -> Result<(), TransportError> {
        let began = Instant::now();
        self.signals.clear();
        self.accept_last(&poller)?;
        poller.remove(&self.listener, LISTENER);
        // From now on the system refuses connections. The descriptor itself goes with the process.
        let _ = rustix::net::shutdown(&self.listener, rustix::net::Shutdown::Read);
        let open = self.workers.connections();
        log::info(format_args!("stopping: finishing {open} connections"));
        self.workers.drain();
        while !self.workers.have_ended() {
            let left = (deadline + ACCEPT_PAUSE).saturating_sub(began.elapsed());
            wait(&poller, left)?;
            if left.is_zero() {
                break;
            }
        }
        log::info(format_args!(
            "finished in {} ms",
            began.elapsed().as_millis()
        ));
        Ok(())
    }
}

/// Waits while draining. A further signal ends that.
fn wait(poller: &Poller, left: Duration) -> Result<(), TransportError> {
    let mut ready = Vec::new();
    poller
        .wait(Some(left), &mut ready)
        .map_err(TransportError::setup("waiting for the last connections"))?;
    if has_signal(&ready) {
        return Err(TransportError::Interrupted);
    }
    Ok(())
}

fn has_signal(ready: &[Ready]) -> bool {
    ready
        .iter()
        .any(|event| matches!(event, Ready::Source { key: SIGNALS, .. }))
}
