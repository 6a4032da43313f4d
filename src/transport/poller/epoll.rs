//! Readiness by epoll: a thin layer.
//!
//! epoll through rustix and not through the `polling` crate: that one arms a timer descriptor at every wait
//! with a timeout, two more system calls for each request of a busy connection. rustix's interface is as
//! safe, and is in the program already.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};
use rustix::io::Errno;

use super::readiness::{Interest, Ready};
use crate::limits::EVENTS_MAX;

/// Descriptors that a connection takes.
pub(in crate::transport) const DESCRIPTORS_PER_CONNECTION: u64 = 1;

/// The key of the poller's own wake-up.
const WAKE: u64 = u64::MAX;

impl Interest {
    fn flags(self) -> EventFlags {
        match self {
            Self::Nothing => EventFlags::empty(),
            Self::Readable => EventFlags::IN,
            Self::Writable => EventFlags::OUT,
        }
    }
}

/// The set of sources that a thread waits for. Level-triggered: a source is reported for as long as it is
/// ready, so no byte and no end of a stream can be missed.
pub(in crate::transport) struct Poller {
    epoll: OwnedFd,
    waker: Waker,
}

/// Wakes a [`Poller`] from another thread.
#[derive(Debug, Clone)]
pub(in crate::transport) struct Waker(Arc<OwnedFd>);

impl Waker {
    /// Makes the poller's current or next wait return at once.
    pub(in crate::transport) fn wake(&self) {
        // The only error is a counter that is full, and a full counter wakes as well.
        let _ = rustix::io::write(&self.0, &1_u64.to_ne_bytes());
    }

    fn quiet(&self) {
        let _ = rustix::io::read(&self.0, &mut [0_u8; 8]);
    }
}

impl Poller {
    /// An empty set.
    pub(in crate::transport) fn new() -> std::io::Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        epoll::add(&epoll, &wake, EventData::new_u64(WAKE), EventFlags::IN)?;
        Ok(Self {
            epoll,
            waker: Waker(Arc::new(wake)),
        })
    }

    /// What wakes this poller.
    pub(in crate::transport) fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Adds a source.
    pub(in crate::transport) fn add(
        &self,
        source: impl AsFd,
        key: usize,
        interest: Interest,
    ) -> std::io::Result<()> {
        Ok(epoll::add(
            &self.epoll,
            source,
            EventData::new_u64(key as u64),
            interest.flags(),
        )?)
    }

    /// Changes what a source waits for.
    pub(in crate::transport) fn modify(
        &self,
        source: impl AsFd,
        key: usize,
        interest: Interest,
    ) -> std::io::Result<()> {
        Ok(epoll::modify(
            &self.epoll,
            source,
            EventData::new_u64(key as u64),
            interest.flags(),
        )?)
    }

    /// Takes a source out, before it is handed on or while its breaking must not be reported.
    pub(in crate::transport) fn remove(&self, source: impl AsFd, _: usize) {
        // It fails only for a source that is not there, which is what is wanted.
        let _ = epoll::delete(&self.epoll, source);
    }

    /// Takes a source out that is about to be closed: closing alone does.
    #[expect(clippy::unused_self, reason = "the portable poller has to be told")]
    pub(in crate::transport) fn forget(&self, _: usize) {}

    /// Waits until something is ready or `timeout` has passed, and puts what is ready into `ready`.
    pub(in crate::transport) fn wait(
        &self,
        timeout: Option<Duration>,
        ready: &mut Vec<Ready>,
    ) -> std::io::Result<()> {
        ready.clear();
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        let mut events = [const { MaybeUninit::<epoll::Event>::uninit() }; EVENTS_MAX];
        match epoll::wait(&self.epoll, &mut events[..], timeout.as_ref()) {
            Ok((events, _)) => ready.extend(events.iter().map(|event| self.ready(event))),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn ready(&self, event: &epoll::Event) -> Ready {
        let (data, flags) = (event.data, event.flags);
        match usize::try_from(data.u64()) {
            Ok(key) if data.u64() != WAKE => Ready::Source {
                key,
                gone: flags.intersects(EventFlags::ERR | EventFlags::HUP),
            },
            _ => {
                self.waker.quiet();
                Ready::Woken
            }
        }
    }
}
