//! What carries requests to a [`Service`]: sockets, HTTP/1.1, deadlines, accounts. It knows no models.
//!
//! ```text
//! acceptor (main thread) -> I/O workers, each with its own poller -> connection: head, body
//!     (-> the worker for large bodies)
//!     -> Service::handle, in place or on the compute pool -> one buffer, one write
//! ```
//! No thread is held by a client: a connection is a few hundred bytes and a descriptor until a whole request
//! has arrived. Every buffer has a cap and every state a deadline. When connections run out, the one that has
//! waited longest without a complete request is evicted.

mod accept_encoding;
mod acceptor;
mod body;
mod buffer;
mod chunked;
mod coding;
mod compression;
mod compute;
mod connection;
mod context;
mod counters;
mod decompression;
mod dispatch;
mod error;
mod exchange;
mod framing;
mod head;
mod inbox;
mod listener;
mod mailbox;
mod message;
mod order;
mod outbox;
mod poller;
mod refusal;
mod response;
mod service;
mod settings;
mod settled;
mod signals;
mod socket;
mod state;
mod status;
#[cfg(target_os = "linux")]
mod syn_filter;
#[cfg(test)]
mod tests;
mod waiting;
mod worker;
mod workers;
mod zstd;

pub use acceptor::serve;
pub use counters::Counters;
pub use error::TransportError;
pub use listener::bind;
pub use refusal::Refusal;
pub use response::{Fields, Response};
pub use service::{RequestHead, Service};
pub use settings::{Settings, for_requests};
pub use signals::Signals;
pub use status::Status;
