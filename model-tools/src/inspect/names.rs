//! What `inspect` says of a pickle or a skops file beside the model in it: what it names, and whether it can be
//! trusted.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::layout::{grouped, wrapped};
use crate::import::trust::{Contents, Trust};
use crate::import::{Listing, Opened};

/// Columns that the words safe, unknown and dangerous take, with a space on either side.
const TRUST: usize = 13;

/// Columns that a file's name takes at most.
const NAME_MAX: usize = 24;

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

/// One of several files.
#[derive(Serialize)]
pub(super) struct File {
    file: String,
    format: &'static str,
    /// Why it cannot be read; null if it can.
    refused: Option<String>,
    #[serde(flatten)]
    contents: Option<Report>,
}

/// The reports of several files; nothing for a single one.
pub(super) fn files(listings: &[Listing]) -> Option<Vec<File>> {
    let file = |listing: &Listing| {
        Some(File {
            file: listing.file.clone()?,
            format: listing.format,
            refused: listing.contents.as_ref().err().cloned(),
            contents: listing.contents.as_ref().ok().map(report),
        })
    };
    listings
        .iter()
        .map(file)
        .collect::<Option<Vec<_>>>()
        .filter(|files| !files.is_empty())
}

/// The report of a single file, under its format's name; nothing for several.
pub(super) fn single(listings: &[Listing]) -> BTreeMap<&'static str, Report> {
    let single = listings.iter().filter(|listing| listing.file.is_none());
    let report =
        |listing: &Listing| Some((listing.format, report(listing.contents.as_ref().ok()?)));
    single.filter_map(report).collect()
}

/// The report of a file.
fn report(contents: &Contents) -> Report {
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

/// What is in files that hold objects.
pub(super) fn texts(listings: &[Listing]) -> String {
    listings.iter().map(text).collect()
}

/// The names in a file, the worst first.
fn text(listing: &Listing) -> String {
    let mut title = listing.format.to_owned();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if let Some(file) = &listing.file {
        title = format!("{}: {}", super::layout::fit(file, NAME_MAX), listing.format);
    }
    let contents = match &listing.contents {
        Ok(contents) => contents,
        Err(reason) => {
            return format!(
                "\n{}",
                wrapped(&title, TRUST, &format!("cannot be read: {reason}"))
            );
        }
    };
    let objects = grouped(contents.objects);
    let protocol = contents.protocol;
    let protocol = protocol.map_or_else(String::new, |number| format!(", protocol {number}"));
    let mut text =
        format!("\n{title}{protocol}, {objects} objects; names in it, none of which was run\n");
    if let (Some(_), Some(class)) = (&listing.file, &contents.class) {
        text.push_str(&wrapped("  class", TRUST, class));
    }
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
pub(super) fn unconverted(opened: &Opened, listings: &[Listing], reason: &str) -> String {
    let mut text = String::new();
    let mut line =
        |label: &str, value: &str| text.push_str(&wrapped(label, super::text::LABEL, value));
    line("file", &opened.input.name);
    line(
        "format",
        &super::text::format(opened.format, &opened.layers),
    );
    line("size", &format!("{} bytes", grouped(opened.input.size())));
    let classes = listings.iter().filter(|listing| listing.file.is_none());
    let classes = classes.filter_map(|listing| listing.contents.as_ref().ok()?.class.as_ref());
    classes.for_each(|class| line("class", class));
    line("conversion", &format!("not possible: {reason}"));
    let _ = write!(text, "{}", texts(listings));
    text
}
