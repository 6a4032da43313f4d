//! System calls that fail, injected by strace: the server neither goes deaf nor ends without a word.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use rustix::process::Signal;

use crate::harness::prefix::identity;
use crate::harness::server::invocation;
use crate::harness::{Prefix, Process, Server, binary, eventually};

/// strace on a running server, failing some of its system calls. Dropping it ends that.
struct Injection(Process);

impl Injection {
    /// `rule` as in strace's `-e inject=`: `accept4:error=EMFILE:when=1..5`.
    fn into(server: &Server, rule: &str) -> Self {
        let calls = rule.split(':').next().unwrap_or_default();
        let mut command = Command::new(strace());
        command
            .args(["-f", "-o", "/dev/null", "-e"])
            .arg(format!("trace={calls}"))
            .arg("-e")
            .arg(format!("inject={rule}"))
            .arg("-p")
            .arg(server.process.id().to_string());
        let process = Process::spawn(command, &[]);
        process.wait_for_line("attached");
        Self(process)
    }

    /// Lets all system calls succeed again. A call that strace is about to fail when it is told to end fails with
    /// ENOSYS, which no kernel would answer: so it is told when there is none.
    fn end(self, server: &Server) {
        eventually("the server is at rest", || {
            let rests = is_at_rest(server.process.id());
            rests.then_some(()).ok_or("a thread is running".to_owned())
        });
        self.0.signal(Signal::INT);
        self.0.wait();
    }
}

/// Whether every thread of a process sleeps: in a system call, for something to happen.
fn is_at_rest(pid: u32) -> bool {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).expect("a running process");
    tasks.flatten().all(|task| {
        let status = std::fs::read_to_string(task.path().join("status")).unwrap_or_default();
        status.contains("\nState:\tS")
    })
}

/// The tool's name, once it is known to work here.
fn strace() -> &'static str {
    let trial = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .output();
    let reason = match trial {
        Ok(output) if output.status.success() => return "strace",
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    panic!(
        "these tests need strace (apt-get install strace) and leave to trace (SYS_PTRACE): {reason}"
    );
}

fn server() -> Server {
    Server::of(identity()).settled()
}

fn assert_serves(server: &Server) {
    assert_eq!(server.get("/ping").status, 200);
    assert_eq!(server.invoke("text/csv", "1.5\n").predictions(), [1.5]);
    let log = server.process.log();
    assert!(!log.contains("panicked"), "{log}");
}

#[test]
fn errors_of_accept_that_concern_one_connection_harm_no_other() {
    // One ECONNABORTED ended rouille's accept loop for ever.
    for error in [
        "ECONNABORTED",
        "EINTR",
        "EPROTO",
        "EPERM",
        "ETIMEDOUT",
        "EHOSTUNREACH",
        "ENETDOWN",
    ] {
        let server = server();
        let injection =
            Injection::into(&server, &format!("accept4,accept:error={error}:when=1..10"));
        for _ in 0..20 {
            assert_serves(&server);
        }
        injection.end(&server);
        assert_serves(&server);
    }
}

#[test]
fn accept_without_descriptors_or_memory_pauses_and_goes_on() {
    for error in ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"] {
        let server = server();
        let injection =
            Injection::into(&server, &format!("accept4,accept:error={error}:when=1..10"));
        for _ in 0..20 {
            assert_serves(&server);
        }
        injection.end(&server);
        assert_serves(&server);
        let log = server.process.log();
        assert!(log.contains("cannot accept"), "the log says so: {log}");
    }
}

#[test]
fn accept_that_fails_for_long_serves_those_who_have_waited_in_the_end() {
    let server = server();
    let injection = Injection::into(&server, "accept4,accept:error=EMFILE");
    let mut waiting: Vec<_> = (0..10).map(|_| server.connect()).collect();
    for connection in &mut waiting {
        connection.send(invocation(&[], "1.5\n"));
    }
    server.process.wait_for_line("cannot accept");
    assert!(waiting.iter().all(|connection| connection.is_silent()));
    injection.end(&server);
    for connection in &mut waiting {
        assert_eq!(connection.answer().predictions(), [1.5]);
    }
    assert_serves(&server);
}

#[test]
fn a_listener_that_is_lost_for_good_ends_the_process_with_exit_code_1() {
    let server = server();
    let injection = Injection::into(&server, "accept4,accept:error=EBADF");
    let _ = crate::harness::Connection::try_open(server.port);
    let ended = server.process.wait();
    assert_eq!(ended.status.code(), Some(1), "{}", ended.log);
    assert!(ended.log.contains("error: "), "{}", ended.log);
    drop(injection);
}

#[test]
fn no_new_thread_is_needed_once_the_server_runs() {
    // A thread that was refused left rouille's server alive and deaf.
    let server = server();
    let injection = Injection::into(&server, "clone,clone3:error=EAGAIN");
    let large = "1.5\n".repeat(100_000);
    for _ in 0..10 {
        assert_serves(&server);
        assert_eq!(server.invoke("text/csv", &large).text(), large);
    }
    injection.end(&server);
}

#[test]
fn threads_refused_at_the_start_end_it_with_a_reason() {
    let mut refusals = 0;
    for first in 1..=8 {
        let prefix = Prefix::with_model(identity());
        let mut command = Command::new(strace());
        command
            .args(["-f", "-o", "/dev/null", "-e", "trace=clone,clone3", "-e"])
            .arg(format!("inject=clone,clone3:error=EAGAIN:when={first}+"))
            // strace's child must not outlive it.
            .args(["setpriv", "--pdeathsig", "KILL"])
            .arg(binary())
            .args(prefix.serve_arguments());
        let process = Process::spawn(
            command,
            &[("SAGELET_WORKERS", "2"), ("SAGELET_COMPUTE_THREADS", "2")],
        );
        // Either it listens and answers, because it had all its threads, or it says why it does not.
        let listens = process.wait_for("a word", |line| {
            let listens = line.contains("listening on");
            (listens || line.contains("cannot set up")).then_some(listens)
        });
        if listens {
            assert_serves(&Server::listening(process, prefix));
        } else {
            refusals += 1;
            let ended = process.wait();
            assert_eq!(ended.status.code(), Some(1), "{}", ended.log);
        }
    }
    assert!(refusals > 0, "no thread was refused");
}

#[test]
fn interrupted_system_calls_are_called_again() {
    let server = server();
    let calls = "recvfrom,sendto,epoll_wait,epoll_pwait,epoll_pwait2";
    let injection = Injection::into(&server, &format!("{calls}:error=EINTR:when=1+2"));
    for _ in 0..20 {
        assert_serves(&server);
    }
    injection.end(&server);
    assert_serves(&server);
}

#[test]
fn sockets_that_fail_take_no_other_with_them() {
    for rule in [
        "recvfrom:error=ECONNRESET:when=1+2",
        "recvfrom:error=EIO:when=1+2",
        "sendto:error=EPIPE:when=1+2",
        "sendto:error=ECONNRESET:when=1+2",
        "setsockopt:error=EINVAL:when=1+2",
    ] {
        let server = server();
        let descriptors = server.process.descriptors();
        let injection = Injection::into(&server, rule);
        for number in 0..40 {
            let mut connection = server.connect();
            let sent = connection.try_send(invocation(&[], format!("{number}\n")));
            // No answer, or the right one: never another client's.
            if let Ok(Some(answer)) = sent.and_then(|()| connection.try_answer()) {
                assert_eq!(answer.predictions(), [f64::from(number)], "{rule}");
            }
        }
        injection.end(&server);
        assert_serves(&server);
        eventually("all connections are closed", || {
            let now = server.process.descriptors();
            (now <= descriptors)
                .then_some(())
                .ok_or(format!("{now} descriptors, {descriptors} before"))
        });
    }
}

/// How often each system call was called, as `strace -c` has written it to `path`.
fn counts(path: &Path) -> HashMap<String, u64> {
    let table = std::fs::read_to_string(path).unwrap();
    let rows = table.lines().filter_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let (calls, name) = (fields.get(3)?.parse().ok()?, fields.last()?);
        Some(((*name).to_owned(), calls))
    });
    rows.collect()
}

#[test]
fn a_request_costs_one_read_one_write_and_one_wait() {
    const REQUESTS: u64 = 500;
    let server = server();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("counts");
    let mut command = Command::new(strace());
    command.args(["-f", "-c", "-o"]).arg(&path).arg("-p");
    command.arg(server.process.id().to_string());
    let counting = Process::spawn(command, &[]);
    counting.wait_for_line("attached");
    let mut connection = server.connect();
    for _ in 0..REQUESTS {
        connection.send(invocation(&[], "1.5\n"));
        assert_eq!(connection.answer().predictions(), [1.5]);
    }
    Injection(counting).end(&server);
    let mut counts = counts(&path);
    let mut taken =
        |names: &[&str]| -> u64 { names.iter().filter_map(|name| counts.remove(*name)).sum() };
    assert_eq!(taken(&["sendto", "sendmsg", "writev"]), REQUESTS);
    // What a few more may be for: adopting the connection, sweeping for deadlines, a read that found nothing.
    let few = REQUESTS + REQUESTS / 10;
    let (reads, waits) = (
        taken(&["recvfrom", "read"]),
        taken(&["epoll_wait", "epoll_pwait", "epoll_pwait2"]),
    );
    assert!((REQUESTS..few).contains(&reads), "{reads} reads");
    assert!((REQUESTS..few).contains(&waits), "{waits} waits");
    // The log's lines are gathered; its thread sleeps, writes and is woken beside the requests.
    taken(&[
        "write",
        "clock_nanosleep",
        "futex",
        "restart_syscall",
        "total",
    ]);
    let rest: u64 = counts.values().sum();
    assert!(rest < REQUESTS / 10, "{counts:?}");
}
