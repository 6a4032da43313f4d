//! A socket filter that turns new connections away while those that have begun are completed. Linux only.

use std::io;
use std::net::TcpListener;

use socket2::{SockFilter, SockRef};

/// A classic BPF program that drops TCP segments which ask for a new connection (flag SYN without ACK, in byte
/// 13 of the header, RFC 9293 section 3.1) and passes all others.
const SYN_FILTER: [SockFilter; 5] = [
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

/// Drops requests for new connections; handshakes that have begun are still completed. Their clients may send a
/// request as soon as the system has answered them, so they have to be accepted before the listener is closed.
/// A client whose request was dropped repeats it after a second, and is refused then.
///
/// # Errors
/// The system has no filters for such a socket.
pub(super) fn filter_new_connections(listener: &TcpListener) -> io::Result<()> {
    SockRef::from(listener).attach_filter(&SYN_FILTER)
}
