//! What a connection waits for, and how long: deadlines, and the lingering that its end may take.

use std::io::Read;
use std::net::Shutdown;
use std::time::{Duration, Instant};

use super::{Connection, Fate, Phase, is_temporary};
use crate::serve::transport::Service;
use crate::serve::transport::context::Context;
use crate::serve::transport::refusal::Refusal;
use crate::serve::transport::settings::Settings;

/// After a refusal, what the client still sends is read and dropped, so that the answer is not lost with the
/// reset that closing on unread bytes would send: so many bytes, for so long.
const LINGER_BYTES_MAX: usize = 1 << 20;
const LINGER: Duration = Duration::from_secs(2);

/// What a connection is waiting for, and since when, decides when it is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    Request,
    Head,
    Body,
    Compute,
    Write,
    Close,
}

impl Connection {
    /// Gives the connection up, or answers why, if its deadline has passed.
    pub(in crate::serve::transport) fn expire<S: Service>(
        &mut self,
        context: &mut Context<S>,
    ) -> Fate {
        if context.now < self.deadline(context) {
            return Fate::Keep;
        }
        match self.wait {
            Wait::Head => self.refuse(Refusal::TooSlow("head"), context),
            Wait::Body => self.refuse(Refusal::TooSlow("body"), context),
            Wait::Compute => return Fate::Keep,
            Wait::Request | Wait::Write | Wait::Close => return Fate::Close,
        }
        self.finish_turn(context)
    }

    fn deadline<S>(&self, context: &Context<S>) -> Instant {
        let Settings {
            idle,
            head,
            body,
            write,
            drain_idle,
            ..
        } = context.settings;
        match (self.wait, &self.phase, context.draining_since) {
            (Wait::Request, _, Some(since)) => (self.since + idle).min(since + drain_idle),
            (Wait::Request, _, None) => self.since + idle,
            (Wait::Head, ..) => self.since + head,
            (Wait::Body, Phase::Body(exchange), _) => exchange.body.deadline(body),
            (Wait::Close, ..) => self.since + LINGER,
            _ => self.since + write,
        }
    }

    pub(super) fn waits_for(&self) -> Wait {
        match self.phase {
            _ if self.has_output() => Wait::Write,
            Phase::Head if self.input.is_empty() => Wait::Request,
            Phase::Head => Wait::Head,
            Phase::Body(_) => Wait::Body,
            Phase::Compute => Wait::Compute,
            Phase::Linger { .. } => Wait::Close,
        }
    }

    pub(super) fn begin_linger(&mut self) {
        // If the client is gone already, the next read says so.
        let _ = self.stream.shutdown(Shutdown::Write);
        self.phase = Phase::Linger {
            left: LINGER_BYTES_MAX,
        };
        self.is_closing = false;
        self.has_answered = true;
    }

    pub(super) fn linger<S>(&mut self, context: &mut Context<S>) -> Fate {
        let Phase::Linger { left } = &mut self.phase else {
            return Fate::Keep;
        };
        match self.stream.read(&mut context.input) {
            Ok(count) if count > 0 && count < *left => {
                *left -= count;
                Fate::Keep
            }
            Err(error) if is_temporary(&error) => Fate::Keep,
            _ => Fate::Close,
        }
    }
}
