//! A request between its head and the last byte of its body.

use std::borrow::Cow;
use std::time::Instant;

use super::body::Body;
use super::coding::Coding;
use super::dispatch::CompleteRequest;
use super::framing::Framing;
use super::head::Head;
use super::message::ResponseFlags;
use super::refusal::Refusal;
use crate::account::Memory;

/// A request whose body is arriving.
pub(super) struct Exchange<R> {
    pub(super) request: R,
    flags: ResponseFlags,
    coding: Coding,
    pub(super) body: Body,
}

/// How a request begins.
pub(super) enum Beginning<'a, R> {
    /// Its body came with its head.
    Complete(CompleteRequest<'a, R>),
    /// Its body is still to come.
    Receiving(Box<Exchange<R>>),
    /// Its body will not be read.
    Refused(R, Refusal),
}

/// Begins a request whose body may have `cap` bytes. Where all of the body is among the bytes `after` the head,
/// it is left there, so that a small request is answered without a copy of anything.
pub(super) fn begin<'a, R>(
    head: Head<R>,
    after: &'a [u8],
    cap: usize,
    memory: Memory,
    now: Instant,
) -> Beginning<'a, R> {
    let Head {
        request,
        flags,
        framing,
        coding,
        bytes,
        ..
    } = head;
    if coding == Coding::Unreadable && framing != Framing::Length(0) {
        return Beginning::Refused(request, Refusal::ContentCoding);
    }
    if let Framing::Length(length) = framing
        && let Some(body) = usize::try_from(length)
            .ok()
            .and_then(|length| after.get(..length))
        && body.len() <= cap
    {
        return Beginning::Complete(CompleteRequest {
            request,
            flags,
            body: Cow::Borrowed(body),
            coding,
            account: memory.request(),
        });
    }
    // The request is kept as long as its body arrives. Its fields take about twice the bytes of its head.
    let mut account = memory.held();
    let kept = account.reserve(2 * bytes).map_err(Refusal::Memory);
    match kept.and_then(|()| Body::begin(framing, cap, account, now)) {
        Ok(body) => Beginning::Receiving(Box::new(Exchange {
            request,
            flags,
            coding,
            body,
        })),
        Err(refusal) => Beginning::Refused(request, refusal),
    }
}

impl<R> Exchange<R> {
    /// The request with its body, which is [complete](Body::is_complete).
    pub(super) fn into_complete(self) -> CompleteRequest<'static, R> {
        let (bytes, account) = self.body.into_parts();
        CompleteRequest {
            request: self.request,
            flags: self.flags,
            body: Cow::Owned(bytes),
            coding: self.coding,
            account,
        }
    }
}
