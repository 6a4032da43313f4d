//! `sagelet ping`: a health check for images that have no shell and no curl.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// As long as the platform itself waits for an answer to `/ping`.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Longest answer that is looked at, in bytes: a reason and its headers.
const ANSWER_BYTES_MAX: u64 = 16 << 10;

/// Why a server is not healthy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PingError {
    /// Nobody answers.
    #[error("no answer from {address}: {source}")]
    NoAnswer {
        /// Whom was asked.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The answer is not 200.
    #[error("{address} is not healthy: {answer}")]
    Unhealthy {
        /// Whom was asked.
        address: SocketAddr,
        /// Status line and body.
        answer: String,
    },
}

/// Asks the server on `address` (this machine, where `address` is every interface) for `/ping`.
///
/// # Errors
/// No answer within two seconds, or another status than 200.
pub fn ping(address: SocketAddr) -> Result<(), PingError> {
    let address = SocketAddr::new(reachable(address.ip()), address.port());
    let answer = ask(address).map_err(|source| PingError::NoAnswer { address, source })?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.lines().next().unwrap_or_default();
    if status.starts_with("HTTP/1.1 200") {
        return Ok(());
    }
    Err(PingError::Unhealthy {
        address,
        answer: format!("{status} {body}").trim().to_owned(),
    })
}

fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    stream.write_all(b"GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// "Every interface" is an address to listen on, not one to connect to.
fn reachable(ip: IpAddr) -> IpAddr {
    if ip.is_unspecified() {
        IpAddr::V4(Ipv4Addr::LOCALHOST)
    } else {
        ip
    }
}
