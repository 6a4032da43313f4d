//! An I/O worker's inbox: messages of the acceptor and of other workers, and answers of compute threads.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::connection::Connection;
use super::context::Completion;
use super::mailbox::Mailbox;
use super::poller::Waker;
use super::service::Service;

/// What a worker is asked to do.
pub(super) enum Message<S: Service> {
    /// Serve a connection that was accepted.
    Adopt(TcpStream, SocketAddr),
    /// Serve a connection of another worker, on which a large body arrives.
    TakeOver(Box<Connection<S>>),
    /// Close the connection that has waited longest: the system has no descriptors left.
    Evict,
    /// Answer the requests that have begun, then end.
    Drain,
}

/// A worker's messages, and how many connections it has.
pub(super) struct Inbox<S: Service> {
    messages: Mailbox<Message<S>>,
    /// Answers of compute threads to requests on the worker's connections.
    pub(super) completions: Arc<Mailbox<Completion>>,
    connections: AtomicUsize,
}

impl<S: Service> Inbox<S> {
    pub(super) fn new(waker: &Waker) -> Self {
        Self {
            messages: Mailbox::new(waker.clone()),
            completions: Arc::new(Mailbox::new(waker.clone())),
            connections: AtomicUsize::new(0),
        }
    }

    /// Leaves a message and wakes the worker.
    pub(super) fn send(&self, message: Message<S>) {
        self.messages.send(message);
    }

    /// Takes all messages, in the order in which they were sent.
    pub(super) fn take(&self) -> Vec<Message<S>> {
        self.messages.take()
    }

    /// Connections that the worker has, or is about to be given. It only balances load, so no other memory
    /// depends on its order.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    pub(super) fn add_connection(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn remove_connection(&self) {
        self.connections.fetch_sub(1, Ordering::Relaxed);
    }
}
