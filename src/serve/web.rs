//! The adapter to rouille, the only file that knows its types: requests as the handler reads them, and answers
//! as it gives them.

use std::borrow::Cow;

use crate::transport::{self, Fields, RequestHead, Status};

/// A request without its body.
#[derive(Clone, Copy)]
pub struct Request<'a>(&'a rouille::Request);

impl<'a> Request<'a> {
    /// The method, in the client's own case.
    pub(super) fn method(self) -> &'a str {
        self.0.method()
    }

    /// The path, without a query.
    pub(super) fn path(self) -> &'a str {
        let url = self.0.raw_url();
        let end = memchr::memchr(b'?', url.as_bytes()).unwrap_or(url.len());
        url.get(..end).unwrap_or(url)
    }

    /// The value of a header field, whatever the case of its name.
    pub(super) fn header(self, name: &str) -> Option<&'a str> {
        self.0.header(name)
    }

    /// The values of several header fields, looked for in one pass.
    pub(super) fn headers_named<const N: usize>(self, names: [&str; N]) -> [Option<&'a str>; N] {
        let mut values = [None; N];
        for (line, value) in self.0.headers() {
            for (name, slot) in names.iter().zip(&mut values) {
                if slot.is_none() && line.eq_ignore_ascii_case(name) {
                    *slot = Some(value);
                }
            }
        }
        values
    }

    /// The elements of a list that may stand in several lines (RFC 9110, section 5.2).
    pub(super) fn header_list(self, name: &str) -> Option<Cow<'a, str>> {
        let lines = self.0.headers();
        let mut values = lines
            .filter(|(line, _)| line.eq_ignore_ascii_case(name))
            .map(|(_, value)| value);
        let first = values.next()?;
        Some(values.fold(Cow::Borrowed(first), |list, value| {
            Cow::Owned(format!("{list}, {value}"))
        }))
    }

    /// The value of a parameter of the query.
    pub(super) fn parameter(self, name: &str) -> Option<String> {
        self.0.get_param(name)
    }
}

impl<'a> From<&'a rouille::Request> for Request<'a> {
    fn from(request: &'a rouille::Request) -> Self {
        Self(request)
    }
}

/// A request that the transport has received.
pub(super) struct ReceivedRequest(rouille::Request);

impl ReceivedRequest {
    pub(super) fn new(head: &RequestHead<'_>) -> Self {
        let fields = head.fields();
        let fields = fields.map(|(name, value)| (name.to_owned(), value.into_owned()));
        Self(rouille::Request::fake_http_from(
            head.peer,
            head.method,
            head.target,
            fields.collect(),
            Vec::new(),
        ))
    }

    pub(super) fn view(&self) -> Request<'_> {
        Request(&self.0)
    }
}

/// An answer.
pub struct Response {
    pub(super) status: Status,
    /// Rows that were predicted for it.
    pub(super) rows: usize,
    fields: Fields,
    body: Vec<u8>,
}

impl Response {
    fn new(status: Status, media_type: Option<Cow<'static, str>>, body: Vec<u8>) -> Self {
        let fields = media_type.map(|media_type| ("Content-Type".into(), media_type));
        Self {
            status,
            rows: 0,
            fields: fields.into_iter().collect(),
            body,
        }
    }

    /// 200 without a body.
    pub(super) fn empty() -> Self {
        Self::new(Status::Ok, None, Vec::new())
    }

    /// 200 with a body of this type.
    pub(super) fn content(media_type: impl Into<Cow<'static, str>>, body: Vec<u8>) -> Self {
        Self::new(Status::Ok, Some(media_type.into()), body)
    }

    /// 200 with JSON.
    pub(super) fn json(value: &serde_json::Value) -> Self {
        Self::content("application/json", value.to_string().into_bytes())
    }

    /// `{"error": "<reason>"}`, which the platform passes on to the caller as `OriginalMessage`.
    pub(super) fn error(status: Status, reason: &str) -> Self {
        let body = serde_json::json!({ "error": reason }).to_string();
        Self::new(status, Some("application/json".into()), body.into_bytes())
    }

    /// The answer for this many predicted rows.
    pub(super) fn for_rows(self, rows: usize) -> Self {
        Self { rows, ..self }
    }

    /// The answer with one more header field.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }
}

impl From<Response> for rouille::Response {
    fn from(response: Response) -> Self {
        Self {
            status_code: response.status.code(),
            headers: response.fields,
            data: rouille::ResponseBody::from_data(response.body),
            upgrade: None,
        }
    }
}

impl From<Response> for transport::Response {
    fn from(response: Response) -> Self {
        Self {
            status: response.status,
            fields: response.fields,
            body: response.body,
        }
    }
}
