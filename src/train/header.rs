//! Headers of CSV files: each file of a channel may begin with the same line of names.

use std::io::Cursor;

use crate::codec::{ContentType, first_record};

/// The length of the header that a text begins with; 0 if its first record is another one.
pub(super) fn length(text: &[u8], header: &[String], content_type: ContentType) -> usize {
    let Ok(first) = first_record(Cursor::new(text), content_type) else {
        return 0;
    };
    let is_header = first.len() == header.len()
        && first
            .iter()
            .zip(header)
            .all(|(cell, name)| cell.trim() == name.trim());
    if is_header { record_length(text) } else { 0 }
}

/// The length of the first record, its end of line among it.
fn record_length(text: &[u8]) -> usize {
    let mut quotes = 0usize;
    for (place, byte) in text.iter().enumerate() {
        match byte {
            b'"' => quotes += 1,
            b'\n' if quotes.is_multiple_of(2) => return place + 1,
            b'\r' if quotes.is_multiple_of(2) && text.get(place + 1) != Some(&b'\n') => {
                return place + 1;
            }
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Format;

    #[test]
    fn a_header_ends_where_its_record_ends() {
        let csv = ContentType::of(Format::Csv);
        let header = ["a".to_owned(), "b\nc".to_owned()];
        for (text, expected) in [
            ("a,\"b\nc\"\r\n1,2\n", 9),
            ("a,\"b\nc\"\r1,2\n", 8),
            (" a ,\"b\nc\"", 9),
            ("1,2\n", 0),
            ("b,a\n", 0),
        ] {
            assert_eq!(length(text.as_bytes(), &header, csv), expected, "{text:?}");
        }
    }
}
