//! Readiness by poll(2): for systems without epoll. It looks at every source at each wait, which is fast enough for
//! hundreds of connections.
//!
//! The set keeps a descriptor of its own for each source, since `unsafe` would be needed to keep a borrowed one: a
//! connection takes two descriptors.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::readiness::{Interest, Ready};

/// Descriptors that a connection takes.
pub(in crate::transport) const DESCRIPTORS_PER_CONNECTION: u64 = 2;

/// The set of sources that a thread waits for. Level-triggered: a source is reported for as long as it is
/// ready, so no byte and no end of a stream can be missed.
pub(in crate::transport) struct Poller {
    sources: RefCell<BTreeMap<usize, Source>>,
    woken: UnixStream,
    waker: Waker,
}

struct Source {
    descriptor: OwnedFd,
    interest: Interest,
}

/// Wakes a [`Poller`] from another thread.
#[derive(Debug, Clone)]
pub(in crate::transport) struct Waker(Arc<UnixStream>);

impl Waker {
    /// Makes the poller's current or next wait return at once.
    pub(in crate::transport) fn wake(&self) {
        // The only error is a stream that is full, and a full stream wakes as well.
        let _ = (&*self.0).write(&[1]);
    }
}

impl Interest {
    fn flags(self) -> PollFlags {
        match self {
            Self::Nothing => PollFlags::empty(),
            Self::Readable => PollFlags::IN,
            Self::Writable => PollFlags::OUT,
        }
    }
}

impl Poller {
    /// An empty set.
    pub(in crate::transport) fn new() -> io::Result<Self> {
        let (woken, waker) = UnixStream::pair()?;
        woken.set_nonblocking(true)?;
        waker.set_nonblocking(true)?;
        Ok(Self {
            sources: RefCell::default(),
            woken,
            waker: Waker(Arc::new(waker)),
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
    ) -> io::Result<()> {
        let descriptor = source.as_fd().try_clone_to_owned()?;
        let source = Source {
            descriptor,
            interest,
        };
        self.sources.borrow_mut().insert(key, source);
        Ok(())
    }

    /// Changes what a source waits for.
    pub(in crate::transport) fn modify(
        &self,
        _: impl AsFd,
        key: usize,
        interest: Interest,
    ) -> io::Result<()> {
        match self.sources.borrow_mut().get_mut(&key) {
            Some(source) => {
                source.interest = interest;
                Ok(())
            }
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Takes a source out, before it is handed on or while its breaking must not be reported.
    pub(in crate::transport) fn remove(&self, _: impl AsFd, key: usize) {
        self.forget(key);
    }

    /// Takes a source out that is about to be closed.
    pub(in crate::transport) fn forget(&self, key: usize) {
        self.sources.borrow_mut().remove(&key);
    }

    /// Waits until something is ready or `timeout` has passed, and puts what is ready into `ready`.
    pub(in crate::transport) fn wait(
        &self,
        timeout: Option<Duration>,
        ready: &mut Vec<Ready>,
    ) -> io::Result<()> {
        ready.clear();
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        let sources = self.sources.borrow();
        let watched = sources
            .values()
            .map(|source| PollFd::new(&source.descriptor, source.interest.flags()));
        let waker = std::iter::once(PollFd::new(&self.woken, PollFlags::IN));
        let mut polled: Vec<PollFd<'_>> = waker.chain(watched).collect();
        match poll(&mut polled, timeout.as_ref()) {
            Ok(_) => {}
            Err(Errno::INTR) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let mut events = polled.iter().map(PollFd::revents);
        if events.next().is_some_and(|flags| !flags.is_empty()) {
            self.quiet();
            ready.push(Ready::Woken);
        }
        let keys = sources.keys().zip(events);
        ready.extend(
            keys.filter(|(_, flags)| !flags.is_empty())
                .map(|(&key, flags)| Ready::Source {
                    key,
                    gone: flags.intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL),
                }),
        );
        Ok(())
    }

    /// Takes the bytes of all wake-ups.
    fn quiet(&self) {
        let mut bytes = [0; 64];
        while matches!((&self.woken).read(&mut bytes), Ok(count) if count == bytes.len()) {}
    }
}
