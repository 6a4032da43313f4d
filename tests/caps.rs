//! Requests that are too large are refused before they are read.

use crate::harness::prefix::identity;
use crate::harness::{Answer, Prefix, Server};

fn server() -> Server {
    Server::start(
        Prefix::with_model(identity()),
        &[("SAGELET_BODY_BYTES", "1000")],
    )
}

/// The answer to a request that must be refused, with the connection closed after it.
fn refused(server: &Server, request: impl AsRef<[u8]>) -> Answer {
    let mut connection = server.connect();
    let _ = connection.try_send(request); // it may be refused before all of it is sent
    let answer = connection.answer();
    assert!(answer.closes(), "{answer:?}");
    assert!(!answer.reason().is_empty());
    connection.expect_end();
    assert_eq!(server.get("/ping").status, 200, "the next client is served");
    answer
}

fn get(path: &str, fields: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: test\r\n{fields}\r\n")
}

#[test]
fn a_request_line_of_8_kib_is_read_and_a_longer_one_is_414() {
    let server = server();
    let path = |length: usize| format!("/{}", "a".repeat(length - 1));
    assert_eq!(server.send(get(&path(8_000), "")).status, 404);
    for length in [8_300, 16_000, 100_000] {
        assert_eq!(
            refused(&server, get(&path(length), "")).status,
            414,
            "{length}"
        );
    }
}

#[test]
fn a_request_line_that_never_ends_is_414_as_soon_as_it_is_too_long() {
    let server = server();
    let request = format!("GET /{}", "a".repeat(20_000)); // and no end of the line
    assert_eq!(refused(&server, request).status, 414);
}

#[test]
fn a_head_of_more_than_16_kib_is_431() {
    let server = server();
    let field = |length: usize| format!("X: {}\r\n", "a".repeat(length));
    assert_eq!(server.send(get("/ping", &field(15_000))).status, 200);
    for length in [17_000, 64 << 10, 1 << 20] {
        assert_eq!(
            refused(&server, get("/ping", &field(length))).status,
            431,
            "{length}"
        );
    }
    let many: String = (0..99)
        .map(|index| format!("X-{index}: {}\r\n", "a".repeat(200)))
        .collect();
    assert_eq!(refused(&server, get("/ping", &many)).status, 431);
}

#[test]
fn more_than_100_fields_are_431() {
    let server = server();
    let fields = |count: usize| "X: a\r\n".repeat(count);
    assert_eq!(
        server.send(get("/ping", &fields(99))).status,
        200,
        "100 with Host"
    );
    assert_eq!(refused(&server, get("/ping", &fields(100))).status, 431);
    assert_eq!(refused(&server, get("/ping", &fields(2_000))).status, 431);
}

#[test]
fn a_body_at_its_cap_is_read_and_a_longer_one_is_413() {
    let server = server();
    let post = |length: usize| {
        let body = format!("1{}\n", " ".repeat(length - 2));
        format!(
            "POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    };
    assert_eq!(server.send(post(1_000)).predictions(), [1.0]);
    assert_eq!(refused(&server, post(1_001)).status, 413);
    assert_eq!(refused(&server, post(1_000_000)).status, 413);
}

#[test]
fn a_body_that_is_announced_too_long_is_refused_before_its_first_byte() {
    let server = server();
    for length in ["1001", "1000000000000", "9223372036854775807"] {
        let head =
            format!("POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n");
        assert_eq!(refused(&server, head).status, 413, "{length}");
    }
}

#[test]
fn a_body_too_long_is_413_on_every_path_and_method() {
    // On paths that do not read bodies, rouille's server allocated what was announced, and aborted.
    let server = server();
    for start in ["GET /ping", "POST /nothing", "PUT /invocations"] {
        let head =
            format!("{start} HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000000000\r\n\r\n");
        assert_eq!(refused(&server, head).status, 413, "{start}");
    }
}

#[test]
fn chunks_may_have_as_many_bytes_together_as_a_body() {
    let server = server();
    let head = "POST /invocations HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("64\r\n1{}\n\r\n", " ".repeat(98)); // 100 bytes
    let ten = format!("{head}{}0\r\n\r\n", chunk.repeat(10));
    assert_eq!(server.send(ten).predictions(), [1.0; 10]);
    let eleven = format!("{head}{}0\r\n\r\n", chunk.repeat(11));
    assert_eq!(refused(&server, eleven).status, 413);
    // One chunk over the cap is refused when it is announced, or when it is read.
    assert_eq!(
        refused(&server, format!("{head}3e9\r\n{}", "1".repeat(1_001))).status,
        413
    );
}

#[test]
fn a_chunks_size_line_that_never_ends_is_refused() {
    let server = server();
    let head = "POST /invocations HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";
    for start in ["4;a=", "0"] {
        let endless = format!(
            "{head}{start}{}",
            start.chars().last().unwrap().to_string().repeat(1 << 20)
        );
        assert_eq!(refused(&server, endless).status, 400, "{start}");
    }
}

#[test]
fn trailers_that_never_end_are_refused() {
    let server = server();
    let head = "POST /invocations HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1.5\n\r\n0\r\n";
    let status = refused(&server, format!("{head}{}", "X: a\r\n".repeat(100_000))).status;
    assert!(matches!(status, 400 | 431), "{status}");
}

#[test]
fn a_refused_upload_gets_its_answer_however_much_was_sent() {
    // Closing with bytes unread resets the connection, and a reset eats an answer that is under way.
    let server = server();
    for _ in 0..20 {
        let mut connection = server.connect();
        let head = "POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Length: 500000\r\n\r\n";
        let _ = connection.try_send(format!("{head}{}", "1".repeat(500_000)));
        assert_eq!(connection.answer().status, 413);
    }
}

/// A proxy may write the whole body before it looks for an answer: a reset before that would be a 502 to its client.
#[test]
fn the_rest_of_a_refused_body_is_read_so_that_the_answer_arrives() {
    let server = server();
    let body = vec![b'1'; 24 << 20];
    for framing in [
        format!("Content-Length: {}\r\n", body.len()),
        "Transfer-Encoding: chunked\r\n".to_owned(),
    ] {
        let mut connection = server.connect();
        let head = format!("POST /invocations HTTP/1.1\r\nHost: test\r\n{framing}\r\n");
        connection.send(head);
        // A size line of hexadecimal digits, which are all of the "body" that follows.
        connection.send(format!("{:x}\r\n", body.len()));
        connection.send(&body);
        let answer = connection.answer();
        assert_eq!(answer.status, 413);
        assert!(answer.closes());
        connection.expect_end();
    }
}
