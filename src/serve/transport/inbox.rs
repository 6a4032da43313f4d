//! What other threads tell an I/O worker.

use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::connection::Connection;
use super::poller::Waker;

/// Something to be told to a worker.
pub(super) enum Message {
    /// A connection was accepted for it.
    Adopt(TcpStream, SocketAddr),
    /// A large body arrives on a connection that another worker had.
    TakeOver(Box<Connection>),
    /// A compute thread has an answer for one of its connections.
    Computed {
        key: usize,
        message: Vec<u8>,
        keep_alive: bool,
    },
    /// The system has no descriptors left: close the connection that has waited longest.
    MakeRoom,
    /// Finish what was begun, then end.
    Drain,
}

/// A worker's messages, and how many connections it has.
pub(super) struct Inbox {
    messages: Mutex<Vec<Message>>,
    waker: Waker,
    connections: AtomicUsize,
}

impl Inbox {
    pub(super) fn new(waker: Waker) -> Self {
        Self {
            messages: Mutex::new(Vec::new()),
            waker,
            connections: AtomicUsize::new(0),
        }
    }

    /// Leaves a message and wakes the worker.
    pub(super) fn send(&self, message: Message) {
        self.messages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(message);
        self.waker.wake();
    }

    /// Takes all messages, in the order in which they were sent.
    pub(super) fn take(&self) -> Vec<Message> {
        std::mem::take(&mut *self.messages.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Connections that the worker has, or is about to be given.
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
