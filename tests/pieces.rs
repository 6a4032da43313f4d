//! Requests that arrive in pieces, wherever they are cut; interim answers; HEAD.

use crate::harness::prefix::identity;
use crate::harness::server::invocation;
use crate::harness::{Connection, Prefix, Server};

/// One I/O worker: it has read what came first when it answers what came later on another connection.
fn server() -> Server {
    Server::start(Prefix::with_model(identity()), &[("SAGELET_WORKERS", "1")])
}

/// Returns when the server has read everything that was sent before.
fn settle(other: &mut Connection) {
    other.send("GET /ping HTTP/1.1\r\nHost: test\r\n\r\n");
    assert_eq!(other.answer().status, 200);
}

const LENGTH: &[u8] =
    b"POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\n1.5\n2.25\n";

const CHUNKS: &[u8] =
    b"POST /invocations HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n\
    4;a=\"b\"\r\n1.5\n\r\n5\r\n2.25\n\r\n0\r\nX-Trailer: 1\r\n\r\n";

#[test]
fn a_request_may_be_cut_anywhere() {
    let server = server();
    let mut other = server.connect();
    for request in [LENGTH, CHUNKS] {
        let mut connection = server.connect();
        for cut in 1..request.len() {
            let (first, second) = request.split_at(cut);
            connection.send(first);
            settle(&mut other);
            assert!(connection.is_silent(), "answered after {cut} bytes");
            connection.send(second);
            assert_eq!(
                connection.answer().predictions(),
                [1.5, 2.25],
                "cut after {cut} bytes"
            );
        }
    }
}

#[test]
fn a_request_may_come_byte_by_byte_with_a_pause_after_each() {
    let server = server();
    let mut other = server.connect();
    for request in [LENGTH, CHUNKS] {
        let mut connection = server.connect();
        for byte in request {
            assert!(connection.is_silent());
            connection.send([*byte]);
            settle(&mut other);
        }
        assert_eq!(connection.answer().predictions(), [1.5, 2.25]);
    }
}

#[test]
fn two_requests_may_be_cut_anywhere_between_them() {
    let server = server();
    let mut other = server.connect();
    let both = [LENGTH, CHUNKS].concat();
    for cut in LENGTH.len() - 3..LENGTH.len() + 30 {
        let mut connection = server.connect();
        connection.send(&both[..cut]);
        settle(&mut other);
        connection.send(&both[cut..]);
        for _ in 0..2 {
            assert_eq!(
                connection.answer().predictions(),
                [1.5, 2.25],
                "cut after {cut} bytes"
            );
        }
    }
}

#[test]
fn a_hundred_pipelined_requests_are_answered_in_order() {
    let server = server();
    let mut connection = server.connect();
    let requests: Vec<u8> = (0..100)
        .flat_map(|index| invocation(&[], format!("{index}\n")))
        .collect();
    connection.send(requests);
    for index in 0..100 {
        assert_eq!(connection.answer().predictions(), [f64::from(index)]);
    }
}

#[test]
fn a_large_request_between_small_ones_keeps_the_order() {
    let server = server();
    let mut connection = server.connect();
    let rows = 50_000; // large enough to be handed to another thread
    let large: String = (0..rows).map(|row| format!("{row}.5\n")).collect();
    connection.send(
        [
            invocation(&[], "1\n"),
            invocation(&[], &large),
            invocation(&[], "2\n"),
        ]
        .concat(),
    );
    assert_eq!(connection.answer().predictions(), [1.0]);
    assert_eq!(connection.answer().text(), large);
    assert_eq!(connection.answer().predictions(), [2.0]);
}

#[test]
fn leave_to_send_a_body_is_an_interim_answer_without_headers() {
    let server = server();
    let mut connection = server.connect();
    connection.send("POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    let interim = connection.head();
    assert_eq!(interim.status, 100);
    // RFC 9110, section 8.6: no Content-Length in an interim answer.
    assert_eq!(interim.header("content-length"), None);
    connection.send("1.5\n");
    assert_eq!(connection.answer().predictions(), [1.5]);
    connection.send(LENGTH);
    assert_eq!(connection.answer().predictions(), [1.5, 2.25]);
}

#[test]
fn leave_to_send_chunks_is_given_too_and_names_have_no_case() {
    let server = server();
    let mut connection = server.connect();
    connection.send("POST /invocations HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nexpect: 100-Continue\r\n\r\n");
    assert_eq!(connection.head().status, 100);
    connection.send("4\r\n1.5\n\r\n0\r\n\r\n");
    assert_eq!(connection.answer().predictions(), [1.5]);
}

#[test]
fn a_client_that_does_not_wait_for_leave_gets_its_answer() {
    let server = server();
    let mut connection = server.connect();
    connection.send(invocation(&[("Expect", "100-continue")], "1.5\n"));
    let first = connection.head();
    if first.status == 100 {
        assert_eq!(connection.answer().predictions(), [1.5]);
    } else {
        // RFC 9110, section 10.1.1: the interim answer may be left out when the body is there already.
        assert_eq!(first.status, 200);
    }
}

#[test]
fn http_1_0_gets_no_interim_answer() {
    let server = server();
    let mut connection = server.connect();
    connection.send(
        "POST /invocations HTTP/1.0\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n1.5\n",
    );
    assert_eq!(connection.answer().predictions(), [1.5]);
}

#[test]
fn a_body_that_would_be_refused_gets_no_leave() {
    let server = server();
    let mut connection = server.connect();
    connection.send("POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000000000\r\nExpect: 100-continue\r\n\r\n");
    let answer = connection.answer();
    assert_eq!(answer.status, 413);
    assert!(answer.closes());
}

#[test]
fn head_is_answered_like_get_without_the_body() {
    let server = server();
    for path in ["/ping", "/nothing"] {
        let get = server.get(path);
        let mut connection = server.connect();
        for _ in 0..2 {
            connection.send(format!("HEAD {path} HTTP/1.1\r\nHost: test\r\n\r\n"));
            let head = connection.head();
            assert_eq!(head.status, get.status);
            assert_eq!(
                head.header("content-length"),
                get.header("content-length"),
                "{path}"
            );
        }
        connection.send("GET /ping HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
        assert_eq!(connection.answer().status, 200, "no body stood between");
        connection.expect_end();
    }
}

#[test]
fn answers_of_every_size_have_a_length_and_the_connection_goes_on() {
    // rouille's server sends chunks from 32 KiB on, which not every platform passes on.
    let server = server();
    let mut connection = server.connect();
    for rows in [1, 10, 100, 1_000, 8_000, 9_000, 100_000] {
        let body = "1.5\n".repeat(rows);
        connection.send(invocation(&[], &body));
        let answer = connection.answer();
        assert_eq!(
            answer.header("content-length"),
            Some(body.len().to_string().as_str())
        );
        assert_eq!(answer.text(), body);
    }
}
