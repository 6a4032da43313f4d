//! The one edge for foreign text: what a client or a file wrote is bounded and escaped here before it becomes
//! part of an error, an answer, a log line or a label.

use std::fmt;

use crate::limits::ERROR_VALUE_CHARS_MAX;

/// A foreign value in quotes, cut to [`ERROR_VALUE_CHARS_MAX`] characters, without control characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Quoted(String);

impl Quoted {
    /// Quotes the bytes of a value. U+FFFD replaces what is not UTF-8 or not printable; `…` marks a cut.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        // A character has at most four bytes, so the rest of a long value need not be looked at.
        let head = bytes.get(..ERROR_VALUE_CHARS_MAX * 4).unwrap_or(bytes);
        let text = String::from_utf8_lossy(head);
        let mut value: String = text
            .chars()
            .take(ERROR_VALUE_CHARS_MAX)
            .map(printable)
            .collect();
        if head.len() < bytes.len() || text.chars().count() > ERROR_VALUE_CHARS_MAX {
            value.push('…');
        }
        Self(value)
    }
}

fn printable(character: char) -> char {
    if character.is_control() {
        char::REPLACEMENT_CHARACTER
    } else {
        character
    }
}

impl fmt::Display for Quoted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{}\"", self.0)
    }
}

impl fmt::Debug for Quoted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
