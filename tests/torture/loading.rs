//! A model that takes long to load. The program that cargo builds for tests is slow enough for that, an optimised one
//! is not.

use rustix::process::Signal;

use crate::harness::prefix::linear;
use crate::harness::server::listening_port;
use crate::harness::{Connection, Prefix, Process, Server, eventually};

/// A server, once its model is loaded.
pub(crate) fn loaded(server: Server) -> Server {
    eventually("the model is loaded", || {
        let answer = server.get("/ping");
        let is_loaded = answer.status == 200;
        is_loaded.then_some(()).ok_or(answer.text().to_owned())
    });
    server
}

#[test]
fn a_model_that_takes_long_to_load_keeps_neither_ping_nor_signals_waiting() {
    // A thousand rows, each of which is verified on four and a half thousand columns: much longer than the first line
    // of the log waits.
    let mut document = linear(0.0, &vec![1.0; 4_500]);
    let row = vec![1.0; 4_500];
    for _ in 0..1_000 {
        document.verification.push(&row, vec![4_500.0]);
    }
    let prefix = Prefix::with_model(document);
    let process = Process::sagelet(&prefix.serve_arguments(), &[]);
    let port = process.wait_for("the address", listening_port);
    let mut connection = Connection::open(port);
    connection.send("GET /ping HTTP/1.1\r\nHost: test\r\n\r\n");
    let answer = connection.answer();
    assert_eq!(answer.status, 503);
    assert!(answer.reason().contains("still loading"), "{answer:?}");
    process.signal(Signal::TERM);
    assert_eq!(process.wait().status.code(), Some(0));
}
