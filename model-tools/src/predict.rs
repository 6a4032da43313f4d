//! `model-tools predict`: predictions for the rows of a file, through the code that serves them.

use clap::Args;
use sagelet::account::Account;
use sagelet::codec::{self, ContentType, Field, Format, ResponseOptions};
use sagelet::limits::BODY_BYTES_MAX;
use sagelet::model::Model;
use sagelet::score::{self, Explaining, INTERVAL_LEVEL, Wanted};

use crate::error::Error;
use crate::input::{self, Input};
use crate::rows::cores;
use crate::{import, output};

/// Predict rows as the server would: one prediction a line, and nothing else on standard output
#[derive(Args)]
pub(crate) struct Arguments {
    /// Model, in any format that `model-tools formats` lists; - is standard input
    #[arg(value_name = "FILE")]
    model: String,
    #[command(flatten)]
    options: import::ImportOptions,
    /// Rows to predict, as the body of a request would have them; - is standard input
    #[arg(value_name = "ROWS", default_value = "-")]
    rows: String,
    /// What ROWS is, as a request would say it: text/csv, application/json, application/jsonlines, …
    /// [default: what the name of ROWS ends with: .json, .jsonl, .ndjson, .npy or .npz; else text/csv]
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Fields of each line, separated by commas: predicted_label, probability, contributions, standard_error, …
    /// [default: the prediction]
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = field)]
    fields: Vec<Field>,
    /// How many contributions of each score, the largest ones [default: all]
    #[arg(long, value_name = "COUNT")]
    largest: Option<std::num::NonZeroUsize>,
    /// The share of all cases that intervals hold, from 0.001 to 0.999999
    #[arg(long, value_name = "SHARE", default_value_t = INTERVAL_LEVEL, value_parser = level)]
    level: f64,
}

fn level(text: &str) -> Result<f64, String> {
    let level = text.parse().ok();
    let level = level.filter(|level| (0.001..=0.999_999).contains(level));
    level.ok_or_else(|| "expected a number from 0.001 to 0.999999, such as 0.95".to_owned())
}

fn field(name: &str) -> Result<Field, String> {
    let names = || Field::ALL.map(Field::name).join(", ");
    Field::parse(name).ok_or_else(|| format!("expected one of {}", names()))
}

/// The content type that the end of a file's name stands for.
fn type_of_file(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("json") => "application/json",
        Some("jsonl" | "ndjson") => "application/jsonlines",
        Some("npy") => "application/x-npy",
        Some("npz") => "application/x-npz",
        _ => "text/csv",
    }
}

/// Predicts all rows of one body.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let content_type = arguments.content_type.as_deref();
    let content_type = content_type.unwrap_or_else(|| type_of_file(&arguments.rows));
    let content_type = ContentType::parse(content_type)
        .map_err(|error| Error::Usage(format!("--content-type: {error}")))?;
    input::check_distinct(&arguments.model, &arguments.rows)?;
    let source = import::read(&arguments.model, &arguments.options)?;
    let model =
        Model::load(&source.imported.document).map_err(|error| source.input.refused(error))?;
    let body = Input::read(&arguments.rows, BODY_BYTES_MAX)?;
    let account = &mut Account::unlimited();
    let (document, fields) = (&source.imported.document, &arguments.fields);
    let wanted = Wanted {
        fields,
        largest: arguments.largest.map(std::num::NonZeroUsize::get),
        level: arguments.level,
    };
    let explaining =
        Explaining::of(&model, document, wanted).map_err(|error| source.input.refused(error))?;
    let work = (&cores(), explaining.as_ref());
    let scored = score::score_and_explain(&model, content_type, &body.bytes, account, work)
        .map_err(|error| body.refused(error))?;
    let predictions = score::predictions(&model, scored.outputs, fields, account);
    let mut predictions = predictions.map_err(|error| body.refused(error))?;
    if let Some(explaining) = &explaining {
        let explanations = explaining.explanations(scored.explained, document, fields, account);
        predictions = predictions.explained_by(explanations.map_err(|error| body.refused(error))?);
    }
    let answer = codec::encode(
        Format::Csv,
        &predictions,
        &ResponseOptions::default(),
        account,
    );
    let answer = answer.map_err(|error| body.refused(error))?;
    output::print(&answer.body)
}
