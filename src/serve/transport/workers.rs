//! The I/O workers together: how they are started, which of them gets a connection, and how they are told to end.
//!
//! One more than the settings say is for connections on which a large body arrives: reading hundreds of megabytes
//! a second takes a whole core, and whoever shares that thread waits, `/ping` too.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Service;
use super::budget::Budget;
use super::compute::{self, Pool};
use super::context::Context;
use super::counters::Counters;
use super::inbox::{Inbox, Message};
use super::poller::{Poller, Waker};
use super::settings::Settings;
use super::worker::{Role, Worker};
use crate::limits::BODIES_BYTES_MAX;
use crate::log;
use crate::serve::ServeError;

pub(super) struct Workers {
    /// Those that new connections are given to.
    first: Vec<Arc<Inbox>>,
    bulk: Arc<Inbox>,
    /// Workers that have not ended.
    running: Arc<AtomicUsize>,
}

/// What every worker is made of.
struct Parts<'a, S> {
    service: Arc<S>,
    settings: &'a Settings,
    pool: Pool,
    budget: Budget,
    counters: &'a Arc<Counters>,
    running: Arc<AtomicUsize>,
    waker: Waker,
}

impl Workers {
    /// Starts the workers and the compute pool behind them. `waker` is woken when a worker ends.
    ///
    /// # Errors
    /// The system refuses a thread or a poller.
    pub(super) fn start<S: Service>(
        service: S,
        settings: &Settings,
        counters: &Arc<Counters>,
        waker: Waker,
    ) -> Result<Self, ServeError> {
        let pool = Pool::start(settings.compute_threads);
        let parts = Parts {
            service: Arc::new(service),
            settings,
            pool: pool.map_err(ServeError::setup("compute threads"))?,
            budget: Budget::new(BODIES_BYTES_MAX),
            counters,
            running: Arc::new(AtomicUsize::new(0)),
            waker,
        };
        let (cap, senders) = (settings.connections_possible(), settings.workers);
        let bulk = parts.start_worker("bulk", cap, Role::Bulk { senders })?;
        let start = |_| parts.start_worker("io", cap, Role::First(Arc::clone(&bulk)));
        Ok(Self {
            first: (0..settings.workers).map(start).collect::<Result<_, _>>()?,
            bulk,
            running: parts.running,
        })
    }

    /// Gives a connection to the worker that has fewest.
    pub(super) fn adopt(&self, stream: TcpStream, peer: Option<SocketAddr>) {
        let peer = peer.unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0)));
        if let Some(worker) = self.first.iter().min_by_key(|worker| worker.connections()) {
            worker.add_connection();
            worker.send(Message::Adopt(stream, peer));
        }
    }

    /// Has the worker that has most connections close the one that has waited longest.
    pub(super) fn make_room(&self) {
        if let Some(worker) = self.all().max_by_key(|worker| worker.connections()) {
            worker.send(Message::MakeRoom);
        }
    }

    /// Connections of all workers.
    pub(super) fn connections(&self) -> usize {
        self.all().map(|worker| worker.connections()).sum()
    }

    /// Has the workers finish what was begun, and end.
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

    fn all(&self) -> impl Iterator<Item = &Arc<Inbox>> {
        self.first.iter().chain([&self.bulk])
    }
}

impl<S: Service> Parts<'_, S> {
    fn start_worker(&self, name: &str, cap: usize, role: Role) -> Result<Arc<Inbox>, ServeError> {
        let poller = Poller::new().map_err(ServeError::setup("a poller"))?;
        let inbox = Arc::new(Inbox::new(poller.waker()));
        let context = Context::new(
            Arc::clone(&self.service),
            self.settings.clone(),
            self.pool.clone(),
            self.budget.clone(),
            Arc::clone(&inbox),
            Arc::clone(self.counters),
        );
        let is_bulk = matches!(role, Role::Bulk { .. });
        let worker = Worker::new(poller, cap, role, context);
        self.running.fetch_add(1, Ordering::AcqRel);
        let ended = Ended {
            running: Arc::clone(&self.running),
            waker: self.waker.clone(),
        };
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                let _ended = ended;
                if is_bulk {
                    compute::stand_back();
                }
                if let Err(error) = worker.run() {
                    log::error(format_args!("an I/O worker cannot go on: {error}"));
                }
            });
        thread.map_err(ServeError::setup("an I/O worker's thread"))?;
        Ok(inbox)
    }
}

/// Tells the acceptor when a worker ends, be it by a panic.
struct Ended {
    running: Arc<AtomicUsize>,
    waker: Waker,
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.running.fetch_sub(1, Ordering::AcqRel);
        self.waker.wake();
    }
}
