//! A complete request to its answer: in place if that is quick, else by way of the compute pool.

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use super::budget::Reservation;
use super::coding::Coding;
use super::compression::compressed;
use super::context::{Completion, Context, Shared};
use super::decompression::{Caps, decompress};
use super::message::{self, Clock, ResponseFlags};
use super::refusal::Refusal;
use super::response::Response;
use super::service::Service;
use crate::limits::{COMPRESSED_IN_PLACE_BYTES_MAX, IN_PLACE_BYTES_MAX};

/// A request with its whole body.
pub(super) struct CompleteRequest<'a, R> {
    pub(super) request: R,
    pub(super) flags: ResponseFlags,
    pub(super) body: Cow<'a, [u8]>,
    pub(super) coding: Coding,
    /// What the body has taken of the budget.
    pub(super) reservation: Reservation,
}

/// Where the answer to a request is.
pub(super) enum Outcome {
    /// Here.
    Answered(Response),
    /// It will come as a [`Completion`].
    Queued,
}

/// Answers a request here and now if that is quick, else queues it for the compute pool.
#[inline]
pub(super) fn dispatch<S: Service>(
    mut complete: CompleteRequest<'_, S::Request>,
    key: usize,
    context: &Context<S>,
) -> Outcome {
    let shared = &context.shared;
    if complete.coding != Coding::Identity {
        complete = decompressed_in_place(complete, shared);
    }
    let CompleteRequest { request, body, .. } = &complete;
    let is_compressed = complete.coding != Coding::Identity;
    if is_compressed || shared.service.takes_long(request, body.len()) {
        queue(complete, key, context)
    } else {
        Outcome::Answered(answer(shared, request, body))
    }
}

/// Decompresses a small body that holds little. Any other is left as it is, and so is a damaged one.
fn decompressed_in_place<'a, S: Service>(
    complete: CompleteRequest<'a, S::Request>,
    shared: &Shared<S>,
) -> CompleteRequest<'a, S::Request> {
    let caps = Caps {
        bytes: IN_PLACE_BYTES_MAX.min(shared.settings.body_bytes),
        members: 1,
    };
    let CompleteRequest { coding, body, .. } = &complete;
    if body.is_empty() {
        return CompleteRequest {
            coding: Coding::Identity,
            ..complete
        };
    }
    if body.len() > COMPRESSED_IN_PLACE_BYTES_MAX {
        return complete;
    }
    match decompressed(*coding, body, caps, shared.budget.reservation()) {
        Ok((bytes, reservation)) => CompleteRequest {
            body: Cow::Owned(bytes),
            coding: Coding::Identity,
            reservation,
            ..complete
        },
        Err(_) => complete,
    }
}

fn queue<S: Service>(
    complete: CompleteRequest<'_, S::Request>,
    key: usize,
    context: &Context<S>,
) -> Outcome {
    let CompleteRequest {
        request,
        flags,
        body,
        coding,
        reservation,
    } = complete;
    let (request, body) = (Arc::new(request), body.into_owned());
    let job = {
        let (request, shared) = (Arc::clone(&request), Arc::clone(&context.shared));
        let completions = Arc::clone(&context.completions);
        move || {
            let response = work(&shared, &request, body, coding, reservation);
            completions.send(Completion {
                key,
                message: whole(response, flags),
                keep_alive: flags.keep_alive,
            });
        }
    };
    match context.shared.pool.submit(Box::new(job)) {
        Ok(()) => Outcome::Queued,
        Err(_) => {
            let response = context.shared.refuse(Some(&request), Refusal::Busy);
            Outcome::Answered(response)
        }
    }
}

/// What a compute thread does for a request. The body and what it has reserved end with it.
fn work<S: Service>(
    shared: &Shared<S>,
    request: &S::Request,
    body: Vec<u8>,
    coding: Coding,
    reservation: Reservation,
) -> Response {
    if coding == Coding::Identity {
        return answer(shared, request, &body);
    }
    let caps = Caps::of(shared.settings.body_bytes);
    let result = decompressed(coding, &body, caps, shared.budget.reservation());
    drop((body, reservation));
    match result {
        Ok((body, _reservation)) => answer(shared, request, &body),
        Err(refusal) => shared.refuse(Some(request), refusal),
    }
}

fn whole(response: Response, flags: ResponseFlags) -> Vec<u8> {
    let response = compressed(response, flags.takes_gzip);
    let mut message = Vec::new();
    let clock = &mut Clock::new();
    message::write(&mut message, response, flags, clock, Instant::now());
    message
}

/// Decompresses a body; a panic is a refusal too.
fn decompressed(
    coding: Coding,
    body: &[u8],
    caps: Caps,
    reservation: Reservation,
) -> Result<(Vec<u8>, Reservation), Refusal> {
    let decompress = || decompress(coding, body, caps, reservation);
    std::panic::catch_unwind(AssertUnwindSafe(decompress)).unwrap_or(Err(Refusal::Panicked))
}

/// Calls the service; a panic is an answer too.
#[inline]
fn answer<S: Service>(shared: &Shared<S>, request: &S::Request, body: &[u8]) -> Response {
    let handle = || shared.service.handle(request, body);
    std::panic::catch_unwind(AssertUnwindSafe(handle))
        .unwrap_or_else(|_| shared.refuse(Some(request), Refusal::Panicked))
}
