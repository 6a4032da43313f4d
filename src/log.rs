//! One line an event, on standard output, where the platform's log agent reads it.
//!
//! While serving, lines go through a bounded queue to a thread that writes them: a log that nobody reads, or
//! that is closed, never holds a request up. What the queue has no room for is counted and reported.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::limits::LOG_LINES_WAITING_MAX;

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

static LOG: OnceLock<Log> = OnceLock::new();

struct Log {
    settings: Settings,
    lines: SyncSender<String>,
    waiting: AtomicUsize,
    dropped: AtomicU64,
}

/// How long the end of the program waits for lines that are not written yet.
const FLUSH: Duration = Duration::from_millis(500);

/// Sets how lines are written, and starts the thread that writes them. Without it, each line is written where
/// it is said.
///
/// # Errors
/// The system has no thread left.
pub fn start(settings: Settings) -> std::io::Result<()> {
    let (lines, receiver) = sync_channel(LOG_LINES_WAITING_MAX);
    let log = Log {
        settings,
        lines,
        waiting: AtomicUsize::new(0),
        dropped: AtomicU64::new(0),
    };
    if LOG.set(log).is_ok() {
        let writer = std::thread::Builder::new().name("log".to_owned());
        writer.spawn(move || write_all(&receiver))?;
    }
    Ok(())
}

/// Waits until every line is written, but not for a log that takes none.
pub fn flush() {
    let Some(log) = LOG.get() else { return };
    let start = Instant::now();
    while log.waiting.load(Relaxed) > 0 && start.elapsed() < FLUSH {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Lines that were lost because the log was not read in time.
pub fn dropped() -> u64 {
    LOG.get().map_or(0, |log| log.dropped.load(Relaxed))
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
        line(if settings.json {
            answered.json()
        } else {
            answered.text()
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
    line(if settings.json {
        let event = serde_json::json!({
            "time": now(), "level": level.name(), "message": event.to_string(),
        });
        format!("{event}\n")
    } else {
        format!("{}{event}\n", level.prefix())
    });
}

/// Hands a line to the writer, if there is room; without a writer, writes it. One write a line, so that lines
/// of different threads never mix.
fn line(line: String) {
    let Some(log) = LOG.get() else {
        return write(&line);
    };
    log.waiting.fetch_add(1, Relaxed);
    if log.lines.try_send(line).is_err() {
        log.waiting.fetch_sub(1, Relaxed);
        log.dropped.fetch_add(1, Relaxed);
    }
}

fn write_all(lines: &Receiver<String>) {
    let mut reported = 0;
    for line in lines {
        write(&line);
        let Some(log) = LOG.get() else { continue };
        log.waiting.fetch_sub(1, Relaxed);
        let dropped = dropped();
        if dropped > reported {
            warning(format_args!(
                "{} lines of the log were lost: it was not read in time",
                dropped - reported
            ));
            reported = dropped;
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

    /// `Invoked with 3 records: POST /invocations 200, 0.21 ms`
    fn text(&self) -> String {
        let mut text = self.level.prefix().to_owned();
        if self.rows > 0 {
            let _ = write!(text, "Invoked with {} records: ", self.rows);
        }
        let _ = write!(
            text,
            "{} {} {}, {} ms",
            self.method,
            self.path,
            self.status,
            self.milliseconds()
        );
        if let Some(id) = self.inference_id {
            let _ = write!(text, ", inference id {id}");
        }
        if let Some(reason) = self.reason {
            let _ = write!(text, ": {reason}");
        }
        text.push('\n');
        text
    }

    fn json(&self) -> String {
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
        format!("{line}\n")
    }
}
