//! A complete request to its answer: in place if that is quick, else by way of the compute pool.

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use rouille::{Request, Response};

use super::{Connection, Phase};
use crate::serve::transport::Service;
use crate::serve::transport::answer::{self, Clock, Manner};
use crate::serve::transport::budget::Reservation;
use crate::serve::transport::context::Context;
use crate::serve::transport::inbox::Message;
use crate::serve::transport::refusal::Refusal;

impl Connection {
    /// Answers a request: here and now if that is quick, else by way of the compute pool.
    pub(super) fn dispatch<S: Service>(
        &mut self,
        request: Request,
        manner: Manner,
        body: Cow<'_, [u8]>,
        reservation: Reservation,
        key: usize,
        context: &mut Context<S>,
    ) {
        // The server may have been told to stop while the body was on its way.
        let manner = Manner {
            keep_alive: manner.keep_alive && context.draining_since.is_none(),
            ..manner
        };
        if !context.service.takes_long(&request, body.len()) {
            let response = call(&*context.service, &request, &body);
            return self.respond(response, manner, context);
        }
        let (service, inbox, body) = (
            Arc::clone(&context.service),
            Arc::clone(&context.inbox),
            body.into_owned(),
        );
        let job = Box::new(move || {
            let response = call(&*service, &request, &body);
            drop((body, reservation));
            let mut message = Vec::new();
            answer::write(
                &mut message,
                response,
                manner,
                &mut Clock::new(),
                Instant::now(),
            );
            inbox.send(Message::Computed {
                key,
                message,
                keep_alive: manner.keep_alive,
            });
        });
        match context.pool.submit(job) {
            Ok(()) => self.phase = Phase::Compute,
            Err(_) => {
                context.counters.refused();
                self.respond(Refusal::Busy.response(), manner, context);
            }
        }
    }
}

/// Calls the handler; a panic is an answer too.
fn call<S: Service>(service: &S, request: &Request, body: &[u8]) -> Response {
    std::panic::catch_unwind(AssertUnwindSafe(|| service.handle(request, body)))
        .unwrap_or_else(|_| Refusal::Panicked.response())
}
