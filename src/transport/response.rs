//! An answer before it is written: status, header fields and body.

use std::borrow::Cow;

use super::status::Status;

/// Names and values of header fields.
pub type Fields = Vec<(Cow<'static, str>, Cow<'static, str>)>;

/// What a [`Service`](super::Service) answers. The transport adds `Content-Length`, `Date` and `Connection`.
pub struct Response {
    /// The status.
    pub status: Status,
    /// The header fields.
    pub fields: Fields,
    /// The body.
    pub body: Vec<u8>,
}
