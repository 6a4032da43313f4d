//! A raw HTTP/1.1 client: it sends the bytes it is given, and judges every answer it reads.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use super::PATIENCE;

/// Every header that an answer may have. Another one is either a leak or deserves a line here.
const RESPONSE_HEADERS: [&str; 11] = [
    // Where a body is compressed in a way that is not read.
    "accept-encoding",
    "allow",
    "connection",
    // Where a large answer is compressed.
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    // Where tensors follow JSON as bytes.
    "inference-header-content-length",
    "retry-after",
    // Where a large answer could be compressed.
    "vary",
    // Where the server is told to echo it.
    "x-amzn-sagemaker-custom-attributes",
];

/// An answer in full.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case, in the order of the answer.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The value of a header that may stand once at most.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|header| header.0 == name);
        let value = values.next().map(|header| header.1.as_str());
        assert!(values.next().is_none(), "{name} stands twice: {self:?}");
        value
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body in UTF-8")
    }

    /// The reason in `{"error": "…"}`, which every refusal has for its body.
    pub(crate) fn reason(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            Some("application/json"),
            "{self:?}"
        );
        let body: serde_json::Value = serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", self.text()));
        let fields = body.as_object().expect("an object");
        assert_eq!(fields.len(), 1, "{body}");
        fields["error"].as_str().expect("a text").to_owned()
    }

    /// The predictions of a CSV answer, checked to be a 200 with its lines all ended.
    pub(crate) fn predictions(&self) -> Vec<f64> {
        assert_eq!(self.status, 200, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("text/csv"));
        let lines = self
            .text()
            .strip_suffix('\n')
            .expect("the last line is ended");
        lines
            .split('\n')
            .map(|line| line.parse().expect("a number"))
            .collect()
    }

    /// Whether the server says that it closes the connection.
    pub(crate) fn closes(&self) -> bool {
        self.header("connection")
            .is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }
}

/// One connection. Reading gives up after [`PATIENCE`].
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    /// Received and not yet looked at.
    received: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(port: u16) -> Self {
        Self::try_open(port).expect("the server accepts connections")
    }

    pub(crate) fn try_open(port: u16) -> io::Result<Self> {
        Self::try_open_within(port, PATIENCE)
    }

    /// Fails if nobody has answered after `limit`: the system's own next attempt comes after a second.
    pub(crate) fn try_open_within(port: u16, limit: Duration) -> io::Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let stream = TcpStream::connect_timeout(&address, limit)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            received: Vec::new(),
        })
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.try_send(bytes).expect("the server reads");
    }

    pub(crate) fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(bytes.as_ref())
    }

    /// Says that nothing more will be sent.
    pub(crate) fn half_close(&self) {
        // The server may have closed the connection already, which is as good.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// The answer to any request but HEAD.
    pub(crate) fn answer(&mut self) -> Answer {
        self.try_answer()
            .expect("an answer")
            .expect("an answer, not the end of the connection")
    }

    /// The answer to a request, or `None` if the connection ended before its first byte.
    pub(crate) fn try_answer(&mut self) -> io::Result<Option<Answer>> {
        let Some(mut answer) = self.try_head()? else {
            return Ok(None);
        };
        answer.body = self.body(&answer)?;
        Ok(Some(answer))
    }

    /// Status and headers alone: the whole answer to HEAD, and an interim one such as 100.
    pub(crate) fn head(&mut self) -> Answer {
        self.try_head()
            .expect("an answer")
            .expect("an answer, not the end of the connection")
    }

    /// Everything until the server closes the connection. A reset counts as the end.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        while self.fill().expect("the connection ends") {}
        std::mem::take(&mut self.received)
    }

    /// Checks that nothing more comes but the end.
    pub(crate) fn expect_end(&mut self) {
        let rest = self.rest();
        assert!(
            rest.is_empty(),
            "more than was asked for: {:?}",
            String::from_utf8_lossy(&rest)
        );
    }

    /// Whether nothing has come that was not looked at, neither bytes nor the end.
    pub(crate) fn is_silent(&self) -> bool {
        self.stream.set_nonblocking(true).expect("a socket option");
        let peeked = self.stream.peek(&mut [0]);
        self.stream.set_nonblocking(false).expect("a socket option");
        let nothing = peeked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        nothing && self.received.is_empty()
    }

    fn try_head(&mut self) -> io::Result<Option<Answer>> {
        let end = loop {
            if let Some(end) = find(&self.received, b"\r\n\r\n") {
                break end;
            }
            if !self.fill()? {
                return match self.received.len() {
                    0 => Ok(None),
                    _ => Err(cut(&self.received)),
                };
            }
        };
        let head: Vec<u8> = self.received.drain(..end + 4).collect();
        let answer = parse(&head[..end]);
        check_headers(&answer);
        Ok(Some(answer))
    }

    fn body(&mut self, answer: &Answer) -> io::Result<Vec<u8>> {
        if matches!(answer.status, 100..=199 | 204 | 304) {
            assert_eq!(
                answer.header("content-length"),
                None,
                "{} has no body, so no length: {answer:?}",
                answer.status
            );
            return Ok(Vec::new());
        }
        let length = answer
            .header("content-length")
            .unwrap_or_else(|| panic!("no Content-Length: {answer:?}"));
        let length = length.parse().expect("a length");
        self.take(length)
    }

    fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.received.len() < length {
            if !self.fill()? {
                return Err(cut(&self.received));
            }
        }
        Ok(self.received.drain(..length).collect())
    }

    /// Reads what has come; false at the end of the connection.
    fn fill(&mut self) -> io::Result<bool> {
        let mut piece = [0; 16 << 10];
        match self.stream.read(&mut piece) {
            Ok(0) => Ok(false),
            Ok(count) => {
                self.received.extend_from_slice(&piece[..count]);
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(false),
            Err(error) if error.kind() == ErrorKind::Interrupted => self.fill(),
            Err(error) => Err(error),
        }
    }
}

fn cut(received: &[u8]) -> io::Error {
    let text = String::from_utf8_lossy(received);
    io::Error::new(
        ErrorKind::UnexpectedEof,
        format!("the connection ended inside an answer: {text:?}"),
    )
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}

fn parse(head: &[u8]) -> Answer {
    let text = std::str::from_utf8(head).expect("a head in ASCII");
    let mut lines = text.split("\r\n");
    let line = lines.next().unwrap_or_default();
    let status = line
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3)?.parse().ok())
        .unwrap_or_else(|| panic!("no status line: {line:?}"));
    let headers = lines
        .map(|line| {
            let (name, value) = line
                .split_once(':')
                .unwrap_or_else(|| panic!("no header: {line:?}"));
            (name.to_ascii_lowercase(), value.trim().to_owned())
        })
        .collect();
    Answer {
        status,
        headers,
        body: Vec::new(),
    }
}

fn check_headers(answer: &Answer) {
    for (name, _) in &answer.headers {
        assert!(
            RESPONSE_HEADERS.contains(&name.as_str()),
            "{name} is not among the headers that an answer may have: {answer:?}"
        );
    }
}
