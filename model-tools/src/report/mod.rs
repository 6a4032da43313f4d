//! `model-tools report`: a model as one page of HTML, for people who were not there when it was made.

mod chart;
mod data;
mod html;
mod page;
mod quality;

use std::path::Path;

use clap::Args;
use sagelet::model::Model;

use crate::error::Error;
use crate::{import, input, output};

/// Write a report of a model as one page of HTML that needs no network
///
/// The page has the model card, a chart of the coefficients, metrics, verification and provenance. With rows
/// and their labels, it says how well the model predicts them, and draws the residuals of a regression or the
/// calibration of a classifier. The same model and rows give the same page.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Model, in any format that `model-tools formats` lists, or several files that are one together; - is standard
    /// input
    #[arg(value_name = "MODEL", required = true)]
    models: Vec<String>,
    #[command(flatten)]
    options: import::ImportOptions,
    /// CSV file of rows and labels: a line of names at its top says which column is which; else the label comes first
    #[arg(long, value_name = "FILE")]
    data: Option<String>,
    /// File to write; - is standard output
    #[arg(short, long, value_name = "OUT")]
    output: String,
    /// Replace OUT if it exists
    #[arg(long)]
    force: bool,
}

/// Reports on one model.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    if let Some(path) = &arguments.data {
        for model in &arguments.models {
            input::check_distinct(model, path)?;
        }
    }
    let source = import::read_all(&arguments.models, &arguments.options)?;
    let document = &source.imported.document;
    let model = Model::load(document).map_err(|error| source.input.refused(error))?;
    let data = arguments.data.as_ref();
    let data = data.map(|path| data::read(path, &model)).transpose()?;
    let html = page::render(&source, data.as_ref());
    if arguments.output == "-" {
        return output::print(html.as_bytes());
    }
    output::write_file(
        Path::new(&arguments.output),
        html.as_bytes(),
        arguments.force,
    )?;
    output::note(format_args!(
        "wrote {}: {} bytes",
        arguments.output,
        html.len()
    ));
    Ok(())
}
