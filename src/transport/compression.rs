//! Answers to gzip, where the client takes it and it gains something.

use std::io::{Cursor, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::response::Response;
use crate::limits::ANSWER_COMPRESSED_BYTES_MIN;

/// The answer as it is sent: compressed if it is large, the client takes gzip, and it shrinks by an eighth at least.
/// Caches are told that it depends on what the client takes.
pub(super) fn compressed(mut response: Response, takes_gzip: bool) -> Response {
    if response.body_bytes < ANSWER_COMPRESSED_BYTES_MIN {
        return response;
    }
    let field = ("Vary".into(), "Accept-Encoding".into());
    response.fields.push(field);
    if !takes_gzip {
        return response;
    }
    let mut plain = Vec::with_capacity(response.body_bytes);
    // Both ends are in memory: neither reading nor writing can fail.
    let _ = response.body.read_to_end(&mut plain);
    let body = gzip(&plain).filter(|bytes| bytes.len() <= plain.len() / 8 * 7);
    if body.is_some() {
        let field = ("Content-Encoding".into(), "gzip".into());
        response.fields.push(field);
    }
    let body = body.unwrap_or(plain);
    response.body_bytes = body.len();
    response.body = Box::new(Cursor::new(body));
    response
}

/// At the lowest level: digits shrink to a half at any, and the highest takes ten times as long.
fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 2), Compression::fast());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}
