//! Clients that are too slow, or do nothing at all, are let go.

use crate::harness::prefix::linear;
use crate::harness::server::invocation;
use crate::harness::{Connection, Prefix, Server, eventually};

const PING: &str = "GET /ping HTTP/1.1\r\nHost: test\r\n\r\n";

/// What every server here predicts: 18 digits for each row, so that answers can be far larger than requests.
fn model() -> sagelet::artifact::Document {
    linear(0.123_456_789_012_345_6, &[1.0])
}

/// A server with one deadline of a second, and the others too long to matter.
fn server(short: &str) -> Server {
    let names = [
        "SAGELET_IDLE_SECONDS",
        "SAGELET_HEAD_SECONDS",
        "SAGELET_BODY_SECONDS",
        "SAGELET_WRITE_SECONDS",
    ];
    assert!(names.contains(&short));
    let variables = names.map(|name| (name, if name == short { "1" } else { "600" }));
    Server::start(Prefix::with_model(model()), &variables).settled()
}

/// Checks that the client is told that it was too slow, and let go.
fn expect_timeout(mut connection: Connection) {
    let answer = connection.answer();
    assert_eq!(answer.status, 408);
    assert!(answer.closes());
    assert!(!answer.reason().is_empty());
    connection.expect_end();
}

#[test]
fn an_idle_connection_is_closed_without_a_word() {
    let server = server("SAGELET_IDLE_SECONDS");
    let mut fresh = server.connect();
    let mut used = server.connect();
    used.send(PING);
    assert_eq!(used.answer().status, 200);
    // An answer that nobody asked for would be taken for that to the next request.
    fresh.expect_end();
    used.expect_end();
}

#[test]
fn a_head_that_does_not_arrive_in_time_is_408() {
    let server = server("SAGELET_HEAD_SECONDS");
    for part in [
        "G",
        "GET /ping HTTP/1.1\r\n",
        "GET /ping HTTP/1.1\r\nHost: test\r\n",
    ] {
        let mut connection = server.connect();
        connection.send(part);
        expect_timeout(connection);
    }
}

#[test]
fn a_head_that_drips_is_408_however_steadily_it_drips() {
    // The deadline is for the whole head: a byte now and then does not move it.
    let server = server("SAGELET_HEAD_SECONDS");
    let mut connection = server.connect();
    connection.send("GET /ping HTTP/1.1\r\nX: ");
    let dripping = connection.stream.try_clone().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            use std::io::Write;
            // At most half a minute; the server hangs up long before.
            for _ in 0..300 {
                if (&dripping).write_all(b"a").is_err() {
                    return;
                }
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
        });
        let answer = connection.answer();
        assert_eq!(answer.status, 408);
    });
}

#[test]
fn a_body_that_does_not_arrive_in_time_is_408() {
    let server = server("SAGELET_BODY_SECONDS");
    for request in [
        "POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\n1.5\n",
        "POST /invocations HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1.5",
        "POST /invocations HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1.5\n\r\n0\r\n",
    ] {
        let mut connection = server.connect();
        connection.send(request);
        expect_timeout(connection);
    }
}

#[test]
fn a_second_request_has_deadlines_too() {
    let server = server("SAGELET_HEAD_SECONDS");
    let mut connection = server.connect();
    connection.send(PING);
    assert_eq!(connection.answer().status, 200);
    connection.send("GET /pi");
    expect_timeout(connection);
}

#[test]
fn a_client_that_does_not_read_its_answer_is_let_go() {
    let server = server("SAGELET_WRITE_SECONDS");
    let before = server.process.descriptors();
    let stalled: Vec<Connection> = (0..2)
        .map(|_| {
            let mut connection = server.connect();
            // 7 MB of answer: more than the socket buffers of both sides hold.
            connection.send(invocation(&[], "1\n".repeat(400_000)));
            connection
        })
        .collect();
    eventually("the connections are closed", || {
        let now = server.process.descriptors();
        let log = server.process.log();
        let invoked = log
            .lines()
            .filter(|line| line.contains("Invoked with"))
            .count();
        let gone = invoked == stalled.len() && now <= before;
        gone.then_some(()).ok_or(format!(
            "{invoked} invoked, {now} descriptors, {before} before"
        ))
    });
    assert_eq!(server.get("/ping").status, 200);
}

#[test]
fn slow_clients_do_not_hold_up_others() {
    let server = server("SAGELET_IDLE_SECONDS");
    let _slow: Vec<Connection> = (0..100)
        .map(|_| {
            let mut connection = server.connect();
            connection
                .send("POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\n1");
            connection
        })
        .collect();
    for _ in 0..100 {
        assert_eq!(server.invoke("text/csv", "1\n").predictions().len(), 1);
    }
}
