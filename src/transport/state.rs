//! What a connection is in the middle of.

use std::io::Read;
use std::time::Duration;

use super::exchange::Exchange;
use super::outbox::is_temporary;
use super::poller::Interest;
use super::socket::Socket;
use super::waiting::Wait;
use crate::limits::{BULK_BYTES_MIN, LINGER_BYTES_MAX};

/// What a connection is in the middle of.
pub(super) enum State<R> {
    /// Between requests, or in a head.
    Head,
    /// In a body.
    Body(Box<Exchange<R>>),
    /// A compute thread has the request.
    Compute,
    /// The last answer has left; for a time, `left` more bytes are read and dropped.
    Linger { left: usize },
}

/// Whether a connection goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Keep,
    Close,
}

impl<R> State<R> {
    /// Whether a body is arriving that takes many reads, to be used or to be dropped.
    pub(super) fn is_bulky(&self) -> bool {
        match self {
            Self::Body(exchange) => exchange.body.size() > BULK_BYTES_MIN,
            Self::Linger { left } => *left > LINGER_BYTES_MAX,
            Self::Head | Self::Compute => false,
        }
    }

    /// What has to be ready before the connection can go on, if it has nothing to write.
    pub(super) fn wanted(&self) -> Interest {
        match self {
            Self::Compute => Interest::Nothing,
            Self::Head | Self::Body(_) | Self::Linger { .. } => Interest::Readable,
        }
    }

    /// After the last answer, reads and drops what the client still sends.
    pub(super) fn linger(&mut self, stream: &impl Socket, buffer: &mut [u8]) -> Next {
        let Self::Linger { left } = self else {
            return Next::Keep;
        };
        match stream.io().read(buffer) {
            Ok(count) if count > 0 && count < *left => {
                *left -= count;
                Next::Keep
            }
            Err(error) if is_temporary(&error) => Next::Keep,
            _ => Next::Close,
        }
    }

    /// What the connection waits for, if it has nothing to write. `grace` is how long a body may take before it
    /// must keep up its rate.
    pub(super) fn waits_for(&self, has_input: bool, grace: Duration) -> Wait {
        match self {
            Self::Head if has_input => Wait::Head,
            Self::Head => Wait::Request,
            Self::Body(exchange) => Wait::Body(exchange.body.deadline(grace)),
            Self::Compute => Wait::Compute,
            Self::Linger { .. } => Wait::Close,
        }
    }
}
