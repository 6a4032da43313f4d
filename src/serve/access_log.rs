//! One line of the log per request.

use std::time::Duration;

use super::route::Group;
use super::web::Request;
use crate::limits::{LOG_ID_BYTES_MAX, LOG_LINE_BYTES_MAX, LOG_PATH_BYTES_MAX};
use crate::log::{self, Event, Fields, Level};
use crate::text::BoundedText;
use crate::transport::Status;

/// Headers whose values are logged, with their names in a JSON log and in a text log.
const IDENTIFIERS: [(&str, &str, &str); 3] = [
    // Joins an answer with the true value, which is known later.
    (
        "X-Amzn-SageMaker-Inference-Id",
        "inference_id",
        ", inference id ",
    ),
    // Join the line with those of other services (W3C Trace Context, AWS X-Ray).
    ("traceparent", "traceparent", ", traceparent "),
    ("X-Amzn-Trace-Id", "trace_id", ", trace id "),
];

/// What is logged and counted about an answered request.
pub(super) struct AccessLine<'a> {
    /// The request, unless it could not be read.
    pub(super) request: Option<Request<'a>>,
    pub(super) group: Group,
    pub(super) status: Status,
    /// Rows that were predicted.
    pub(super) rows: usize,
    /// How long the handler took.
    pub(super) duration: Duration,
    /// Why the request was refused.
    pub(super) reason: Option<&'a str>,
}

/// Logs a request. Successful pings and scrapes, which come every few seconds for ever, are left out. A request
/// that took at least `slow` is a warning.
pub(super) fn write(line: &AccessLine<'_>, slow: Duration) {
    let is_slow = line.duration >= slow;
    if !line.status.is_failure() && line.group.is_probe() {
        return;
    }
    let level = match line.status {
        status if status.is_server_failure() => Level::Error,
        status if status.is_failure() || is_slow => Level::Warning,
        _ => Level::Info,
    };
    let reason = line.reason.or(is_slow.then_some("slow"));
    log::event(level, &AccessLine { reason, ..*line });
}

impl AccessLine<'_> {
    fn milliseconds(&self) -> f64 {
        (self.duration.as_secs_f64() * 1e6).round() / 1e3
    }

    /// The identifiers that the request has, each with its names.
    fn identifiers(&self) -> impl Iterator<Item = (&'static str, &'static str, &str)> {
        let headers = IDENTIFIERS.map(|(header, ..)| header);
        let values = self.request.map(|request| request.headers_named(headers));
        let named = IDENTIFIERS.into_iter().zip(values.unwrap_or_default());
        named.filter_map(|((_, field, words), value)| Some((field, words, value?)))
    }
}

impl Event for AccessLine<'_> {
    /// `Invoked with 3 records: POST /invocations 200, 0.21 ms`, put together without `fmt`, which is slow: there is
    /// a line per request.
    fn text(&self, line: &mut BoundedText<'_>) {
        let mut number = itoa::Buffer::new();
        if self.rows > 0 {
            line.push_own("Invoked with ");
            line.push_own(number.format(self.rows));
            line.push_own(" records: ");
        }
        if let Some(request) = self.request {
            line.push_at_most(request.method(), LOG_ID_BYTES_MAX);
            line.push_own(" ");
            line.push_at_most(request.path(), LOG_PATH_BYTES_MAX);
            line.push_own(" ");
        }
        line.push_own(self.status.digits());
        // What the transport refuses did not reach the handler.
        if self.group != Group::Transport {
            line.push_own(", ");
            line.push_own(zmij::Buffer::new().format_finite(self.milliseconds()));
            line.push_own(" ms");
        }
        for (_, words, value) in self.identifiers() {
            line.push_own(words);
            line.push_at_most(value, LOG_ID_BYTES_MAX);
        }
        if let Some(reason) = self.reason {
            line.push_own(": ");
            line.push(reason);
        }
    }

    fn fields(&self, fields: &mut Fields) {
        fields.add("status", self.status.code());
        fields.add("rows", self.rows);
        fields.add("milliseconds", self.milliseconds());
        if let Some(request) = self.request {
            fields.add_text("method", &request.method(), LOG_ID_BYTES_MAX);
            fields.add_text("path", &request.path(), LOG_PATH_BYTES_MAX);
        }
        for (field, _, value) in self.identifiers() {
            fields.add_text(field, &value, LOG_ID_BYTES_MAX);
        }
        if let Some(reason) = self.reason {
            fields.add_text("reason", &reason, LOG_LINE_BYTES_MAX);
        }
    }
}
