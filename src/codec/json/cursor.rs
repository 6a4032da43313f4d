//! A position in a JSON text (RFC 8259), from which values are read one by one without building any.
//!
//! A body names its columns after their cells, or its shape after its data, as often as before. A cursor is
//! remembered where such a value begins, and read from when it is known what the value means: nothing is copied.
//!
//! `NaN` is read as `null`: Python's clients write missing cells so.

use std::borrow::Cow;

use super::error::ReadError;
use crate::limits::JSON_DEPTH_MAX;
use crate::rows::{Cell, leading_decimal};
use crate::text::Quoted;

/// What a value is, by its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Array,
    Object,
    /// Text, a number, `true`, `false`, `null` or `NaN`.
    Scalar,
}

/// A position in a JSON text.
#[derive(Debug)]
pub(super) struct Cursor<'t> {
    text: &'t [u8],
    at: usize,
    /// The text that was read last, if it had escapes.
    unescaped: String,
}

/// A list or object that is being read: asked for its next element until it has none.
#[derive(Debug, Default)]
pub(super) struct Elements {
    begun: bool,
}

impl Elements {
    /// Moves to the next element of a list. False at its end, which is passed.
    #[inline]
    pub(super) fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, ReadError> {
        self.next_before(cursor, b']')
    }

    /// Reads the next key of an object and moves to its value. None at its end, which is passed.
    pub(super) fn next_key<'t>(
        &mut self,
        cursor: &mut Cursor<'t>,
    ) -> Result<Option<Cow<'t, str>>, ReadError> {
        if !self.next_before(cursor, b'}')? {
            return Ok(None);
        }
        let key = cursor.text()?;
        cursor.expect(b':', "a colon")?;
        Ok(Some(key))
    }

    #[inline]
    fn next_before(&mut self, cursor: &mut Cursor<'_>, end: u8) -> Result<bool, ReadError> {
        let first = !std::mem::replace(&mut self.begun, true);
        match cursor.peek() {
            Some(byte) if byte == end => {
                cursor.at += 1;
                Ok(false)
            }
            Some(b',') if !first => {
                cursor.at += 1;
                Ok(true)
            }
            Some(_) if first => Ok(true),
            _ if end == b']' => Err(cursor.unexpected("a comma or the end of the list")),
            _ => Err(cursor.unexpected("a comma or the end of the object")),
        }
    }
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            at: 0,
            unescaped: String::new(),
        }
    }

    /// The same position, to be read from later.
    pub(super) fn fork(&self) -> Self {
        Self {
            at: self.at,
            ..Self::new(self.text)
        }
    }

    /// What the next value is.
    #[inline]
    pub(super) fn kind(&mut self) -> Result<Kind, ReadError> {
        match self.peek() {
            Some(b'[') => Ok(Kind::Array),
            Some(b'{') => Ok(Kind::Object),
            Some(b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' | b'N') => Ok(Kind::Scalar),
            _ => Err(self.unexpected("a value")),
        }
    }

    /// Begins to read a list.
    #[inline]
    pub(super) fn array(&mut self) -> Result<Elements, ReadError> {
        self.expect(b'[', "a list").map(|()| Elements::default())
    }

    /// Begins to read an object.
    pub(super) fn object(&mut self) -> Result<Elements, ReadError> {
        self.expect(b'{', "an object").map(|()| Elements::default())
    }

    /// Reads a scalar.
    #[inline]
    pub(super) fn cell(&mut self) -> Result<Cell<'_>, ReadError> {
        match self.peek() {
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'"') => match self.text()? {
                Cow::Borrowed(text) => Ok(Cell::json(text)),
                Cow::Owned(text) => {
                    self.unescaped = text;
                    Ok(Cell::json(&self.unescaped))
                }
            },
            Some(b't') => self.word(b"true", Cell::Boolean(true)),
            Some(b'f') => self.word(b"false", Cell::Boolean(false)),
            Some(b'n') => self.word(b"null", Cell::Missing),
            Some(b'N') => self.word(b"NaN", Cell::Missing),
            _ => Err(self.unexpected("a cell: a number, text, true, false or null")),
        }
    }

    /// Reads a list of plain numbers, as many as there is room for, without moving. Returns the position behind it; none
    /// if this is anything else, or more white space than writers of JSON put between numbers.
    #[inline]
    pub(super) fn plain_list(&self, numbers: &mut [f64]) -> Option<usize> {
        let mut rest = self.text.get(self.at..)?.strip_prefix(b"[")?;
        let (last, others) = numbers.split_last_mut()?;
        for number in others {
            (*number, rest) = plain_number(rest)?;
            rest = rest.strip_prefix(b",")?;
            rest = rest.strip_prefix(b" ").unwrap_or(rest);
        }
        (*last, rest) = plain_number(rest)?;
        Some(self.text.len() - rest.strip_prefix(b"]")?.len())
    }

    /// Moves to a position behind a value that was read without moving.
    #[inline]
    pub(super) fn move_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Reads a whole number that is not negative.
    pub(super) fn index(&mut self) -> Result<u64, ReadError> {
        let at = self.at;
        let index = match self.cell()? {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "found to be whole, not negative and exact"
            )]
            Cell::Number(number) if number >= 0.0 && number.fract() == 0.0 => Some(number as u64),
            Cell::Integer(number) => u64::try_from(number).ok(),
            _ => None,
        };
        index.ok_or_else(|| {
            self.at = at;
            self.unexpected("a whole number that is not negative")
        })
    }

    /// Reads a text.
    pub(super) fn text(&mut self) -> Result<Cow<'t, str>, ReadError> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a text"));
        }
        let start = self.at;
        let (end, has_escapes) = self.find_closing_quote()?;
        let quoted = self.text.get(start..=end).unwrap_or_default();
        let content = self.text.get(start + 1..end).unwrap_or_default();
        self.at = end + 1;
        if has_escapes {
            let unescaped: Result<String, _> = serde_json::from_slice(quoted);
            return unescaped
                .map(Cow::Owned)
                .map_err(|_| self.error(start, "a text with an escape that JSON does not have"));
        }
        if content.iter().any(|byte| *byte < b' ') {
            return Err(self.error(start, "a text with a control character that is not escaped"));
        }
        std::str::from_utf8(content)
            .map(Cow::Borrowed)
            .map_err(|_| self.error(start, "a text that is not UTF-8"))
    }

    /// Where the text that begins here ends, and whether it has escapes.
    fn find_closing_quote(&self) -> Result<(usize, bool), ReadError> {
        let (mut at, mut has_escapes) = (self.at + 1, false);
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            let Some(found) = memchr::memchr2(b'"', b'\\', rest) else {
                return Err(self.error(self.at, "a text that does not end"));
            };
            if rest.get(found) == Some(&b'"') {
                return Ok((at + found, has_escapes));
            }
            has_escapes = true;
            at += found + 2; // what is escaped may be a quote
        }
    }

    #[inline]
    fn number(&mut self) -> Result<Cell<'_>, ReadError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if let Some((number, after)) = plain_number(rest)
            && !matches!(after, [b'+' | b'-' | b'.' | b'e' | b'E' | b'0'..=b'9', ..])
        {
            self.at += rest.len() - after.len();
            return Ok(Cell::Number(number));
        }
        self.other_number(rest)
    }

    /// A number with an exponent or many digits. One beyond the largest float stays as it was written.
    fn other_number(&mut self, rest: &'t [u8]) -> Result<Cell<'_>, ReadError> {
        let of_number = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        let length = rest.iter().take_while(of_number).count();
        let token = rest.get(..length).unwrap_or_default();
        let text = std::str::from_utf8(token).unwrap_or_default();
        if !is_number(token) {
            return Err(self.error(self.at, "something that is no JSON number"));
        }
        self.at += length;
        let is_whole = !token.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
        if is_whole && let Ok(number) = text.parse() {
            return Ok(Cell::Integer(number));
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Cell::Number(number)),
            _ => Ok(Cell::json(text)),
        }
    }

    fn word(&mut self, word: &[u8], cell: Cell<'static>) -> Result<Cell<'static>, ReadError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        match rest.strip_prefix(word) {
            Some([byte, ..]) if byte.is_ascii_alphanumeric() => {}
            Some(_) => {
                self.at += word.len();
                return Ok(cell);
            }
            None => {}
        }
        Err(self.unexpected("a value"))
    }

    /// Passes over a value of any kind.
    pub(super) fn skip(&mut self) -> Result<(), ReadError> {
        // The lists and objects that the position is in; true for an object.
        let mut open: Vec<(bool, Elements)> = Vec::new();
        loop {
            match self.kind()? {
                Kind::Scalar => {
                    self.cell()?;
                }
                kind if open.len() < JSON_DEPTH_MAX => {
                    let is_object = kind == Kind::Object;
                    self.at += 1;
                    open.push((is_object, Elements::default()));
                }
                _ => return Err(self.error(self.at, "values that are nested too deeply")),
            }
            loop {
                let Some((is_object, elements)) = open.last_mut() else {
                    return Ok(());
                };
                let has_next = if *is_object {
                    elements.next_key(self)?.is_some()
                } else {
                    elements.next(self)?
                };
                if has_next {
                    break;
                }
                open.pop();
            }
        }
    }

    /// Whether nothing follows.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// Passes over a comma between values that stand in no list.
    pub(super) fn comma(&mut self) -> Result<(), ReadError> {
        self.expect(b',', "a comma")
    }

    /// Checks that nothing follows.
    pub(super) fn end(&mut self) -> Result<(), ReadError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("the end of the text")),
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8, what: &'static str) -> Result<(), ReadError> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.unexpected(what))
    }

    /// The next byte that is not white space; the position moves there.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                byte => return Some(*byte),
            }
        }
        None
    }

    fn unexpected(&self, expected: &'static str) -> ReadError {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = match rest {
            [] => "the end of the text".to_owned(),
            [b'[', ..] => "a list".to_owned(),
            [b'{', ..] => "an object".to_owned(),
            rest => {
                let end = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\n');
                let word = rest.iter().skip(1).position(end);
                let word = rest.get(..word.map_or(rest.len(), |end| end + 1));
                Quoted::of(word.unwrap_or_default()).to_string()
            }
        };
        ReadError::syntax(self.at, format!("expected {expected}, found {found}"))
    }

    fn error(&self, at: usize, found: &'static str) -> ReadError {
        ReadError::syntax(at, format!("found {found}"))
    }
}

/// The plain number at the start of a text, and what follows it.
#[inline]
fn plain_number(text: &[u8]) -> Option<(f64, &[u8])> {
    let (number, after) = leading_decimal(text)?;
    is_plain(text, text.len() - after.len()).then_some((number, after))
}

/// Whether the first `length` bytes, which are digits with a sign and a point, are a number to JSON: no zero leads
/// other digits, and a digit follows the point.
#[inline]
fn is_plain(text: &[u8], length: usize) -> bool {
    let unsigned = text.strip_prefix(b"-").unwrap_or(text);
    !matches!(unsigned, [b'0', b'0'..=b'9', ..])
        && length
            .checked_sub(1)
            .and_then(|last| text.get(last))
            .is_some_and(u8::is_ascii_digit)
}

/// Whether a token is a number to JSON: `-? int frac? exp?`.
fn is_number(token: &[u8]) -> bool {
    fn digits(text: &[u8]) -> (usize, &[u8]) {
        let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (count, text.get(count..).unwrap_or_default())
    }
    let unsigned = token.strip_prefix(b"-").unwrap_or(token);
    let (count, mut rest) = digits(unsigned);
    if count == 0 || (count > 1 && unsigned.starts_with(b"0")) {
        return false;
    }
    if let Some(fraction) = rest.strip_prefix(b".") {
        let (count, after) = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = after;
    }
    let [b'e' | b'E', exponent @ ..] = rest else {
        return rest.is_empty();
    };
    let unsigned = exponent.strip_prefix(b"-").or(exponent.strip_prefix(b"+"));
    let (count, rest) = digits(unsigned.unwrap_or(exponent));
    count > 0 && rest.is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether the whole text is one JSON value.
    fn is_json(text: &str) -> bool {
        let mut cursor = Cursor::new(text.as_bytes());
        cursor.skip().and_then(|()| cursor.end()).is_ok()
    }

    /// Texts that are nearly JSON: pieces of it in any order.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "[",
            "]",
            "{",
            "}",
            ",",
            ":",
            "\"a\"",
            "\"\\n\"",
            "\"\\x\"",
            "\"",
            "\\",
            "1",
            "-0.5",
            "01",
            "1.",
            "-",
            "1e5",
            "1E+",
            ".5",
            "true",
            "fals",
            "null",
            " ",
            "\n",
            "\u{1}",
            "é",
            "\"\\ud800\"",
            "\"\\ud83d\\ude00\"",
        ]);
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    /// JSON as serde_json writes it.
    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::vec((any::<String>(), inner), 0..5).prop_map(|fields| fields
                    .into_iter()
                    .collect::<serde_json::Map<_, _>>()
                    .into()),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_serde_json_refuses_is_refused_and_what_it_reads_is_read(text in pieces()) {
            let expected: Result<serde_json::Value, _> = serde_json::from_str(&text);
            // Here a number beyond the largest float keeps its spelling, so that the row's error can name it.
            prop_assume!(!matches!(&expected, Err(error) if error.to_string().contains("out of range")));
            prop_assert_eq!(is_json(&text), expected.is_ok(), "{:?}", text);
        }

        #[test]
        fn every_json_text_is_passed_over_whole(value in json()) {
            prop_assert!(is_json(&value.to_string()), "{}", value);
            prop_assert!(is_json(&serde_json::to_string_pretty(&value).unwrap()));
        }

        #[test]
        fn floats_are_read_to_the_bit(number in any::<f64>()) {
            prop_assume!(number.is_finite());
            for text in [format!("{number}"), format!("{number:e}")] {
                let found = match Cursor::new(text.as_bytes()).cell() {
                    Ok(Cell::Number(found)) => found,
                    Ok(Cell::Integer(found)) => found as f64,
                    Ok(Cell::Text { .. }) | Ok(_) | Err(_) => text.parse().unwrap(),
                };
                prop_assert_eq!(found.to_bits(), number.to_bits(), "{}", text);
            }
        }
    }

    #[test]
    fn a_text_that_is_cut_anywhere_is_refused() {
        let text = r#"{"a": [1, -2.5e3, "x\"y", true, null], "b": {"c": []}}"#;
        assert!(is_json(text));
        for end in 0..text.len() {
            assert!(!is_json(&text[..end]), "{}", &text[..end]);
        }
    }

    #[test]
    fn whole_numbers_are_exact_and_large_ones_keep_their_spelling() {
        let cell = |text: &str| format!("{:?}", Cursor::new(text.as_bytes()).cell().unwrap());
        assert_eq!(cell("9007199254740993"), "Integer(9007199254740993)");
        assert_eq!(
            cell("-18446744073709551615"),
            "Integer(-18446744073709551615)"
        );
        assert_eq!(cell("NaN"), "Missing");
        let infinite = Cursor::new(b"1e999")
            .cell()
            .map(|cell| cell == Cell::json("1e999"));
        assert!(infinite.unwrap());
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(is_json(&deep(JSON_DEPTH_MAX)));
        assert!(!is_json(&deep(JSON_DEPTH_MAX + 1)));
        assert!(!is_json(&"[".repeat(10_000_000)));
    }
}
