//! Clients that vanish at every moment, and descriptors that run out. (Faults of system calls are injected by
//! `make torture`.)

use std::process::Command;

use rustix::net::sockopt::set_socket_linger;

use crate::harness::prefix::identity;
use crate::harness::server::{invocation, listening_port};
use crate::harness::{Connection, Prefix, Process, Server, binary, eventually};

fn server() -> Server {
    Server::of(identity()).settled()
}

/// Closes with RST instead of FIN.
fn reset(connection: Connection) {
    set_socket_linger(&connection.stream, Some(std::time::Duration::ZERO))
        .expect("a socket option");
}

/// Every moment at which a client may vanish: what it had sent by then.
fn moments() -> Vec<Vec<u8>> {
    let whole = invocation(&[("Content-Type", "text/csv")], "1.5\n".repeat(100));
    let body = memchr::memmem::find(&whole, b"\r\n\r\n").unwrap() + 4;
    [
        0,
        1,
        4,
        body - 2,
        body,
        body + 1,
        whole.len() - 1,
        whole.len(),
    ]
    .map(|end| whole[..end].to_vec())
    .into()
}

fn assert_unharmed(server: &Server, before: usize) {
    assert_eq!(server.invoke("text/csv", "1.5\n").predictions(), [1.5]);
    eventually("connections are closed", || {
        let now = server.process.descriptors();
        (now <= before)
            .then_some(())
            .ok_or(format!("{now} descriptors, {before} before"))
    });
    assert!(
        !server.process.log().contains("panicked"),
        "{}",
        server.process.log()
    );
}

#[test]
fn three_thousand_resets() {
    // Each of 263 resets killed a rouille server that aborts on panic.
    let server = server();
    let before = server.process.descriptors();
    let moments = moments();
    for index in 0..3_000 {
        let mut connection = server.connect();
        let _ = connection.try_send(&moments[index % moments.len()]);
        reset(connection);
    }
    assert_unharmed(&server, before);
}

#[test]
fn an_answer_that_cannot_be_written_never_reaches_another_client() {
    // It stayed in a buffer that connections share, and was the next client's answer.
    let server = Server::start(Prefix::with_model(identity()), &[("SAGELET_WORKERS", "1")]);
    for number in 0..2_000 {
        let mut vanishing = server.connect();
        vanishing.send(invocation(&[], format!("{number}.25\n")));
        reset(vanishing);
        let answer = server.invoke("text/csv", format!("{number}.75\n"));
        assert_eq!(answer.predictions(), [f64::from(number) + 0.75]);
    }
}

#[test]
fn a_client_that_vanishes_at_any_moment() {
    let server = server();
    let before = server.process.descriptors();
    for moment in moments() {
        for _ in 0..20 {
            let mut connection = server.connect();
            connection.send(&moment);
        }
    }
    assert_unharmed(&server, before);
}

#[test]
fn a_client_that_half_closes_at_any_moment_is_answered_or_let_go() {
    let server = server();
    let before = server.process.descriptors();
    let moments = moments();
    for (index, moment) in moments.iter().enumerate() {
        let mut connection = server.connect();
        connection.send(moment);
        connection.half_close();
        match connection.try_answer().unwrap() {
            None => assert_eq!(index, 0, "of {moment:?} no answer came"),
            Some(answer) if index == moments.len() - 1 => assert_eq!(answer.status, 200),
            Some(answer) => assert_eq!(answer.status, 400),
        }
        connection.expect_end();
    }
    assert_unharmed(&server, before);
}

#[test]
fn a_client_that_half_closes_while_its_large_answer_is_written_gets_all_of_it() {
    let server = server();
    let mut connection = server.connect();
    let body = "1.5\n".repeat(500_000);
    connection.send(invocation(&[], &body));
    connection.half_close();
    assert_eq!(connection.answer().text(), body);
    connection.expect_end();
}

#[test]
fn descriptors_that_run_out_do_not_make_the_server_deaf() {
    // One EMFILE ended rouille's accept loop for ever, in a process that went on living.
    let prefix = Prefix::with_model(identity());
    let mut command = Command::new("prlimit");
    command.arg("--nofile=64:64").arg(binary());
    command.args(prefix.serve_arguments());
    let server = Server::listening(Process::spawn(command, &[]), prefix);
    for _ in 0..3 {
        let held: Vec<_> = (0..200)
            .map(|_| Connection::try_open(server.port))
            .collect();
        assert_eq!(
            server.get("/ping").status,
            200,
            "beside {} connections",
            held.len()
        );
        drop(held);
        assert_eq!(server.get("/ping").status, 200);
        assert_eq!(server.invoke("text/csv", "1.5\n").predictions(), [1.5]);
    }
    assert!(
        !server.process.log().contains("panicked"),
        "{}",
        server.process.log()
    );
}

#[test]
fn requests_of_another_http_version_leave_no_thread_and_no_descriptor_behind() {
    // Each `HTTP/2.0` cost rouille's server a thread and two descriptors for ever.
    let server = server();
    let before = (
        server.process.descriptors(),
        server.process.status("Threads"),
    );
    for request in [
        "GET / HTTP/2.0\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET / HTTP/3.0\r\n\r\n",
    ] {
        for _ in 0..20 {
            let mut connection = server.connect();
            connection.send(request);
            assert_eq!(connection.answer().status, 505);
        }
    }
    assert_unharmed(&server, before.0);
    assert_eq!(server.process.status("Threads"), before.1);
}

#[test]
fn a_request_that_fails_does_not_take_others_with_it() {
    let server = server();
    std::thread::scope(|scope| {
        for client in 0..8 {
            let server = &server;
            scope.spawn(move || {
                for _ in 0..50 {
                    match client % 4 {
                        0 => assert_eq!(server.invoke("text/csv", "x\n").status, 400),
                        1 => assert_eq!(server.send("\0\r\n\r\n").status, 400),
                        2 => reset(server.connect()),
                        _ => assert_eq!(server.invoke("text/csv", "1.5\n").predictions(), [1.5]),
                    }
                }
            });
        }
    });
    assert_eq!(server.get("/ping").status, 200);
}

#[test]
fn a_log_that_nobody_reads_any_more_is_no_reason_to_stop() {
    use std::io::{BufRead, BufReader};
    let prefix = Prefix::with_model(identity());
    let mut child = Command::new(binary())
        .args(prefix.serve_arguments())
        .env_clear()
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let log = BufReader::new(child.stdout.take().unwrap());
    let line = log
        .lines()
        .map_while(Result::ok)
        .find(|line| line.contains("listening on"));
    let port = listening_port(&line.unwrap()).unwrap(); // and the pipe is closed here
    for _ in 0..10 {
        let mut connection = Connection::open(port);
        connection.send(invocation(&[], "1.5\n"));
        assert_eq!(connection.answer().predictions(), [1.5]);
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
