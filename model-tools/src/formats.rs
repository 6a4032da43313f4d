//! `model-tools formats`: what can be read and written, as a table.

use std::fmt::Write as _;

use crate::error::Error;
use crate::{export, import, output};

/// Prints the table.
pub(crate) fn run() -> Result<(), Error> {
    output::print(table().as_bytes())
}

fn table() -> String {
    let mut text = String::from("Read (told from the content, whatever the file is called):\n");
    for format in &import::FORMATS {
        let _ = writeln!(text, "  {:<12}{}", format.name, format.description);
    }
    text.push_str("\nWritten (--to, or how the name of the output ends):\n");
    for format in &export::FORMATS {
        let _ = writeln!(text, "  {:<12}{}", format.name, format.description);
    }
    text
}
