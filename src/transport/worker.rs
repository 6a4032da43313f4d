//! An I/O worker: one thread, one poller, and the connections it was given.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use slab::Slab;

use super::connection::Connection;
use super::context::{Completion, Context, Shared};
use super::inbox::{Inbox, Message};
use super::order::Order;
use super::poller::{Interest, Poller, Ready};
use super::service::Service;
use super::state::Next;
use crate::limits::{CONNECTIONS_KEPT, SWEEP_INTERVAL};

/// Which connections a worker has.
pub(super) enum Role<S: Service> {
    /// New ones. Those on which a large body arrives are handed on to this inbox.
    First(Arc<Inbox<S>>),
    /// Those on which a large body has arrived. `senders` workers may still hand some on: the last of them to
    /// drain ends this worker too.
    Bulk { senders: usize },
}

pub(super) struct Worker<S: Service> {
    poller: Poller,
    connections: Slab<Connection<S>>,
    /// The connections that can be evicted, in the order in which they began to wait.
    order: Order,
    /// Connections with requests that were received but had to wait for their turn.
    stalled: Vec<usize>,
    /// Connections of all workers together at most.
    cap: usize,
    role: Role<S>,
    inbox: Arc<Inbox<S>>,
    context: Context<S>,
    swept: Instant,
}

impl<S: Service> Worker<S> {
    pub(super) fn new(
        poller: Poller,
        cap: usize,
        role: Role<S>,
        inbox: Arc<Inbox<S>>,
        shared: Arc<Shared<S>>,
    ) -> Self {
        let context = Context::new(shared, Arc::clone(&inbox.completions));
        Self {
            poller,
            connections: Slab::new(),
            order: Order::new(),
            stalled: Vec::new(),
            cap,
            role,
            inbox,
            swept: context.now,
            context,
        }
    }

    /// Works until it is drained.
    ///
    /// # Errors
    /// The poller fails.
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
            self.connections.is_empty()
                || self.context.now >= since + self.context.shared.settings.drain
        })
    }

    fn timeout(&self) -> Option<Duration> {
        if !self.stalled.is_empty() {
            return Some(Duration::ZERO);
        }
        let until_sweep =
            SWEEP_INTERVAL.saturating_sub(self.context.now.duration_since(self.swept));
        (!self.connections.is_empty()).then_some(until_sweep)
    }

    fn read_messages(&mut self) {
        for completion in self.context.completions.take() {
            self.complete(completion);
        }
        for message in self.inbox.take() {
            match message {
                Message::Adopt(stream, peer) => self.adopt(stream, peer),
                Message::TakeOver(connection) => self.add(*connection),
                Message::Evict => self.evict(),
                Message::Drain => self.drain(),
            }
        }
    }

    /// Begins to drain; the worker for large bodies does once no other worker can hand it connections.
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
        if self.context.shared.counters.connections_open() >= self.cap {
            self.evict();
        }
        self.context.shared.counters.opened();
        self.add(Connection::new(
            stream,
            peer,
            self.context.shared.memory,
            self.context.now,
        ));
    }

    fn add(&mut self, mut connection: Connection<S>) {
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
    fn evict(&mut self) {
        if let Some(key) = self.order.first() {
            self.context.shared.counters.evicted();
            self.close(key);
        }
    }

    fn ready(&mut self, key: usize, gone: bool) {
        // An event may be older than the end of its connection.
        let Some(connection) = self.connections.get_mut(key) else {
            return;
        };
        if gone && connection.break_off() {
            return self.poller.remove(connection.stream(), key);
        }
        let next = connection.ready(key, &mut self.context);
        self.update(key, next);
    }

    fn complete(&mut self, completion: Completion) {
        let key = completion.key;
        let Some(connection) = self.connections.get_mut(key) else {
            return;
        };
        if connection.is_gone() {
            return self.close(key);
        }
        let next = connection.complete(completion, &mut self.context);
        self.update(key, next);
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
            let next = connection.go_on(key, &mut self.context);
            self.update(key, next);
        }
    }

    /// Closes the connection or hands it on, or updates poller, order and lists to what it waits for.
    fn update(&mut self, key: usize, next: Next) {
        let Some(connection) = self.connections.get_mut(key) else {
            return;
        };
        if next == Next::Close {
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
        if !connection.is_evictable() {
            self.order.remove(key);
        } else if connection.take_answered() {
            self.order.push_back(key);
        }
        if connection.is_stalled() {
            self.stalled.push(key);
        }
    }

    /// Hands a connection to the worker for large bodies.
    fn hand_on(&mut self, key: usize, bulk: &Inbox<S>) {
        self.order.remove(key);
        if let Some(connection) = self.connections.try_remove(key) {
            self.poller.remove(connection.stream(), key);
            self.inbox.remove_connection();
            bulk.add_connection();
            bulk.send(Message::TakeOver(Box::new(connection)));
        }
    }

    fn close(&mut self, key: usize) {
        self.order.remove(key);
        self.poller.forget(key);
        if self.connections.try_remove(key).is_some() {
            self.context.shared.counters.closed();
            self.inbox.remove_connection();
            // A crowd that has gone leaves nothing behind. Nothing may wake this worker again for long.
            if self.connections.is_empty() && self.connections.capacity() > CONNECTIONS_KEPT {
                self.connections.shrink_to_fit();
            }
        }
    }

    fn sweep(&mut self) {
        if self.context.now.duration_since(self.swept) < SWEEP_INTERVAL {
            return;
        }
        self.swept = self.context.now;
        for key in 0..self.connections.capacity() {
            if let Some(connection) = self.connections.get_mut(key) {
                let next = connection.expire(&mut self.context);
                self.update(key, next);
            }
        }
        if self.connections.is_empty() {
            self.connections.shrink_to_fit();
        }
    }
}
