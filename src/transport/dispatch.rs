//! A complete request to its answer: in place if that is quick, else by way of the compute pool.

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use super::coding::Coding;
use super::compression::compressed;
use super::context::{Completion, Context, Shared};
use super::decompression::{Caps, decompress};
use super::message::{self, Clock, ResponseFlags};
use super::refusal::Refusal;
use super::response::Response;
use super::service::Service;
use crate::account::Account;
use crate::limits::{COMPRESSED_IN_PLACE_BYTES_MAX, IN_PLACE_BYTES_MAX};

/// A request with its whole body.
pub(super) struct CompleteRequest<'a, R> {
    pub(super) request: R,
    pub(super) flags: ResponseFlags,
    pub(super) body: Cow<'a, [u8]>,
    pub(super) coding: Coding,
    /// What the request has reserved.
    pub(super) account: Account,
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
        let CompleteRequest {
            request,
            body,
            mut account,
            ..
        } = complete;
        Outcome::Answered(answer(shared, &request, body, &mut account))
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
    match decompressed(*coding, body, caps, shared.memory.request()) {
        Ok((bytes, account)) => CompleteRequest {
            body: Cow::Owned(bytes),
            coding: Coding::Identity,
            account,
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
        account,
    } = complete;
    let (request, body) = (Arc::new(request), body.into_owned());
    let job = {
        let (request, shared) = (Arc::clone(&request), Arc::clone(&context.shared));
        let completions = Arc::clone(&context.completions);
        move || {
            let (response, account) = work(&shared, &request, body, coding, account);
            completions.send(completion(key, response, flags, account));
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

/// What a compute thread does for a request. The body ends with it. The account goes on with the answer.
fn work<S: Service>(
    shared: &Shared<S>,
    request: &S::Request,
    body: Vec<u8>,
    coding: Coding,
    mut account: Account,
) -> (Response, Account) {
    if coding == Coding::Identity {
        let response = answer(shared, request, Cow::Owned(body), &mut account);
        return (response, account);
    }
    let caps = Caps::of(shared.settings.body_bytes);
    let result = decompressed(coding, &body, caps, shared.memory.held());
    drop((body, account));
    match result {
        Ok((body, mut account)) => {
            let response = answer(shared, request, Cow::Owned(body), &mut account);
            (response, account)
        }
        Err(refusal) => (shared.refuse(Some(request), refusal), shared.memory.held()),
    }
}

fn completion(
    key: usize,
    response: Response,
    flags: ResponseFlags,
    mut account: Account,
) -> Completion {
    let mut head = Vec::new();
    let response = compressed(response, flags.takes_gzip, &mut account);
    let clock = &mut Clock::new();
    let body = message::write_head(&mut head, response, flags, clock, Instant::now());
    // All but the answer has been given back to the system. The answer has reserved at least its own size.
    account.release_to(body.capacity());
    Completion {
        key,
        head,
        body,
        account,
        keep_alive: flags.keep_alive,
    }
}

/// Decompresses a body; a panic is a refusal too.
fn decompressed(
    coding: Coding,
    body: &[u8],
    caps: Caps,
    account: Account,
) -> Result<(Vec<u8>, Account), Refusal> {
    let decompress = || decompress(coding, body, caps, account);
    std::panic::catch_unwind(AssertUnwindSafe(decompress)).unwrap_or(Err(Refusal::Panicked))
}

/// Calls the service; a panic is an answer too.
#[inline]
fn answer<S: Service>(
    shared: &Shared<S>,
    request: &S::Request,
    body: Cow<'_, [u8]>,
    account: &mut Account,
) -> Response {
    let handle = || shared.service.handle(request, body, account);
    std::panic::catch_unwind(AssertUnwindSafe(handle))
        .unwrap_or_else(|_| shared.refuse(Some(request), Refusal::Panicked))
}
