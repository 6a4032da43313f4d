//! Request heads: bytes to a `rouille::Request` and to how its body is framed.
//!
//! httparse knows the grammar of the lines; the rules that say what may not be in a request although its
//! lines are well formed are here, each with its place in RFC 9112 (HTTP/1.1) or RFC 9110 (semantics).

use std::mem::MaybeUninit;
use std::net::SocketAddr;

use httparse::{Error, Header, Status};
use rouille::Request;

use super::refusal::Refusal;
use crate::limits::{HEAD_BYTES_MAX, HEADERS_MAX, TARGET_BYTES_MAX};

/// How the body of a request is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// So many bytes; none without a Content-Length.
    Length(u64),
    /// Chunks, until the last.
    Chunked,
}

/// A head that was read whole.
pub(super) struct Head {
    /// Bytes of the head, the empty line included.
    pub(super) bytes: usize,
    /// What the handler sees.
    pub(super) request: Request,
    /// Where the body ends.
    pub(super) framing: Framing,
    /// Whether the connection goes on after the answer.
    pub(super) keep_alive: bool,
    /// Whether the client waits for leave to send the body.
    pub(super) expects_continue: bool,
    /// Whether the client speaks HTTP/1.0, and has to be told that the connection goes on.
    pub(super) is_http_1_0: bool,
}

/// Reads the head at the start of `input`; `None` if it is not complete yet.
///
/// # Errors
/// It can never become a request that may be answered.
pub(super) fn parse(input: &[u8], peer: SocketAddr) -> Result<Option<Head>, Refusal> {
    let mut headers = [const { MaybeUninit::<Header<'_>>::uninit() }; HEADERS_MAX];
    let mut lines = httparse::Request::new(&mut []);
    let head_input = input.get(..HEAD_BYTES_MAX).unwrap_or(input);
    match lines.parse_with_uninit_headers(head_input, &mut headers) {
        Ok(Status::Complete(bytes)) => {
            check_line_ends(input.get(..bytes).unwrap_or_default())?;
            complete(bytes, &lines, peer).map(Some)
        }
        Ok(Status::Partial) => check_size(input).map(|()| None),
        // Which version it is, is known only when the line is complete.
        Err(Error::Version) if memchr::memchr(b'\n', input).is_none() => {
            check_size(input).map(|()| None)
        }
        Err(error) => Err(refusal(error, input)),
    }
}

/// A head that is not complete may not be longer than a complete one.
fn check_size(input: &[u8]) -> Result<(), Refusal> {
    let line = memchr::memchr(b'\n', input).unwrap_or(input.len());
    if line > TARGET_BYTES_MAX {
        return Err(Refusal::TargetTooLong);
    }
    if input.len() >= HEAD_BYTES_MAX {
        Err(Refusal::HeadTooLarge)
    } else {
        Ok(())
    }
}

fn refusal(error: Error, input: &[u8]) -> Refusal {
    match error {
        Error::TooManyHeaders => Refusal::HeadTooLarge,
        Error::Version if names_other_version(input) => Refusal::Version,
        Error::Version => Refusal::Malformed("the version is not of the form HTTP/1.1"),
        Error::HeaderName => {
            Refusal::Malformed("a field name has a character that is no token character")
        }
        Error::HeaderValue => Refusal::Malformed("a field value has a control character"),
        Error::NewLine => Refusal::Malformed("a line does not end with CR LF"),
        Error::Token => {
            Refusal::Malformed("the method or target has a character that may not be there")
        }
        Error::Status => Refusal::Malformed("it begins like an answer"),
    }
}

/// Whether the request line is in order but for its version, which is one of HTTP though not one that is
/// spoken here (RFC 9110, section 15.6.6).
fn names_other_version(input: &[u8]) -> bool {
    let line = input
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default()
        .trim_ascii_end();
    let mut words = line.splitn(3, |&byte| byte == b' ');
    matches!(words.nth(2), Some(&[b'H', b'T', b'T', b'P', b'/', major, b'.', minor])
        if major.is_ascii_digit() && minor.is_ascii_digit())
}

/// Every line feed has its carriage return: a bare one ends a line for some readers and not for others, which
/// is how requests are smuggled (RFC 9112, section 2.2, allows to refuse it).
fn check_line_ends(head: &[u8]) -> Result<(), Refusal> {
    let bare = memchr::memchr_iter(b'\n', head).any(|position| {
        position.checked_sub(1).and_then(|before| head.get(before)) != Some(&b'\r')
    });
    if bare {
        Err(Refusal::Malformed("a line ends with LF alone"))
    } else {
        Ok(())
    }
}

fn complete(
    bytes: usize,
    lines: &httparse::Request<'_, '_>,
    peer: SocketAddr,
) -> Result<Head, Refusal> {
    let (Some(method), Some(target), Some(version)) = (lines.method, lines.path, lines.version)
    else {
        return Err(Refusal::Malformed("the request line is not complete"));
    };
    let mut fields = Fields::default();
    for header in &*lines.headers {
        fields.add(header)?;
    }
    let is_http_1_0 = version == 0;
    fields.check(is_http_1_0)?;
    let framing = fields.framing(is_http_1_0)?;
    let target = origin_form(target, method)?;
    Ok(Head {
        bytes,
        request: Request::fake_http_from(
            peer,
            method,
            target,
            handed_on(lines.headers),
            Vec::new(),
        ),
        framing,
        keep_alive: if is_http_1_0 {
            fields.keep_alive
        } else {
            !fields.close
        },
        expects_continue: fields.expects_continue && !is_http_1_0 && framing != Framing::Length(0),
        is_http_1_0,
    })
}

/// The path and query of a target. An absolute target names the same (RFC 9112, section 3.2.2), `*` is for
/// OPTIONS alone, and a fragment is never sent.
fn origin_form<'a>(target: &'a str, method: &str) -> Result<&'a str, Refusal> {
    if target.len() > TARGET_BYTES_MAX {
        return Err(Refusal::TargetTooLong);
    }
    if !target.is_ascii() || target.contains('#') {
        return Err(Refusal::Malformed(
            "the target has a character that may not be there",
        ));
    }
    if target.starts_with('/') || (target == "*" && method == "OPTIONS") || method == "CONNECT" {
        return Ok(target);
    }
    match target.split_once("://") {
        Some((scheme, rest))
            if (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
                && !rest.starts_with(['/', '?'])
                && !rest.is_empty() =>
        {
            // Without a path it is "/"; a query alone has no slash before it, and no handler asks for it.
            Ok(rest
                .find(['/', '?'])
                .and_then(|end| rest.get(end..))
                .filter(|path| path.starts_with('/'))
                .unwrap_or("/"))
        }
        _ => Err(Refusal::Malformed(
            "the target is neither a path nor an http URL",
        )),
    }
}

/// The headers that a handler may want: all but those that are about the connection or the framing, which
/// are settled here.
fn handed_on(headers: &[Header<'_>]) -> Vec<(String, String)> {
    const SETTLED: [&str; 6] = [
        "Host",
        "Connection",
        "Content-Length",
        "Transfer-Encoding",
        "Expect",
        "Accept-Encoding",
    ];
    headers
        .iter()
        .filter(|header| {
            !SETTLED
                .iter()
                .any(|settled| header.name.eq_ignore_ascii_case(settled))
        })
        .map(|header| {
            (
                header.name.to_owned(),
                String::from_utf8_lossy(header.value).into_owned(),
            )
        })
        .collect()
}

/// Why a coding other than `chunked` alone is refused: it is not known here, or, where chunks are not the last
/// coding, the length of the body cannot be determined (RFC 9112, section 6.3).
fn other_coding(value: &[u8]) -> Refusal {
    let mut before_last = value
        .rsplit(|&byte| byte == b',')
        .map(<[u8]>::trim_ascii)
        .skip(1);
    if before_last.any(|coding| coding.eq_ignore_ascii_case(b"chunked")) {
        Refusal::Malformed("chunked is not the last transfer coding")
    } else {
        Refusal::TransferCoding
    }
}

/// Whether a value is `host [ ":" port ]` (RFC 9110, section 7.2). It may be empty.
fn is_host(value: &[u8]) -> bool {
    let position = |wanted| value.iter().position(|&byte| byte == wanted);
    let (end, fits): (_, fn(&u8) -> bool) = if value.starts_with(b"[") {
        let Some(bracket) = position(b']') else {
            return false;
        };
        (bracket + 1, |byte| {
            byte.is_ascii_hexdigit() || b"[]:.v".contains(byte)
        })
    } else {
        (position(b':').unwrap_or(value.len()), |byte| {
            byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=".contains(byte)
        })
    };
    let (host, port) = value.split_at(end);
    let is_port = |port: &[u8]| port.iter().all(u8::is_ascii_digit);
    host.iter().all(fits) && (port.is_empty() || port.strip_prefix(b":").is_some_and(is_port))
}

/// What the fields of a head say about connection and framing.
#[derive(Default)]
struct Fields {
    length: Option<u64>,
    is_chunked: bool,
    has_host: bool,
    close: bool,
    keep_alive: bool,
    expects_continue: bool,
}

impl Fields {
    fn add(&mut self, header: &Header<'_>) -> Result<(), Refusal> {
        let Header { name, value } = *header;
        if name.eq_ignore_ascii_case("Content-Length") {
            self.content_length(value)
        } else if name.eq_ignore_ascii_case("Transfer-Encoding") {
            self.transfer_encoding(value)
        } else if name.eq_ignore_ascii_case("Host") {
            self.host(value)
        } else if name.eq_ignore_ascii_case("Connection") {
            self.connection(value);
            Ok(())
        } else if name.eq_ignore_ascii_case("Expect") {
            self.expect(value)
        } else {
            Ok(())
        }
    }

    /// Digits only, and once: two lengths, even equal ones in a list, are refused (RFC 9112, section 6.3).
    fn content_length(&mut self, value: &[u8]) -> Result<(), Refusal> {
        if self.length.is_some() || value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
            return Err(Refusal::Malformed(
                "Content-Length is not one number of digits",
            ));
        }
        let digits = std::str::from_utf8(value).unwrap_or_default();
        // More digits than fit is longer than any body may be.
        self.length = Some(digits.parse().unwrap_or(u64::MAX));
        Ok(())
    }

    fn transfer_encoding(&mut self, value: &[u8]) -> Result<(), Refusal> {
        if !value.eq_ignore_ascii_case(b"chunked") {
            return Err(other_coding(value));
        }
        if std::mem::replace(&mut self.is_chunked, true) {
            return Err(Refusal::Malformed("Transfer-Encoding stands twice"));
        }
        Ok(())
    }

    /// Once, and made of what a host and port are made of (RFC 9112, section 3.2).
    fn host(&mut self, value: &[u8]) -> Result<(), Refusal> {
        if std::mem::replace(&mut self.has_host, true) || !is_host(value) {
            return Err(Refusal::Malformed(
                "Host is not one host name with an optional port",
            ));
        }
        Ok(())
    }

    fn connection(&mut self, value: &[u8]) {
        for option in value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii) {
            self.close |= option.eq_ignore_ascii_case(b"close");
            self.keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
        }
    }

    fn expect(&mut self, value: &[u8]) -> Result<(), Refusal> {
        self.expects_continue = value.eq_ignore_ascii_case(b"100-continue");
        if self.expects_continue {
            Ok(())
        } else {
            Err(Refusal::Expectation)
        }
    }

    fn check(&self, is_http_1_0: bool) -> Result<(), Refusal> {
        if !self.has_host && !is_http_1_0 {
            return Err(Refusal::Malformed("Host is missing"));
        }
        Ok(())
    }

    /// A length together with chunks, or chunks in HTTP/1.0, are how requests are smuggled past a proxy
    /// (RFC 9112, sections 6.1 and 6.3).
    fn framing(&self, is_http_1_0: bool) -> Result<Framing, Refusal> {
        match (self.is_chunked, self.length) {
            (true, Some(_)) => Err(Refusal::Malformed(
                "both Transfer-Encoding and Content-Length are there",
            )),
            (true, None) if is_http_1_0 => {
                Err(Refusal::Malformed("HTTP/1.0 has no Transfer-Encoding"))
            }
            (true, None) => Ok(Framing::Chunked),
            (false, length) => Ok(Framing::Length(length.unwrap_or(0))),
        }
    }
}
