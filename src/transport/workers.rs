//! The I/O workers together: how they are started, which of them gets a connection, and how they end.
//!
//! One more worker than the settings say serves connections on which a large body arrives: reading hundreds of
//! megabytes per second takes a whole core, and every request on the same thread would wait, `/ping` too.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::compute::{self, Pool};
use super::context::Shared;
use super::counters::Counters;
use super::error::TransportError;
use super::inbox::{Inbox, Message};
use super::poller::{Poller, Waker};
use super::service::Service;
use super::settings::Settings;
use super::worker::{Role, Worker};
use crate::account::Memory;
use crate::log;

pub(super) struct Workers<S: Service> {
    /// The workers that are given new connections.
    first: Vec<Arc<Inbox<S>>>,
    bulk: Arc<Inbox<S>>,
    /// Workers that have not ended.
    running: Arc<AtomicUsize>,
}

/// What every worker is started with.
struct Parts<S> {
    shared: Arc<Shared<S>>,
    running: Arc<AtomicUsize>,
    waker: Waker,
    /// Connections of all workers together at most.
    cap: usize,
}

impl<S: Service> Workers<S> {
    /// Starts the workers and the compute pool behind them. `waker` is woken when a worker ends.
    ///
    /// # Errors
    /// The system refuses a thread or a poller.
    pub(super) fn start(
        service: S,
        settings: &Settings,
        counters: &Arc<Counters>,
        memory: Memory,
        waker: Waker,
    ) -> Result<Self, TransportError> {
        let pool = Pool::start(settings.compute_threads);
        let parts = Parts {
            shared: Arc::new(Shared {
                service: Arc::new(service),
                settings: settings.clone(),
                pool: pool.map_err(TransportError::setup("compute threads"))?,
                memory,
                counters: Arc::clone(counters),
            }),
            running: Arc::new(AtomicUsize::new(0)),
            waker,
            cap: settings.connections_possible(),
        };
        let senders = settings.workers;
        let bulk = parts.start_worker("bulk", Role::Bulk { senders })?;
        let start = |_| parts.start_worker("io", Role::First(Arc::clone(&bulk)));
        Ok(Self {
            first: (0..settings.workers).map(start).collect::<Result<_, _>>()?,
            bulk,
            running: parts.running,
        })
    }

    /// Gives a connection to the worker that has the fewest.
    pub(super) fn adopt(&self, stream: TcpStream, peer: Option<SocketAddr>) {
        let peer = peer.unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0)));
        if let Some(worker) = self.first.iter().min_by_key(|worker| worker.connections()) {
            worker.add_connection();
            worker.send(Message::Adopt(stream, peer));
        }
    }

    /// Has the worker with the most connections evict one.
    pub(super) fn evict(&self) {
        if let Some(worker) = self.all().max_by_key(|worker| worker.connections()) {
            worker.send(Message::Evict);
        }
    }

    /// Connections of all workers.
    pub(super) fn connections(&self) -> usize {
        self.all().map(|worker| worker.connections()).sum()
    }

    /// Has the workers answer the requests that have begun, and end.
    pub(super) fn drain(&self) {
        for worker in &self.first {
            worker.send(Message::Drain);
        }
    }

    /// Whether a worker has ended, which none does before it is drained.
    pub(super) fn is_any_lost(&self) -> bool {
        self.running.load(Ordering::Acquire) <= self.first.len()
    }

    /// Whether all workers have ended.
    pub(super) fn have_ended(&self) -> bool {
        self.running.load(Ordering::Acquire) == 0
    }

    fn all(&self) -> impl Iterator<Item = &Arc<Inbox<S>>> {
        self.first.iter().chain([&self.bulk])
    }
}

impl<S: Service> Parts<S> {
    fn start_worker(&self, name: &str, role: Role<S>) -> Result<Arc<Inbox<S>>, TransportError> {
        let poller = Poller::new().map_err(TransportError::setup("a poller"))?;
        let inbox = Arc::new(Inbox::new(&poller.waker()));
        let is_bulk = matches!(role, Role::Bulk { .. });
        let (shared, worker_inbox) = (Arc::clone(&self.shared), Arc::clone(&inbox));
        let worker = Worker::new(poller, self.cap, role, worker_inbox, shared);
        self.running.fetch_add(1, Ordering::AcqRel);
        let notice = EndNotice {
            running: Arc::clone(&self.running),
            waker: self.waker.clone(),
        };
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                let _notice = notice;
                if is_bulk {
                    compute::lower_priority();
                }
                if let Err(error) = worker.run() {
                    log::error(format_args!("an I/O worker cannot go on: {error}"));
                }
            });
        thread.map_err(TransportError::setup("an I/O worker's thread"))?;
        Ok(inbox)
    }
}

/// Wakes the acceptor when a worker ends, even by a panic.
struct EndNotice {
    running: Arc<AtomicUsize>,
    waker: Waker,
}

impl Drop for EndNotice {
    fn drop(&mut self) {
        self.running.fetch_sub(1, Ordering::AcqRel);
        self.waker.wake();
    }
}
