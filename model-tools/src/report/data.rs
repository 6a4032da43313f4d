//! Rows with their labels, and what the model makes of them.

use std::collections::HashMap;

use ndarray::Array2;
use sagelet::artifact::{Document, Label};
use sagelet::limits::BODY_BYTES_MAX;
use sagelet::model::{Design, Model, Outputs};

use crate::error::Error;
use crate::input::Input;

/// What was given and what was predicted.
pub(super) struct Data {
    /// What the file is called.
    pub(super) name: String,
    /// The rows' columns as the model takes them, in the shape (rows, columns).
    pub(super) design: Array2<f64>,
    pub(super) outcome: Outcome,
}

pub(super) enum Outcome {
    /// For each row what it is and what was predicted.
    Numbers(Vec<(f64, f64)>),
    Classes {
        /// For each row the index of its class and that of the predicted one.
        pairs: Vec<(usize, usize)>,
        /// In the shape (rows, classes), if the model has probabilities.
        probabilities: Option<Array2<f64>>,
    },
}

/// Where the label and the features stand in a line.
struct Layout {
    label: usize,
    features: Vec<usize>,
    has_header: bool,
}

/// Reads a CSV file of features and one column more, the label: by name if the first line names the features, else
/// the first column, as in training.
///
/// # Errors
/// A row has another width, or a cell or label is not what the model takes.
pub(super) fn read(path: &str, document: &Document, model: &Model) -> Result<Data, Error> {
    let input = Input::read(path, BODY_BYTES_MAX)?;
    let records = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(input.bytes.as_slice())
        .into_byte_records()
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| input.refused(error))?;
    let layout = layout(records.first(), document).map_err(|reason| input.refused(reason))?;
    let mut design = Design::new(model.schema());
    let mut labels = Vec::new();
    for record in records.iter().skip(usize::from(layout.has_header)) {
        let width = layout.features.len() + 1;
        if record.len() != width {
            let (row, found) = (labels.len() + 1, record.len());
            return Err(input.refused(format!(
                "row {row} has {found} columns, not {width}: the features and the label"
            )));
        }
        for &feature in &layout.features {
            let cell = record.get(feature).unwrap_or_default();
            design
                .push_text(cell)
                .map_err(|error| input.refused(error))?;
        }
        design.end_row().map_err(|error| input.refused(error))?;
        let label = record.get(layout.label).unwrap_or_default();
        labels.push(String::from_utf8_lossy(label).trim().to_owned());
    }
    if labels.is_empty() {
        return Err(input.refused("there are no rows"));
    }
    let design = design.finish();
    let outcome = outcome(model, &design, &labels).map_err(|reason| input.refused(reason))?;
    Ok(Data {
        name: input.name,
        design,
        outcome,
    })
}

fn layout(first: Option<&csv::ByteRecord>, document: &Document) -> Result<Layout, String> {
    let count = document.features.len();
    let names: Vec<String> = first
        .into_iter()
        .flatten()
        .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
        .collect();
    let places: HashMap<&str, usize> = names
        .iter()
        .enumerate()
        .map(|(place, name)| (name.as_str(), place))
        .collect();
    let named = document.features.iter().map(|feature| {
        let name = feature.name.as_deref()?;
        places.get(name).copied()
    });
    let Some(features) = named.collect::<Option<Vec<usize>>>() else {
        return Ok(Layout {
            label: 0,
            features: (1..=count).collect(),
            has_header: false,
        });
    };
    let mut others = (0..names.len()).filter(|place| !features.contains(place));
    match (others.next(), others.next()) {
        (Some(label), None) => Ok(Layout {
            label,
            features,
            has_header: true,
        }),
        (None, _) => {
            Err("every column is a feature: one column more is needed, the label".to_owned())
        }
        (Some(_), Some(_)) => Err(format!(
            "{} columns for {count} features: exactly one more is the label",
            names.len()
        )),
    }
}

fn outcome(model: &Model, design: &Array2<f64>, labels: &[String]) -> Result<Outcome, String> {
    match model.predict(design).map_err(|error| error.to_string())? {
        Outputs::Values(values) if values.ncols() == 1 => {
            let numbers = labels.iter().enumerate().zip(&values);
            let pairs = numbers.map(|((row, label), predicted)| match label.parse() {
                Ok(actual) if f64::is_finite(actual) => Ok((actual, *predicted)),
                _ => Err(format!(
                    "row {}: the label {label:?} is not a number",
                    row + 1
                )),
            });
            Ok(Outcome::Numbers(pairs.collect::<Result<_, _>>()?))
        }
        Outputs::Values(_) => Err("a model of several targets: data have one label".to_owned()),
        Outputs::Classes(classes) => {
            let actual = labels.iter().enumerate().map(|(row, label)| {
                class(model.labels(), label).ok_or_else(|| {
                    format!(
                        "row {}: the label {label:?} is none of the model's",
                        row + 1
                    )
                })
            });
            let actual: Vec<usize> = actual.collect::<Result<_, _>>()?;
            Ok(Outcome::Classes {
                probabilities: model.probabilities(&classes),
                pairs: actual.into_iter().zip(classes.predicted).collect(),
            })
        }
    }
}

/// The index of the class that is written so, as text or as a number.
fn class(labels: &[Label], text: &str) -> Option<usize> {
    let number: Option<f64> = text.parse().ok();
    labels.iter().position(|label| match label {
        Label::Boolean(value) => text.eq_ignore_ascii_case(&value.to_string()),
        Label::Integer(value) => number == Some(*value as f64),
        Label::Text(value) => value == text,
    })
}
