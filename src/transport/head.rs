//! Request heads: bytes to a [`RequestHead`] and to how the request's body is framed.
//!
//! httparse knows the grammar of the lines. Here and in [`framing`](super::framing) are the rules for what may
//! not stand in well-formed lines, each with its place in RFC 9112 (HTTP/1.1) or RFC 9110 (semantics).

use std::mem::MaybeUninit;
use std::net::SocketAddr;

use httparse::{Error, Header, Status};

use super::coding::Coding;
use super::framing::{Framing, FramingFields};
use super::message::ResponseFlags;
use super::refusal::Refusal;
use super::service::RequestHead;
use crate::limits::{HEAD_BYTES_MAX, HEADERS_MAX, TARGET_BYTES_MAX};

/// A complete head, with the `R` that the service made of it.
pub(super) struct Head<R> {
    /// Bytes of the head, the empty line included.
    pub(super) bytes: usize,
    /// The request as the service knows it.
    pub(super) request: R,
    /// What it says about the form of its answer.
    pub(super) flags: ResponseFlags,
    /// Where the body ends.
    pub(super) framing: Framing,
    /// How the body is compressed.
    pub(super) coding: Coding,
    /// Whether the client waits for `100 Continue` before it sends the body.
    pub(super) expects_continue: bool,
}

/// Reads the head at the start of `input`; `None` if it is not complete yet.
///
/// # Errors
/// The head breaks a rule, whatever may follow.
pub(super) fn parse<R>(
    input: &[u8],
    peer: SocketAddr,
    request: impl FnOnce(&RequestHead<'_>) -> R,
) -> Result<Option<Head<R>>, Refusal> {
    let mut headers = [const { MaybeUninit::<Header<'_>>::uninit() }; HEADERS_MAX];
    let mut lines = httparse::Request::new(&mut []);
    let head_input = input.get(..HEAD_BYTES_MAX).unwrap_or(input);
    match lines.parse_with_uninit_headers(head_input, &mut headers) {
        Ok(Status::Complete(bytes)) => {
            check_line_ends(input.get(..bytes).unwrap_or_default())?;
            complete(bytes, &lines, peer, request).map(Some)
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

fn complete<R>(
    bytes: usize,
    lines: &httparse::Request<'_, '_>,
    peer: SocketAddr,
    request: impl FnOnce(&RequestHead<'_>) -> R,
) -> Result<Head<R>, Refusal> {
    let (Some(method), Some(target), Some(version)) = (lines.method, lines.path, lines.version)
    else {
        return Err(Refusal::Malformed("the request line is not complete"));
    };
    let is_http_1_0 = version == 0;
    let fields = FramingFields::read(lines.headers, is_http_1_0)?;
    let framing = fields.framing(is_http_1_0)?;
    let target = origin_form(target, method)?;
    Ok(Head {
        bytes,
        request: request(&RequestHead {
            peer,
            method,
            target,
            headers: lines.headers,
        }),
        flags: ResponseFlags {
            is_head: method == "HEAD",
            keep_alive: fields.keeps_alive(is_http_1_0),
            is_http_1_0,
            takes_gzip: fields.accept_encoding.takes_gzip(),
        },
        framing,
        coding: fields.coding,
        expects_continue: fields.expects_continue && !is_http_1_0 && framing != Framing::Length(0),
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
