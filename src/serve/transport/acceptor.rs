//! The acceptor: accepts connections, hands them to the workers, and ends it all on a signal.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::{SocketFlags, acceptfrom_with};

use super::Service;
use super::counters::Counters;
use super::listener::{BACKLOG, turn_newcomers_away};
use super::poller::{Interest, Poller, Ready};
use super::settings::Settings;
use super::signals::Signals;
use super::workers::Workers;
use crate::log;
use crate::serve::ServeError;

/// Connections accepted before signals have their turn.
const ACCEPTED_AT_ONCE: i32 = 64;

/// How long accepting pauses when the system has no descriptor or memory for one more connection.
const PAUSE: Duration = Duration::from_millis(10);

/// How often the log repeats that it has none.
const COMPLAINT: Duration = Duration::from_secs(1);

/// How long the last connections have to complete their handshake: a round trip within a region takes about a
/// millisecond.
const HANDSHAKE: Duration = Duration::from_millis(20);

const LISTENER: usize = 0;
const SIGNALS: usize = 1;

/// Serves `service` on a listener until one of the signals comes; then finishes what was accepted.
///
/// # Errors
/// Threads cannot be set up, the listener or a worker is lost, or a second signal came before
/// everything was finished.
pub fn serve<S: Service>(
    (listener, signals): (TcpListener, Signals),
    settings: &Settings,
    service: S,
    counters: &Arc<Counters>,
) -> Result<(), ServeError> {
    let poller = Poller::new().map_err(ServeError::setup("a poller"))?;
    poller
        .add(&listener, LISTENER, Interest::Readable)
        .map_err(ServeError::setup("the listener"))?;
    poller
        .add(signals.stream(), SIGNALS, Interest::Readable)
        .map_err(ServeError::setup("signals"))?;
    let workers = Workers::start(service, settings, counters, poller.waker())?;
    match listener.local_addr() {
        Ok(address) => log::info(format_args!(
            "listening on {address} (I/O workers {}, compute threads {}, bytes of a body at most {})",
            settings.workers, settings.compute_threads, settings.body_bytes
        )),
        Err(_) => return Err(ServeError::ListenerLost),
    }
    let mut acceptor = Acceptor {
        listener,
        signals,
        workers,
        complained: None,
    };
    acceptor.accept_until_signal(poller, settings.drain)
}

struct Acceptor {
    listener: TcpListener,
    signals: Signals,
    workers: Workers,
    /// When the log last said that there are no descriptors.
    complained: Option<Instant>,
}

/// Why accepting paused or ended.
enum Accepted {
    /// Nobody is waiting any more.
    Everyone,
    /// As many as may be accepted before others have their turn.
    Turn,
    /// The system has no descriptor or memory for a connection.
    Exhausted(Errno),
    /// The listener itself is broken.
    Lost,
}

impl Acceptor {
    fn accept_until_signal(&mut self, poller: Poller, drain: Duration) -> Result<(), ServeError> {
        let mut ready = Vec::new();
        let mut pause = None;
        loop {
            let waited = poller.wait(pause, &mut ready);
            waited.map_err(ServeError::setup("waiting for connections"))?;
            if self.workers.is_any_lost() {
                return Err(ServeError::WorkerLost);
            }
            if has_signal(&ready) {
                return self.drain(poller, drain);
            }
            pause = match self.accept() {
                Accepted::Everyone | Accepted::Turn if pause.is_some() => self.resume(&poller)?,
                Accepted::Everyone | Accepted::Turn => None,
                Accepted::Exhausted(error) => self.make_room(&poller, error)?,
                Accepted::Lost => return Err(ServeError::ListenerLost),
            };
        }
    }

    /// Accepts who is waiting.
    fn accept(&self) -> Accepted {
        for _ in 0..ACCEPTED_AT_ONCE {
            match acceptfrom_with(&self.listener, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK) {
                Ok((socket, peer)) => {
                    let peer = peer.and_then(|peer| SocketAddr::try_from(peer).ok());
                    self.workers.adopt(TcpStream::from(socket), peer);
                }
                Err(Errno::AGAIN) => return Accepted::Everyone,
                Err(error @ (Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM)) => {
                    return Accepted::Exhausted(error);
                }
                Err(Errno::BADF | Errno::INVAL | Errno::NOTSOCK | Errno::FAULT) => {
                    return Accepted::Lost;
                }
                // What is left concerns the one connection that was not accepted (accept(2)), or nobody.
                Err(_) => {}
            }
        }
        Accepted::Turn
    }

    /// Accepts everyone who is waiting: the backlog cannot hold more than that.
    fn accept_backlog(&self) {
        for _ in 0..=BACKLOG / ACCEPTED_AT_ONCE {
            if !matches!(self.accept(), Accepted::Turn) {
                return;
            }
        }
    }

    /// Has a connection closed that only waits, and pauses, since the listener stays ready meanwhile.
    fn make_room(&mut self, poller: &Poller, error: Errno) -> Result<Option<Duration>, ServeError> {
        if self
            .complained
            .is_none_or(|when| when.elapsed() >= COMPLAINT)
        {
            self.complained = Some(Instant::now());
            log::error(format_args!(
                "cannot accept a connection: {error}; closing the one that has waited longest"
            ));
        }
        self.workers.make_room();
        self.watch(poller, Interest::Nothing)?;
        Ok(Some(PAUSE))
    }

    fn resume(&self, poller: &Poller) -> Result<Option<Duration>, ServeError> {
        self.watch(poller, Interest::Readable)?;
        Ok(None)
    }

    fn watch(&self, poller: &Poller, interest: Interest) -> Result<(), ServeError> {
        let watched = poller.modify(&self.listener, LISTENER, interest);
        watched.map_err(ServeError::setup("the listener"))
    }

    /// Accepts those whose handshake has begun, and nobody else.
    fn accept_the_last(&self, poller: &Poller) -> Result<(), ServeError> {
        // Without the filter, whoever connects between the last accept and the end of the listener is reset.
        let _ = turn_newcomers_away(&self.listener);
        let until = Instant::now() + HANDSHAKE;
        loop {
            self.accept_backlog();
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            wait(poller, left)?;
        }
    }

    /// Accepts who is waiting, closes the listener, and waits until the workers have finished.
    fn drain(&mut self, poller: Poller, deadline: Duration) -> Result<(), ServeError> {
        let began = Instant::now();
        self.signals.quiet();
        self.accept_the_last(&poller)?;
        poller.remove(&self.listener);
        // Refuses who comes now. The descriptor itself goes with the process.
        let _ = rustix::net::shutdown(&self.listener, rustix::net::Shutdown::Read);
        let open = self.workers.connections();
        log::info(format_args!("told to stop: finishing {open} connections"));
        self.workers.drain();
        while !self.workers.have_ended() {
            let left = (deadline + PAUSE).saturating_sub(began.elapsed());
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

/// Waits while draining, when a signal means that nothing is waited for any more.
fn wait(poller: &Poller, left: Duration) -> Result<(), ServeError> {
    let mut ready = Vec::new();
    poller
        .wait(Some(left), &mut ready)
        .map_err(ServeError::setup("waiting for the last connections"))?;
    if has_signal(&ready) {
        return Err(ServeError::Interrupted);
    }
    Ok(())
}

fn has_signal(ready: &[Ready]) -> bool {
    ready
        .iter()
        .any(|event| matches!(event, Ready::Source { key: SIGNALS, .. }))
}
