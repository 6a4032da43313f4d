//! What a connection waits for, and until when.

use std::time::Instant;

use super::settings::Settings;
use crate::limits::LINGER;

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// A first byte.
    Request,
    /// The rest of a head.
    Head,
    /// The rest of a body, whose next byte must arrive by then.
    Body(Instant),
    /// An answer from a compute thread.
    Compute,
    /// A client that takes its answer.
    Write,
    /// A client that closes its side.
    Close,
}

impl Wait {
    /// When waiting since `since` has taken too long.
    pub(super) fn deadline(
        self,
        since: Instant,
        settings: &Settings,
        draining_since: Option<Instant>,
    ) -> Option<Instant> {
        match self {
            Self::Request => {
                let idle = since + settings.idle;
                Some(draining_since.map_or(idle, |since| idle.min(since + settings.drain_idle)))
            }
            Self::Head => Some(since + settings.head),
            Self::Body(deadline) => Some(deadline),
            Self::Compute => None,
            Self::Write => Some(since + settings.write),
            Self::Close => Some(since + LINGER),
        }
    }

    /// Whether the connection can be evicted: it has no complete request.
    pub(super) fn is_evictable(self) -> bool {
        !matches!(self, Self::Compute | Self::Write)
    }
}
