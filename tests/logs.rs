//! The log: one line a request, none for probes that succeed, and never a reason to wait.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::harness::prefix::identity;
use crate::harness::server::invocation;
use crate::harness::{Connection, Prefix, Server, binary};

fn server(variables: &[(&str, &str)]) -> Server {
    Server::start(Prefix::with_model(identity()), variables)
}

fn request(server: &Server, body: &str) {
    let headers = [
        ("Content-Type", "text/csv"),
        ("X-Amzn-SageMaker-Inference-Id", "5d7cf9a4"),
    ];
    server.send(invocation(&headers, body));
}

#[test]
fn each_request_has_a_line_with_its_inference_id_and_a_failed_one_its_reason() {
    let server = server(&[]);
    request(&server, "1\n2\n");
    request(&server, "x\n");
    let log = server.stop().log;
    let line = |start: &str| log.lines().find(|line| line.starts_with(start)).unwrap();
    let good = line("Invoked with 2 records: POST /invocations 200, ");
    assert!(good.ends_with(" ms, inference id 5d7cf9a4"), "{good}");
    let failed = line("warning: POST /invocations 400, ");
    assert!(
        failed.ends_with(", inference id 5d7cf9a4: row 1, column 1: \"x\" is not a number"),
        "{failed}"
    );
}

#[test]
fn successful_pings_and_scrapes_are_silent_and_others_are_not() {
    let server = server(&[]);
    for path in [
        "/ping",
        "/metrics",
        "/v2/health/live",
        "/v2/health/ready",
        "/nothing",
    ] {
        server.get(path);
    }
    let log = server.stop().log;
    for path in ["/ping", "/metrics", "/v2/health"] {
        assert!(!log.contains(&format!("GET {path}")), "{log}");
    }
    assert!(log.contains("GET /nothing 404"), "{log}");
}

#[test]
fn every_line_of_a_json_log_is_an_object() {
    let server = server(&[("SAGELET_LOG", "json")]);
    request(&server, "1\n");
    let log = server.stop().log;
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    assert!(
        lines
            .iter()
            .all(|line| line["time"].is_f64() && line["level"].is_string())
    );
    let request = lines.iter().find(|line| line["status"] == 200).unwrap();
    assert_eq!(request["method"], "POST");
    assert_eq!(request["path"], "/invocations");
    assert_eq!(request["rows"], 1);
    assert_eq!(request["inference_id"], "5d7cf9a4");
    assert!(request["milliseconds"].is_f64());
}

#[test]
fn a_slow_request_is_said_to_be_slow() {
    let server = server(&[("SAGELET_SLOW_MILLISECONDS", "1")]);
    let rows = "1\n".repeat(200_000);
    request(&server, &rows);
    let log = server.stop().log;
    assert!(
        log.contains("warning: Invoked with 200000 records"),
        "{log}"
    );
    assert!(log.contains("5d7cf9a4: slow"), "{log}");
}

/// A server whose standard output is read up to the line that says where it listens.
struct Unread {
    process: Child,
    output: Option<BufReader<ChildStdout>>,
    port: u16,
    _prefix: Prefix,
}

impl Unread {
    fn start() -> Self {
        let prefix = Prefix::with_model(identity());
        let mut process = Command::new(binary())
            .args(["serve", "--host", "127.0.0.1", "--port", "0", "--prefix"])
            .arg(prefix.argument())
            .env_clear()
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = process.stdout.take().map(BufReader::new);
        let mut server = Self {
            process,
            output,
            port: 0,
            _prefix: prefix,
        };
        let mut line = String::new();
        while server.port == 0 {
            line.clear();
            let output = server.output.as_mut().unwrap();
            assert!(output.read_line(&mut line).unwrap() > 0, "it ended");
            if let Some((_, port)) = line.trim_end().split_once("listening on 127.0.0.1:") {
                let digits = port.split(' ').next().unwrap();
                server.port = digits.parse().unwrap();
            }
        }
        server
    }

    /// So many requests one after the other, of which each has a line of more than 100 bytes in the log.
    fn request(&self, count: usize) {
        let mut connection = Connection::open(self.port);
        let id = "x".repeat(64);
        let headers = [
            ("Content-Type", "text/csv"),
            ("X-Amzn-SageMaker-Inference-Id", id.as_str()),
        ];
        for _ in 0..count {
            connection.send(invocation(&headers, "7\n"));
            assert_eq!(connection.answer().predictions(), [7.0]);
        }
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A pipe holds 64 KiB: 2,000 lines fill it three times over.
#[test]
fn a_log_that_nobody_reads_holds_no_request_up() {
    let server = Unread::start();
    server.request(2_000);
    assert!(server.output.is_some(), "open, and not read");
}

#[test]
fn a_closed_log_ends_nothing() {
    let mut server = Unread::start();
    server.output = None;
    server.request(100);
}
