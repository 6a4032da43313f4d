//! Foreign text in sentences: bounded, without control characters.

use sagelet::text::{Quoted, and_more};

use crate::inspect::layout::grouped;
use crate::limits::NAMES_LISTED_MAX;

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
    let more = names.len().saturating_sub(NAMES_LISTED_MAX);
    let shown: Vec<String> = names
        .take(NAMES_LISTED_MAX)
        .map(|name| quoted(name).to_string())
        .collect();
    and_more(&shown.join(", "), more)
}

/// What a list says of its items behind the first `top`, if there are any.
pub(crate) fn behind_top(count: usize, top: usize) -> Option<String> {
    let more = count.checked_sub(top).filter(|more| *more > 0)?;
    let more = grouped(more);
    Some(format!("and {more} more: --top {count} shows all"))
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
