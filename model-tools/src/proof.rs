//! `convert --check`: whether a converted model predicts rows as the library that fitted it did.

use ndarray::Array2;
use sagelet::artifact::{Cell, Document, Verification};
use sagelet::codec::{ContentType, Format, read_records};
use sagelet::limits::{BODY_BYTES_MAX, VERIFICATION_ROWS_MAX};
use sagelet::model::{Classes, Labels, Model, ModelError, Outputs};
use sagelet::score;

use crate::blame::{self, Pair};
use crate::error::Error;
use crate::input::Input;
use crate::limits::{PROOF_CELLS_KEPT_MAX, PROOF_ROWS_KEPT_MAX};
use crate::{output, verification};

/// Probabilities may differ by this much.
const PROBABILITY_TOLERANCE: f64 = 1e-12;

/// Predicts every row of a CSV file, and compares with the predictions in another. The rows that were compared
/// become the document's verification rows.
///
/// # Errors
/// A row cannot be predicted, or is predicted otherwise.
pub(crate) fn check(
    document: &mut Document,
    rows: &str,
    expected: Option<&str>,
) -> Result<(), Error> {
    let input = Input::read(rows, BODY_BYTES_MAX)?;
    let model = Model::load(document).map_err(|error| input.refused(error))?;
    let (rows, outputs) = predict(&model, &input)?;
    let count = rows.len();
    let Some(expected) = expected else {
        output::note(format_args!(
            "checked {count} rows of {}: all can be predicted; --expect compares the predictions",
            input.name
        ));
        return Ok(());
    };
    let expected = expectations(document, &Input::read(expected, BODY_BYTES_MAX)?, count)?;
    let classes = match &outputs {
        Outputs::Classes(Classes { predicted, scores }) => {
            let label = |class: &usize| model.labels().get(*class).map(ToString::to_string);
            let labels = predicted
                .iter()
                .map(|class| label(class).unwrap_or_default());
            compare_classes(&input, labels, model.probabilities(scores), &expected)
        }
        Outputs::Labels(Labels { predicted, scores }) => {
            let labels = predicted.outer_iter().map(|row| joined(row.iter()));
            compare_classes(&input, labels, model.probabilities(scores), &expected)
        }
        Outputs::Values(_) => Ok(()),
    };
    let by_label_alone = expected.iter().all(|expected| expected.numbers.is_empty());
    let pairs = rows.into_iter().zip(expected);
    let pairs: Vec<Pair> = pairs
        .filter(|(_, expected)| by_label_alone || !expected.numbers.is_empty())
        .map(|(row, expected)| (row, expected.numbers))
        .collect();
    if by_label_alone {
        classes?;
        keep(document, &model, pairs).map_err(|error| input.refused(error))?;
    } else {
        let compared = classes.and_then(|()| compare_numbers(document, &input, &pairs));
        compared.map_err(|error| explained(error, document, &model, &pairs))?;
    }
    output::note(format_args!(
        "checked {count} rows of {}: predicted as expected",
        input.name
    ));
    Ok(())
}

/// Keeps the first rows of which only the labels were compared, with what the model gives for them.
fn keep(document: &mut Document, model: &Model, pairs: Vec<Pair>) -> Result<(), ModelError> {
    let rows = pairs.into_iter().map(|(row, _)| row).take(kept(document));
    document.verification = verification::of_rows(model, rows)?;
    Ok(())
}

/// How many rows the artifact keeps.
fn kept(document: &Document) -> usize {
    PROOF_ROWS_KEPT_MAX.min(PROOF_CELLS_KEPT_MAX / document.features.len().max(1))
}

/// The error of a comparison, with what explains the difference if something simple does.
fn explained(error: Error, document: &Document, model: &Model, pairs: &[Pair]) -> Error {
    match (error, blame::explanation(document, model, pairs)) {
        (Error::Refused { input, reason }, Some(explanation)) => Error::Refused {
            input,
            reason: format!("{reason}; {explanation}"),
        },
        (error, _) => error,
    }
}

/// The expected predictions of `count` rows. One line more than rows is a header.
fn expectations(
    document: &Document,
    input: &Input,
    count: usize,
) -> Result<Vec<Expectation>, Error> {
    let csv = ContentType::of(Format::Csv);
    let lines = read_records(&input.bytes, csv).map_err(|error| input.refused(error))?;
    let header = usize::from(lines.len() == count + 1);
    if lines.len() - header != count || count == 0 {
        let found = lines.len();
        return Err(input.refused(format_args!("{found} predictions for {count} rows")));
    }
    let lines = lines.iter().enumerate().skip(header);
    let read = |(index, line): (usize, &Vec<String>)| {
        let refused = |reason| input.refused(format_args!("line {}: {reason}", index + 1));
        Expectation::read(document, line).map_err(refused)
    };
    lines.map(read).collect()
}

/// What one line says a row gives.
struct Expectation {
    /// The class, where the line begins with one.
    label: Option<String>,
    /// Targets of a regression, probabilities of a classifier.
    numbers: Vec<f64>,
}

impl Expectation {
    /// A regression's line has a number for each target; a classifier's the class, its probabilities, or both. Where a row
    /// may have any number of labels, 1 or 0 for each of them, and its probabilities or not.
    fn read(document: &Document, line: &[String]) -> Result<Self, String> {
        let outputs = document.model.outputs();
        let classes = document.model.labels().len();
        let (label, numbers) = match line {
            line if document.model.is_multilabel() => match line.split_at_checked(classes) {
                Some((label, numbers)) if [0, classes].contains(&numbers.len()) => {
                    (Some(joined_labels(label)?), numbers)
                }
                _ => {
                    return Err(format!(
                        "{} values, the model has {classes} labels: 1 or 0 for each, and the probabilities or not",
                        line.len()
                    ));
                }
            },
            [label] if classes > 0 => (Some(label.clone()), &[][..]),
            [label, numbers @ ..] if classes > 0 && numbers.len() == classes => {
                (Some(label.clone()), numbers)
            }
            numbers if numbers.len() == if classes > 0 { classes } else { outputs } => {
                (None, numbers)
            }
            other => return Err(format!("{} values, the model gives {outputs}", other.len())),
        };
        let numbers = numbers.iter().map(|text| {
            text.parse()
                .map_err(|_| format!("{text:?} is not a number"))
        });
        Ok(Self {
            label,
            numbers: numbers.collect::<Result<_, _>>()?,
        })
    }
}

/// Which labels a row has, as a line of CSV says it: `1,0,1`.
fn joined<'a>(labels: impl Iterator<Item = &'a bool>) -> String {
    let bits: Vec<&str> = labels.map(|label| if *label { "1" } else { "0" }).collect();
    bits.join(",")
}

/// The same of the cells of a line.
fn joined_labels(cells: &[String]) -> Result<String, String> {
    let bit = |cell: &String| match cell.trim().parse::<f64>() {
        Ok(1.0) => Ok(true),
        Ok(0.0) => Ok(false),
        _ => Err(format!("{cell:?} is neither 1 nor 0")),
    };
    let bits: Vec<bool> = cells.iter().map(bit).collect::<Result<_, _>>()?;
    Ok(joined(bits.iter()))
}

/// Predicts the rows of a CSV file as the server would, and keeps their cells.
fn predict(model: &Model, input: &Input) -> Result<(Vec<Vec<Cell>>, Outputs), Error> {
    let mut layout = model.layout().clone();
    layout.hand_on_all();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut keep = |row: usize, column: usize, cell: sagelet::rows::Cell<'_>| {
        rows.resize_with(row, || vec![Cell::Missing; model.layout().cells()]);
        let place = rows.last_mut().and_then(|row| row.get_mut(column));
        if let Some(place) = place {
            *place = model.layout().kept(column, cell);
        }
    };
    let csv = ContentType::of(Format::Csv);
    let scored = score::score_and_watch(model, &layout, csv, &input.bytes, &mut keep);
    let (outputs, _) = scored.map_err(|error| input.refused(error))?;
    Ok((rows, outputs))
}

fn compare_classes(
    input: &Input,
    labels: impl Iterator<Item = String>,
    probabilities: Option<Array2<f64>>,
    expected: &[Expectation],
) -> Result<(), Error> {
    for (index, (found, expected)) in labels.zip(expected).enumerate() {
        let number = index + 1;
        if let Some(label) = expected
            .label
            .as_ref()
            .filter(|label| !same_label(&found, label))
        {
            return Err(input.refused(format_args!(
                "row {number} is predicted to be {found:?} instead of {label:?}"
            )));
        }
        if expected.numbers.is_empty() {
            continue;
        }
        let Some(probabilities) = &probabilities else {
            return Err(input.refused(
                "the model has no probabilities to compare with: give the classes alone",
            ));
        };
        let pairs = probabilities.row(index).into_iter().zip(&expected.numbers);
        let mut differing = pairs.filter(|(found, expected)| !close(**found, **expected));
        if let Some((found, expected)) = differing.next() {
            return Err(input.refused(format_args!(
                "row {number} has the probability {found:?} instead of {expected:?}"
            )));
        }
    }
    Ok(())
}

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= PROBABILITY_TOLERANCE
}

/// `1` and `1.0` are the same class.
fn same_label(found: &str, expected: &str) -> bool {
    let numbers = (found.parse::<f64>(), expected.parse::<f64>());
    found == expected || matches!(numbers, (Ok(found), Ok(expected)) if found == expected)
}

/// Compares as every artifact does with its verification rows when it is loaded, and keeps the first rows.
fn compare_numbers(document: &mut Document, input: &Input, pairs: &[Pair]) -> Result<(), Error> {
    let kept = kept(document);
    let mut proven = document.clone();
    for (block, pairs) in pairs.chunks(VERIFICATION_ROWS_MAX).enumerate() {
        proven.verification = verification(pairs);
        proven.validate().map_err(|error| input.refused(error))?;
        Model::load(&proven).map_err(|error| match error {
            ModelError::Verification { row, expected, found, allowed } => {
                let row = block * VERIFICATION_ROWS_MAX + row;
                input.refused(format_args!(
                    "row {row} gives {found:?} instead of {expected:?}; they may be {allowed:e} apart"
                ))
            }
            other => input.refused(other),
        })?;
    }
    if let Some(first) = pairs
        .get(..kept.min(pairs.len()))
        .filter(|first| !first.is_empty())
    {
        document.verification = verification(first);
    }
    Ok(())
}

fn verification(pairs: &[Pair]) -> Verification {
    Verification {
        rows: pairs.iter().map(|(row, _)| row.clone()).collect(),
        predictions: pairs.iter().map(|(_, expected)| expected.clone()).collect(),
    }
}
