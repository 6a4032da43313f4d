//! Small requests to large models: `/ping` is answered meanwhile, and nothing is lost.
//!
//! `TORTURE_REQUESTS` is how many requests each model gets: 100 if unset.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sagelet::artifact::{Classifier, Document, Features, Label, Linear, MultiTarget, Parameters};

use crate::harness::server::invocation;
use crate::harness::{Connection, Server};
use crate::loading::loaded;

fn requests() -> usize {
    let requests = std::env::var("TORTURE_REQUESTS").ok();
    requests.map_or(100, |requests| {
        requests.parse().expect("a number of requests")
    })
}

fn document(features: usize, parameters: Parameters) -> Document {
    let mut document = Document::new(Vec::new(), parameters);
    document.features = Features::undescribed(features);
    document
}

/// The body of request number `number`: a few rows of one or two cells, in an order that looks random.
fn body(number: usize, is_sparse: bool) -> (&'static str, String) {
    let drawn = number.wrapping_mul(2_654_435_761) >> 7;
    let rows = 1 + drawn % 5;
    if is_sparse {
        let row = format!(
            "0 {}:1.5 {}:2\n",
            1 + drawn % 1_000,
            1_001 + drawn % 1_000_000
        );
        return ("text/libsvm", row.repeat(rows));
    }
    match drawn % 3 {
        0 => ("application/json", "[[1.5]]".to_owned()),
        1 => ("application/jsonlines", "[1.5]\n".repeat(rows)),
        _ => ("text/csv", "1.5\n".repeat(rows)),
    }
}

/// Sends so many requests from four clients while another asks `/ping` without a pause, and says how long 99 of 100 of
/// its answers took at most.
fn ping_under(server: &Server, is_sparse: bool) -> Duration {
    let (count, is_over) = (requests(), AtomicBool::new(false));
    let client = |start: usize| {
        let mut connection = Connection::open(server.port);
        for number in (start..count).step_by(4) {
            let (content_type, body) = body(number, is_sparse);
            connection.send(invocation(&[("Content-Type", content_type)], body));
            let answer = connection.answer();
            assert_eq!(answer.status, 200, "{}", answer.reason());
        }
    };
    let mut took = std::thread::scope(|scope| {
        let pings = scope.spawn(|| {
            let mut connection = Connection::open(server.port);
            let mut took = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                let asked = Instant::now();
                connection.send("GET /ping HTTP/1.1\r\nHost: test\r\n\r\n");
                assert_eq!(connection.answer().status, 200);
                took.push(asked.elapsed());
            }
            took
        });
        let clients: Vec<_> = (0..4)
            .map(|start| scope.spawn(move || client(start)))
            .collect();
        let ended: Vec<_> = clients.into_iter().map(|client| client.join()).collect();
        is_over.store(true, Ordering::Relaxed);
        assert!(ended.iter().all(Result::is_ok), "{ended:?}");
        pings.join().unwrap()
    });
    took.sort();
    took[took.len() * 99 / 100]
}

fn answers_ping(name: &str, document: Document) {
    let is_sparse = document.features.len() > 1;
    let server = loaded(Server::of(document));
    let p99 = ping_under(&server, is_sparse);
    println!(
        "{name}: {} requests, 99 of 100 answers of /ping within {p99:?}",
        requests()
    );
    let ended = server.stop();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
}

#[test]
fn ping_is_answered_beside_small_requests_to_ten_thousand_targets() {
    let parameters = Parameters::MultiTargetRegression(MultiTarget {
        targets: Vec::new(),
        intercepts: vec![0.0; 10_000],
        coefficients: vec![vec![1.5]; 10_000],
    });
    answers_ping("10,000 targets", document(1, parameters));
}

#[test]
fn ping_is_answered_beside_small_requests_to_ten_thousand_classes() {
    let parameters = Parameters::MultinomialLogisticRegression(Classifier {
        labels: (0..10_000).map(Label::Integer).collect(),
        intercepts: vec![0.0; 10_000],
        coefficients: vec![vec![1.5]; 10_000],
    });
    answers_ping("10,000 classes", document(1, parameters));
}

#[test]
fn ping_is_answered_beside_small_requests_to_two_million_features() {
    let parameters = Parameters::LinearRegression(Linear {
        intercept: 0.5,
        coefficients: vec![1.5; 2_000_000],
    });
    answers_ping("2,000,000 features", document(2_000_000, parameters));
}
