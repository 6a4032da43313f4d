//! `/metrics`: counts and state in Prometheus' text format.

use std::fmt::Write as _;
use std::sync::atomic::Ordering::Relaxed;

use super::app::{App, Models};
use super::metrics::{BUCKETS, Metrics};
use super::route::Group;
use super::web::Response;
use crate::log;
use crate::transport::Status;

/// The type of the text (prometheus.io, exposition formats).
const MEDIA_TYPE: &str = "text/plain; version=0.0.4";

/// Answers with the whole text.
pub(super) fn answer(app: &App) -> Response {
    let (metrics, mut text) = (&app.metrics, Text::default());
    push_requests(&mut text, metrics);
    push_durations(&mut text, metrics);
    push_work(&mut text, metrics);
    push_connections(&mut text, app);
    push_models(&mut text, app);
    push_process(&mut text, app);
    Response::content(MEDIA_TYPE, text.0.into_bytes())
}

fn push_work(text: &mut Text, metrics: &Metrics) {
    text.counter(
        "sagelet_rows_total",
        "Rows predicted.",
        metrics.rows.load(Relaxed),
    );
    text.counter(
        "sagelet_request_body_bytes_total",
        "Bytes of request bodies.",
        metrics.body_bytes.load(Relaxed),
    );
    text.gauge(
        "sagelet_requests_in_flight",
        "Requests being answered now, this scrape among them.",
        metrics.in_flight.load(Relaxed) as f64,
    );
}

fn push_requests(text: &mut Text, metrics: &Metrics) {
    let name = "sagelet_requests_total";
    text.head(name, "counter", "Requests answered, by route and status.");
    for (group, statuses) in Group::ALL.into_iter().zip(&metrics.requests) {
        for (status, count) in Status::ALL.into_iter().zip(statuses) {
            // A status that was never given is left out, except 200, so that each route's rate is known.
            let count = count.load(Relaxed);
            if count > 0 || status == Status::Ok {
                let (route, status) = (group.name(), status.digits());
                let labels = format!("{{route=\"{route}\",status=\"{status}\"}}");
                text.line(name, &labels, count as f64);
            }
        }
    }
}

fn push_durations(text: &mut Text, metrics: &Metrics) {
    let name = "sagelet_prediction_duration_seconds";
    text.head(
        name,
        "histogram",
        "Time to answer a request with rows: reading, predicting and writing them.",
    );
    let count = metrics.duration_count.load(Relaxed);
    let mut below = 0;
    for (bound, bucket) in BUCKETS.iter().zip(&metrics.durations) {
        below += bucket.load(Relaxed);
        let label = format!("{{le=\"{bound}\"}}");
        // Counted before its sum: never more than the count, whatever is counted meanwhile.
        text.line(&format!("{name}_bucket"), &label, below.min(count) as f64);
    }
    text.line(&format!("{name}_bucket"), "{le=\"+Inf\"}", count as f64);
    let nanoseconds = metrics.duration_nanoseconds.load(Relaxed);
    text.line(&format!("{name}_sum"), "", nanoseconds as f64 / 1e9);
    text.line(&format!("{name}_count"), "", count as f64);
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
    if let Models::One(model) = &app.models
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
