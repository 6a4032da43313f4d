//! Foreign text in sentences: bounded, without control characters.

use sagelet::text::Quoted;

/// Items of a list that a sentence names.
const LISTED: usize = 10;

/// A name in quotes, cut to the length that errors show.
pub(crate) fn quoted(text: &str) -> Quoted {
    Quoted::of(text.as_bytes())
}

/// A name without quotes, cut in the same way.
pub(crate) fn bare(text: &str) -> String {
    let quoted = quoted(text).to_string();
    let inner = quoted
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inner.unwrap_or_default().to_owned()
}

/// The first names of a list in quotes, and how many more there are.
pub(crate) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(LISTED);
    let shown: Vec<String> = names
        .take(LISTED)
        .map(|name| quoted(name).to_string())
        .collect();
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_and_long_lists_are_cut() {
        assert_eq!(bare("short"), "short");
        assert!(bare(&"x".repeat(1 << 20)).chars().count() < 100);
        assert_eq!(bare("a\nb"), "a\u{fffd}b");
        assert_eq!(listed(["a", "b"].into_iter()), "\"a\", \"b\"");
        assert!(listed(vec!["a"; 12].into_iter()).ends_with("\"a\" and 2 more"));
    }
}
