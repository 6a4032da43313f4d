//! `model-tools inspect`: what a model is, in text for people or JSON for programs.

pub(crate) mod cells;
pub(crate) mod layout;
mod names;
mod report;
pub(crate) mod text;
mod training;

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
    /// Model, in any format that `model-tools formats` lists, or several files that are one together; - is standard
    /// input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    #[command(flatten)]
    options: import::ImportOptions,
    /// Print JSON with every parameter, for programs
    #[arg(long)]
    json: bool,
    /// Show at most N coefficients (the largest) or thresholds (the first)
    #[arg(long, value_name = "N", default_value_t = 20, conflicts_with = "json")]
    top: usize,
}

/// Shows one model. Of pickles and skops files that cannot be converted it shows what is in them, and why not; one
/// that names something dangerous ends with an error, whatever it could be converted to.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let opened = import::open(&arguments.files)?;
    let listings = opened.contents();
    let listings = listings.map_err(|error| opened.input.refused(error))?;
    let name = opened.input.name.clone();
    let shown = match opened.import(&arguments.options) {
        Ok(imported) => {
            let source = opened.with(imported);
            if arguments.json {
                report::json(&source, &listings)
            } else {
                text::render(&source, arguments.top) + &names::texts(&listings)
            }
        }
        Err(error) if listings.is_empty() => return Err(opened.input.refused(error)),
        Err(error) if arguments.json => report::unconverted(&opened, &listings, &error.to_string()),
        Err(error) => names::unconverted(&opened, &listings, &error.to_string()),
    };
    output::print(shown.as_bytes())?;
    let contents = listings
        .iter()
        .filter_map(|listing| listing.contents.as_ref().ok());
    for contents in contents {
        trust::refuse_dangerous(&contents.globals).map_err(|dangerous| Error::Refused {
            input: name.clone(),
            reason: dangerous.to_string(),
        })?;
    }
    Ok(())
}
