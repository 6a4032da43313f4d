//! SIGTERM and SIGINT as something that can be waited for.

use std::io::{ErrorKind, Read};
use std::os::unix::net::UnixStream;

use signal_hook::consts::{SIGINT, SIGTERM};

use super::error::TransportError;

/// A stream on which a byte arrives with every signal to end.
pub struct Signals(UnixStream);

impl Signals {
    /// Catches the signals from here on. Handlers are set explicitly because the kernel gives a container's
    /// process 1 no default ones: what comes before them is lost.
    ///
    /// # Errors
    /// The system refuses a pair of sockets or a handler.
    pub fn catch() -> Result<Self, TransportError> {
        let catch = || -> std::io::Result<Self> {
            let (reader, writer) = UnixStream::pair()?;
            reader.set_nonblocking(true)?;
            signal_hook::low_level::pipe::register(SIGTERM, writer.try_clone()?)?;
            signal_hook::low_level::pipe::register(SIGINT, writer)?;
            Ok(Self(reader))
        };
        catch().map_err(TransportError::setup("signals"))
    }

    pub(super) fn stream(&self) -> &UnixStream {
        &self.0
    }

    /// Drops the signals that have come, so that only a further one is seen.
    pub(super) fn clear(&mut self) {
        let mut bytes = [0; 16];
        while let Err(error) = self.0.read(&mut bytes) {
            if error.kind() != ErrorKind::Interrupted {
                break;
            }
        }
    }
}
