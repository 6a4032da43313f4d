//! Answers as the bytes of HTTP/1.1 messages.

use std::borrow::Cow;
use std::time::{Duration, Instant, SystemTime};

use super::response::Response;

/// What the request says about the form of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ResponseFlags {
    /// The request was HEAD: the body is left out, its length is not.
    pub(super) is_head: bool,
    /// The connection goes on.
    pub(super) keep_alive: bool,
    /// The client speaks HTTP/1.0, where a connection ends after the answer unless a field says otherwise.
    pub(super) is_http_1_0: bool,
    /// The client takes gzip.
    pub(super) takes_gzip: bool,
}

impl ResponseFlags {
    /// The flags of the last answer on a connection.
    pub(super) const LAST: Self = Self {
        is_head: false,
        keep_alive: false,
        is_http_1_0: false,
        takes_gzip: false,
    };
}

/// `Date` fields, made once per second.
pub(super) struct Clock {
    text: String,
    made: Instant,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self {
            text: httpdate::fmt_http_date(SystemTime::now()),
            made: Instant::now(),
        }
    }

    fn date(&mut self, now: Instant) -> &str {
        if now.duration_since(self.made) >= Duration::from_secs(1) {
            *self = Self {
                text: httpdate::fmt_http_date(SystemTime::now()),
                made: now,
            };
        }
        &self.text
    }
}

/// Appends the head of the message to `output`. Returns its body, which is empty if it is left out.
pub(super) fn write_head(
    output: &mut Vec<u8>,
    response: Response,
    flags: ResponseFlags,
    clock: &mut Clock,
    now: Instant,
) -> Vec<u8> {
    output.extend(b"HTTP/1.1 ");
    output.extend(response.status.line().as_bytes());
    for (name, value) in response.fields {
        push_field(output, &name, &one_line(value));
    }
    let mut length = itoa::Buffer::new();
    push_field(output, "Content-Length", length.format(response.body.len()));
    push_field(output, "Date", clock.date(now));
    match flags {
        ResponseFlags {
            keep_alive: false, ..
        } => push_field(output, "Connection", "close"),
        ResponseFlags {
            is_http_1_0: true, ..
        } => push_field(output, "Connection", "keep-alive"),
        _ => {}
    }
    output.extend(b"\r\n\r\n");
    if flags.is_head {
        return Vec::new();
    }
    response.body
}

/// Appends the whole message to `output`: head and body in one buffer, for one write.
pub(super) fn write(
    output: &mut Vec<u8>,
    response: Response,
    flags: ResponseFlags,
    clock: &mut Clock,
    now: Instant,
) {
    let body = write_head(output, response, flags, clock, now);
    output.extend(body);
}

fn push_field(output: &mut Vec<u8>, name: &str, value: &str) {
    for part in ["\r\n", name, ": ", value] {
        output.extend(part.as_bytes());
    }
}

/// A value that came from outside, without line ends: one would begin another field, or another answer.
fn one_line(value: Cow<'static, str>) -> Cow<'static, str> {
    match value {
        Cow::Borrowed(ours) => Cow::Borrowed(ours),
        Cow::Owned(theirs) => Cow::Owned(theirs.replace(['\r', '\n', '\0'], "")),
    }
}
