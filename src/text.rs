//! The one edge for foreign text: what a client or a file wrote is bounded and escaped here before it becomes
//! part of an error, an answer, a log line or a label.

use std::fmt;

use crate::limits::ERROR_VALUE_CHARS_MAX;

/// The mark that some programs put before a UTF-8 text.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A text without the mark before it.
#[must_use]
pub fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

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

/// Foreign text on its way into a longer text: printable, and cut with `…` where it would not fit.
pub struct BoundedText<'a> {
    text: &'a mut String,
    unit: Unit,
    /// What may still be added, in that unit.
    left: usize,
    is_cut: bool,
}

/// What the length of a text is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Characters.
    Characters,
    /// Bytes in UTF-8.
    Bytes,
    /// Bytes that the text takes as a string of JSON.
    JsonBytes,
}

impl Unit {
    fn cost(self, character: char) -> usize {
        match (self, character) {
            (Self::Characters, _) => 1,
            (Self::JsonBytes, '"' | '\\') => 2,
            _ => character.len_utf8(),
        }
    }
}

impl<'a> BoundedText<'a> {
    /// Adds to `text`, at most `most` units and one `…`.
    #[must_use]
    pub fn new(text: &'a mut String, most: usize, unit: Unit) -> Self {
        Self {
            text,
            unit,
            left: most,
            is_cut: false,
        }
    }

    /// Adds a text of ours, as far as it fits: letters, digits and signs of ASCII, without quotes or backslashes.
    /// Its bytes are not looked at, which saves 500 instructions per line of the log.
    pub fn push_own(&mut self, text: &str) {
        match self.left.checked_sub(text.len()) {
            Some(left) if !self.is_cut => {
                self.left = left;
                self.text.push_str(text);
            }
            _ => self.push(text),
        }
    }

    /// Adds a text, as far as it fits.
    pub fn push(&mut self, text: &str) {
        if !self.is_cut && text.len() <= self.left && is_plain(text, self.unit) {
            self.left -= text.len();
            return self.text.push_str(text);
        }
        for character in text.chars() {
            if self.is_cut {
                return;
            }
            self.push_character(printable(character));
        }
    }

    /// Adds a text, as far as `most` units and what is left allow.
    pub fn push_at_most(&mut self, text: &str, most: usize) {
        if self.is_cut {
            return;
        }
        let most = most.min(self.left);
        let mut part = BoundedText::new(self.text, most, self.unit);
        part.push(text);
        let mark = if part.is_cut {
            self.unit.cost('…')
        } else {
            0
        };
        match self.left.checked_sub(most - part.left + mark) {
            Some(left) => self.left = left,
            // The mark of the part is that of the whole text.
            None => (self.left, self.is_cut) = (0, true),
        }
    }

    fn push_character(&mut self, character: char) {
        match self.left.checked_sub(self.unit.cost(character)) {
            Some(left) => {
                self.left = left;
                self.text.push(character);
            }
            None => {
                self.is_cut = true;
                self.text.push('…');
            }
        }
    }
}

impl fmt::Write for BoundedText<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}

/// What `value` displays: printable, at most `most` units and one `…`.
#[must_use]
pub fn bounded(value: &dyn fmt::Display, most: usize, unit: Unit) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail, and a value that fails to display itself ends there.
    let _ = fmt::write(
        &mut BoundedText::new(&mut text, most, unit),
        format_args!("{value}"),
    );
    text
}

/// A list of which `more` items are left out.
#[must_use]
pub fn and_more(shown: &str, more: usize) -> String {
    match more {
        0 => shown.to_owned(),
        more => format!("{shown} and {more} more"),
    }
}

/// Whether every byte is a printable character that costs one unit.
fn is_plain(text: &str, unit: Unit) -> bool {
    let is_printable = |byte| matches!(byte, b' '..=b'~');
    let is_escaped = |byte| matches!(byte, b'"' | b'\\');
    text.bytes().all(is_printable) && (unit != Unit::JsonBytes || !text.bytes().any(is_escaped))
}

/// Replaces characters that end a line, move the cursor or turn the direction of writing: they can make a text
/// look like another one, or like several.
#[must_use]
pub fn printable(character: char) -> char {
    match character {
        '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => char::REPLACEMENT_CHARACTER,
        other if other.is_control() => char::REPLACEMENT_CHARACTER,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_forge_a_line_is_replaced_and_other_scripts_are_not() {
        let forged = "a\nb\r\tc\u{1b}[2J\u{85}\u{2028}\u{202e}d";
        let shown = bounded(&forged, 100, Unit::Characters);
        assert_eq!(
            shown,
            "a\u{fffd}b\u{fffd}\u{fffd}c\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}d"
        );
        let shown = bounded(&"größe 美 🌱", 100, Unit::Characters);
        assert_eq!(shown, "größe 美 🌱");
    }

    #[test]
    fn a_text_that_does_not_fit_is_cut_between_characters() {
        assert_eq!(bounded(&"größe", 3, Unit::Characters), "grö…");
        assert_eq!(bounded(&"größe", 3, Unit::Bytes), "gr…");
        assert_eq!(bounded(&"a\"b", 2, Unit::Bytes), "a\"…");
        assert_eq!(bounded(&"a\"b", 2, Unit::JsonBytes), "a…");
        assert_eq!(bounded(&"abc", 3, Unit::JsonBytes), "abc");
    }

    #[test]
    fn a_part_takes_from_what_is_left_and_its_cut_is_not_the_end() {
        let mut text = String::new();
        let mut line = BoundedText::new(&mut text, 12, Unit::Bytes);
        line.push_at_most("abcdef", 3);
        for more in [" 1234", "567", "8"] {
            line.push(more);
        }
        assert_eq!(text, "abc… 12345…");
        let mut text = String::new();
        let mut line = BoundedText::new(&mut text, 4, Unit::Bytes);
        for _ in 0..3 {
            line.push_at_most("abcdef", 3);
        }
        assert_eq!(text, "abc…");
    }
}
