//! Mixed traffic for as long as `SOAK` says in seconds: nothing is lost, nothing is wrong, nothing grows.
//! Run by `make soak`.
//!
//! 200 connections send small and large rows, hostile bytes and halves of requests, reset, and stop reading, while
//! models come and go, the process is stopped and continued, and its log is read in fits and starts.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it did"
)]

#[path = "../harness/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the other test binary uses more of it"
)]
mod harness;

mod client;
mod log;

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use sagelet::artifact::Artifact;

use client::{Counts, Crowd};
use harness::prefix::linear;
use harness::process::proc_status;
use harness::server::listening_port;
use harness::{Connection, Prefix, binary, eventually};
use log::Reader;

/// Seconds of a run, unless `SOAK` says otherwise.
const SECONDS: u64 = 60;

/// Threads of clients, and connections of each.
const CROWDS: usize = 8;
const CONNECTIONS: usize = 25;

/// KiB that the process may have more at the end than after its first quarter: what allocators keep.
const GROWTH_KIB: u64 = 24 << 10;

/// A server of several models whose log goes through `log`.
struct Server {
    child: std::process::Child,
    port: u16,
    log: Reader,
    prefix: Prefix,
}

impl Server {
    fn start() -> Self {
        let prefix = Prefix::new();
        for name in ["kept", "guest"] {
            let (_, bytes) = Artifact::seal(linear(0.0, &[1.0])).unwrap();
            prefix.write(&format!("models/{name}/model/model.cbor"), bytes);
        }
        let mut child = Command::new(binary())
            .args(prefix.serve_arguments())
            .env_clear()
            .env("SAGEMAKER_MULTI_MODEL", "true")
            // What glibc frees of large bodies goes back at once, so that growth is ours.
            .env("MALLOC_MMAP_THRESHOLD_", "65536")
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the server starts");
        let log = Reader::start(child.stdout.take().unwrap());
        let port = log.wait_for(listening_port);
        Self {
            child,
            port,
            log,
            prefix,
        }
    }

    fn request(&self, method: &str, path: &str, body: &str) -> u16 {
        let mut connection = Connection::open(self.port);
        let length = body.len();
        connection.send(format!(
            "{method} {path} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n{body}"
        ));
        connection.answer().status
    }

    fn load(&self, name: &str) -> u16 {
        let url = self.prefix.path("models").join(name).join("model");
        let body = serde_json::json!({"model_name": name, "url": url}).to_string();
        self.request("POST", "/models", &body)
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("the process is there");
    }

    /// The value of a metric without labels.
    fn metric(&self, name: &str) -> u64 {
        let mut connection = Connection::open(self.port);
        connection.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n");
        let answer = connection.answer();
        let lines = answer.text().lines();
        let value = lines
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
            .next();
        value.expect(name).parse().expect("a number")
    }

    /// Memory in KiB, descriptors and threads, once no client is connected.
    fn size(&self) -> Size {
        eventually("the connections are closed", || {
            let open = self.metric("sagelet_connections_open");
            (open <= 1).then_some(()).ok_or(format!("{open} open"))
        });
        let id = self.child.id();
        let number = |text: String| text.trim_end_matches(" kB").parse().expect("a number");
        let descriptors = std::fs::read_dir(format!("/proc/{id}/fd")).unwrap();
        Size {
            kib: number(proc_status(id, "VmRSS")),
            descriptors: descriptors.count(),
            threads: number(proc_status(id, "Threads")),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Debug)]
struct Size {
    kib: u64,
    descriptors: usize,
    threads: u64,
}

/// Lets the crowds at the server for a time, while models come and go and the process is stopped and continued.
fn traffic(server: &Server, time: Duration, seed: u64) -> Counts {
    let stop = Arc::new(AtomicBool::new(false));
    let crowds: Vec<_> = (0..CROWDS)
        .map(|number| {
            let stop = Arc::clone(&stop);
            let seed = seed + number as u64;
            let mut crowd = Crowd::new(server.port, CONNECTIONS, seed);
            std::thread::Builder::new()
                .spawn(move || {
                    while !stop.load(Relaxed) {
                        crowd.step();
                    }
                    crowd.finish()
                })
                .expect("a thread")
        })
        .collect();
    let end = Instant::now() + time;
    while Instant::now() < end && !crowds.iter().any(|crowd| crowd.is_finished()) {
        assert_eq!(server.load("guest"), 200, "a model comes");
        std::thread::sleep(Duration::from_millis(100));
        assert_eq!(
            server.request("DELETE", "/models/guest", ""),
            200,
            "and goes"
        );
        server.signal(Signal::STOP);
        std::thread::sleep(Duration::from_millis(20));
        server.signal(Signal::CONT);
        std::thread::sleep(Duration::from_millis(300));
    }
    stop.store(true, Relaxed);
    let counts = crowds
        .into_iter()
        .map(|crowd| crowd.join().expect("no client found a fault"));
    counts.fold(Counts::default(), Counts::plus)
}

#[test]
fn nothing_is_lost_nothing_is_wrong_and_nothing_grows() {
    let seconds = std::env::var("SOAK").ok();
    let seconds = seconds.map_or(SECONDS, |text| {
        text.parse().expect("SOAK is a number of seconds")
    });
    let time = Duration::from_secs(seconds);
    let mut server = Server::start();
    assert_eq!(server.load("kept"), 200);
    let mut counts = traffic(&server, time / 4, 1);
    let before = server.size();
    counts = counts.plus(traffic(&server, time - time / 4, 1_000));
    let after = server.size();
    println!("{seconds} s: {counts:?}\nbefore {before:?}\nafter  {after:?}");
    assert!(after.kib <= before.kib + GROWTH_KIB, "memory grows");
    // The connection that asked for the metrics may be closed by then or not.
    assert!(
        after.descriptors <= before.descriptors + 1,
        "descriptors grow"
    );
    assert_eq!(after.threads, before.threads, "threads grow");
    let lost = server.metric("sagelet_log_lines_lost_total");
    server.signal(Signal::TERM);
    let status = server.child.wait().expect("a child can be waited for");
    assert_eq!(status.code(), Some(0), "the server ends as it should");
    let logged = server.log.finish();
    println!("{} lines of the log, {lost} lost", logged.invocations);
    assert!(!logged.panicked, "a thread panicked");
    assert!(
        logged.invocations + lost >= counts.answered,
        "lines of {} answers are missing",
        counts.answered
    );
}
