//! What a connection needs of its socket: the seam at which tests put a simulated network.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

/// A socket that never blocks.
pub(super) trait Socket {
    /// The socket, to be read and written.
    fn io(&self) -> impl Read + Write;

    /// Ends what is sent. The client may still send.
    fn end_output(&self);
}

impl Socket for TcpStream {
    #[inline]
    fn io(&self) -> impl Read + Write {
        self
    }

    fn end_output(&self) {
        // If the client is gone already, the next read says so.
        let _ = self.shutdown(Shutdown::Write);
    }
}
