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

#[test]
fn the_trace_of_a_request_is_in_its_line() {
    let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let trace_id = "Root=1-67891233-abcdef012345678912345678";
    let headers = [
        ("Content-Type", "text/csv"),
        ("traceparent", traceparent),
        ("X-Amzn-Trace-Id", trace_id),
    ];
    let text = server(&[]);
    text.send(invocation(&headers, "1\n"));
    let log = text.stop().log;
    let end = format!(" ms, traceparent {traceparent}, trace id {trace_id}");
    assert!(log.lines().any(|line| line.ends_with(&end)), "{log}");

    let json = server(&[("SAGELET_LOG", "json")]);
    json.send(invocation(&headers, "1\n"));
    let log = json.stop().log;
    let line = log
        .lines()
        .find(|line| line.contains("\"rows\":1"))
        .unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["traceparent"], traceparent);
    assert_eq!(line["trace_id"], trace_id);
}

#[test]
fn the_port_is_said_at_every_level() {
    // Starting waits for the line.
    let server = server(&[("SAGEMAKER_CONTAINER_LOG_LEVEL", "40")]);
    server.get("/nothing");
    let log = server.stop().log;
    assert_eq!(log.lines().count(), 1, "{log}");
}

/// Requests with line ends, escape sequences and separators wherever a client can put them, as they stand in
/// an error or in the request's own line.
fn forgeries() -> Vec<Vec<u8>> {
    let forged = "x\\nerror: forged\\r\\u001b[2J\\u2028error: forged";
    let json = |body: String| {
        let headers = [("Content-Type", "application/json")];
        invocation(&headers, body)
    };
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n").into_bytes();
    vec![
        get("/v1/models/x%0Aerror:%20forged%0d%1b%5b2J"),
        get("/v2/models/x%0Aerror:%20forged/ready"),
        get("/x%0Aerror:%20forged"),
        json(format!(r#"{{"{forged}": 1}}"#)),
        json(format!(r#"{{"instances": [{{"{forged}": 1}}]}}"#)),
        json(format!(r#"{{"instances": [["{forged}"]]}}"#)),
        json(format!(
            r#"{{"inputs": [{{"name": "{forged}", "shape": [1], "datatype": "{forged}", "data": [1]}}]}}"#
        )),
        json(format!(
            r#"{{"dataframe_split": {{"columns": ["{forged}"], "data": [[1, 2]]}}}}"#
        )),
        invocation(&[("Content-Type", "text/csv")], "\"x\nerror: forged\"\n"),
        invocation(&[("Content-Type", "text/csv\u{85}error: forged")], "1\n"),
        invocation(&[("Accept", "x\u{85}error: forged")], "1\n"),
    ]
}

#[test]
fn no_request_can_forge_a_line_or_put_control_characters_into_one() {
    for variables in [&[][..], &[("SAGELET_LOG", "json")]] {
        let server = server(variables);
        let requests = forgeries();
        for request in &requests {
            let answer = server.send(request);
            assert!((400..500).contains(&answer.status), "{answer:?}");
            let reason = answer.reason();
            assert!(!reason.contains(char::is_control), "{reason:?}");
        }
        let log = server.stop().log;
        let is_of_a_request = |line: &&str| line.contains("GET") || line.contains("POST");
        let lines = log.lines().filter(is_of_a_request);
        assert_eq!(lines.count(), requests.len(), "{log}");
        for line in log.split('\n') {
            assert!(!line.starts_with("error: forged"), "{log}");
            assert!(!line.contains(char::is_control), "{line:?}");
            assert!(!line.contains('\u{2028}'), "{line:?}");
        }
    }
}

#[test]
fn neither_an_answer_nor_a_line_is_as_long_as_the_client_likes() {
    let long = "\\\"größe".repeat(100_000);
    for variables in [&[][..], &[("SAGELET_LOG", "json")]] {
        let server = server(variables);
        let path = format!("/v1/models/{}", "%22".repeat(2_500));
        let get = format!("GET {path} HTTP/1.1\r\nHost: test\r\ntraceparent: {path}\r\n\r\n");
        let json = |body: String| invocation(&[("Content-Type", "application/json")], body);
        for request in [
            get.into_bytes(),
            json(format!(r#"{{"{long}": 1}}"#)),
            json(format!(r#"{{"instances": [["{long}"]]}}"#)),
            json(format!(
                r#"{{"inputs": [{{"name": "{long}", "shape": [1], "datatype": "{long}", "data": [1]}}]}}"#
            )),
            invocation(&[("Content-Type", &"x".repeat(8_000))], "1\n"),
        ] {
            let answer = server.send(request);
            assert!((400..500).contains(&answer.status), "{answer:?}");
            let characters = answer.reason().chars().count();
            assert!(characters <= 1_025, "{characters} characters");
        }
        let log = server.stop().log;
        for line in log.lines() {
            assert!(line.len() < 4 << 10, "{} bytes: {line}", line.len());
        }
    }
}

/// What the transport refuses has a line like everything else, and counts.
#[test]
fn what_the_transport_refuses_is_logged_and_counted_by_status() {
    let requests = [
        (
            400,
            "GET /x HTTP/1.1\r\n\r\n",
            "400: the request is not HTTP/1.1: Host is missing",
        ),
        (
            413,
            "POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n",
            "POST /invocations 413: the body has more than 100 bytes: send fewer rows per request, or raise SAGELET_BODY_BYTES",
        ),
        (
            415,
            "POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\n1",
            "POST /invocations 415: ",
        ),
        (
            417,
            "POST /x HTTP/1.1\r\nHost: test\r\nExpect: x\r\n\r\n",
            "417: ",
        ),
        (
            501,
            "POST /x HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: gzip\r\n\r\n",
            "501: ",
        ),
        (505, "GET /x HTTP/2.0\r\nHost: test\r\n\r\n", "505: "),
    ];
    let server = server(&[("SAGELET_BODY_BYTES", "100"), ("SAGELET_HEAD_SECONDS", "1")]);
    for (status, request, _) in requests {
        assert_eq!(server.send(request).status, status, "{request}");
    }
    let long = format!("GET /{} HTTP/1.1\r\nHost: test\r\n\r\n", "x".repeat(10_000));
    assert_eq!(server.send(long).status, 414);
    let many = format!(
        "GET / HTTP/1.1\r\nHost: test\r\n{}\r\n",
        "A: b\r\n".repeat(101)
    );
    assert_eq!(server.send(many).status, 431);
    assert_eq!(server.send("GET /x HTTP/1.1\r\nHost:").status, 408);

    let metrics = server.get("/metrics");
    for status in [400, 408, 413, 414, 415, 417, 431, 501, 505] {
        let sample =
            format!("sagelet_requests_total{{route=\"transport\",status=\"{status}\"}} 1\n");
        assert!(
            metrics.text().contains(&sample),
            "{sample}: {}",
            metrics.text()
        );
    }
    let log = server.stop().log;
    let others = ["414: ", "431: ", "408: the head did not arrive in time"];
    let lines = requests.iter().map(|(_, _, line)| *line).chain(others);
    for wanted in lines {
        let found = log
            .lines()
            .filter(|line| line.contains(wanted) && line.contains(": "));
        assert_eq!(found.count(), 1, "{wanted}: {log}");
    }
    let failures = log
        .lines()
        .filter(|line| line.starts_with("error: "))
        .count();
    assert_eq!(failures, 2, "those of 5xx: {log}");
}
