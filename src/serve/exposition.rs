//! `/metrics`: counts and state in Prometheus' text format, or in OpenMetrics.

use std::sync::atomic::Ordering::Relaxed;
use std::time::UNIX_EPOCH;

use super::app::{App, Models};
use super::metrics::{BUCKETS, Metrics};
use super::process;
use super::prometheus::{Exposition, Text};
use super::route::Group;
use super::web::{Request, Response};
use crate::log;
use crate::transport::Status;

/// Answers with the whole text.
pub(super) fn answer(app: &App, request: Request<'_>) -> Response {
    let accept = request.header_list("Accept").unwrap_or_default();
    let exposition = Exposition::accepted(&accept);
    Response::content(exposition.media_type(), text(app, exposition).into_bytes())
}

/// The whole text.
pub(super) fn text(app: &App, exposition: Exposition) -> String {
    let (metrics, mut text) = (&app.metrics, Text::new(exposition));
    push_requests(&mut text, metrics);
    push_durations(&mut text, metrics);
    push_work(&mut text, metrics);
    push_connections(&mut text, app);
    push_models(&mut text, app);
    push_process(&mut text, app);
    text.finish()
}

fn push_work(text: &mut Text, metrics: &Metrics) {
    text.counter(
        "sagelet_rows_total",
        "Rows predicted.",
        metrics.rows.load(Relaxed) as f64,
    );
    text.counter(
        "sagelet_request_body_bytes_total",
        "Bytes of request bodies.",
        metrics.body_bytes.load(Relaxed) as f64,
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
                let labels = [("route", route), ("status", status)];
                text.sample(name, &labels, count as f64);
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
    let count = metrics.duration_count.load(Relaxed) as f64;
    let (bucket_name, mut below) = (format!("{name}_bucket"), 0);
    for (bound, bucket) in BUCKETS.iter().zip(&metrics.durations) {
        below += bucket.load(Relaxed);
        let bound = bound.to_string();
        // Counted before its sum: never more than the count, whatever is counted meanwhile.
        text.sample(&bucket_name, &[("le", &bound)], count.min(below as f64));
    }
    text.sample(&bucket_name, &[("le", "+Inf")], count);
    let nanoseconds = metrics.duration_nanoseconds.load(Relaxed);
    text.sample(&format!("{name}_sum"), &[], nanoseconds as f64 / 1e9);
    text.sample(&format!("{name}_count"), &[], count);
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
        counters.connections_accepted() as f64,
    );
    text.counter(
        "sagelet_connections_evicted_total",
        "Connections evicted because there were too many.",
        counters.connections_evicted() as f64,
    );
    text.counter(
        "sagelet_requests_refused_total",
        "Requests refused before they were routed: malformed, too large, too slow, too many.",
        counters.requests_refused() as f64,
    );
    text.counter(
        "sagelet_log_lines_lost_total",
        "Lines of the log that were lost because it was not read in time.",
        log::dropped() as f64,
    );
}

fn push_models(text: &mut Text, app: &App) {
    text.head("sagelet_build_info", "gauge", "The program.");
    let version = env!("CARGO_PKG_VERSION");
    text.sample("sagelet_build_info", &[("version", version)], 1.0);
    let names = app.model_names();
    text.gauge(
        "sagelet_models_loaded",
        "Models loaded now.",
        names.len() as f64,
    );
    if let Models::One(model) = &app.models
        && let Some(Ok(loaded)) = model.get()
    {
        text.head("sagelet_model_info", "gauge", "The model.");
        let document = &loaded.artifact.document;
        let features = document.features.len().to_string();
        let digest = loaded.artifact.digest.to_string();
        let labels = [
            ("kind", document.model.kind()),
            ("features", &features),
            ("sha256", &digest),
        ];
        text.sample("sagelet_model_info", &labels, 1.0);
    }
}

fn push_process(text: &mut Text, app: &App) {
    text.gauge(
        "sagelet_uptime_seconds",
        "Time since the start.",
        app.started.elapsed().as_secs_f64(),
    );
    if let Ok(since_1970) = app.started_at.duration_since(UNIX_EPOCH) {
        text.gauge(
            "process_start_time_seconds",
            "When the process started, in seconds since 1970.",
            since_1970.as_secs_f64(),
        );
    }
    text.counter(
        "process_cpu_seconds_total",
        "Processor time of the process, the kernel's part included.",
        process::cpu_seconds(),
    );
    if let Some(bytes) = process::resident_bytes() {
        text.gauge(
            "process_resident_memory_bytes",
            "Memory of the process that is in RAM.",
            bytes as f64,
        );
    }
    if let Some(open) = process::open_descriptors() {
        text.gauge(
            "process_open_fds",
            "Descriptors that the process has open.",
            open as f64,
        );
    }
}
