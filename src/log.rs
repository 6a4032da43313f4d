//! One line an event, on standard output, where the platform's log agent reads it.
//!
//! While serving, lines gather in a bounded buffer for a thread that writes them: a log that nobody reads, or
//! that is closed, never holds a request up. What the buffer has no room for is counted and reported.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::limits::LOG_BYTES_WAITING_MAX;

/// How much an event matters, by Python's numbers, which `SAGEMAKER_CONTAINER_LOG_LEVEL` is given in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 10: nothing beyond info so far.
    Debug,
    /// 20: what happened as it should.
    Info,
    /// 30: a request that failed by its own fault, or was slow.
    Warning,
    /// 40: what someone has to look at.
    Error,
}

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Events below this level are not written.
    pub level: Level,
    /// One JSON object a line instead of text.
    pub json: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            level: Level::Info,
            json: false,
        }
    }
}

/// What is said of an answered request.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// How much it matters.
    pub level: Level,
    /// `POST`
    pub method: &'a str,
    /// The path, without a query.
    pub path: &'a str,
    /// The status of the answer.
    pub status: u16,
    /// Rows that were predicted.
    pub rows: usize,
    /// How long the handler took.
    pub duration: Duration,
    /// `X-Amzn-SageMaker-Inference-Id`, which joins the answer with what turned out to be true.
    pub inference_id: Option<&'a str>,
    /// Why the request was refused.
    pub reason: Option<&'a str>,
}

static LOG: OnceLock<Arc<Log>> = OnceLock::new();

struct Log {
    settings: Settings,
    pending: Mutex<Pending>,
    arrived: Condvar,
    dropped: AtomicU64,
}

/// Lines on their way to the writer.
#[derive(Default)]
struct Pending {
    lines: String,
    /// The writer has lines that are not written yet.
    is_writing: bool,
    /// The writer has nothing to do, and has to be told of the next line.
    is_idle: bool,
}

/// How long the end of the program waits for lines that are not written yet.
const FLUSH: Duration = Duration::from_millis(500);

/// How long lines gather after others were written: a busy server writes a hundred times a second, not once
/// for each request.
const GATHER: Duration = Duration::from_millis(10);

/// Sets how lines are written, and starts the thread that writes them. Without it, each line is written where
/// it is said.
///
/// # Errors
/// The system has no thread left.
pub fn start(settings: Settings) -> std::io::Result<()> {
    let log = Arc::new(Log {
        settings,
        pending: Mutex::default(),
        arrived: Condvar::new(),
        dropped: AtomicU64::new(0),
    });
    let writer = Arc::clone(&log);
    std::thread::Builder::new()
        .name("log".to_owned())
        .spawn(move || writer.write_for_ever())?;
    // Only now: without the thread, lines still have to be written where they are said.
    let _ = LOG.set(log);
    Ok(())
}

/// Waits until every line is written, but not for a log that takes none.
pub fn flush() {
    let Some(log) = LOG.get() else { return };
    let start = Instant::now();
    while log.has_pending() && start.elapsed() < FLUSH {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Lines that were lost because the log was not read in time.
pub fn dropped() -> u64 {
    LOG.get().map_or(0, |log| log.dropped.load(Relaxed))
}

impl Log {
    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_pending(&self) -> bool {
        let pending = self.pending();
        pending.is_writing || !pending.lines.is_empty()
    }

    /// Adds a line for the writer, if there is room.
    fn add(&self, line: impl FnOnce(&mut String)) {
        let mut pending = self.pending();
        if pending.lines.len() >= LOG_BYTES_WAITING_MAX {
            self.dropped.fetch_add(1, Relaxed);
            return;
        }
        line(&mut pending.lines);
        if std::mem::take(&mut pending.is_idle) {
            self.arrived.notify_one();
        }
    }

    /// Writes whole lines, as many at once as there are, so that lines of different threads never mix.
    fn write_for_ever(&self) {
        let (mut batch, mut reported) = (String::new(), 0);
        loop {
            self.take(&mut batch);
            write(&batch);
            batch.clear();
            self.pending().is_writing = false;
            let dropped = self.dropped.load(Relaxed);
            if dropped > reported {
                warning(format_args!(
                    "{} lines of the log were lost: it was not read in time",
                    dropped - reported
                ));
                reported = dropped;
            }
            std::thread::sleep(GATHER);
        }
    }

    /// Waits for lines, and takes them.
    fn take(&self, batch: &mut String) {
        let mut pending = self.pending();
        while pending.lines.is_empty() {
            pending.is_idle = true;
            pending = self
                .arrived
                .wait(pending)
                .unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::swap(batch, &mut pending.lines);
        (pending.is_idle, pending.is_writing) = (false, true);
    }
}

/// Something that happened as it should.
pub fn info(event: fmt::Arguments<'_>) {
    say(Level::Info, event);
}

/// Something that may be wrong.
pub fn warning(event: fmt::Arguments<'_>) {
    say(Level::Warning, event);
}

/// Something that someone has to look at.
pub fn error(event: fmt::Arguments<'_>) {
    say(Level::Error, event);
}

/// An answered request.
pub fn answered(answered: &Answered<'_>) {
    let settings = settings();
    if answered.level >= settings.level {
        line(|lines| {
            if settings.json {
                answered.json(lines);
            } else {
                answered.text(lines);
            }
        });
    }
}

fn settings() -> Settings {
    LOG.get().map_or_else(Settings::default, |log| log.settings)
}

fn say(level: Level, event: fmt::Arguments<'_>) {
    let settings = settings();
    if level < settings.level {
        return;
    }
    line(|lines| {
        // Writing to a string cannot fail.
        let _ = if settings.json {
            let (level, message) = (level.name(), event.to_string());
            let event = serde_json::json!({ "time": now(), "level": level, "message": message });
            writeln!(lines, "{event}")
        } else {
            writeln!(lines, "{}{event}", level.prefix())
        };
    });
}

/// Hands a line to the writer; where there is none, writes it.
fn line(append: impl FnOnce(&mut String)) {
    match LOG.get() {
        Some(log) => log.add(append),
        None => {
            let mut line = String::new();
            append(&mut line);
            write(&line);
        }
    }
}

/// A log that cannot be written to is no reason to stop answering requests: errors are dropped.
fn write(line: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(line.as_bytes());
    let _ = stdout.flush();
}

/// Seconds since 1970, for readers of JSON lines; those of text have the platform's own time.
fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0.0, |since| (since.as_secs_f64() * 1e3).round() / 1e3)
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Debug | Self::Info => "",
            Self::Warning => "warning: ",
            Self::Error => "error: ",
        }
    }
}

impl Answered<'_> {
    fn milliseconds(&self) -> f64 {
        (self.duration.as_secs_f64() * 1e6).round() / 1e3
    }

    /// `Invoked with 3 records: POST /invocations 200, 0.21 ms`, put together without `fmt`: there is one for
    /// each request.
    fn text(&self, text: &mut String) {
        let mut number = itoa::Buffer::new();
        text.push_str(self.level.prefix());
        if self.rows > 0 {
            push_all(
                text,
                &["Invoked with ", number.format(self.rows), " records: "],
            );
        }
        let (status, mut milliseconds) = (number.format(self.status), ryu::Buffer::new());
        let milliseconds = milliseconds.format_finite(self.milliseconds());
        push_all(
            text,
            &[
                self.method,
                " ",
                self.path,
                " ",
                status,
                ", ",
                milliseconds,
                " ms",
            ],
        );
        if let Some(id) = self.inference_id {
            push_all(text, &[", inference id ", id]);
        }
        if let Some(reason) = self.reason {
            push_all(text, &[": ", reason]);
        }
        text.push('\n');
    }

    fn json(&self, lines: &mut String) {
        let mut line = serde_json::json!({
            "time": now(),
            "level": self.level.name(),
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "rows": self.rows,
            "milliseconds": self.milliseconds(),
        });
        let optional = [("inference_id", self.inference_id), ("reason", self.reason)];
        for (name, value) in optional {
            if let (Some(value), Some(fields)) = (value, line.as_object_mut()) {
                fields.insert(name.to_owned(), value.into());
            }
        }
        let _ = writeln!(lines, "{line}");
    }
}

fn push_all(text: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| text.push_str(part));
}
