//! What carries requests to the handler: our own transport under rouille's requests and responses.
//!
//! ```text
//! acceptor (main thread) -> I/O workers, each with its own poller -> Connection: head, body
//!     (-> the worker for large bodies)
//!     -> Service::handle, in place or on the compute pool -> one buffer, one write
//! ```
//! rouille's own server is not used: it aborts on one large Content-Length, stops accepting for ever when
//! descriptors run out, knows no deadline or limit, and delays every answer over about 850 bytes by 44 ms.
//!
//! No thread is held by a client: a connection is a few hundred bytes and a descriptor until a whole request
//! has arrived. Every buffer has a cap, every state a deadline, and when connections run out, the one that
//! has waited longest without a complete request makes room.

mod acceptor;
mod answer;
mod body;
mod budget;
mod chunked;
mod compute;
mod connection;
mod context;
mod counters;
mod head;
mod inbox;
mod listener;
mod order;
mod outbox;
mod poller;
mod refusal;
mod settings;
mod signals;
#[cfg(test)]
mod tests;
mod worker;
mod workers;

pub use acceptor::serve;
pub use counters::Counters;
pub use listener::bind;
pub use settings::{BODY_RATE_MIN, Settings};
pub use signals::Signals;

use rouille::{Request, Response};

/// What answers requests.
pub trait Service: Send + Sync + 'static {
    /// Answers one request. `body` is its whole body; the `data` of `request` is empty.
    fn handle(&self, request: &Request, body: &[u8]) -> Response;

    /// Whether answering takes so long that no other connection should wait for it.
    fn takes_long(&self, request: &Request, body_bytes: usize) -> bool;
}
