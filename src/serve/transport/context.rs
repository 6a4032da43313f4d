//! What the connections of one worker share: service, settings, pool, clock and buffers.

use std::sync::Arc;
use std::time::Instant;

use super::answer::Clock;
use super::budget::Budget;
use super::compute::Pool;
use super::counters::Counters;
use super::inbox::Inbox;
use super::settings::Settings;

/// Bytes read at once. A small request with its head fits many times over.
const INPUT_BYTES: usize = 64 << 10;

/// What all connections of a worker share.
pub(super) struct Context<S> {
    pub(super) service: Arc<S>,
    pub(super) settings: Settings,
    pub(super) pool: Pool,
    pub(super) budget: Budget,
    pub(super) inbox: Arc<Inbox>,
    pub(super) counters: Arc<Counters>,
    pub(super) clock: Clock,
    /// When the events at hand were taken from the kernel.
    pub(super) now: Instant,
    /// When the server was told to stop.
    pub(super) draining_since: Option<Instant>,
    /// Where input is read to, so that an idle connection needs no buffer of its own.
    pub(super) input: Vec<u8>,
    /// Where answers are gathered before they are written, likewise.
    pub(super) output: Vec<u8>,
}

impl<S> Context<S> {
    pub(super) fn new(
        service: Arc<S>,
        settings: Settings,
        pool: Pool,
        budget: Budget,
        inbox: Arc<Inbox>,
        counters: Arc<Counters>,
    ) -> Self {
        Self {
            service,
            settings,
            pool,
            budget,
            inbox,
            counters,
            clock: Clock::new(),
            now: Instant::now(),
            draining_since: None,
            input: vec![0; INPUT_BYTES],
            output: Vec::new(),
        }
    }
}
