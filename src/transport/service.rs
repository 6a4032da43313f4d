//! What the transport asks of the code that answers requests.

use std::borrow::Cow;
use std::net::SocketAddr;

use httparse::Header;

use super::refusal::Refusal;
use super::response::Response;
use super::settled::SettledField;
use crate::account::Account;

/// Answers requests. The transport calls it from several threads at once.
pub trait Service: Send + Sync + 'static {
    /// A request as the service knows it, made once from its head.
    type Request: Send + Sync + 'static;

    /// Takes what it needs of a head.
    fn request(&self, head: &RequestHead<'_>) -> Self::Request;

    /// Whether answering takes so long that no other connection should wait for it.
    fn takes_long(&self, request: &Self::Request, body_bytes: usize) -> bool;

    /// Answers a request with its whole body, decompressed. What the body takes is reserved in `account`; what
    /// answering takes is to be reserved there before it is spent.
    fn handle(
        &self,
        request: &Self::Request,
        body: Cow<'_, [u8]>,
        account: &mut Account,
    ) -> Response;

    /// Says why the transport refuses a request. There is no `request` if its head could not be read.
    fn refuse(&self, request: Option<&Self::Request>, refusal: Refusal) -> Response;
}

/// The head of a request: well formed, and complete.
pub struct RequestHead<'a> {
    /// The client, or the proxy in front of it.
    pub peer: SocketAddr,
    /// The method, in the client's own case.
    pub method: &'a str,
    /// Path and query, or `*`.
    pub target: &'a str,
    pub(super) headers: &'a [Header<'a>],
}

impl RequestHead<'_> {
    /// Names and values of the header fields in the order of their lines, without those that the
    /// transport settles itself.
    pub fn fields(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let headers = self.headers.iter();
        headers
            .filter(|header| SettledField::named(header.name).is_none())
            .map(|header| (header.name, String::from_utf8_lossy(header.value)))
    }
}
