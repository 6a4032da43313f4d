//! What surrounds a server may be anything: odd things called `model.cbor`, files that change under it, a process that
//! is stopped at any moment.

use std::os::unix::fs::symlink;
use std::process::Command;

use rustix::process::Signal;

use crate::harness::prefix::{identity, linear};
use crate::harness::server::invocation;
use crate::harness::{Connection, Prefix, Server, eventually};

/// The reason why a server of this tree is not healthy. It lives, and ends as it should.
fn unhealthy(prefix: Prefix) -> String {
    let server = Server::start(prefix, &[]);
    let answer = server.get("/ping");
    assert_eq!(answer.status, 503);
    assert_eq!(server.invoke("text/csv", "1\n").status, 503);
    assert_eq!(server.stop().status.code(), Some(0));
    answer.reason()
}

#[test]
fn a_folder_a_device_a_pipe_or_a_circle_of_links_called_model_cbor_is_refused_and_not_waited_for() {
    let folder = Prefix::new();
    folder.write("model/model.cbor/inner", "a folder");
    let reason = unhealthy(folder);
    assert!(reason.contains("model.cbor"), "{reason}");

    for device in ["/dev/zero", "/dev/full", "/dev/tty"] {
        let prefix = Prefix::new();
        symlink(device, prefix.path("model/model.cbor")).unwrap();
        let reason = unhealthy(prefix);
        assert!(reason.contains("model.cbor"), "{device}: {reason}");
    }

    let fifo = Prefix::new();
    let path = fifo.path("model/model.cbor");
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
    let reason = unhealthy(fifo);
    assert!(reason.contains("model.cbor"), "{reason}");

    let circle = Prefix::new();
    symlink("b.cbor", circle.path("model/model.cbor")).unwrap();
    symlink("model.cbor", circle.path("model/b.cbor")).unwrap();
    let reason = unhealthy(circle);
    assert!(reason.contains("model.cbor"), "{reason}");
}

#[test]
fn an_artifact_that_is_cut_short_replaced_or_removed_after_the_start_changes_no_prediction() {
    let prefix = Prefix::with_model(identity());
    let path = prefix.path("model/model.cbor");
    let server = Server::start(prefix, &[]).settled();
    let other = Prefix::with_model(linear(1.0, &[2.0]));
    let unchanged = |what: &str| {
        assert_eq!(server.get("/ping").status, 200, "{what}");
        assert_eq!(
            server.invoke("text/csv", "1.5\n").predictions(),
            [1.5],
            "{what}"
        );
    };
    std::fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(10)
        .unwrap();
    unchanged("cut short");
    std::fs::copy(other.path("model/model.cbor"), &path).unwrap();
    unchanged("replaced");
    std::fs::remove_file(&path).unwrap();
    unchanged("removed");
}

/// Stops the process, and lets it go on once the system says that it has stopped.
fn stopped(server: &Server, meanwhile: impl FnOnce()) {
    server.process.signal(Signal::STOP);
    eventually("the process has stopped", || {
        let state = server.process.status("State");
        state.starts_with('T').then_some(()).ok_or(state)
    });
    meanwhile();
    server.process.signal(Signal::CONT);
}

#[test]
fn a_process_that_is_stopped_and_continued_at_any_moment_answers_as_if_nothing_had_been() {
    let server = Server::of(identity()).settled();
    let rows = "1.5\n".repeat(50);
    let request = invocation(&[("Content-Type", "text/csv")], &rows);
    let body = memchr::memmem::find(&request, b"\r\n\r\n").unwrap() + 4;
    for cut in [
        0,
        1,
        body - 1,
        body,
        body + 1,
        request.len() - 1,
        request.len(),
    ] {
        let mut connection = server.connect();
        connection.send(&request[..cut]);
        stopped(&server, || connection.send(&request[cut..]));
        assert_eq!(connection.answer().text(), rows, "cut at {cut}");
    }
}

#[test]
fn connections_that_come_while_the_process_is_stopped_are_answered_when_it_goes_on() {
    let server = Server::of(identity()).settled();
    let mut connections: Vec<Connection> = Vec::new();
    stopped(&server, || {
        for number in 0..20 {
            let mut connection = server.connect();
            let rows = format!("{number}.5\n");
            connection.send(invocation(&[("Content-Type", "text/csv")], rows));
            connections.push(connection);
        }
    });
    for (number, connection) in connections.iter_mut().enumerate() {
        assert_eq!(connection.answer().text(), format!("{number}.5\n"));
    }
}

#[test]
fn sigterm_to_a_stopped_process_ends_it_in_order_when_it_goes_on() {
    let server = Server::of(identity()).settled();
    let mut connection = server.connect();
    stopped(&server, || {
        connection.send(invocation(&[("Content-Type", "text/csv")], "2.5\n"));
        server.process.signal(Signal::TERM);
    });
    assert_eq!(connection.answer().text(), "2.5\n");
    let ended = server.process.wait();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
}
