//! Ten thousand connections that do nothing, and more bytes at once than there is a budget for: the next client
//! does not wait.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::harness::prefix::identity;
use crate::harness::{Connection, Prefix, Server, eventually};

const CROWD: usize = 10_000;

/// Descriptors for this side of the connections, and what else a test needs.
fn raise_limit() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = CROWD as u64 + 500;
    let raised = Rlimit {
        current: Some(wanted),
        maximum: limit.maximum.map(|maximum| maximum.max(wanted)),
    };
    if limit.current.is_some_and(|current| current < wanted) {
        setrlimit(Resource::Nofile, raised)
            .expect("this test needs 10,500 descriptors: run it under `ulimit -Hn 20000`");
    }
}

#[test]
fn ten_thousand_idle_connections_leave_the_next_client_unharmed() {
    raise_limit();
    let variables = [("SAGELET_IDLE_SECONDS", "600")];
    let server = Server::start(Prefix::with_model(identity()), &variables).settled();
    let (descriptors, before) = (server.process.descriptors(), server.process.kib("VmRSS"));
    let mut crowd: Vec<Connection> = (0..CROWD).map(|_| server.connect()).collect();
    eventually("all are accepted", || {
        let now = server.process.descriptors();
        (now > CROWD)
            .then_some(())
            .ok_or(format!("{now} descriptors"))
    });
    let during = server.process.kib("VmRSS");
    for _ in 0..100 {
        assert_eq!(server.get("/ping").status, 200);
        assert_eq!(server.invoke("text/csv", "1.5\n").predictions(), [1.5]);
    }
    // None of them was let go, and each still is a connection.
    for connection in crowd.iter_mut().step_by(97) {
        connection.send("GET /ping HTTP/1.1\r\nHost: test\r\n\r\n");
        assert_eq!(connection.answer().status, 200);
    }
    drop(crowd);
    eventually("all are closed", || {
        let now = server.process.descriptors();
        (now <= descriptors)
            .then_some(())
            .ok_or(format!("{now} descriptors"))
    });
    let each = during.saturating_sub(before) * 1024 / CROWD as u64;
    println!("{before} KiB before, {during} KiB with {CROWD} connections: {each} bytes each");
    assert!(each < 4096, "{each} bytes of memory for an idle connection");
    eventually("memory comes back", || {
        let now = server.process.kib("VmRSS");
        (now <= before + 2048)
            .then_some(())
            .ok_or(format!("{now} KiB, {before} KiB before"))
    });
}

/// Two of the largest bodies fit into the budget of all bodies, five do not.
#[test]
fn bodies_beyond_the_budget_are_503_and_the_memory_comes_back() {
    let variables = [
        ("SAGELET_BODY_SECONDS", "600"),
        ("MALLOC_MMAP_THRESHOLD_", "65536"),
        // Of which requests get 256 MiB.
        ("SAGELET_MEMORY_BYTES", "370496853"),
    ];
    let server = Server::start(Prefix::with_model(identity()), &variables).settled();
    let before = server.process.kib("VmRSS");
    let head = "POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Length: 100000000\r\n\r\n";
    let most_of_it = vec![b'1'; 80_000_000];
    let mut held = Vec::new();
    let mut refused = 0;
    for _ in 0..5 {
        let mut connection = server.connect();
        connection.send(head);
        let sent = connection.try_send(&most_of_it);
        assert_eq!(server.get("/ping").status, 200);
        if sent.is_ok() && connection.is_silent() {
            held.push(connection);
            continue;
        }
        refused += 1;
        // What was sent after the refusal may have reset the connection, and the answer with it.
        if let Ok(Some(answer)) = connection.try_answer() {
            assert_eq!(answer.status, 503);
            assert!(answer.header("retry-after").is_some(), "{answer:?}");
            assert!(answer.closes());
        }
    }
    assert!(
        held.len() >= 2 && refused >= 2,
        "{} held, {refused} refused",
        held.len()
    );
    let during = server.process.kib("VmRSS");
    assert!(
        during < before + (270 << 10),
        "{during} KiB for bodies of 256 MiB together"
    );
    drop(held);
    eventually("memory comes back", || {
        let now = server.process.kib("VmRSS");
        (now <= before + 2048)
            .then_some(())
            .ok_or(format!("{now} KiB, {before} KiB before"))
    });
    let large = "1.5\n".repeat(1_000_000);
    assert_eq!(server.invoke("text/csv", &large).body.len(), large.len());
}
