//! The listening socket: how it is opened, and how it is closed so that no accepted client is lost.

use std::net::{SocketAddr, TcpListener, TcpStream};

use rustix::io::Errno;
use rustix::net::{listen, sockopt};

use super::error::TransportError;
use crate::limits::BACKLOG;

/// Listens on `address`, with the options that every accepted connection inherits.
///
/// # Errors
/// The address is taken, is not this machine's, or may not be used.
pub fn bind(address: SocketAddr) -> Result<TcpListener, TransportError> {
    let listener = TcpListener::bind(address).and_then(|listener| {
        listen(&listener, BACKLOG)?;
        listener.set_nonblocking(true)?;
        // Without it, the second small packet of an answer waits 40 ms for the first one's acknowledgement.
        sockopt::set_tcp_nodelay(&listener, true)?;
        sockopt::set_socket_keepalive(&listener, true)?;
        #[cfg(target_os = "linux")]
        sockopt::set_tcp_user_timeout(&listener, crate::limits::USER_TIMEOUT_MS)?;
        Ok(listener)
    });
    listener.map_err(|error| TransportError::Listen {
        address,
        reason: error.to_string(),
    })
}

/// Accepts a connection that does not block, and is not inherited by other programs.
///
/// # Errors
/// None is pending, or what accept(2) says.
#[cfg(all(target_os = "linux", not(feature = "portable-poller")))]
pub(super) fn accept(listener: &TcpListener) -> Result<(TcpStream, Option<SocketAddr>), Errno> {
    use rustix::net::{SocketFlags, acceptfrom_with};

    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let (socket, peer) = acceptfrom_with(listener, flags)?;
    let peer = peer.and_then(|peer| SocketAddr::try_from(peer).ok());
    Ok((TcpStream::from(socket), peer))
}

/// The same in two system calls, for systems without accept4.
#[cfg(not(all(target_os = "linux", not(feature = "portable-poller"))))]
pub(super) fn accept(listener: &TcpListener) -> Result<(TcpStream, Option<SocketAddr>), Errno> {
    let of_system = |error: std::io::Error| Errno::from_io_error(&error).unwrap_or(Errno::IO);
    let (stream, peer) = listener.accept().map_err(of_system)?;
    // A connection that has ended already cannot be changed: the others go on.
    stream
        .set_nonblocking(true)
        .map_err(|_| Errno::CONNABORTED)?;
    Ok((stream, Some(peer)))
}

#[cfg(target_os = "linux")]
pub(super) use super::syn_filter::filter_new_connections;

/// Other systems have no such filter: a client that connects in the last milliseconds may be reset.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "as on Linux")]
pub(super) fn filter_new_connections(_: &TcpListener) -> std::io::Result<()> {
    Ok(())
}
