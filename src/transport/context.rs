//! What the connections of one worker share: service, settings, pool, clock and buffers.

use std::sync::Arc;
use std::time::Instant;

use super::compute::Pool;
use super::counters::Counters;
use super::mailbox::Mailbox;
use super::message::Clock;
use super::refusal::Refusal;
use super::response::Response;
use super::service::Service;
use super::settings::Settings;
use crate::account::{Account, Memory};
use crate::limits::INPUT_BYTES;

/// What all workers share.
pub(super) struct Shared<S> {
    pub(super) service: Arc<S>,
    pub(super) settings: Settings,
    pub(super) pool: Pool,
    pub(super) memory: Memory,
    pub(super) counters: Arc<Counters>,
}

/// What all connections of a worker share.
pub(super) struct Context<S> {
    pub(super) shared: Arc<Shared<S>>,
    /// Answers of compute threads, for the connections of this worker.
    pub(super) completions: Arc<Mailbox<Completion>>,
    pub(super) clock: Clock,
    /// When the current events were taken from the kernel.
    pub(super) now: Instant,
    /// When the server was asked to stop.
    pub(super) draining_since: Option<Instant>,
    /// Where input is read to, so that an idle connection needs no buffer of its own.
    pub(super) input: Vec<u8>,
    /// Where answers are gathered before they are written, likewise.
    pub(super) output: Vec<u8>,
}

/// An answer that a compute thread has made.
pub(super) struct Completion {
    /// The key of its connection.
    pub(super) key: usize,
    /// The message up to its body.
    pub(super) head: Vec<u8>,
    /// Its body.
    pub(super) body: Vec<u8>,
    /// What the message has reserved.
    pub(super) account: Account,
    /// Whether the connection goes on.
    pub(super) keep_alive: bool,
}

impl<S: Service> Shared<S> {
    /// Has the service say why a request is refused.
    pub(super) fn refuse(&self, request: Option<&S::Request>, refusal: Refusal) -> Response {
        if refusal != Refusal::Panicked {
            self.counters.refused();
        }
        let mut response = self.service.refuse(request, refusal);
        if let Some((name, value)) = refusal.field() {
            response.fields.push((name.into(), value.into()));
        }
        response
    }
}

impl<S> Context<S> {
    pub(super) fn new(shared: Arc<Shared<S>>, completions: Arc<Mailbox<Completion>>) -> Self {
        Self {
            shared,
            completions,
            clock: Clock::new(),
            now: Instant::now(),
            draining_since: None,
            input: vec![0; INPUT_BYTES],
            output: Vec::new(),
        }
    }
}
