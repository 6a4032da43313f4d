//! What `inspect` says of a pickle beside the model in it: what it names, and whether it can be trusted.

use std::fmt::Write as _;

use serde::Serialize;

use super::layout::{grouped, wrapped};
use crate::import::Opened;
use crate::import::pickle::{Pickle, Trust};

/// Columns that the words safe, unknown and dangerous take, with a space on either side.
const TRUST: usize = 13;

/// The part of `inspect --json` about a pickle.
#[derive(Serialize)]
pub(super) struct Report {
    protocol: u8,
    objects: usize,
    /// The class of what the pickle makes; null for a dict or list.
    class: Option<String>,
    globals: Vec<Global>,
}

#[derive(Serialize)]
struct Global {
    name: String,
    /// `safe`, `unknown` or `dangerous`.
    trust: String,
    /// Byte of the first instruction that names it, after decompression.
    byte: usize,
}

/// The report of a pickle.
pub(super) fn report(pickle: &Pickle) -> Report {
    let globals = pickle.globals.iter();
    Report {
        protocol: pickle.protocol,
        objects: pickle.object_count(),
        class: pickle.root().class().map(ToString::to_string),
        globals: globals
            .map(|named| Global {
                name: named.global.to_string(),
                trust: named.trust.to_string(),
                byte: named.offset,
            })
            .collect(),
    }
}

/// The names in the pickle, the worst first.
pub(super) fn text(pickle: &Pickle) -> String {
    let objects = grouped(pickle.object_count());
    let mut text = format!(
        "\nPickle, protocol {}, {objects} objects; names in it, none of which was run\n",
        pickle.protocol
    );
    for trust in [Trust::Dangerous, Trust::Unknown, Trust::Safe] {
        for named in pickle.globals.iter().filter(|named| named.trust == trust) {
            let what = match trust {
                Trust::Safe => named.global.to_string(),
                _ => format!("{} at byte {}", named.global, named.offset),
            };
            text.push_str(&wrapped(&format!("  {trust}"), TRUST, &what));
        }
    }
    text
}

/// The text for a pickle that cannot be converted.
pub(super) fn unconverted(opened: &Opened, pickle: &Pickle, reason: &str) -> String {
    let mut text = String::new();
    let mut line =
        |label: &str, value: &str| text.push_str(&wrapped(label, super::text::LABEL, value));
    line("file", &opened.input.name);
    line(
        "format",
        &super::text::format(opened.format, &opened.layers),
    );
    line(
        "size",
        &format!("{} bytes", grouped(opened.input.bytes.len())),
    );
    if let Some(class) = pickle.root().class() {
        line("class", &class.to_string());
    }
    line("conversion", &format!("not possible: {reason}"));
    let _ = write!(text, "{}", self::text(pickle));
    text
}
