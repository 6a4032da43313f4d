//! `/metrics`: what was counted, in Prometheus' text format.
//!
//! Counting takes no lock, and neither does reading: a scrape never waits for a request or the other way round.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use super::app::{App, Hosted};
use super::routes::Trace;
use crate::log;

/// The type of the text (prometheus.io, exposition formats).
pub(super) const MEDIA_TYPE: &str = "text/plain; version=0.0.4";

/// Routes that are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    Ping,
    Invocations,
    ExecutionParameters,
    Metrics,
    Models,
    KServe,
    OpenInference,
    Other,
}

/// Their names, in the order of their values.
const ROUTES: [&str; 8] = [
    "ping",
    "invocations",
    "execution-parameters",
    "metrics",
    "models",
    "kserve",
    "open-inference",
    "other",
];

/// Statuses that are given; any other is counted as the last one.
const STATUSES: [u16; 11] = [200, 400, 404, 405, 406, 409, 415, 500, 503, 507, 0];

/// Upper bounds of the histogram's buckets, in seconds: a row takes some microseconds, the largest body a
/// second.
const BUCKETS: [f64; 14] = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0,
    10.0,
];

/// What has been counted since the start.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    requests: [[AtomicU64; STATUSES.len()]; ROUTES.len()],
    in_flight: AtomicUsize,
    rows: AtomicU64,
    body_bytes: AtomicU64,
    durations: [AtomicU64; BUCKETS.len()],
    duration_count: AtomicU64,
    duration_nanoseconds: AtomicU64,
}

/// A request that is being answered, until this is dropped.
pub(super) struct InFlight<'a>(&'a AtomicUsize);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Route {
    pub(super) fn of(path: &str) -> Self {
        match path {
            "/ping" | "/v2/health/live" | "/v2/health/ready" => Self::Ping,
            "/invocations" => Self::Invocations,
            "/execution-parameters" => Self::ExecutionParameters,
            "/metrics" => Self::Metrics,
            "/" => Self::KServe,
            _ => match path.split('/').nth(1) {
                Some("models") => Self::Models,
                Some("v1") => Self::KServe,
                Some("v2") => Self::OpenInference,
                _ => Self::Other,
            },
        }
    }

    /// Whether requests come here all the time, whatever is going on.
    pub(super) fn is_probe(self) -> bool {
        matches!(self, Self::Ping | Self::Metrics)
    }
}

impl Metrics {
    pub(super) fn begin(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Relaxed);
        InFlight(&self.in_flight)
    }

    /// Counts an answered request. The time of those that predicted rows goes into the histogram.
    pub(super) fn answered(
        &self,
        trace: &Trace,
        status: u16,
        body_bytes: usize,
        duration: Duration,
    ) {
        let column = STATUSES.iter().position(|&known| known == status);
        let column = column.unwrap_or(STATUSES.len() - 1);
        let requests = self.requests.get(trace.route as usize);
        if let Some(count) = requests.and_then(|statuses| statuses.get(column)) {
            count.fetch_add(1, Relaxed);
        }
        self.body_bytes.fetch_add(body_bytes as u64, Relaxed);
        if trace.rows == 0 {
            return;
        }
        self.rows.fetch_add(trace.rows as u64, Relaxed);
        let seconds = duration.as_secs_f64();
        let bucket = BUCKETS.iter().position(|&bound| seconds <= bound);
        if let Some(count) = bucket.and_then(|bucket| self.durations.get(bucket)) {
            count.fetch_add(1, Relaxed);
        }
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.duration_nanoseconds.fetch_add(nanoseconds, Relaxed);
        self.duration_count.fetch_add(1, Relaxed);
    }

    /// The whole text.
    pub(super) fn text(&self, app: &App) -> String {
        let mut text = Text::default();
        self.push_requests(&mut text);
        self.push_durations(&mut text);
        text.counter(
            "sagelet_rows_total",
            "Rows predicted.",
            self.rows.load(Relaxed),
        );
        text.counter(
            "sagelet_request_body_bytes_total",
            "Bytes of request bodies.",
            self.body_bytes.load(Relaxed),
        );
        text.gauge(
            "sagelet_requests_in_flight",
            "Requests being answered now, this scrape among them.",
            self.in_flight.load(Relaxed) as f64,
        );
        push_connections(&mut text, app);
        push_models(&mut text, app);
        push_process(&mut text, app);
        text.0
    }

    fn push_requests(&self, text: &mut Text) {
        let name = "sagelet_requests_total";
        text.head(name, "counter", "Requests answered, by route and status.");
        for (route, statuses) in ROUTES.iter().zip(&self.requests) {
            for (status, count) in STATUSES.iter().zip(statuses) {
                let status = match status {
                    0 => "other".to_owned(),
                    status => status.to_string(),
                };
                // Statuses that never were are left out, but for each route's 200, so that its rate is known.
                let count = count.load(Relaxed);
                if count > 0 || status == "200" {
                    text.line(
                        name,
                        &format!("{{route=\"{route}\",status=\"{status}\"}}"),
                        count as f64,
                    );
                }
            }
        }
    }

    fn push_durations(&self, text: &mut Text) {
        let name = "sagelet_prediction_duration_seconds";
        text.head(
            name,
            "histogram",
            "Time to answer a request with rows: reading, predicting and writing them.",
        );
        let count = self.duration_count.load(Relaxed);
        let mut below = 0;
        for (bound, bucket) in BUCKETS.iter().zip(&self.durations) {
            below += bucket.load(Relaxed);
            let label = format!("{{le=\"{bound}\"}}");
            // Counted before its sum: never more than the count, whatever is counted meanwhile.
            text.line(&format!("{name}_bucket"), &label, below.min(count) as f64);
        }
        text.line(&format!("{name}_bucket"), "{le=\"+Inf\"}", count as f64);
        let nanoseconds = self.duration_nanoseconds.load(Relaxed);
        text.line(&format!("{name}_sum"), "", nanoseconds as f64 / 1e9);
        text.line(&format!("{name}_count"), "", count as f64);
    }
}

fn push_connections(text: &mut Text, app: &App) {
    let counters = &app.counters;
    text.gauge(
        "sagelet_connections_open",
        "Connections open now.",
        counters.connections_open() as f64,
    );
    text.counter(
        "sagelet_connections_accepted_total",
        "Connections accepted.",
        counters.connections_accepted(),
    );
    text.counter(
        "sagelet_connections_evicted_total",
        "Connections closed to make room for others.",
        counters.connections_evicted(),
    );
    text.counter(
        "sagelet_requests_refused_total",
        "Requests refused before they were routed: malformed, too large, too slow, too many.",
        counters.requests_refused(),
    );
    text.counter(
        "sagelet_log_lines_lost_total",
        "Lines of the log that were lost because it was not read in time.",
        log::dropped(),
    );
}

fn push_models(text: &mut Text, app: &App) {
    text.head("sagelet_build_info", "gauge", "The program.");
    let version = env!("CARGO_PKG_VERSION");
    text.line(
        "sagelet_build_info",
        &format!("{{version=\"{version}\"}}"),
        1.0,
    );
    let names = app.model_names();
    text.gauge(
        "sagelet_models_loaded",
        "Models loaded now.",
        names.len() as f64,
    );
    if let Hosted::One(model) = &app.hosted
        && let Ok(loaded) = model.as_ref()
    {
        text.head("sagelet_model_info", "gauge", "The model.");
        let document = &loaded.artifact.document;
        let labels = format!(
            "{{kind=\"{}\",features=\"{}\",sha256=\"{}\"}}",
            document.model.kind(),
            document.features.len(),
            loaded.artifact.digest
        );
        text.line("sagelet_model_info", &labels, 1.0);
    }
}

fn push_process(text: &mut Text, app: &App) {
    text.gauge(
        "sagelet_uptime_seconds",
        "Time since the start.",
        app.started.elapsed().as_secs_f64(),
    );
    if let Some(bytes) = resident_bytes() {
        text.gauge(
            "process_resident_memory_bytes",
            "Memory of the process that is in RAM.",
            bytes as f64,
        );
    }
}

/// The second number of `statm` is the resident size in pages (proc(5)).
fn resident_bytes() -> Option<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size())
}

/// The text as it grows.
#[derive(Default)]
struct Text(String);

impl Text {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: f64) {
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, "counter", help);
        self.line(name, "", value as f64);
    }

    fn gauge(&mut self, name: &str, help: &str, value: f64) {
        self.head(name, "gauge", help);
        self.line(name, "", value);
    }
}
