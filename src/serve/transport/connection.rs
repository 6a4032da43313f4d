//! One connection: a state machine that turns what arrives into requests and answers into what leaves.
//!
//! It never blocks and never waits: the [worker](super::worker) calls it when its socket is ready, when a
//! compute thread has an answer, and when its deadline has passed.

mod dispatch;
mod waiting;

use std::borrow::Cow;
use std::io::{ErrorKind, Read};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use rouille::{Request, Response};

use waiting::Wait;

use super::Service;
use super::answer::{self, Manner};
use super::body::Body;
use super::context::Context;
use super::head::{self, Framing, Head};
use super::outbox::Outbox;
use super::poller::Interest;
use super::refusal::Refusal;
use crate::limits::{OUTPUT_GATHERED_BYTES_MAX, PIPELINE_TURN_MAX};

/// Bytes of a body that are worth handing its connection to another worker: that takes as long as reading some
/// ten thousand bytes.
const BULK_BYTES: usize = 256 << 10;

/// A request whose body is on its way.
struct Exchange {
    request: Request,
    manner: Manner,
    body: Body,
}

enum Phase {
    /// Between requests, or in a head.
    Head,
    /// In a body.
    Body(Box<Exchange>),
    /// A compute thread has the request.
    Compute,
    /// Everything is said; `left` more bytes are read and dropped.
    Linger { left: usize },
}

/// Whether a connection goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Keep,
    Close,
}

pub(super) struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    phase: Phase,
    /// Received and not used yet: the beginning of a head, or requests whose turn has not come.
    input: Vec<u8>,
    output: Outbox,
    /// No further request is taken; closed as soon as the output has left.
    is_closing: bool,
    /// The client may still be sending: linger before closing.
    lingers: bool,
    /// `input` holds requests that can go on without another byte.
    is_stalled: bool,
    /// The socket is broken and no longer watched.
    is_gone: bool,
    /// Whether a request was completed since the worker last asked.
    has_answered: bool,
    wait: Wait,
    since: Instant,
    /// What the poller was last told.
    pub(super) interest: Interest,
}

impl Connection {
    /// A connection that has just been accepted.
    pub(super) fn new(stream: TcpStream, peer: SocketAddr, now: Instant) -> Self {
        Self {
            stream,
            peer,
            phase: Phase::Head,
            input: Vec::new(),
            output: Outbox::default(),
            is_closing: false,
            lingers: false,
            is_stalled: false,
            is_gone: false,
            has_answered: true,
            wait: Wait::Request,
            since: now,
            interest: Interest::Readable,
        }
    }

    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Whether the connection can be given up for another one: no complete request of it is at hand.
    pub(super) fn is_waiting(&self) -> bool {
        !matches!(self.wait, Wait::Compute | Wait::Write)
    }

    /// Whether a request was completed since this was last asked.
    pub(super) fn take_answered(&mut self) -> bool {
        std::mem::take(&mut self.has_answered)
    }

    /// Whether [`go_on`](Self::go_on) has something to do without another event.
    pub(super) fn is_stalled(&self) -> bool {
        self.is_stalled && !self.has_output()
    }

    /// Whether the socket was found broken while a compute thread had the request.
    pub(super) fn is_gone(&self) -> bool {
        self.is_gone
    }

    /// The socket is broken in both directions. Returns whether the connection must be kept all the same,
    /// because a compute thread will answer to it.
    pub(super) fn break_off(&mut self) -> bool {
        self.is_gone = matches!(self.phase, Phase::Compute);
        self.is_gone
    }

    /// Whether a body is arriving that takes many reads.
    pub(super) fn is_bulky(&self) -> bool {
        matches!(&self.phase, Phase::Body(exchange) if exchange.body.size() > BULK_BYTES)
    }

    /// What has to be ready before the connection can go on.
    pub(super) fn wanted(&self) -> Interest {
        match self.phase {
            _ if self.has_output() => Interest::Writable,
            Phase::Compute => Interest::Nothing,
            _ if self.is_stalled => Interest::Nothing,
            _ => Interest::Readable,
        }
    }

    fn has_output(&self) -> bool {
        !self.output.is_empty()
    }

    /// The socket is ready for what was [wanted](Self::wanted).
    pub(super) fn ready<S: Service>(&mut self, key: usize, context: &mut Context<S>) -> Fate {
        let fate = match &self.phase {
            _ if self.has_output() => Fate::Keep,
            Phase::Compute => Fate::Keep,
            Phase::Linger { .. } => return self.linger(context),
            Phase::Body(exchange) if exchange.body.has_length() && self.input.is_empty() => {
                self.receive_body(key, context)
            }
            _ => self.receive(key, context),
        };
        if fate == Fate::Close {
            fate
        } else {
            self.finish_turn(context)
        }
    }

    /// Takes up requests that were received but had to wait their turn.
    pub(super) fn go_on<S: Service>(&mut self, key: usize, context: &mut Context<S>) -> Fate {
        self.process_input(key, context);
        self.finish_turn(context)
    }

    /// A compute thread has the answer, `message` whole.
    pub(super) fn computed<S: Service>(
        &mut self,
        message: Vec<u8>,
        keep_alive: bool,
        context: &mut Context<S>,
    ) -> Fate {
        self.phase = Phase::Head;
        self.answered(keep_alive);
        self.is_stalled = !self.input.is_empty();
        self.output.push(message);
        self.finish_turn(context)
    }

    /// Reads once, and processes what came.
    fn receive<S: Service>(&mut self, key: usize, context: &mut Context<S>) -> Fate {
        let mut buffer = std::mem::take(&mut context.input);
        let read = self.stream.read(&mut buffer);
        let fate = match read {
            Ok(0) => self.end_of_stream(context),
            Ok(count) => {
                self.take_in(buffer.get(..count).unwrap_or_default(), key, context);
                Fate::Keep
            }
            Err(error) if is_temporary(&error) => Fate::Keep,
            Err(_) => Fate::Close,
        };
        context.input = buffer;
        fate
    }

    /// Reads a body of known length to where it stays.
    fn receive_body<S: Service>(&mut self, key: usize, context: &mut Context<S>) -> Fate {
        let Phase::Body(exchange) = &mut self.phase else {
            return Fate::Keep;
        };
        match exchange.body.read_from(&mut &self.stream) {
            Ok(true) => self.complete_body(key, context),
            Ok(false) => return self.end_of_stream(context),
            Err(refusal) => self.refuse(refusal, context),
        }
        Fate::Keep
    }

    /// The client will send no more. If that cuts a request short it is told so: it may still be reading.
    fn end_of_stream<S: Service>(&mut self, context: &mut Context<S>) -> Fate {
        if matches!(self.phase, Phase::Head) && self.input.is_empty() {
            return Fate::Close;
        }
        self.refuse(Refusal::CutShort, context);
        Fate::Keep
    }

    /// Processes `bytes` where they lie, and keeps what is left over.
    fn take_in<S: Service>(&mut self, bytes: &[u8], key: usize, context: &mut Context<S>) {
        if !self.input.is_empty() {
            self.input.extend(bytes);
            return self.process_input(key, context);
        }
        let used = self.process(bytes, key, context);
        self.input.extend(bytes.get(used..).unwrap_or_default());
    }

    fn process_input<S: Service>(&mut self, key: usize, context: &mut Context<S>) {
        let mut input = std::mem::take(&mut self.input);
        let used = self.process(&input, key, context);
        input.drain(..used);
        if !input.is_empty() {
            self.input = input;
        }
    }

    /// Takes requests from the start of `bytes` for as long as it is this connection's turn. Returns how many
    /// bytes were used.
    fn process<S: Service>(&mut self, bytes: &[u8], key: usize, context: &mut Context<S>) -> usize {
        let mut rest = bytes;
        self.is_stalled = false;
        for _ in 0..PIPELINE_TURN_MAX {
            if rest.is_empty() || context.output.len() > OUTPUT_GATHERED_BYTES_MAX {
                break;
            }
            match self.step(rest, key, context) {
                Ok(Some(used)) => rest = rest.get(used..).unwrap_or_default(),
                Ok(None) => return bytes.len() - rest.len(),
                Err(refusal) => self.refuse(refusal, context),
            }
            if self.is_closing {
                self.lingers |= !rest.is_empty();
                return bytes.len();
            }
        }
        self.is_stalled = !rest.is_empty();
        bytes.len() - rest.len()
    }

    /// One head, with its body if that is there, or one piece of a body. `None` if more bytes are needed, or
    /// an answer is.
    fn step<S: Service>(
        &mut self,
        bytes: &[u8],
        key: usize,
        context: &mut Context<S>,
    ) -> Result<Option<usize>, Refusal> {
        match &mut self.phase {
            Phase::Head => match head::parse(bytes, self.peer)? {
                Some(head) => {
                    let (used, after) = bytes.split_at(head.bytes.min(bytes.len()));
                    Ok(Some(used.len() + self.begin(head, after, key, context)?))
                }
                None => Ok(None),
            },
            Phase::Body(exchange) => {
                let used = exchange.body.take(bytes)?;
                self.complete_body(key, context);
                Ok(Some(used))
            }
            Phase::Compute | Phase::Linger { .. } => Ok(None),
        }
    }

    /// Begins a request. Returns how many of the bytes `after` the head were its body: all of it, if all of
    /// it is there, so that a small request is answered without a copy of anything.
    fn begin<S: Service>(
        &mut self,
        head: Head,
        after: &[u8],
        key: usize,
        context: &mut Context<S>,
    ) -> Result<usize, Refusal> {
        let manner = Manner {
            is_head: head.request.method() == "HEAD",
            keep_alive: head.keep_alive,
            is_http_1_0: head.is_http_1_0,
        };
        let cap = context.settings.body_bytes;
        let reservation = context.budget.reservation();
        if let Framing::Length(length) = head.framing
            && let Some(body) = usize::try_from(length)
                .ok()
                .and_then(|length| after.get(..length))
            && body.len() <= cap
        {
            self.dispatch(
                head.request,
                manner,
                Cow::Borrowed(body),
                reservation,
                key,
                context,
            );
            return Ok(body.len());
        }
        let body = Body::begin(head.framing, cap, reservation, context.now)?;
        if head.expects_continue && after.is_empty() {
            context.output.extend(b"HTTP/1.1 100 Continue\r\n\r\n");
        }
        self.phase = Phase::Body(Box::new(Exchange {
            request: head.request,
            manner,
            body,
        }));
        Ok(0)
    }

    /// Hands the request on if its body is complete.
    fn complete_body<S: Service>(&mut self, key: usize, context: &mut Context<S>) {
        let Phase::Body(exchange) = &self.phase else {
            return;
        };
        if !exchange.body.is_complete() {
            return;
        }
        if let Phase::Body(exchange) = std::mem::replace(&mut self.phase, Phase::Head) {
            let Exchange {
                request,
                manner,
                body,
            } = *exchange;
            let (bytes, reservation) = body.into_parts();
            self.dispatch(
                request,
                manner,
                Cow::Owned(bytes),
                reservation,
                key,
                context,
            );
        }
    }

    fn respond<S>(&mut self, response: Response, manner: Manner, context: &mut Context<S>) {
        answer::write(
            &mut context.output,
            response,
            manner,
            &mut context.clock,
            context.now,
        );
        self.answered(manner.keep_alive);
    }

    fn answered(&mut self, keep_alive: bool) {
        self.has_answered = true;
        self.is_closing = !keep_alive;
    }

    /// Answers that the request at hand will not be taken, and nothing after it.
    fn refuse<S>(&mut self, refusal: Refusal, context: &mut Context<S>) {
        context.counters.refused();
        self.phase = Phase::Head;
        self.input = Vec::new();
        self.lingers = true;
        let manner = Manner {
            is_head: false,
            keep_alive: false,
            is_http_1_0: false,
        };
        self.respond(refusal.response(), manner, context);
    }

    /// Writes what there is to write, and settles what the connection waits for next.
    fn finish_turn<S: Service>(&mut self, context: &mut Context<S>) -> Fate {
        let Ok(progress) = self.output.flush(&self.stream, &mut context.output) else {
            // Connections share the buffer: what this one could not be told must not be told to the next.
            context.output.clear();
            return Fate::Close;
        };
        if !self.has_output() && self.is_closing {
            if !self.lingers {
                return Fate::Close;
            }
            self.begin_linger();
        }
        let wait = self.waits_for();
        if wait != self.wait || self.has_answered || (wait == Wait::Write && progress) {
            (self.wait, self.since) = (wait, context.now);
        }
        Fate::Keep
    }
}

pub(super) fn is_temporary(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
