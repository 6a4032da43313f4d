//! Answers to gzip, where the client takes it and it gains something.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::response::Response;
use crate::account::Account;
use crate::limits::ANSWER_COMPRESSED_BYTES_MIN;

/// The answer as it is sent: compressed if it is large, the client takes gzip, and it shrinks by an eighth at least.
/// Caches are told that it depends on what the client takes. Where there is no memory for both, it is sent as it is.
pub(super) fn compressed(
    mut response: Response,
    takes_gzip: bool,
    account: &mut Account,
) -> Response {
    if response.body.len() < ANSWER_COMPRESSED_BYTES_MIN {
        return response;
    }
    let field = ("Vary".into(), "Accept-Encoding".into());
    response.fields.push(field);
    // What does not shrink at all takes a few bytes more.
    let plain = &response.body;
    if !takes_gzip || account.reserve(plain.len() + plain.len() / 8).is_err() {
        return response;
    }
    let body = gzip(plain).filter(|bytes| bytes.len() <= plain.len() / 8 * 7);
    if let Some(body) = body {
        let field = ("Content-Encoding".into(), "gzip".into());
        response.fields.push(field);
        response.body = body;
    }
    response
}

/// At the lowest level: digits shrink to a half at any, and the highest takes ten times as long.
fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 2), Compression::fast());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}
