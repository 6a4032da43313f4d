//! One line of the log per request.

use std::time::Duration;

use serde_json::{Map, Value};

use super::route::Group;
use super::web::Request;
use crate::log::{self, Event, Level};
use crate::transport::Status;

/// Joins an answer with the true value, which is known later.
const INFERENCE_ID: &str = "X-Amzn-SageMaker-Inference-Id";

/// What is logged about an answered request.
pub(super) struct AccessLine<'a> {
    pub(super) request: Request<'a>,
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
}

impl Event for AccessLine<'_> {
    /// `Invoked with 3 records: POST /invocations 200, 0.21 ms`, put together without `fmt`, which is slow: there is
    /// a line per request.
    fn text(&self, text: &mut String) {
        let mut number = itoa::Buffer::new();
        if self.rows > 0 {
            let rows = number.format(self.rows);
            push_all(text, &["Invoked with ", rows, " records: "]);
        }
        let mut milliseconds = ryu::Buffer::new();
        let milliseconds = milliseconds.format_finite(self.milliseconds());
        let (method, path) = (self.request.method(), self.request.path());
        let status = self.status.digits();
        push_all(
            text,
            &[method, " ", path, " ", status, ", ", milliseconds, " ms"],
        );
        if let Some(id) = self.request.header(INFERENCE_ID) {
            push_all(text, &[", inference id ", id]);
        }
        if let Some(reason) = self.reason {
            push_all(text, &[": ", reason]);
        }
    }

    fn fields(&self, fields: &mut Map<String, Value>) {
        let mut add = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        add("method", self.request.method().into());
        add("path", self.request.path().into());
        add("status", self.status.code().into());
        add("rows", self.rows.into());
        add("milliseconds", self.milliseconds().into());
        let id = self.request.header(INFERENCE_ID);
        for (name, value) in [("inference_id", id), ("reason", self.reason)] {
            if let Some(value) = value {
                add(name, value.into());
            }
        }
    }
}

fn push_all(text: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| text.push_str(part));
}
