//! Containers of little memory, to which more is sent than they hold: requests are refused, and the container lives.
//!
//! A control group limits the server where this process may make one; else `prlimit` does, where allocations fail
//! instead of the system ending the process. `TORTURE_SECONDS` is how long each crowd of clients sends: 2 if unset.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sagelet::codec::Format;

use crate::bodies::{body, rows_of};
use crate::harness::prefix::{identity, linear};
use crate::harness::server::invocation;
use crate::harness::{Connection, Prefix, Process, Server, binary, eventually};

/// By how much a server may have grown when all is over.
const GROWTH_KIB_MAX: u64 = 2 << 10;

const MEGABYTE: usize = 1_000_000;

/// Features of the model.
const FEATURES: usize = 10;

/// A limit on the memory of a process that is started in it.
struct Container {
    megabytes: usize,
    group: Option<PathBuf>,
}

impl Container {
    fn new(megabytes: usize) -> Self {
        let name = format!("sagelet-{}-{megabytes}", std::process::id());
        let limited = |root: &str, file: &str| {
            let group = PathBuf::from(root).join(&name);
            std::fs::create_dir(&group).ok()?;
            let bytes = (megabytes * MEGABYTE).to_string();
            let is_set = std::fs::write(group.join(file), bytes).is_ok();
            if !is_set {
                let _ = std::fs::remove_dir(&group);
            }
            is_set.then_some(group)
        };
        let group = limited("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
            .or_else(|| limited("/sys/fs/cgroup", "memory.max"));
        Self { megabytes, group }
    }

    fn command(&self) -> Command {
        if let Some(group) = &self.group {
            let mut command = Command::new("sh");
            command.args(["-c", "echo $$ > \"$0/cgroup.procs\" && exec \"$@\""]);
            command.arg(group).arg(binary());
            return command;
        }
        let mut command = Command::new("prlimit");
        command.arg(format!("--data={}", self.megabytes * MEGABYTE));
        command.arg(binary());
        command
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        if let Some(group) = &self.group {
            // It is empty once its processes have been waited for.
            let _ = std::fs::remove_dir(group);
        }
    }
}

fn server(container: &Container) -> Server {
    let prefix = Prefix::with_model(linear(0.5, &[1.5; FEATURES]));
    let mut command = container.command();
    command.args(prefix.serve_arguments());
    let variables = [
        ("MALLOC_MMAP_THRESHOLD_", "65536"),
        ("SAGELET_COMPUTE_THREADS", "2"),
    ];
    Server::listening(Process::spawn(command, &variables), prefix).settled()
}

/// A body of so many megabytes in a format, and the headers that go with it.
struct Body {
    headers: [(&'static str, &'static str); 2],
    bytes: Vec<u8>,
}

/// Each format of rows once, each format of answers at least once.
fn bodies(megabytes: usize) -> Vec<Body> {
    let answers = [
        "text/csv",
        "application/json",
        "application/jsonlines",
        "application/x-npy",
        "application/x-recordio-protobuf",
    ];
    let formats = Format::ALL.into_iter().zip(answers.into_iter().cycle());
    formats
        .map(|(format, accept)| {
            let rows = rows_of(format, megabytes * MEGABYTE, FEATURES);
            Body {
                headers: [("Content-Type", format.media_type()), ("Accept", accept)],
                bytes: body(format, rows, FEATURES),
            }
        })
        .collect()
}

/// Has so many clients send bodies until `until`. Every other one does not read its answers.
fn crowd(server: &Server, clients: usize, bodies: &[Body], until: Instant) -> usize {
    let answered = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for client in 0..clients {
            let (answered, reads) = (&answered, client % 2 == 0);
            let body = &bodies[client / 2 % bodies.len()];
            scope.spawn(move || {
                while Instant::now() < until {
                    let mut connection = Connection::open(server.port);
                    // A refusal may come before the body has left, and what is sent after it may reset the connection.
                    let _ = connection.try_send(invocation(&body.headers, &body.bytes));
                    if !reads {
                        std::thread::sleep(until.saturating_duration_since(Instant::now()));
                    } else if let Ok(Some(answer)) = connection.try_answer() {
                        let is_known = [200, 413, 503].contains(&answer.status);
                        assert!(is_known, "{} {}", answer.status, answer.reason());
                        answered.fetch_add(usize::from(answer.status == 200), Ordering::Relaxed);
                    }
                }
            });
        }
        while Instant::now() < until {
            assert_eq!(server.get("/ping").status, 200);
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    answered.into_inner()
}

fn survives(megabytes: usize) {
    let container = Container::new(megabytes);
    let server = server(&container);
    let before = server.process.kib("VmRSS");
    let seconds = std::env::var("TORTURE_SECONDS").ok();
    let seconds = seconds.map_or(2, |seconds| seconds.parse().expect("a number of seconds"));
    let (large, larger) = (bodies(20), bodies(100));
    for body in &large {
        // 32 MB leave fewer than 20 to requests.
        if megabytes < 64 {
            break;
        }
        let answer = server.send(invocation(&body.headers, &body.bytes));
        assert_eq!(answer.status, 200, "alone: {:?}", body.headers);
    }
    for (clients, bodies) in [(16, &large), (4, &larger)] {
        let until = Instant::now() + Duration::from_secs(seconds);
        let answered = crowd(&server, clients, bodies, until);
        println!("{megabytes} MB: {answered} bodies answered to {clients} clients");
        eventually("memory comes back", || {
            let now = server.process.kib("VmRSS");
            (now <= before + GROWTH_KIB_MAX)
                .then_some(())
                .ok_or(format!("{now} KiB, {before} KiB before"))
        });
    }
    let ended = server.stop();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    assert!(!ended.log.contains("panicked"), "{}", ended.log);
}

#[test]
fn a_container_of_32_megabytes_lives_whatever_is_sent_to_it() {
    survives(32);
}

#[test]
fn a_container_of_64_megabytes_lives_whatever_is_sent_to_it() {
    survives(64);
}

#[test]
fn a_container_of_256_megabytes_lives_whatever_is_sent_to_it() {
    survives(256);
}

#[test]
fn a_container_of_128_and_one_of_512_megabytes_live_whatever_is_sent_to_them() {
    survives(128);
    survives(512);
}

/// Not among the tests that run on an emulated program: its emulator would be limited too.
#[test]
fn the_limit_of_the_process_is_heeded() {
    let prefix = Prefix::with_model(identity());
    for (limit, code) in [("--data=20000000", Some(64)), ("--data=67108864", None)] {
        let mut command = Command::new("prlimit");
        command.arg(limit).arg(binary());
        command.args(prefix.serve_arguments());
        let process = Process::spawn(command, &[]);
        if code.is_some() {
            let ended = process.wait();
            assert_eq!(ended.status.code(), code, "{}", ended.log);
            assert!(ended.log.contains("prlimit"), "{}", ended.log);
        } else {
            let line = process.wait_for_line("listening on");
            assert!(line.contains("together at most 4089"), "{line}");
        }
    }
}
