//! Answers: a `rouille::Response` as the bytes of one HTTP/1.1 message.

use std::borrow::Cow;
use std::io::Read;
use std::time::{Duration, Instant, SystemTime};

use rouille::Response;

/// What a message says beside its status, headers and body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    /// The request was HEAD: the body is left out, its length is not.
    pub(super) is_head: bool,
    /// The connection goes on.
    pub(super) keep_alive: bool,
    /// The client speaks HTTP/1.0 and takes a connection to end unless it is told otherwise.
    pub(super) is_http_1_0: bool,
}

/// `Date` fields, made once a second.
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

/// Appends the whole message to `output`: head and body in one buffer, for one write.
pub(super) fn write(
    output: &mut Vec<u8>,
    response: Response,
    manner: Manner,
    clock: &mut Clock,
    now: Instant,
) {
    let Response {
        status_code: status,
        headers,
        data,
        ..
    } = response;
    let (mut body, size) = data.into_reader_and_size();
    let mut buffered = Vec::new();
    // Every body here is a buffer in memory, whose size is known and whose reading cannot fail.
    let size = size.unwrap_or_else(|| body.read_to_end(&mut buffered).unwrap_or(0));
    output.extend(b"HTTP/1.1 ");
    push_number(output, usize::from(status));
    output.push(b' ');
    output.extend(reason(status).as_bytes());
    for (name, value) in headers {
        push_field(output, &name, &one_line(value));
    }
    if has_body(status) {
        output.extend(b"\r\nContent-Length: ");
        push_number(output, size);
    }
    push_field(output, "Date", clock.date(now));
    match manner {
        Manner {
            keep_alive: false, ..
        } => push_field(output, "Connection", "close"),
        Manner {
            is_http_1_0: true, ..
        } => push_field(output, "Connection", "keep-alive"),
        _ => {}
    }
    output.extend(b"\r\n\r\n");
    if has_body(status) && !manner.is_head {
        output.extend(&buffered);
        let _ = body.read_to_end(output);
    }
}

fn push_field(output: &mut Vec<u8>, name: &str, value: &str) {
    output.extend(b"\r\n");
    output.extend(name.as_bytes());
    output.extend(b": ");
    output.extend(value.as_bytes());
}

/// A value that came from outside, without line ends: one would begin another field, or another answer.
fn one_line(value: Cow<'static, str>) -> Cow<'static, str> {
    match value {
        Cow::Borrowed(ours) => Cow::Borrowed(ours),
        Cow::Owned(theirs) => Cow::Owned(theirs.replace(['\r', '\n', '\0'], "")),
    }
}

fn push_number(output: &mut Vec<u8>, number: usize) {
    output.extend(itoa::Buffer::new().format(number).as_bytes());
}

/// Statuses that never have a body (RFC 9110, section 6.4.1).
fn has_body(status: u16) -> bool {
    !matches!(status, 100..=199 | 204 | 304)
}

/// Reason phrases (RFC 9110, section 15) of the statuses that are given here.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        417 => "Expectation Failed",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        507 => "Insufficient Storage",
        // A client reads the number; the phrase may be empty.
        _ => "",
    }
}
