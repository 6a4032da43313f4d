//! `model-tools inspect`: what a model is, in text for people or JSON for programs.

pub(crate) mod layout;
mod names;
mod report;
pub(crate) mod text;

use clap::Args;

use crate::error::Error;
use crate::import::trust;
use crate::{import, output};

/// Show what a model is: kind, features, parameters, provenance, metrics, digest, size
///
/// Of a pickle or skops file it lists every class and function that is named in it as safe, unknown or dangerous, also
/// if it cannot be converted. Nothing in a file is ever run. The exit code is 1 if something dangerous is named.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Model, in any format that `model-tools formats` lists; - is standard input
    #[arg(value_name = "FILE")]
    file: String,
    #[command(flatten)]
    told: import::Told,
    /// Print JSON with every parameter, for programs
    #[arg(long)]
    json: bool,
    /// Show at most N coefficients (the largest) or thresholds (the first)
    #[arg(long, value_name = "N", default_value_t = 20, conflicts_with = "json")]
    top: usize,
}

/// Shows one model. Of a pickle or skops file that cannot be converted it shows what is in it, and why not; one
/// that names something dangerous ends with an error, whatever it could be converted to.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let opened = import::open(&arguments.file)?;
    let contents = opened.contents();
    let contents = contents.map_err(|error| opened.input.refused(error))?;
    let imported = opened.import(&arguments.told);
    let shown = match (imported, &contents) {
        (Ok(imported), _) => {
            let format = opened.format.name;
            let source = opened.with(imported);
            if arguments.json {
                report::json(&source, contents.as_ref())
            } else {
                let names = contents.as_ref();
                let names = names.map(|contents| names::text(format, contents));
                text::render(&source, arguments.top) + &names.unwrap_or_default()
            }
        }
        (Err(error), None) => return Err(opened.input.refused(error)),
        (Err(error), Some(contents)) => {
            let reason = error.to_string();
            if arguments.json {
                report::unconverted(&opened, contents, &reason)
            } else {
                names::unconverted(&opened, contents, &reason)
            }
        }
    };
    output::print(shown.as_bytes())?;
    let trusted = contents.map_or(Ok(()), |contents| {
        trust::refuse_dangerous(&contents.globals)
    });
    trusted.map_err(|dangerous| Error::Refused {
        input: arguments.file.clone(),
        reason: dangerous.to_string(),
    })
}
