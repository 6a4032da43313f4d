//! `NaN` in what should be JSON: Python writes missing cells so.

use std::borrow::Cow;

/// The text with `null` for each `NaN` that is no part of a string. Nearly every text has none, and stays as
/// it is.
pub(in crate::codec) fn without_nan(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memmem::find(text, b"NaN").is_none() {
        return Cow::Borrowed(text);
    }
    let mut clean = Vec::with_capacity(text.len() + 16);
    let (mut rest, mut in_string) = (text, false);
    while let Some((&byte, after)) = rest.split_first() {
        if !in_string && let Some(after) = rest.strip_prefix(b"NaN") {
            clean.extend(b"null");
            rest = after;
            continue;
        }
        clean.push(byte);
        rest = after;
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                // What is escaped may be a quote.
                if let Some((&escaped, after)) = rest.split_first() {
                    clean.push(escaped);
                    rest = after;
                }
            }
            _ => {}
        }
    }
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::without_nan;

    #[test]
    fn nan_is_null_but_not_inside_strings() {
        let cases = [
            ("[1, NaN,NaN]", "[1, null,null]"),
            (
                r#"{"NaN": "a \" NaN", "b": NaN}"#,
                r#"{"NaN": "a \" NaN", "b": null}"#,
            ),
            (r#"["\\", NaN]"#, r#"["\\", null]"#),
            ("[1, 2]", "[1, 2]"),
        ];
        for (text, expected) in cases {
            assert_eq!(
                &*without_nan(text.as_bytes()),
                expected.as_bytes(),
                "{text}"
            );
        }
    }
}
