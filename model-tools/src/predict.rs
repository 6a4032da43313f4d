//! `model-tools predict`: predictions for the rows of a file, through the code that serves them.

use clap::Args;
use sagelet::codec::{self, Format, Shape, media};
use sagelet::limits::BODY_BYTES_MAX;
use sagelet::model::Model;

use crate::error::Error;
use crate::input::{self, Input};
use crate::{import, output};

/// Predict rows as the server would: one prediction a line, and nothing else on standard output
#[derive(Args)]
pub(crate) struct Arguments {
    /// Model, in any format that `model-tools formats` lists; - is standard input
    #[arg(value_name = "FILE")]
    model: String,
    /// Rows to predict, as the body of a request would have them; - is standard input
    #[arg(value_name = "ROWS", default_value = "-")]
    rows: String,
    /// What ROWS is, as a request would say it: text/csv or application/json
    #[arg(long, value_name = "TYPE", default_value = "text/csv")]
    content_type: String,
}

/// Predicts all rows of one body.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let format = format(&arguments.content_type)?;
    input::check_distinct(&arguments.model, &arguments.rows)?;
    let source = import::read(&arguments.model)?;
    let model =
        Model::load(&source.imported.document).map_err(|error| source.input.refused(error))?;
    let body = Input::read(&arguments.rows, BODY_BYTES_MAX)?;
    let rows = format
        .decode(&body.bytes, model.schema())
        .map_err(|error| body.refused(error))?;
    let predictions = model
        .predict(&rows.design)
        .map_err(|error| body.refused(error))?;
    output::print(&codec::encode(&predictions, model.labels(), Shape::Lines))
}

fn format(content_type: &str) -> Result<Format, Error> {
    media::content_type(content_type).ok_or_else(|| {
        Error::Usage(format!(
            "--content-type {content_type} is none of those that can be read: {}",
            media::readable()
        ))
    })
}
