//! One line per event, on standard output, where the platform's log agent reads it.
//!
//! While serving, lines gather in a bounded buffer for a thread that writes them: a log that nobody reads, or
//! that is closed, never holds a request up. What the buffer has no room for is counted and reported.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use crate::limits::{
    LOG_BUFFER_BYTES_KEPT, LOG_BYTES_WAITING_MAX, LOG_FLUSH_TIMEOUT, LOG_GATHER, LOG_LINE_BYTES_MAX,
};
use crate::text::{self, BoundedText, Unit};

/// How much an event matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something happened as it should.
    Info,
    /// Something may be wrong.
    Warning,
    /// Someone has to look at it.
    Error,
}

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Events below this level are not written.
    pub level: Level,
    /// One JSON object per line instead of text.
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

/// An event that has fields of its own in a JSON log.
pub trait Event {
    /// Adds the event to a line of a text log.
    fn text(&self, line: &mut BoundedText<'_>);

    /// Adds the event's fields, those first that may be cut least.
    fn fields(&self, fields: &mut Fields);
}

/// The fields of one line of a JSON log, which together have at most [`LOG_LINE_BYTES_MAX`] bytes.
pub struct Fields {
    object: Map<String, Value>,
    left: usize,
}

/// Bytes of a field beside its name and value: quotes, colon, comma.
const FIELD_BYTES: usize = 4;

impl Fields {
    fn new(level: Level) -> Self {
        let mut fields = Self {
            object: Map::new(),
            // Braces and a line end.
            left: LOG_LINE_BYTES_MAX - 3,
        };
        fields.add("time", now());
        fields.add("level", level.name());
        fields
    }

    /// Adds a value of ours: a number, or a word that is known beforehand.
    pub fn add(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        let bytes = name.len() + FIELD_BYTES + value.to_string().len();
        self.left = self.left.saturating_sub(bytes);
        self.object.insert(name.to_owned(), value);
    }

    /// Adds a foreign text: printable, and cut to `most` bytes and to what is left of the line.
    pub fn add_text(&mut self, name: &str, text: &dyn fmt::Display, most: usize) {
        // Two quotes, and the mark of a cut.
        let around = name.len() + FIELD_BYTES + 2 + '…'.len_utf8();
        let most = most.min(self.left.saturating_sub(around));
        self.add(name, text::bounded(text, most, Unit::JsonBytes));
    }
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
    /// The writer sleeps until the next line.
    is_idle: bool,
}

/// Sets how lines are written, and starts the thread that writes them. Without that thread, the caller of
/// [`info`] and its like writes the line itself.
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
    // Only now: without the thread, callers still have to write their lines themselves.
    let _ = LOG.set(log);
    Ok(())
}

/// Waits until every line is written, but not for a log that takes none.
pub fn flush() {
    let Some(log) = LOG.get() else { return };
    let start = Instant::now();
    while log.has_pending() && start.elapsed() < LOG_FLUSH_TIMEOUT {
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
            // The two buffers change places, so both come by here after lines that made them large.
            batch.shrink_to(LOG_BUFFER_BYTES_KEPT);
            self.pending().is_writing = false;
            let dropped = self.dropped.load(Relaxed);
            if dropped > reported {
                warning(format_args!(
                    "{} lines of the log were lost: it was not read in time",
                    dropped - reported
                ));
                reported = dropped;
            }
            std::thread::sleep(LOG_GATHER);
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

/// Logs something that happened as it should.
pub fn info(event: fmt::Arguments<'_>) {
    say(Level::Info, event);
}

/// Logs something that may be wrong.
pub fn warning(event: fmt::Arguments<'_>) {
    say(Level::Warning, event);
}

/// Logs something that someone has to look at.
pub fn error(event: fmt::Arguments<'_>) {
    say(Level::Error, event);
}

/// Logs an event that has fields of its own.
pub fn event(level: Level, event: &impl Event) {
    if level >= settings().level {
        write_event(level, event);
    }
}

/// Logs something that has to be known whatever the level of the log.
pub fn announce(message: fmt::Arguments<'_>) {
    write_event(Level::Info, &Message(message));
}

fn settings() -> Settings {
    LOG.get().map_or_else(Settings::default, |log| log.settings)
}

fn say(level: Level, message: fmt::Arguments<'_>) {
    event(level, &Message(message));
}

/// An event that is a sentence.
struct Message<'a>(fmt::Arguments<'a>);

impl Event for Message<'_> {
    fn text(&self, line: &mut BoundedText<'_>) {
        // A value that fails to display itself ends where it fails.
        let _ = fmt::write(line, self.0);
    }

    fn fields(&self, fields: &mut Fields) {
        fields.add_text("message", &self.0, LOG_LINE_BYTES_MAX);
    }
}

fn write_event(level: Level, event: &impl Event) {
    line(|lines| {
        if settings().json {
            let mut fields = Fields::new(level);
            event.fields(&mut fields);
            // Writing to a string cannot fail.
            let _ = write!(lines, "{}", Value::Object(fields.object));
        } else {
            lines.push_str(level.prefix());
            // Less the prefix, the mark of a cut and the line end.
            let most = LOG_LINE_BYTES_MAX - level.prefix().len() - '…'.len_utf8() - 1;
            event.text(&mut BoundedText::new(lines, most, Unit::Bytes));
        }
        lines.push('\n');
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
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Info => "",
            Self::Warning => "warning: ",
            Self::Error => "error: ",
        }
    }
}
