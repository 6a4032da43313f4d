//! A running program whose log is collected and which never outlives its test.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};

use super::{PATIENCE, binary};

/// A child process. Dropping it kills it.
pub(crate) struct Process {
    child: Child,
    log: Arc<Log>,
}

/// What the process has written so far, on both streams, and how many of them it has closed.
#[derive(Default)]
struct Log {
    state: Mutex<LogState>,
    changed: Condvar,
}

#[derive(Default)]
struct LogState {
    lines: Vec<String>,
    closed: usize,
}

/// How a process ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) log: String,
}

impl Process {
    /// `sagelet` with these arguments, in an environment that holds nothing but `PATH` and `variables`.
    pub(crate) fn sagelet(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(binary());
        command.args(arguments);
        Self::spawn(command, variables)
    }

    /// Any command, in such an environment.
    pub(crate) fn spawn(mut command: Command, variables: &[(&str, &str)]) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        command
            .env_clear()
            .env("PATH", path)
            .envs(variables.iter().copied());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        let log = Arc::new(Log::default());
        collect(child.stdout.take().expect("piped"), &log);
        collect(child.stderr.take().expect("piped"), &log);
        Self { child, log }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let id = Pid::from_child(&self.child);
        kill_process(id, signal).expect("the process can be signalled");
    }

    /// The first line that `wanted` makes something of, as soon as it is there.
    pub(crate) fn wait_for<T>(&self, what: &str, wanted: impl Fn(&str) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.log.state.lock().unwrap();
        loop {
            if let Some(found) = state.lines.iter().find_map(|line| wanted(line)) {
                return found;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero() && state.closed < 2,
                "the log never had {what}:\n{}",
                state.lines.join("\n")
            );
            state = self.log.changed.wait_timeout(state, left).unwrap().0;
        }
    }

    /// Waits for a line that contains `text`.
    pub(crate) fn wait_for_line(&self, text: &str) -> String {
        self.wait_for(&format!("{text:?}"), |line| {
            line.contains(text).then(|| line.to_owned())
        })
    }

    /// Everything logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.state.lock().unwrap().lines.join("\n")
    }

    /// Waits until the process has ended by itself: both its streams are closed then.
    pub(crate) fn wait(mut self) -> Ended {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.log.state.lock().unwrap();
        while state.closed < 2 {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "the process does not end:\n{}",
                state.lines.join("\n")
            );
            state = self.log.changed.wait_timeout(state, left).unwrap().0;
        }
        let log = state.lines.join("\n");
        drop(state);
        let status = self.child.wait().expect("a child can be waited for");
        Ended { status, log }
    }

    /// A line of `/proc/<pid>/status`, such as `VmRSS`, without its name.
    pub(crate) fn status(&self, name: &str) -> String {
        proc_status(self.id(), name)
    }

    /// A size in `/proc/<pid>/status`, such as `VmRSS`, in KiB.
    pub(crate) fn kib(&self, name: &str) -> u64 {
        let field = self.status(name);
        let number = field.strip_suffix(" kB").expect("a size");
        number.trim().parse().expect("a number")
    }

    /// How many files and sockets the process has open.
    pub(crate) fn descriptors(&self) -> usize {
        let path = format!("/proc/{}/fd", self.id());
        std::fs::read_dir(path).expect("a running process").count()
    }
}

/// A line of `/proc/<pid>/status`, without its name.
pub(crate) fn proc_status(pid: u32, name: &str) -> String {
    let path = format!("/proc/{pid}/status");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .unwrap_or_else(|| panic!("{path} has no {name}"))
        .trim()
        .to_owned()
}

fn collect(stream: impl Read + Send + 'static, log: &Arc<Log>) {
    let log = Arc::clone(log);
    let reader = move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            log.state.lock().unwrap().lines.push(line);
            log.changed.notify_all();
        }
        log.state.lock().unwrap().closed += 1;
        log.changed.notify_all();
    };
    std::thread::Builder::new()
        .spawn(reader)
        .expect("a thread for the log");
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
