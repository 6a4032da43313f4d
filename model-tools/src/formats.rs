//! `model-tools formats`: what can be read and written, as a table.

use std::fmt::Write as _;

use crate::error::Error;
use crate::{export, import, output};

/// Prints the table.
pub(crate) fn run() -> Result<(), Error> {
    output::print(table().as_bytes())
}

fn table() -> String {
    let read = import::FORMATS
        .iter()
        .map(|format| (format.name, format.description));
    let written = export::FORMATS
        .iter()
        .map(|format| (format.name, format.description));
    let names = read
        .clone()
        .chain(written.clone())
        .map(|(name, _)| name.len());
    let width = names.max().unwrap_or(0);
    let mut text = String::from("Read (recognised by the content, whatever the file is called):\n");
    for (name, description) in read {
        let _ = writeln!(text, "  {name:<width$}  {description}");
    }
    text.push_str("\nWritten (--to, or how the name of the output ends):\n");
    for (name, description) in written {
        let _ = writeln!(text, "  {name:<width$}  {description}");
    }
    text
}
