//! The log of a server, read in fits and starts.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Lines after which the reader rests, and for how long.
const LINES: u64 = 20_000;
const REST: Duration = Duration::from_millis(700);

/// What was read.
pub(crate) struct Logged {
    /// Lines of invocations.
    pub(crate) invocations: u64,
    pub(crate) panicked: bool,
}

/// A thread that reads the log.
pub(crate) struct Reader {
    thread: Option<JoinHandle<Logged>>,
    first: Receiver<String>,
}

impl Reader {
    pub(crate) fn start(stream: impl Read + Send + 'static) -> Self {
        let (sender, first) = channel();
        let thread = std::thread::Builder::new()
            .spawn(move || read(stream, &sender))
            .expect("a thread");
        Self {
            thread: Some(thread),
            first,
        }
    }

    /// What the first lines have that is wanted.
    pub(crate) fn wait_for<T>(&self, wanted: impl Fn(&str) -> Option<T>) -> T {
        self.first
            .iter()
            .find_map(|line| wanted(&line))
            .expect("the log has it")
    }

    /// Reads to the end.
    pub(crate) fn finish(&mut self) -> Logged {
        let thread = self.thread.take().expect("once");
        thread.join().expect("the reader reads")
    }
}

fn read(stream: impl Read, first: &Sender<String>) -> Logged {
    let mut logged = Logged {
        invocations: 0,
        panicked: false,
    };
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    for (number, line) in lines.enumerate() {
        if number < 20 {
            let _ = first.send(line.clone());
        }
        logged.invocations += u64::from(line.contains("/models/kept/invoke"));
        logged.panicked |= line.contains("panicked");
        if (number as u64 + 1).is_multiple_of(LINES) {
            std::thread::sleep(REST);
        }
    }
    logged
}
