//! `model-tools inspect`: what a model is, in text for people or JSON for programs.

pub(crate) mod layout;
mod report;
pub(crate) mod text;

use clap::Args;

use crate::error::Error;
use crate::{import, output};

/// Show what a model is: kind, features, parameters, provenance, metrics, digest, size
#[derive(Args)]
pub(crate) struct Arguments {
    /// Model, in any format that `model-tools formats` lists; - is standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// Print JSON with every parameter, for programs
    #[arg(long)]
    json: bool,
    /// Show at most N coefficients (the largest) or thresholds (the first)
    #[arg(long, value_name = "N", default_value_t = 20, conflicts_with = "json")]
    top: usize,
}

/// Shows one model.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let source = import::read(&arguments.file)?;
    let shown = if arguments.json {
        report::json(&source)
    } else {
        text::render(&source, arguments.top)
    };
    output::print(shown.as_bytes())
}
