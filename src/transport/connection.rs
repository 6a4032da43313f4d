//! One connection: a state machine that turns what arrives into requests and answers into what leaves.
//!
//! It never blocks and never waits: the [worker](super::worker) calls it when its socket is ready, when a
//! compute thread has an answer, and when its deadline has passed.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use super::context::{Completion, Context};
use super::dispatch::{CompleteRequest, Outcome, dispatch};
use super::exchange::{self, Beginning};
use super::head::{self, Head};
use super::message::{self, ResponseFlags};
use super::outbox::{Outbox, is_temporary};
use super::poller::Interest;
use super::refusal::Refusal;
use super::response::Response;
use super::service::Service;
use super::socket::Socket;
use super::state::{Next, State};
use super::waiting::Wait;
use crate::account::{Account, Memory};
use crate::limits::{LINGER_BYTES_MAX, OUTPUT_GATHERED_BYTES_MAX, PIPELINE_TURN_MAX};

pub(super) struct Connection<S: Service, T: Socket = TcpStream> {
    stream: T,
    peer: SocketAddr,
    state: State<S::Request>,
    /// Received and not used yet: the beginning of a head, or requests that wait for their turn.
    input: Vec<u8>,
    /// What `input` takes.
    account: Account,
    output: Outbox,
    /// No further request is taken; closed as soon as the output has left.
    is_closing: bool,
    /// How many bytes are read and dropped before closing, because the client may still be sending.
    linger_bytes: usize,
    /// `input` holds requests that can go on without another byte.
    is_stalled: bool,
    /// The socket is broken and no longer watched.
    is_gone: bool,
    /// A request was answered since the worker last asked.
    has_answered: bool,
    wait: Wait,
    /// Since when the connection waits.
    since: Instant,
    /// The interest that the poller has registered.
    pub(super) interest: Interest,
}

impl<S: Service, T: Socket> Connection<S, T> {
    /// A connection that has just been accepted.
    pub(super) fn new(stream: T, peer: SocketAddr, memory: Memory, now: Instant) -> Self {
        Self {
            stream,
            peer,
            state: State::Head,
            input: Vec::new(),
            account: memory.held(),
            output: Outbox::new(memory),
            is_closing: false,
            linger_bytes: 0,
            is_stalled: false,
            is_gone: false,
            has_answered: true,
            wait: Wait::Request,
            since: now,
            interest: Interest::Readable,
        }
    }

    pub(super) fn stream(&self) -> &T {
        &self.stream
    }

    /// Whether the connection can be evicted: it has no complete request.
    pub(super) fn is_evictable(&self) -> bool {
        self.wait.is_evictable()
    }

    /// Whether a request was answered since this was last called.
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
        self.is_gone = matches!(self.state, State::Compute);
        self.is_gone
    }

    /// Whether a body is arriving that takes many reads.
    pub(super) fn is_bulky(&self) -> bool {
        self.state.is_bulky()
    }

    /// What has to be ready before the connection can go on.
    pub(super) fn wanted(&self) -> Interest {
        if self.has_output() {
            Interest::Writable
        } else if self.is_stalled {
            Interest::Nothing
        } else {
            self.state.wanted()
        }
    }

    fn has_output(&self) -> bool {
        !self.output.is_empty()
    }

    /// The socket is ready for what was [wanted](Self::wanted).
    pub(super) fn ready(&mut self, key: usize, context: &mut Context<S>) -> Next {
        let next = match &self.state {
            _ if self.has_output() => Next::Keep,
            State::Compute => Next::Keep,
            State::Linger { .. } => return self.state.linger(&self.stream, &mut context.input),
            State::Body(exchange) if exchange.body.has_length() && self.input.is_empty() => {
                self.receive_body(key, context)
            }
            _ => self.receive(key, context),
        };
        if next == Next::Close {
            next
        } else {
            self.finish_turn(context)
        }
    }

    /// Takes up requests that were received but had to wait for their turn.
    pub(super) fn go_on(&mut self, key: usize, context: &mut Context<S>) -> Next {
        self.process_input(key, context);
        self.finish_turn(context)
    }

    /// A compute thread has the answer.
    pub(super) fn complete(&mut self, completion: Completion, context: &mut Context<S>) -> Next {
        self.state = State::Head;
        self.answered(completion.keep_alive);
        self.is_stalled = !self.input.is_empty();
        if self.output.push(completion).is_err() {
            return Next::Close;
        }
        self.finish_turn(context)
    }

    /// Gives the connection up, or answers why, if its deadline has passed.
    pub(super) fn expire(&mut self, context: &mut Context<S>) -> Next {
        let settings = &context.shared.settings;
        let deadline = self
            .wait
            .deadline(self.since, settings, context.draining_since);
        if deadline.is_none_or(|deadline| context.now < deadline) {
            return Next::Keep;
        }
        match self.wait {
            Wait::Head => self.refuse(Refusal::TooSlow("head"), context),
            Wait::Body(_) => self.refuse(Refusal::TooSlow("body"), context),
            _ => return Next::Close,
        }
        self.finish_turn(context)
    }

    /// Reads once, and processes what came.
    fn receive(&mut self, key: usize, context: &mut Context<S>) -> Next {
        let mut buffer = std::mem::take(&mut context.input);
        let read = self.stream.io().read(&mut buffer);
        let next = match read {
            Ok(0) => self.end_of_stream(context),
            Ok(count) => {
                self.take_in(buffer.get(..count).unwrap_or_default(), key, context);
                Next::Keep
            }
            Err(error) if is_temporary(&error) => Next::Keep,
            Err(_) => Next::Close,
        };
        context.input = buffer;
        next
    }

    /// Reads a body of known length into its own buffer.
    fn receive_body(&mut self, key: usize, context: &mut Context<S>) -> Next {
        let State::Body(exchange) = &mut self.state else {
            return Next::Keep;
        };
        let read = exchange.body.read_from(&mut self.stream.io());
        match read {
            Ok(true) => self.finish_body(key, context),
            Ok(false) => return self.end_of_stream(context),
            Err(refusal) => self.refuse(refusal, context),
        }
        Next::Keep
    }

    /// The client will send no more. If that cuts a request short, the answer says so: the client may still be
    /// reading.
    fn end_of_stream(&mut self, context: &mut Context<S>) -> Next {
        if matches!(self.state, State::Head) && self.input.is_empty() {
            return Next::Close;
        }
        self.refuse(Refusal::CutShort, context);
        Next::Keep
    }

    /// Processes `bytes` where they lie, and keeps what is left over.
    fn take_in(&mut self, bytes: &[u8], key: usize, context: &mut Context<S>) {
        if !self.input.is_empty() {
            self.input.extend(bytes);
            return self.process_input(key, context);
        }
        let used = self.process(bytes, key, context);
        self.input.extend(bytes.get(used..).unwrap_or_default());
    }

    fn process_input(&mut self, key: usize, context: &mut Context<S>) {
        let mut input = std::mem::take(&mut self.input);
        let used = self.process(&input, key, context);
        input.drain(..used);
        if !input.is_empty() {
            self.input = input;
        }
    }

    /// Takes requests from the start of `bytes` for as long as it is this connection's turn. Returns how many
    /// bytes were used.
    fn process(&mut self, bytes: &[u8], key: usize, context: &mut Context<S>) -> usize {
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
                if !rest.is_empty() {
                    self.linger_bytes = self.linger_bytes.max(LINGER_BYTES_MAX);
                }
                return bytes.len();
            }
        }
        self.is_stalled = !rest.is_empty();
        bytes.len() - rest.len()
    }

    /// One head, with its body if that is there, or one piece of a body. `None` if more bytes are needed, or
    /// an answer is.
    fn step(
        &mut self,
        bytes: &[u8],
        key: usize,
        context: &mut Context<S>,
    ) -> Result<Option<usize>, Refusal> {
        match &mut self.state {
            State::Head => {
                let service = &context.shared.service;
                match head::parse(bytes, self.peer, |head| service.request(head))? {
                    Some(head) => {
                        let (used, after) = bytes.split_at(head.bytes.min(bytes.len()));
                        Ok(Some(used.len() + self.begin(head, after, key, context)))
                    }
                    None => Ok(None),
                }
            }
            State::Body(exchange) => {
                let used = exchange.body.take(bytes)?;
                self.finish_body(key, context);
                Ok(Some(used))
            }
            State::Compute | State::Linger { .. } => Ok(None),
        }
    }

    /// Begins a request. Returns how many of the bytes `after` the head were its body.
    fn begin(
        &mut self,
        head: Head<S::Request>,
        after: &[u8],
        key: usize,
        context: &mut Context<S>,
    ) -> usize {
        let continues = head.expects_continue && after.is_empty();
        let memory = context.shared.memory;
        let cap = context.shared.settings.body_bytes.min(memory.most());
        match exchange::begin(head, after, cap, memory, context.now) {
            Beginning::Complete(complete) => {
                let used = complete.body.len();
                self.dispatch(complete, key, context);
                return used;
            }
            Beginning::Receiving(exchange) => {
                if continues {
                    context.output.extend(b"HTTP/1.1 100 Continue\r\n\r\n");
                }
                self.state = State::Body(exchange);
            }
            Beginning::Refused(request, refusal) => {
                self.refuse_request(Some(&request), refusal, context);
            }
        }
        0
    }

    /// Hands the request on if its body is complete.
    fn finish_body(&mut self, key: usize, context: &mut Context<S>) {
        let State::Body(exchange) = &self.state else {
            return;
        };
        if !exchange.body.is_complete() {
            return;
        }
        if let State::Body(exchange) = std::mem::replace(&mut self.state, State::Head) {
            self.dispatch(exchange.into_complete(), key, context);
        }
    }

    #[inline]
    fn dispatch(
        &mut self,
        mut complete: CompleteRequest<'_, S::Request>,
        key: usize,
        context: &mut Context<S>,
    ) {
        // The server may have been asked to stop while the body was on its way.
        complete.flags.keep_alive &= context.draining_since.is_none();
        let flags = complete.flags;
        match dispatch(complete, key, context) {
            Outcome::Answered(response) => self.respond(response, flags, context),
            Outcome::Queued => self.state = State::Compute,
        }
    }

    #[inline]
    fn respond(&mut self, response: Response, flags: ResponseFlags, context: &mut Context<S>) {
        let Context {
            output, clock, now, ..
        } = context;
        message::write(output, response, flags, clock, *now);
        self.answered(flags.keep_alive);
    }

    fn answered(&mut self, keep_alive: bool) {
        self.has_answered = true;
        self.is_closing = !keep_alive;
    }

    /// Refuses the request that is arriving, and takes no further one.
    fn refuse(&mut self, refusal: Refusal, context: &mut Context<S>) {
        let state = std::mem::replace(&mut self.state, State::Head);
        let request = match &state {
            State::Body(exchange) => Some(&exchange.request),
            _ => None,
        };
        self.refuse_request(request, refusal, context);
    }

    fn refuse_request(
        &mut self,
        request: Option<&S::Request>,
        refusal: Refusal,
        context: &mut Context<S>,
    ) {
        self.input = Vec::new();
        self.linger_bytes = refusal.linger_bytes();
        let response = context.shared.refuse(request, refusal);
        self.respond(response, ResponseFlags::LAST, context);
    }

    /// Writes what there is to write, and notes what the connection waits for next.
    fn finish_turn(&mut self, context: &mut Context<S>) -> Next {
        let Ok(progress) = self.output.flush(&self.stream, &mut context.output) else {
            // Connections share the buffer: an answer that did not reach this client must not reach the next.
            context.output.clear();
            return Next::Close;
        };
        // What is kept of one client's input is not taken from the others.
        if self.account.resize(self.input.capacity()).is_err() {
            return Next::Close;
        }
        if !self.has_output() && self.is_closing {
            if self.linger_bytes == 0 {
                return Next::Close;
            }
            self.begin_linger();
        }
        let wait = if self.has_output() {
            Wait::Write
        } else {
            let grace = context.shared.settings.body;
            self.state.waits_for(!self.input.is_empty(), grace)
        };
        if wait != self.wait || self.has_answered || (wait == Wait::Write && progress) {
            (self.wait, self.since) = (wait, context.now);
        }
        Next::Keep
    }

    fn begin_linger(&mut self) {
        self.stream.end_output();
        self.state = State::Linger {
            left: self.linger_bytes,
        };
        self.is_closing = false;
        self.has_answered = true;
    }
}
