//! Media types: which format a header names.

use super::Format;

/// The format that a `Content-Type` names. Parameters (`; charset=utf-8`, `; label_size=0`) are tolerated
/// and case is ignored, since the platform passes on what the client wrote.
#[must_use]
pub fn content_type(header: &str) -> Option<Format> {
    let essence = header.split(';').next().unwrap_or_default().trim();
    Format::ALL
        .into_iter()
        .find(|format| format.media_type().eq_ignore_ascii_case(essence))
}

/// The media types that can be read, for an error that has to list them.
#[must_use]
pub fn readable() -> String {
    Format::ALL.map(Format::media_type).join(", ")
}
