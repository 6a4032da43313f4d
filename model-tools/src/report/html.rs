//! Pieces of HTML that every section of the page is made of.

/// The last part of a path: the page may be read where the rest means nothing.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A name and what it is.
pub(super) fn entry(name: &str, value: &str) -> String {
    format!(
        "<div><dt>{}</dt><dd>{}</dd></div>\n",
        escaped(name),
        escaped(value)
    )
}

/// Text as HTML has it, also within the quotes of an attribute.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
