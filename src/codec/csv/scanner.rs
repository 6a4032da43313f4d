//! Splits CSV (RFC 4180) into records and cells where it lies.
//!
//! A record ends with LF, CRLF or CR. A cell that begins with a quote ends with the next one that is not doubled;
//! line ends and delimiters in between are part of it.

use crate::rows::{Cell, Origin, leading_decimal};

/// What follows a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Another cell of the record.
    Cell,
    /// Another record, or nothing.
    Record,
}

/// Why a cell in quotes is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QuoteError {
    /// The text ends before the closing quote.
    Unclosed,
    /// Something other than a delimiter or line end follows the closing quote.
    Followed,
}

/// A position in a text of records.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    rest: &'t [u8],
    delimiter: u8,
    /// The cell in quotes that was read last, if it had doubled quotes.
    unescaped: Vec<u8>,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t [u8], delimiter: u8) -> Self {
        Self {
            rest: text,
            delimiter,
            unescaped: Vec::new(),
        }
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'t [u8] {
        self.rest
    }

    /// Whether a cell ends where `rest` begins.
    pub(super) fn ends_cell(&self, rest: &[u8]) -> bool {
        match rest {
            [byte, ..] => *byte == self.delimiter || matches!(byte, b'\n' | b'\r'),
            [] => true,
        }
    }

    /// Moves to where `rest` begins: the remainder of a cell that was read where it stands, up to its end.
    #[inline]
    pub(super) fn advance(&mut self, rest: &'t [u8]) -> Option<End> {
        let end = match rest {
            [byte, after @ ..] if *byte == self.delimiter => {
                self.rest = after;
                return Some(End::Cell);
            }
            [b'\n', after @ ..] | [b'\r', b'\n', after @ ..] | [b'\r', after @ ..] => after,
            [] => rest,
            _ => return None,
        };
        self.rest = end;
        Some(End::Record)
    }

    /// Reads a record of plain numbers, as many as there is room for. Returns what follows it; none if the record is
    /// anything else, or ends with a CR alone.
    #[inline]
    pub(super) fn plain_record(&self, numbers: &mut [f64]) -> Option<&'t [u8]> {
        let (last, others) = numbers.split_last_mut()?;
        let mut rest = self.rest;
        for number in others {
            let (read, after) = leading_decimal(rest)?;
            let (&byte, after) = after.split_first()?;
            if byte != self.delimiter {
                return None;
            }
            (*number, rest) = (read, after);
        }
        let (read, after) = leading_decimal(rest)?;
        *last = read;
        match after {
            [b'\n', rest @ ..] | [b'\r', b'\n', rest @ ..] => Some(rest),
            [] => Some(after),
            _ => None,
        }
    }

    /// Moves to where `rest` begins, which is behind a record.
    pub(super) fn set_rest(&mut self, rest: &'t [u8]) {
        self.rest = rest;
    }

    /// Passes over a line with nothing on it but blanks. False if there is something on it.
    pub(super) fn skip_blank_line(&mut self) -> bool {
        let rest = self.without_blanks(self.rest);
        matches!(rest, [] | [b'\n' | b'\r', ..]) && self.advance(rest).is_some()
    }

    /// The text from its first byte that is neither a space nor a tab; a tab that is the delimiter is none.
    fn without_blanks(&self, mut text: &'t [u8]) -> &'t [u8] {
        while let [b' ' | b'\t', rest @ ..] = text
            && !text.starts_with(&[self.delimiter])
        {
            text = rest;
        }
        text
    }

    /// The next cell, and what follows it.
    #[inline]
    pub(super) fn cell(&mut self) -> Result<(Cell<'_>, End), QuoteError> {
        if self.rest.starts_with(b"\"") {
            return self.quoted();
        }
        let delimiter = self.delimiter;
        let end = memchr::memchr3(delimiter, b'\n', b'\r', self.rest).unwrap_or(self.rest.len());
        let (text, after) = self.rest.split_at(end);
        // A cell ends where one of the three stands, or the text ends.
        let end = self.advance(after).unwrap_or(End::Record);
        Ok((Cell::csv(text), end))
    }

    fn quoted(&mut self) -> Result<(Cell<'_>, End), QuoteError> {
        let content = self.rest.get(1..).unwrap_or_default();
        self.unescaped.clear();
        let (mut from, mut at) = (0, 0);
        let text = loop {
            let found = memchr::memchr(b'"', content.get(at..).unwrap_or_default());
            let quote = at + found.ok_or(QuoteError::Unclosed)?;
            let part = content.get(from..quote).unwrap_or_default();
            if content.get(quote + 1) != Some(&b'"') {
                at = quote + 1;
                break part;
            }
            self.unescaped.extend(part);
            self.unescaped.push(b'"');
            (from, at) = (quote + 2, quote + 2);
        };
        let after = self.without_blanks(content.get(at..).unwrap_or_default());
        let end = self.advance(after).ok_or(QuoteError::Followed)?;
        let origin = Origin::QuotedCsv;
        if from == 0 {
            return Ok((Cell::Text { text, origin }, end));
        }
        self.unescaped.extend(text);
        let text = self.unescaped.as_slice();
        Ok((Cell::Text { text, origin }, end))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn records(text: &str) -> Result<Vec<Vec<String>>, QuoteError> {
        let mut scanner = Scanner::new(text.as_bytes(), b',');
        let (mut records, mut record) = (Vec::new(), Vec::new());
        while !scanner.rest().is_empty() || !record.is_empty() {
            let (cell, end) = scanner.cell()?;
            if let Cell::Text { text, .. } = cell {
                record.push(String::from_utf8_lossy(text).into_owned());
            }
            if end == End::Record {
                records.push(std::mem::take(&mut record));
            }
        }
        Ok(records)
    }

    #[test]
    fn every_line_end_ends_a_record_and_quotes_hold_anything() {
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("a,\"b,\"\"c{end}d\"{end},{end}\"\",e \"x\"");
            let expected = [
                vec!["a".to_owned(), format!("b,\"c{end}d")],
                vec![String::new(); 2],
                vec![String::new(), "e \"x\"".to_owned()],
            ];
            assert_eq!(records(&text).unwrap(), expected, "{end:?}");
        }
        assert_eq!(records("a,").unwrap(), [["a", ""]]);
        assert_eq!(records("\"a\" \t,b").unwrap(), [["a", "b"]]);
    }

    proptest! {
        /// Whatever is read is what the csv crate reads. It passes over blank lines and takes what follows a closing
        /// quote or lacks one, which is refused here.
        #[test]
        fn what_is_read_is_what_the_csv_crate_reads(text in "([ab1]|,|\"|\"\"|\n|\r\n|\r){0,16}") {
            let Ok(found) = records(&text) else { return Ok(()) };
            let mut reader = ::csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> = reader
                .records()
                .map(|record| record.unwrap().iter().map(str::to_owned).collect())
                .collect();
            let without_blank = |records: Vec<Vec<String>>| -> Vec<_> {
                records.into_iter().filter(|record| *record != [""]).collect()
            };
            prop_assert_eq!(without_blank(found), without_blank(expected), "{:?}", text);
        }
    }

    #[test]
    fn quotes_that_do_not_close_or_are_followed_by_text_are_refused() {
        assert_eq!(records("1,\"a\n2,b\n"), Err(QuoteError::Unclosed));
        assert_eq!(records("\"a\"\""), Err(QuoteError::Unclosed));
        assert_eq!(records("\"a\"b"), Err(QuoteError::Followed));
    }

    #[test]
    fn a_line_is_blank_if_only_spaces_are_on_it() {
        let mut scanner = Scanner::new(b" \t\r\n\r1", b',');
        assert!(scanner.skip_blank_line());
        assert!(scanner.skip_blank_line());
        assert!(!scanner.skip_blank_line());
        assert_eq!(scanner.rest(), b"1");
    }
}
