//! The JSON of `inspect --json`: keys are added over time, never renamed or removed.

use std::collections::BTreeMap;

use sagelet::artifact::{Covariance, Parameters, TrainingStatistics};
use serde::Serialize;

use super::{cells, names};
use crate::import::{Listing, Opened, Source};
use crate::scores;

#[derive(Serialize)]
struct Report<'a> {
    /// The path as it was given, or `standard input`.
    file: &'a str,
    /// The format's name, as `formats` lists it.
    format: &'a str,
    /// Size of the file.
    bytes: usize,
    /// SHA-256 of an artifact's payload; null for other formats.
    sha256: Option<String>,
    /// Version of the format, major and minor.
    version: String,
    /// How many columns a row has.
    width: usize,
    /// The columns' names, in their order; null where there is none.
    features: Vec<Option<&'a str>>,
    /// What the model takes in each column of a row, in their order.
    inputs: Vec<cells::Input<'a>>,
    /// What each coefficient of a score is for, in their order.
    coefficient_names: Vec<String>,
    /// Kind and parameters, as the artifact has them.
    model: &'a Parameters,
    provenance: &'a BTreeMap<String, String>,
    metrics: &'a BTreeMap<String, f64>,
    /// Statistics of the training data, as the artifact has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    training: Option<&'a TrainingStatistics>,
    /// The covariance of the coefficients, as the artifact has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    covariance: Option<&'a Covariance>,
    /// How many rows the artifact verifies itself with.
    verification_rows: usize,
    /// What of the file was not understood.
    ignored: &'a [String],
    /// What was folded, dropped or lost on the way from the file to the model.
    notes: &'a [String],
    /// What the file was wrapped in, from the outside in.
    layers: &'a [String],
    /// What is in each of several files.
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<Vec<names::File>>,
    /// Under the format's name, what is in a pickle or a skops file; nothing for other formats.
    #[serde(flatten)]
    contents: BTreeMap<&'a str, names::Report>,
}

/// The report on a file that cannot be converted.
#[derive(Serialize)]
struct Unconverted<'a> {
    file: &'a str,
    format: &'a str,
    bytes: usize,
    layers: &'a [String],
    /// Why it cannot be converted.
    refused: &'a str,
    /// What is in each of several files.
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<Vec<names::File>>,
    /// Under the format's name, what is in a pickle or a skops file; nothing for other formats.
    #[serde(flatten)]
    contents: BTreeMap<&'a str, names::Report>,
}

/// The report on a file that cannot be converted.
pub(super) fn unconverted(opened: &Opened, listings: &[Listing], reason: &str) -> String {
    pretty(&Unconverted {
        file: &opened.input.name,
        format: opened.format.name,
        bytes: opened.input.size(),
        layers: &opened.layers,
        refused: reason,
        files: names::files(listings),
        contents: names::single(listings),
    })
}

/// The report, indented, with a newline at its end.
pub(super) fn json(source: &Source, listings: &[Listing]) -> String {
    let imported = &source.imported;
    let document = &imported.document;
    let features = document.features.iter();
    pretty(&Report {
        file: &source.input.name,
        format: source.format.name,
        bytes: source.input.size(),
        sha256: imported.digest.map(|digest| digest.to_string()),
        version: document.version.to_string(),
        width: document.model.width(),
        features: features.map(|feature| feature.name.as_deref()).collect(),
        inputs: cells::inputs(document),
        coefficient_names: scores::column_names(document),
        model: &document.model,
        provenance: &document.provenance,
        metrics: &document.metrics,
        training: document.training.as_ref(),
        covariance: document.covariance.as_ref(),
        verification_rows: document.verification.rows.len(),
        ignored: &imported.ignored,
        notes: &imported.notes,
        layers: &source.layers,
        files: names::files(listings),
        contents: names::single(listings),
    })
}

fn pretty(report: &impl Serialize) -> String {
    // Texts, numbers, and maps with text keys: this is always JSON.
    let text = serde_json::to_string_pretty(report);
    text.map_or_else(|error| error.to_string(), |text| text + "\n")
}
