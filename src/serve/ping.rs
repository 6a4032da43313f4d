//! `sagelet ping`: a health check for images that have no shell and no curl.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};

use crate::limits::{PING_ANSWER_BYTES_MAX, PING_TIMEOUT};

/// Why a server is not healthy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PingError {
    /// There is no answer.
    #[error("no answer from {address}: {source}")]
    NoAnswer {
        /// The address that was asked.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The answer is not 200.
    #[error("{address} is not healthy: {answer}")]
    Unhealthy {
        /// The address that was asked.
        address: SocketAddr,
        /// Status line and body.
        answer: String,
    },
}

/// What a server is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Whether it can predict: `/ping`.
    Ready,
    /// Whether it answers at all, with a model or without.
    Live,
}

/// Asks the server on `address`, or on this machine if `address` is every interface.
///
/// # Errors
/// No answer within two seconds, or another status than 200.
pub fn ping(address: SocketAddr, question: Question) -> Result<(), PingError> {
    let address = SocketAddr::new(reachable(address.ip()), address.port());
    let answer =
        ask(address, question).map_err(|source| PingError::NoAnswer { address, source })?;
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

fn ask(address: SocketAddr, question: Question) -> std::io::Result<String> {
    let path = match question {
        Question::Ready => "/ping",
        Question::Live => "/v2/health/live",
    };
    let mut stream = TcpStream::connect_timeout(&address, PING_TIMEOUT)?;
    stream.set_read_timeout(Some(PING_TIMEOUT))?;
    stream.set_write_timeout(Some(PING_TIMEOUT))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream
        .take(PING_ANSWER_BYTES_MAX)
        .read_to_end(&mut answer)?;
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
