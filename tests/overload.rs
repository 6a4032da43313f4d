//! Floods and stalls: whatever some clients do, the next one is served, and memory comes back.

use std::io::Write;

use crate::harness::prefix::{identity, linear};
use crate::harness::server::invocation;
use crate::harness::{Connection, Prefix, Server, eventually};

const PING: &[u8] = b"GET /ping HTTP/1.1\r\nHost: test\r\n\r\n";

/// By how much a server may have grown after an attack.
const GROWTH_KIB_MAX: u64 = 2 << 10;

/// A server with deadlines too long to help it: what protects it are its caps.
fn server() -> Server {
    patient_server(&[])
}

fn patient_server(variables: &[(&str, &str)]) -> Server {
    let mut all = vec![
        ("SAGELET_IDLE_SECONDS", "600"),
        ("SAGELET_HEAD_SECONDS", "600"),
        ("SAGELET_BODY_SECONDS", "600"),
        ("SAGELET_WRITE_SECONDS", "600"),
        // glibc learns from large blocks to keep them; with a fixed threshold it gives them back, as the
        // allocator of the static build does, and what is measured is this program.
        ("MALLOC_MMAP_THRESHOLD_", "65536"),
    ];
    all.extend(variables);
    Server::start(Prefix::with_model(identity()), &all).settled()
}

/// Runs an attack that ends with its connections closed, and checks that the server is none the worse.
fn survives<Held>(server: &Server, attack: impl Fn(&Server) -> Held) {
    // What a first request takes once (under an emulator: the code it translates) is not the attack's.
    assert_eq!(server.invoke("text/csv", "1.5\n").predictions(), [1.5]);
    let descriptors = server.process.descriptors();
    let before = server.process.kib("VmRSS");
    let held = attack(server);
    assert_eq!(server.get("/ping").status, 200, "while it lasts");
    let answer = server.invoke("text/csv", "1.5\n");
    assert_eq!(answer.predictions(), [1.5], "while it lasts");
    drop(held);
    assert_eq!(server.get("/ping").status, 200, "after it");
    wait_until_closed(server, descriptors);
    eventually("memory comes back", || {
        let now = server.process.kib("VmRSS");
        let back = now <= before + GROWTH_KIB_MAX;
        back.then_some(())
            .ok_or(format!("{now} KiB, {before} KiB before"))
    });
    let log = server.process.log();
    assert!(!log.contains("panicked"), "{log}");
}

/// Waits until connections that clients have closed are closed here too: none is left open.
fn wait_until_closed(server: &Server, descriptors: usize) {
    eventually("all connections are closed", || {
        let now = server.process.descriptors();
        (now <= descriptors)
            .then_some(())
            .ok_or(format!("{now} descriptors, {descriptors} before"))
    });
}

/// So many connections, each having sent the same start of something.
fn flood(server: &Server, count: usize, start: impl AsRef<[u8]>) -> Vec<Connection> {
    let open = |_| {
        let mut connection = server.connect();
        connection.send(&start);
        connection
    };
    (0..count).map(open).collect()
}

#[test]
fn a_burst_of_128_connections_with_20_requests_each_is_answered_in_full() {
    // tiny_http's pool left connections of such bursts unread until others closed.
    let server = server();
    std::thread::scope(|scope| {
        for client in 0..128 {
            let server = &server;
            scope.spawn(move || {
                let mut connection = server.connect();
                for request in 0..20 {
                    let number = client * 100 + request;
                    connection.send(invocation(&[], format!("{number}\n")));
                    assert_eq!(connection.answer().predictions(), [f64::from(number)]);
                }
            });
        }
    });
}

#[test]
fn bursts_of_kept_alive_connections_are_all_read() {
    let server = server();
    for count in [2, 8, 16, 64, 128] {
        let mut burst = flood(&server, count, PING);
        for connection in &mut burst {
            assert_eq!(connection.answer().status, 200, "{count} connections");
        }
    }
}

#[test]
fn a_thousand_heads_that_are_not_finished() {
    survives(&server(), |server| {
        flood(server, 1_000, "GET /ping HTTP/1.1\r\nHost: te")
    });
}

#[test]
fn a_thousand_connections_that_send_nothing() {
    survives(&server(), |server| flood(server, 1_000, ""));
}

#[test]
fn bodies_that_are_not_finished() {
    let start = invocation(&[], "1.5\n".repeat(50_000));
    let start = &start[..150_000];
    survives(&server(), |server| flood(server, 100, start));
}

#[test]
fn bodies_that_are_announced_and_never_come() {
    let start = "POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Length: 100000000\r\n\r\n1";
    survives(&server(), |server| flood(server, 500, start));
}

#[test]
fn an_announced_body_takes_no_memory_until_it_comes() {
    let server = server();
    assert_eq!(server.get("/ping").status, 200);
    let before = server.process.kib("VmRSS");
    let start = "POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Length: 100000000\r\n\r\n1";
    let _held = flood(&server, 100, start);
    assert_eq!(server.get("/ping").status, 200);
    let grown = server.process.kib("VmRSS").saturating_sub(before);
    assert!(grown < 16 << 10, "10 GB were announced, {grown} KiB taken");
}

#[test]
fn bodies_announced_as_10_to_the_12_bytes() {
    survives(&server(), |server| {
        for _ in 0..50 {
            let answer = server.send("POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000000000\r\n\r\n1");
            assert_eq!(answer.status, 413);
        }
    });
}

#[test]
fn a_head_without_end() {
    survives(&server(), |server| {
        let mut connection = server.connect();
        let mut sent = connection.try_send("GET /ping HTTP/1.1\r\nHost: test\r\nX: ");
        for _ in 0..64 {
            sent = sent.and_then(|()| connection.try_send(vec![b'a'; 1 << 20]));
        }
        assert!(sent.is_err(), "64 MB of one head were read");
    });
}

#[test]
fn a_chunks_size_line_without_end() {
    survives(&server(), |server| {
        let mut connection = server.connect();
        let mut sent = connection.try_send(
            "POST /invocations HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n4;",
        );
        for _ in 0..64 {
            sent = sent.and_then(|()| connection.try_send(vec![b'a'; 1 << 20]));
        }
        assert!(sent.is_err(), "64 MB of one line were read");
    });
}

#[test]
fn a_body_of_65_536_chunks_of_one_byte() {
    let body = "1.5\n".repeat(16_384);
    let chunks: String = body
        .chars()
        .map(|character| format!("1\r\n{character}\r\n"))
        .collect();
    let request = format!(
        "POST /invocations HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n"
    );
    survives(&server(), |server| {
        assert_eq!(server.send(&request).text(), body);
    });
}

#[test]
fn eight_thousand_pipelined_requests_of_a_client_that_does_not_read() {
    // All of rouille's workers blocked on such a client.
    survives(&server(), |server| {
        let connection = server.connect();
        let requests = PING.repeat(8_000);
        connection.stream.set_nonblocking(true).unwrap();
        let mut rest = requests.as_slice();
        while let Ok(sent @ 1..) = (&connection.stream).write(rest) {
            rest = &rest[sent..];
        }
        connection
    });
}

#[test]
fn eight_thousand_pipelined_requests_are_answered_once_the_client_reads() {
    let server = server();
    let mut connection = server.connect();
    let writer = connection.stream.try_clone().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || (&writer).write_all(&PING.repeat(8_000)).unwrap());
        for index in 0..8_000 {
            assert_eq!(connection.answer().status, 200, "answer {index}");
        }
    });
}

#[test]
fn readers_that_do_not_read_their_answers() {
    // 18 digits a row: 7 MB of answer each, more than the socket buffers hold.
    let model = linear(0.123_456_789_012_345_6, &[1.0]);
    let variables = [
        ("SAGELET_WRITE_SECONDS", "600"),
        ("SAGELET_IDLE_SECONDS", "600"),
    ];
    let server = Server::start(Prefix::with_model(model), &variables).settled();
    let descriptors = server.process.descriptors();
    let request = invocation(&[], "1\n".repeat(400_000));
    let invoked = || server.process.log().matches("Invoked with 400000").count();
    for round in 1..=2 {
        let held = flood(&server, 4, &request);
        eventually("all are computed", || {
            (invoked() == round * 4)
                .then_some(())
                .ok_or("not yet".to_owned())
        });
        assert_eq!(server.get("/ping").status, 200);
        assert_eq!(server.invoke("text/csv", "1\n").predictions().len(), 1);
        drop(held);
    }
    wait_until_closed(&server, descriptors);
}

#[test]
fn beyond_the_cap_the_connection_that_has_waited_longest_makes_room() {
    let server = patient_server(&[("SAGELET_CONNECTIONS", "64"), ("SAGELET_WORKERS", "1")]);
    let mut first = server.connect();
    first.send("GET /pi"); // the longest without a complete request
    assert_eq!(server.get("/ping").status, 200);
    let mut rest = flood(&server, 63, PING);
    for connection in &mut rest {
        assert_eq!(connection.answer().status, 200);
    }
    // One more, and none of those that were served a moment ago has to go.
    assert_eq!(server.get("/ping").status, 200);
    let left = first.rest();
    assert!(
        left.is_empty() || left.starts_with(b"HTTP/1.1 408") || left.starts_with(b"HTTP/1.1 503"),
        "{left:?}"
    );
    let last = rest.last_mut().unwrap();
    last.send(PING);
    assert_eq!(last.answer().status, 200);
}

#[test]
fn idle_connections_far_beyond_the_cap_leave_the_next_client_unharmed() {
    let server = patient_server(&[("SAGELET_CONNECTIONS", "100")]);
    survives(&server, |server| {
        let mut held = Vec::new();
        for count in 0..500 {
            held.extend(Connection::try_open(server.port));
            if count % 50 == 0 {
                assert_eq!(server.get("/ping").status, 200, "with {count} connections");
            }
        }
        held
    });
}

#[test]
fn the_queue_of_large_requests_is_bounded_and_ping_is_answered_beside_it() {
    let server = patient_server(&[("SAGELET_COMPUTE_THREADS", "1")]);
    let request = invocation(&[], "1.5\n".repeat(100_000));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let ask = || {
            let answer = server.send(&request);
            if answer.status == 503 {
                assert!(
                    answer
                        .header("retry-after")
                        .is_some_and(|seconds| seconds.parse::<u32>().is_ok()),
                    "{answer:?}"
                );
                assert!(!answer.reason().is_empty());
            }
            answer.status
        };
        let clients: Vec<_> = (0..40).map(|_| scope.spawn(ask)).collect();
        for _ in 0..20 {
            assert_eq!(server.get("/ping").status, 200);
        }
        clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .collect()
    });
    assert!(
        statuses.iter().all(|status| matches!(status, 200 | 503)),
        "{statuses:?}"
    );
    assert!(statuses.contains(&200), "{statuses:?}");
    assert!(
        statuses.contains(&503),
        "40 at once were all taken: {statuses:?}"
    );
    assert_eq!(
        server.send(&request).status,
        200,
        "and once it is over, all is as before"
    );
}
