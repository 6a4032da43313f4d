//! Header fields that say how a request's body is framed and coded, and whether its connection goes on.

use httparse::Header;

use super::accept_encoding::AcceptEncoding;
use super::coding::Coding;
use super::refusal::Refusal;
use super::settled::SettledField;

/// How the body of a request is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// This many bytes; 0 without a Content-Length.
    Length(u64),
    /// Chunks, up to the empty one.
    Chunked,
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
pub(super) struct FramingFields {
    length: Option<u64>,
    is_chunked: bool,
    has_host: bool,
    close: bool,
    keep_alive: bool,
    pub(super) expects_continue: bool,
    pub(super) coding: Coding,
    pub(super) accept_encoding: AcceptEncoding,
}

impl FramingFields {
    /// Reads the fields of a head.
    ///
    /// # Errors
    /// One of them breaks a rule, or `Host` is missing.
    pub(super) fn read(headers: &[Header<'_>], is_http_1_0: bool) -> Result<Self, Refusal> {
        let mut fields = Self::default();
        for header in headers {
            fields.add(header)?;
        }
        if !fields.has_host && !is_http_1_0 {
            return Err(Refusal::Malformed("Host is missing"));
        }
        Ok(fields)
    }

    /// Whether the connection goes on after the answer.
    pub(super) fn keeps_alive(&self, is_http_1_0: bool) -> bool {
        if is_http_1_0 {
            self.keep_alive
        } else {
            !self.close
        }
    }

    fn add(&mut self, header: &Header<'_>) -> Result<(), Refusal> {
        let Header { name, value } = *header;
        match SettledField::named(name) {
            Some(SettledField::ContentLength) => self.content_length(value)?,
            Some(SettledField::TransferEncoding) => self.transfer_encoding(value)?,
            Some(SettledField::Host) => self.host(value)?,
            Some(SettledField::Connection) => self.connection(value),
            Some(SettledField::Expect) => self.expect(value)?,
            Some(SettledField::ContentEncoding) => self.coding = self.coding.and(value),
            Some(SettledField::AcceptEncoding) => {
                self.accept_encoding = self.accept_encoding.and(value);
            }
            None => {}
        }
        Ok(())
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

    /// A length together with chunks, or chunks in HTTP/1.0, are how requests are smuggled past a proxy
    /// (RFC 9112, sections 6.1 and 6.3).
    pub(super) fn framing(&self, is_http_1_0: bool) -> Result<Framing, Refusal> {
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
