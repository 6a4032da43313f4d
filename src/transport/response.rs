//! An answer before it is written: status, header fields and a body of known length.

use std::borrow::Cow;
use std::io::{Cursor, Read};

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
    pub body: Box<dyn Read + Send>,
    /// How many bytes `body` yields.
    pub body_bytes: usize,
}

impl Response {
    /// An answer whose body is in memory.
    #[must_use]
    pub fn new(status: Status, fields: Fields, body: Vec<u8>) -> Self {
        Self {
            status,
            fields,
            body_bytes: body.len(),
            body: Box::new(Cursor::new(body)),
        }
    }
}
