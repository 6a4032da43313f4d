//! One line an event, on standard output, where the platform's log agent reads it.

use std::fmt;
use std::io::Write;

/// Something that happened as it should.
pub fn info(event: fmt::Arguments<'_>) {
    line(format!("{event}\n"));
}

/// Something that someone has to look at.
pub fn error(event: fmt::Arguments<'_>) {
    line(format!("error: {event}\n"));
}

/// One write a line, so that lines of different threads never mix. A log that nobody can read any more is
/// no reason to stop answering requests: errors are dropped.
fn line(line: String) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(line.as_bytes());
    let _ = stdout.flush();
}
