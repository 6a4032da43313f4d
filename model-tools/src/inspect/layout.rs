//! Pieces of text that keep to a width: padding, cutting and wrapping, numbers and bars.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns of the terminal that everything fits into.
const COLUMNS: usize = 80;

/// Digits of a number that is shown to be compared with others.
const DIGITS: usize = 6;

/// Where a value begins that stands below its label.
const INDENT_BELOW: usize = 4;

/// `label`, then `value` from column `indent` on, over as many lines as it takes. The value begins below a
/// label that leaves no space before that column, and below any label if one of its words, such as a digest,
/// needs the room.
pub(crate) fn wrapped(label: &str, indent: usize, value: &str) -> String {
    let mut text = String::new();
    let mut margin = label.to_owned();
    let mut indent = indent;
    let longest = value.split_whitespace().map(UnicodeWidthStr::width).max();
    if margin.width() >= indent || longest.is_some_and(|longest| longest > COLUMNS - indent) {
        text.push_str(&margin);
        text.push('\n');
        margin.clear();
        indent = INDENT_BELOW;
    }
    for line in lines(value, COLUMNS - indent) {
        let row = padded(&margin, indent) + &line;
        text.push_str(row.trim_end());
        text.push('\n');
        margin.clear();
    }
    text
}

/// Words in lines of at most `width` columns, a longer word in pieces.
fn lines(value: &str, width: usize) -> Vec<String> {
    let value = printable(value);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in value.split_whitespace() {
        if !line.is_empty() && line.width() + 1 + word.width() <= width {
            line.push(' ');
        } else if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for character in word.chars() {
            if line.width() + character.width().unwrap_or(0) > width {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    lines.push(line);
    lines
}

/// A text on one line of at most `width` columns, its end cut off if it is longer.
pub(crate) fn fit(text: &str, width: usize) -> String {
    let text = printable(text);
    if text.width() <= width {
        return text;
    }
    let mut cut = String::new();
    for character in text.chars() {
        if cut.width() + character.width().unwrap_or(0) + 1 > width {
            break;
        }
        cut.push(character);
    }
    cut + "…"
}

/// A text with spaces up to `width` columns.
pub(crate) fn padded(text: &str, width: usize) -> String {
    text.to_owned() + &" ".repeat(width.saturating_sub(text.width()))
}

/// A text whose control characters, which could move a terminal's cursor, are replaced.
fn printable(text: &str) -> String {
    text.chars().map(sagelet::text::printable).collect()
}

/// A number to six digits, at most 13 characters long.
pub(crate) fn rounded(number: f64) -> String {
    let scientific = format!("{number:.precision$e}", precision = DIGITS - 1);
    let rounded: f64 = scientific.parse().unwrap_or(number);
    match rounded.abs() {
        0.0 => "0".to_owned(),
        1e-4..1e7 => rounded.to_string(),
        _ => format!("{rounded:e}"),
    }
}

/// A count with commas between thousands.
pub(crate) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A bar of `columns` columns for the value `most`, proportionally less for less, in halves of a column.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of at most 1 of a few columns, and a cast of NaN is 0"
)]
pub(crate) fn bar(value: f64, most: f64, columns: usize) -> String {
    let halves = (value / most * (2 * columns) as f64).round() as usize;
    let halves = halves.min(2 * columns);
    "█".repeat(halves / 2) + if halves % 2 == 1 { "▌" } else { "" }
}
