//! The listening socket: how it is opened, and how it is closed so that nobody who was let in is lost.

use std::io;
use std::net::{SocketAddr, TcpListener};

use rustix::net::{listen, sockopt};
use socket2::{SockFilter, SockRef};

use crate::serve::ServeError;

/// Connections that may wait to be accepted; the system's `somaxconn` caps it.
pub(super) const BACKLOG: i32 = 4_096;

/// An unacknowledged answer or probe ends a connection after this long, in milliseconds: the client's
/// machine is gone.
const USER_TIMEOUT_MS: u32 = 60_000;

/// A classic BPF program over a TCP segment that drops what asks for a new connection (flag SYN without ACK, in
/// byte 13 of the header, RFC 9293 section 3.1) and passes all else.
const NO_NEWCOMERS: [SockFilter; 5] = [
    SockFilter::new(LOAD_BYTE, 0, 0, 13),
    SockFilter::new(AND, 0, 0, SYN | ACK),
    SockFilter::new(SKIP_UNLESS_EQUAL, 0, 1, SYN),
    SockFilter::new(RETURN, 0, 0, 0),
    SockFilter::new(RETURN, 0, 0, u32::MAX),
];
const SYN: u32 = 0x02;
const ACK: u32 = 0x10;

// The instructions, as <linux/bpf_common.h> composes them.
const LOAD_BYTE: u16 = 0x30;
const AND: u16 = 0x54;
const SKIP_UNLESS_EQUAL: u16 = 0x15;
const RETURN: u16 = 0x06;

/// Listens on `address`, with the options that every accepted connection inherits.
///
/// # Errors
/// The address is taken, is not this machine's, or may not be used.
pub fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let listener = TcpListener::bind(address).and_then(|listener| {
        listen(&listener, BACKLOG)?;
        listener.set_nonblocking(true)?;
        // Without it, the second small packet of an answer waits 40 ms for the first one's acknowledgement.
        sockopt::set_tcp_nodelay(&listener, true)?;
        sockopt::set_socket_keepalive(&listener, true)?;
        sockopt::set_tcp_user_timeout(&listener, USER_TIMEOUT_MS)?;
        Ok(listener)
    });
    listener.map_err(|error| ServeError::Listen {
        address,
        reason: error.to_string(),
    })
}

/// From here on nobody new comes in, but handshakes that have begun are completed. Their clients may send a
/// request as soon as the system has answered them, so they have to be accepted before the listener is closed.
/// Whoever comes now tries again after a second, and is refused then.
///
/// # Errors
/// The system knows no filters for such a socket.
pub(super) fn turn_newcomers_away(listener: &TcpListener) -> io::Result<()> {
    SockRef::from(listener).attach_filter(&NO_NEWCOMERS)
}
