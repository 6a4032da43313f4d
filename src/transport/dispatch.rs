//! A complete request to its answer: in place if that is quick, else by way of the compute pool.

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use super::budget::Reservation;
use super::context::{Completion, Context, Shared};
use super::message::{self, Clock, ResponseFlags};
use super::refusal::Refusal;
use super::response::Response;
use super::service::Service;

/// A request with its whole body.
pub(super) struct Complete<'a, R> {
    pub(super) request: R,
    pub(super) flags: ResponseFlags,
    pub(super) body: Cow<'a, [u8]>,
    /// What the body has taken of the budget.
    pub(super) reservation: Reservation,
}

/// Where the answer to a request is.
pub(super) enum Dispatched {
    /// Here.
    Answered(Response),
    /// It will come as a [`Completion`].
    Queued,
}

/// Answers a request here and now if that is quick, else queues it for the compute pool.
pub(super) fn dispatch<S: Service>(
    complete: Complete<'_, S::Request>,
    key: usize,
    context: &Context<S>,
) -> Dispatched {
    let shared = &context.shared;
    let Complete { request, body, .. } = &complete;
    if !shared.service.takes_long(request, body.len()) {
        return Dispatched::Answered(answer(shared, request, body));
    }
    let request = Arc::new(complete.request);
    let job = {
        let (request, shared) = (Arc::clone(&request), Arc::clone(shared));
        let (body, reservation) = (complete.body.into_owned(), complete.reservation);
        let (completions, flags) = (Arc::clone(&context.completions), complete.flags);
        move || {
            let response = answer(&shared, &request, &body);
            drop((body, reservation));
            completions.send(Completion {
                key,
                message: whole(response, flags),
                keep_alive: flags.keep_alive,
            });
        }
    };
    match shared.pool.submit(Box::new(job)) {
        Ok(()) => Dispatched::Queued,
        Err(_) => {
            shared.counters.refused();
            Dispatched::Answered(shared.refuse(Some(&request), Refusal::Busy))
        }
    }
}

fn whole(response: Response, flags: ResponseFlags) -> Vec<u8> {
    let mut message = Vec::new();
    let clock = &mut Clock::new();
    message::write(&mut message, response, flags, clock, Instant::now());
    message
}

/// Calls the service; a panic is an answer too.
fn answer<S: Service>(shared: &Shared<S>, request: &S::Request, body: &[u8]) -> Response {
    let handle = || shared.service.handle(request, body);
    std::panic::catch_unwind(AssertUnwindSafe(handle))
        .unwrap_or_else(|_| shared.refuse(Some(request), Refusal::Panicked))
}
