//! `model-tools convert`: reads a model in any format that is known and writes it in another.

use std::path::Path;

use clap::Args;
use clap::builder::PossibleValuesParser;
use sagelet::artifact::{Artifact, Document};
use sagelet::model::{Model, ModelError};

use crate::declarations::Declarations;
use crate::error::Error;
use crate::export::{self, Format};
use crate::import::{self, Source};
use crate::limits::VERIFICATION_FEATURES_MAX;
use crate::{beside, output, proof, verification};

/// Convert a model between formats, most often into the artifact that `sagelet serve` loads
///
/// A model that comes without verification rows gets some, computed from itself, so that the artifact can
/// tell wherever it is loaded whether it still predicts the same; its provenance then names the source.
/// Otherwise the content is kept as it is. Standard error says what was read, written and ignored.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Model to read, in any format that `model-tools formats` lists, or several files of scikit-learn's in the order in
    /// which rows go through them: scaler.pkl model.pkl; - is standard input
    #[arg(value_name = "IN", required = true)]
    inputs: Vec<String>,
    #[command(flatten)]
    options: import::ImportOptions,
    #[command(flatten)]
    declared: Declarations,
    /// File to write; - is standard output
    #[arg(short, long, value_name = "OUT")]
    output: String,
    /// Format to write [default: the one that the name of OUT ends with, cbor for -]
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(export::names()))]
    to: Option<String>,
    /// Replace OUT if it exists
    #[arg(long)]
    force: bool,
    /// Predict the rows of a CSV file before OUT is written, and do not write it if one cannot be predicted
    #[arg(long, value_name = "ROWS")]
    check: Option<String>,
    /// Compare with what the library that fitted the model predicts for the rows of --check, a line each: the
    /// targets of a regression; the class of a classifier, its probabilities, or both. They may be 1e-12 of the
    /// terms' size apart, probabilities 1e-12. The first rows become the artifact's verification rows
    #[arg(long, value_name = "PREDICTIONS", requires = "check")]
    expect: Option<String>,
}

const STANDARD: &str = "-";

/// Converts one model.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let format = output_format(arguments)?;
    let mut source = import::read_all(&arguments.inputs, &arguments.options)?;
    report_read(&source);
    let declared = &arguments.declared;
    declared.add_to(&mut source.imported.document);
    if let [input] = arguments.inputs.as_slice()
        && let Some(hint) = beside::hint(input, &source)
    {
        output::note(hint);
    }
    let mut document = complete(&source)?;
    let version = declared.check_version(&document);
    version.map_err(|reason| source.input.refused(reason))?;
    if let Some(rows) = &arguments.check {
        proof::check(&mut document, rows, arguments.expect.as_deref())?;
    }
    let bytes = format
        .write(&document)
        .map_err(|error| source.input.refused(error))?;
    if arguments.output == STANDARD {
        output::print(&bytes)?;
    } else {
        output::write_file(Path::new(&arguments.output), &bytes, arguments.force)?;
    }
    report_written(arguments, format, &bytes);
    Ok(())
}

/// The format to write, found before anything is read.
fn output_format(arguments: &Arguments) -> Result<&'static Format, Error> {
    let standard = arguments.output == STANDARD;
    let name = match (&arguments.to, standard) {
        (Some(name), _) => name,
        (None, true) => "cbor",
        (None, false) => "",
    };
    let found = export::named(name).or_else(|| export::of_file(Path::new(&arguments.output)));
    let Some(format) = found else {
        let names: Vec<_> = export::names().collect();
        return Err(Error::Usage(format!(
            "the name of {} does not end like any format that can be written ({}): choose one with --to",
            arguments.output,
            names.join(", ")
        )));
    };
    if standard && format.binary && output::is_terminal() {
        return Err(Error::Usage(format!(
            "{} is not for a terminal: write to a file or pipe, or use --to json",
            format.name
        )));
    }
    Ok(format)
}

/// The document to write: it predicts, and says how to tell that it does.
pub(crate) fn complete(source: &Source) -> Result<Document, Error> {
    let mut document = source.imported.document.clone();
    let model = Model::load(&document).map_err(|error| source.input.refused(advise(&error)))?;
    if !document.verification.is_empty() {
        return Ok(document);
    }
    document.verification =
        verification::compute(&model, &document).map_err(|error| source.input.refused(error))?;
    match document.verification.rows.len() {
        0 => output::note(format_args!(
            "added no verification rows: more than {} features, or no finite prediction",
            VERIFICATION_FEATURES_MAX
        )),
        rows => output::note(format_args!(
            "added {rows} verification rows, computed from the model"
        )),
    }
    let digest = source.input.sha256();
    for (key, value) in [
        ("converted_by", sagelet::PRODUCER),
        ("source", source.format.name),
        ("source_sha256", &digest),
    ] {
        document
            .provenance
            .entry(key.to_owned())
            .or_insert_with(|| value.to_owned());
    }
    Ok(document)
}

fn advise(error: &ModelError) -> String {
    match error {
        ModelError::Verification { .. } => format!(
            "{error}; if the model was changed on purpose, remove \"verification\" to have it computed anew"
        ),
        _ => error.to_string(),
    }
}

fn report_read(source: &Source) {
    let document = &source.imported.document;
    let layers: String = source
        .layers
        .iter()
        .map(|layer| format!("{layer}, "))
        .collect();
    output::note(format_args!(
        "read {}: {layers}{}, {} of {} features",
        source.input.name,
        source.format.name,
        document.model.kind(),
        document.features.len()
    ));
    for note in &source.imported.notes {
        output::note(note);
    }
    for ignored in &source.imported.ignored {
        output::note(format_args!("ignored {ignored}"));
    }
}

fn report_written(arguments: &Arguments, format: &Format, bytes: &[u8]) {
    let name = match arguments.output.as_str() {
        STANDARD => "standard output",
        path => path,
    };
    let digest = Artifact::from_bytes(bytes).map_or_else(
        |_| String::new(),
        |artifact| format!(", sha256 {}", artifact.digest),
    );
    output::note(format_args!(
        "wrote {name}: {}, {} bytes{digest}",
        format.name,
        bytes.len()
    ));
}
