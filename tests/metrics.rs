//! `/metrics`, read by a real parser of Prometheus' text format.

use prometheus_parse::{Scrape, Value};

use crate::harness::prefix::identity;
use crate::harness::{Answer, Server};

fn scrape(server: &Server) -> Scrape {
    let answer: Answer = server.get("/metrics");
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; version=0.0.4")
    );
    let lines = answer.text().lines().map(|line| Ok(line.to_owned()));
    Scrape::parse(lines).expect("the text format")
}

fn value(scrape: &Scrape, name: &str, labels: &[(&str, &str)]) -> f64 {
    let sample = scrape.samples.iter().find(|sample| {
        sample.metric == name
            && labels
                .iter()
                .all(|(label, value)| sample.labels.get(label) == Some(value))
    });
    match sample.map(|sample| &sample.value) {
        Some(Value::Counter(value) | Value::Gauge(value) | Value::Untyped(value)) => *value,
        other => panic!("{name} {labels:?}: {other:?}"),
    }
}

#[test]
fn requests_rows_and_bytes_are_counted() {
    let server = Server::of(identity());
    server.get("/ping");
    server.invoke("text/csv", "1\n2\n3\n");
    server.invoke("text/csv", "x\n");
    server.invoke("image/png", "");
    let scrape = scrape(&server);
    let requests = |route, status| {
        let labels = [("route", route), ("status", status)];
        value(&scrape, "sagelet_requests_total", &labels)
    };
    assert_eq!(requests("ping", "200"), 1.0);
    assert_eq!(requests("invocations", "200"), 1.0);
    assert_eq!(requests("invocations", "400"), 1.0);
    assert_eq!(requests("invocations", "415"), 1.0);
    assert_eq!(value(&scrape, "sagelet_rows_total", &[]), 3.0);
    assert_eq!(value(&scrape, "sagelet_request_body_bytes_total", &[]), 8.0);
    assert_eq!(value(&scrape, "sagelet_requests_in_flight", &[]), 1.0);
    assert_eq!(value(&scrape, "sagelet_models_loaded", &[]), 1.0);
}

#[test]
fn the_process_is_described_by_the_names_that_dashboards_expect() {
    let server = Server::of(identity());
    let rows = "1\n".repeat(1_000_000);
    assert_eq!(server.invoke("text/csv", rows).status, 200);
    let first = scrape(&server);
    let of = |scrape, name| value(scrape, name, &[]);
    assert!(of(&first, "process_resident_memory_bytes") > 1e5);
    assert!(of(&first, "process_cpu_seconds_total") > 0.0);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let age = now.unwrap().as_secs_f64() - of(&first, "process_start_time_seconds");
    assert!((0.0..3_600.0).contains(&age), "{age} s old");

    let open = of(&first, "process_open_fds");
    let connections: Vec<_> = (0..10).map(|_| server.connect()).collect();
    // The last one is accepted after the others.
    assert_eq!(server.get("/ping").status, 200);
    let more = of(&scrape(&server), "process_open_fds");
    // The portable poller keeps a descriptor of its own for each.
    let each = if cfg!(all(target_os = "linux", not(feature = "portable-poller"))) {
        1.0
    } else {
        2.0
    };
    // Connections that have just ended may still be open here or there.
    let connections_open = (more - open) / each;
    assert!(
        (8.0..=12.0).contains(&connections_open),
        "{open}, then {more}"
    );
    drop(connections);
}

#[test]
fn the_histogram_counts_every_request_with_rows_once() {
    let server = Server::of(identity());
    for _ in 0..5 {
        server.invoke("text/csv", "1\n");
    }
    let scrape = scrape(&server);
    let name = "sagelet_prediction_duration_seconds";
    let histogram = scrape.samples.iter().find(|sample| sample.metric == name);
    let Some(Value::Histogram(buckets)) = histogram.map(|sample| &sample.value) else {
        panic!("{name} is no histogram: {histogram:?}");
    };
    assert!(buckets.is_sorted_by(|a, b| a.less_than < b.less_than && a.count <= b.count));
    let last = buckets.last().unwrap();
    assert_eq!((last.less_than, last.count), (f64::INFINITY, 5.0));
    assert_eq!(value(&scrape, &format!("{name}_count"), &[]), 5.0);
    assert!(value(&scrape, &format!("{name}_sum"), &[]) > 0.0);
}

#[test]
fn the_model_is_named_by_its_digest() {
    let server = Server::of(identity());
    let (artifact, _) = sagelet::artifact::Artifact::seal(identity()).unwrap();
    let digest = artifact.digest.to_string();
    let labels = [
        ("kind", "linear-regression"),
        ("features", "1"),
        ("sha256", digest.as_str()),
    ];
    assert_eq!(value(&scrape(&server), "sagelet_model_info", &labels), 1.0);
}

#[test]
fn a_scraper_that_asks_for_openmetrics_gets_it() {
    let server = Server::of(identity());
    let answer = server.send(
        "GET /metrics HTTP/1.1\r\nHost: test\r\n\
         Accept: application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3\r\n\r\n",
    );
    assert_eq!(
        answer.header("content-type"),
        Some("application/openmetrics-text; version=1.0.0; charset=utf-8")
    );
    let text = answer.text();
    assert!(text.ends_with("\n# EOF\n"), "{text}");
    assert!(
        text.contains("# TYPE sagelet_rows counter\nsagelet_rows_total 0\n"),
        "{text}"
    );
    assert!(!text.contains("_total counter"), "{text}");
}
