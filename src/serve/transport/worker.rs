//! An I/O worker: one thread, one poller, and the connections it was given.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use slab::Slab;

use super::Service;
use super::connection::{Connection, Fate};
use super::context::Context;
use super::inbox::{Inbox, Message};
use super::order::Order;
use super::poller::{Interest, Poller, Ready};

/// How often deadlines are looked at: often enough for deadlines of seconds, and rarely enough that ten
/// thousand idle connections cost nothing.
const SWEEP: Duration = Duration::from_millis(250);

/// Which connections a worker has.
pub(super) enum Role {
    /// New ones. Those on which a large body arrives are handed on.
    First(Arc<Inbox>),
    /// Those on which a large body has arrived, from so many workers that have not been told to stop.
    Bulk { senders: usize },
}

pub(super) struct Worker<S> {
    poller: Poller,
    connections: Slab<Connection>,
    /// The connections that wait, by how long they have.
    order: Order,
    /// Connections with requests that were received but had to wait their turn.
    stalled: Vec<usize>,
    /// Most connections at once, of all workers together.
    cap: usize,
    role: Role,
    context: Context<S>,
    swept: Instant,
}

impl<S: Service> Worker<S> {
    pub(super) fn new(poller: Poller, cap: usize, role: Role, context: Context<S>) -> Self {
        Self {
            poller,
            connections: Slab::new(),
            order: Order::new(),
            stalled: Vec::new(),
            cap,
            role,
            swept: context.now,
            context,
        }
    }

    /// Works until it is drained.
    ///
    /// # Errors
    /// The poller fails, which nothing here can mend.
    pub(super) fn run(mut self) -> std::io::Result<()> {
        let mut ready = Vec::new();
        while !self.is_drained() {
            self.poller.wait(self.timeout(), &mut ready)?;
            self.context.now = Instant::now();
            for event in &ready {
                if let Ready::Source { key, gone } = *event {
                    self.ready(key, gone);
                }
            }
            // After the events of sockets: a connection that is adopted may get the key of one that was closed,
            // and must not get its events.
            if ready.contains(&Ready::Woken) {
                self.read_messages();
            }
            self.continue_stalled();
            self.sweep();
        }
        Ok(())
    }

    /// Nothing is left to do, or the time for it is over.
    fn is_drained(&self) -> bool {
        self.context.draining_since.is_some_and(|since| {
            self.connections.is_empty() || self.context.now >= since + self.context.settings.drain
        })
    }

    fn timeout(&self) -> Option<Duration> {
        if !self.stalled.is_empty() {
            return Some(Duration::ZERO);
        }
        let until_sweep = SWEEP.saturating_sub(self.context.now.duration_since(self.swept));
        (!self.connections.is_empty()).then_some(until_sweep)
    }

    fn read_messages(&mut self) {
        for message in self.context.inbox.take() {
            match message {
                Message::Adopt(stream, peer) => self.adopt(stream, peer),
                Message::TakeOver(connection) => self.add(*connection),
                Message::Computed {
                    key,
                    message,
                    keep_alive,
                } => self.computed(key, message, keep_alive),
                Message::MakeRoom => self.make_room(),
                Message::Drain => self.drain(),
            }
        }
    }

    /// Stops, or has the worker for large bodies stop once nobody hands it connections any more.
    fn drain(&mut self) {
        match &mut self.role {
            Role::First(bulk) => bulk.send(Message::Drain),
            Role::Bulk { senders } => {
                *senders -= 1;
                if *senders > 0 {
                    return;
                }
            }
        }
        self.context.draining_since = Some(self.context.now);
    }

    fn adopt(&mut self, stream: TcpStream, peer: SocketAddr) {
        if self.context.counters.connections_open() >= self.cap {
            self.make_room();
        }
        self.context.counters.opened();
        self.add(Connection::new(stream, peer, self.context.now));
    }

    fn add(&mut self, mut connection: Connection) {
        connection.interest = Interest::Readable;
        let key = self.connections.insert(connection);
        self.order.push_back(key);
        let added = self.connections.get(key).map(|connection| {
            self.poller
                .add(connection.stream(), key, Interest::Readable)
        });
        match added {
            // The request is often there with the connection: one wait less.
            Some(Ok(())) => self.ready(key, false),
            _ => self.close(key),
        }
    }

    /// Closes the connection that has waited longest without a complete request.
    fn make_room(&mut self) {
        if let Some(key) = self.order.first() {
            self.context.counters.evicted();
            self.close(key);
        }
    }

    fn ready(&mut self, key: usize, gone: bool) {
        // An event may be older than the end of its connection.
        let Some(connection) = self.connections.get_mut(key) else {
            return;
        };
        if gone && connection.break_off() {
            return self.poller.remove(connection.stream());
        }
        let fate = connection.ready(key, &mut self.context);
        self.settle(key, fate);
    }

    fn computed(&mut self, key: usize, message: Vec<u8>, keep_alive: bool) {
        let Some(connection) = self.connections.get_mut(key) else {
            return;
        };
        if connection.is_gone() {
            return self.close(key);
        }
        let fate = connection.computed(message, keep_alive, &mut self.context);
        self.settle(key, fate);
    }

    fn continue_stalled(&mut self) {
        for key in std::mem::take(&mut self.stalled) {
            self.go_on(key);
        }
    }

    fn go_on(&mut self, key: usize) {
        let Some(connection) = self.connections.get_mut(key) else {
            return;
        };
        if connection.is_stalled() {
            let fate = connection.go_on(key, &mut self.context);
            self.settle(key, fate);
        }
    }

    /// Brings poller, order and lists up to what the connection has become.
    fn settle(&mut self, key: usize, fate: Fate) {
        let Some(connection) = self.connections.get_mut(key) else {
            return;
        };
        if fate == Fate::Close {
            return self.close(key);
        }
        if let Role::First(bulk) = &self.role
            && connection.is_bulky()
            && self.context.draining_since.is_none()
        {
            let bulk = Arc::clone(bulk);
            return self.hand_on(key, &bulk);
        }
        let wanted = connection.wanted();
        if wanted != connection.interest {
            connection.interest = wanted;
            if self
                .poller
                .modify(connection.stream(), key, wanted)
                .is_err()
            {
                return self.close(key);
            }
        }
        if !connection.is_waiting() {
            self.order.remove(key);
        } else if connection.take_answered() {
            self.order.push_back(key);
        }
        if connection.is_stalled() {
            self.stalled.push(key);
        }
    }

    /// Hands a connection to the worker for large bodies.
    fn hand_on(&mut self, key: usize, bulk: &Inbox) {
        self.order.remove(key);
        if let Some(connection) = self.connections.try_remove(key) {
            self.poller.remove(connection.stream());
            self.context.inbox.remove_connection();
            bulk.add_connection();
            bulk.send(Message::TakeOver(Box::new(connection)));
        }
    }

    fn close(&mut self, key: usize) {
        self.order.remove(key);
        if self.connections.try_remove(key).is_some() {
            self.context.counters.closed();
            self.context.inbox.remove_connection();
        }
    }

    fn sweep(&mut self) {
        if self.context.now.duration_since(self.swept) < SWEEP {
            return;
        }
        self.swept = self.context.now;
        for key in 0..self.connections.capacity() {
            if let Some(connection) = self.connections.get_mut(key) {
                let fate = connection.expire(&mut self.context);
                self.settle(key, fate);
            }
        }
        if self.connections.is_empty() {
            self.connections.shrink_to_fit();
        }
    }
}
