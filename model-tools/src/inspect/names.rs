//! What `inspect` says of a pickle or a skops file beside the model in it: what it names, and whether it can be
//! trusted.

use std::fmt::Write as _;

use serde::Serialize;

use super::layout::{grouped, wrapped};
use crate::import::Opened;
use crate::import::trust::{Contents, Trust};

/// Columns that the words safe, unknown and dangerous take, with a space on either side.
const TRUST: usize = 13;

/// The part of `inspect --json` about a pickle or a skops file.
#[derive(Serialize)]
pub(super) struct Report {
    protocol: Option<u64>,
    objects: usize,
    /// The class of the outermost object; null for a dict or list.
    class: Option<String>,
    globals: Vec<Global>,
}

#[derive(Serialize)]
struct Global {
    name: String,
    /// `safe`, `unknown` or `dangerous`.
    trust: String,
    /// Byte of the first instruction of a pickle that names it, after decompression.
    #[serde(skip_serializing_if = "Option::is_none")]
    byte: Option<usize>,
}

/// The report of a file.
pub(super) fn report(contents: &Contents) -> Report {
    let globals = contents.globals.iter();
    Report {
        protocol: contents.protocol,
        objects: contents.objects,
        class: contents.class.clone(),
        globals: globals
            .map(|named| Global {
                name: named.global.to_string(),
                trust: named.trust.to_string(),
                byte: named.offset,
            })
            .collect(),
    }
}

/// The names in the file, the worst first.
pub(super) fn text(format: &str, contents: &Contents) -> String {
    let objects = grouped(contents.objects);
    let protocol = contents.protocol;
    let protocol = protocol.map_or_else(String::new, |number| format!(", protocol {number}"));
    let mut title = format.to_owned();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let mut text =
        format!("\n{title}{protocol}, {objects} objects; names in it, none of which was run\n");
    for trust in [Trust::Dangerous, Trust::Unknown, Trust::Safe] {
        let globals = contents.globals.iter();
        for named in globals.filter(|named| named.trust == trust) {
            let what = match trust {
                Trust::Safe => named.global.to_string(),
                _ => named.to_string(),
            };
            text.push_str(&wrapped(&format!("  {trust}"), TRUST, &what));
        }
    }
    text
}

/// The text for a file that cannot be converted.
pub(super) fn unconverted(opened: &Opened, contents: &Contents, reason: &str) -> String {
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
    if let Some(class) = &contents.class {
        line("class", class);
    }
    line("conversion", &format!("not possible: {reason}"));
    let _ = write!(text, "{}", self::text(opened.format.name, contents));
    text
}
