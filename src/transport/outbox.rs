//! Answers that the socket had no room for.

use std::io::{ErrorKind, Write};
use std::net::TcpStream;

/// Bytes on their way to one client. Empty, it has no buffer.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    /// How many of them have left.
    written: usize,
}

impl Outbox {
    pub(super) fn is_empty(&self) -> bool {
        self.written == self.bytes.len()
    }

    /// Adds a message, without a copy if there is none before it.
    pub(super) fn push(&mut self, message: Vec<u8>) {
        if self.is_empty() {
            (self.bytes, self.written) = (message, 0);
        } else {
            self.bytes.extend(message);
        }
    }

    /// Writes older bytes, then `fresh`, and keeps what the socket has no room for. Returns whether any byte
    /// left.
    pub(super) fn flush(
        &mut self,
        stream: &TcpStream,
        fresh: &mut Vec<u8>,
    ) -> std::io::Result<bool> {
        let mut progress = false;
        if !self.is_empty() {
            let count = write_some(stream, self.bytes.get(self.written..).unwrap_or_default())?;
            self.written += count;
            progress = count > 0;
        }
        if !self.is_empty() {
            self.bytes.append(fresh);
            return Ok(progress);
        }
        (self.bytes, self.written) = (Vec::new(), 0);
        if !fresh.is_empty() {
            let count = write_some(stream, fresh)?;
            self.bytes.extend(fresh.get(count..).unwrap_or_default());
            fresh.clear();
            progress |= count > 0;
        }
        Ok(progress)
    }
}

fn write_some(mut stream: &TcpStream, bytes: &[u8]) -> std::io::Result<usize> {
    match stream.write(bytes) {
        Ok(count) => Ok(count),
        Err(error) if is_temporary(&error) => Ok(0),
        Err(error) => Err(error),
    }
}

/// Whether a socket may be read or written again later.
pub(super) fn is_temporary(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
