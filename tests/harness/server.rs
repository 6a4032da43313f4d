//! A running `sagelet serve` on a port of its own.

use rustix::process::Signal;
use sagelet::artifact::Document;

use super::process::{Ended, Process};
use super::{Answer, Connection, Prefix};

/// A server that answers, with the tree it serves from.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) port: u16,
    _prefix: Prefix,
}

impl Server {
    /// Serves a document.
    pub(crate) fn of(document: Document) -> Self {
        Self::start(Prefix::with_model(document), &[])
    }

    /// Serves what is in `prefix`, with environment variables.
    pub(crate) fn start(prefix: Prefix, variables: &[(&str, &str)]) -> Self {
        let process = Process::sagelet(&prefix.serve_arguments(), variables);
        Self::listening(process, prefix)
    }

    /// A server process that was started some other way, as soon as it says where it listens.
    pub(crate) fn listening(process: Process, prefix: Prefix) -> Self {
        let port = process.wait_for("\"listening on …:PORT\"", listening_port);
        Self {
            process,
            port,
            _prefix: prefix,
        }
    }

    /// The server, after it has answered once: all that it opens for itself is open.
    pub(crate) fn settled(self) -> Self {
        assert_eq!(self.get("/ping").status, 200);
        self
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::open(self.port)
    }

    /// One request on a connection of its own.
    pub(crate) fn send(&self, request: impl AsRef<[u8]>) -> Answer {
        let mut connection = self.connect();
        connection.send(request);
        connection.answer()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n"))
    }

    /// `POST /invocations` with a content type.
    pub(crate) fn invoke(&self, content_type: &str, body: impl AsRef<[u8]>) -> Answer {
        self.send(invocation(&[("Content-Type", content_type)], body))
    }

    /// SIGTERM, and then how it ended.
    pub(crate) fn stop(self) -> Ended {
        self.process.signal(Signal::TERM);
        self.process.wait()
    }
}

/// The bytes of a `POST /invocations`.
pub(crate) fn invocation(headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut request = format!(
        "POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    let mut request = request.into_bytes();
    request.extend_from_slice(body);
    request
}

/// The port in the line that says where the server listens.
pub(crate) fn listening_port(line: &str) -> Option<u16> {
    let (_, address) = line.split_once("listening on ")?;
    let end = address.find([' ', '"']).unwrap_or(address.len());
    address[..end].rsplit_once(':')?.1.parse().ok()
}
