//! Rows with their labels, and what the model makes of them.

use ndarray::{Array2, ArrayView2};
use sagelet::artifact::Label;
use sagelet::codec::{ContentType, Format, Header, RowDefaults, first_record};
use sagelet::limits::BODY_BYTES_MAX;
use sagelet::model::{Model, Outputs};
use sagelet::rows::{Cell, Collected, Entries, Layout, RowBuilder, RowError, Sink};

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

/// Reads a CSV file of features and one column more, the label: by name if the first line names the features, else
/// the first column, as in training.
///
/// # Errors
/// A row has another width, or a cell or label is not what the model takes.
pub(super) fn read(path: &str, model: &Model) -> Result<Data, Error> {
    let input = Input::read(path, BODY_BYTES_MAX)?;
    let mut layout = model.layout().clone();
    let header = add_label(&mut layout, &input)?;
    let defaults = RowDefaults {
        header,
        ..RowDefaults::default()
    };
    let csv = ContentType::of(Format::Csv).or(defaults);
    let mut rows = LabelledRows::default();
    csv.read(&input.bytes, RowBuilder::new(&layout, &mut rows))
        .map_err(|error| input.refused(error))?;
    let (design, entries) = rows.design.into_parts();
    let predicted = model.predict_sparse(design.view(), entries.rows());
    let predicted = predicted.map_err(|error| input.refused(error))?;
    let outcome =
        outcome(model, predicted, &rows.labels).map_err(|reason| input.refused(reason))?;
    Ok(Data {
        name: input.name,
        design,
        outcome,
    })
}

/// Rows and their labels.
#[derive(Default)]
struct LabelledRows {
    design: Collected,
    labels: Vec<String>,
}

impl Sink for LabelledRows {
    fn block(
        &mut self,
        rows: ArrayView2<'_, f64>,
        entries: &Entries,
        first: usize,
    ) -> Result<(), RowError> {
        self.design.block(rows, entries, first)
    }

    fn cell(&mut self, _: usize, _: usize, cell: Cell<'_>) -> Result<(), RowError> {
        if let Cell::Text { text, .. } = cell {
            let label = String::from_utf8_lossy(text);
            self.labels.push(label.trim().to_owned());
        }
        Ok(())
    }
}

/// Adds the column of the label to the layout, and says whether the file has a header.
fn add_label(layout: &mut Layout, input: &Input) -> Result<Header, Error> {
    let csv = ContentType::of(Format::Csv);
    let first = first_record(input.bytes.as_slice(), csv).map_err(|error| input.refused(error))?;
    let names: Vec<&str> = first.iter().map(|name| name.trim()).collect();
    let has_header = layout.has_named_inputs()
        && layout
            .required_names()
            .all(|feature| names.contains(&feature));
    if !has_header {
        layout.hand_on(0, None);
        return Ok(Header::Absent);
    }
    let others: Vec<_> = names
        .iter()
        .filter(|name| {
            layout
                .column(name)
                .is_none_or(|column| column >= layout.cells())
        })
        .collect();
    match others.as_slice() {
        [label] => {
            layout.hand_on(0, Some(label));
            Ok(Header::Present)
        }
        [] => Err(input.refused("every column is a feature: one column more is needed, the label")),
        _ => Err(input.refused(format_args!(
            "{} columns for {} features: exactly one more is the label",
            names.len(),
            layout.cells()
        ))),
    }
}

fn outcome(model: &Model, predicted: Outputs, labels: &[String]) -> Result<Outcome, String> {
    match predicted {
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
        Outputs::Labels(_) => {
            Err("a model of any number of labels per row: data have one label".to_owned())
        }
        Outputs::Classes(classes) => {
            let actual = labels.iter().enumerate().map(|(row, label)| {
                class(model.labels(), label).ok_or_else(|| {
                    format!(
                        "row {}: the label {label:?} is not one of the model's labels",
                        row + 1
                    )
                })
            });
            let actual: Vec<usize> = actual.collect::<Result<_, _>>()?;
            Ok(Outcome::Classes {
                probabilities: model.probabilities(&classes.scores),
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
