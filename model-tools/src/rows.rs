//! Predictions of a whole file of rows, as numbers to compare and to draw.

use std::num::NonZero;

use ndarray::Array2;
use sagelet::account::Account;
use sagelet::codec::ContentType;
use sagelet::model::{Model, Outputs};
use sagelet::score::{self, Helpers};

use crate::error::Error;
use crate::input::Input;

/// What a model makes of some rows.
pub(crate) struct Predictions {
    /// Each row's label, or 1 or 0 for each of several; empty for a regression.
    pub(crate) labels: Vec<String>,
    /// The targets of a regression, the probabilities of a classifier or the scores of one without them, in the
    /// shape (rows, outputs).
    pub(crate) numbers: Array2<f64>,
}

/// Predicts all rows of a body.
///
/// # Errors
/// The first thing in the body that is no row of the model, with its place.
pub(crate) fn predict(
    model: &Model,
    body: &Input,
    content_type: ContentType,
) -> Result<Predictions, Error> {
    let account = &mut Account::unlimited();
    let (outputs, _) = score::score(model, content_type, &body.bytes, account, &cores())
        .map_err(|error| body.refused(error))?;
    Ok(match outputs {
        Outputs::Values(numbers) => Predictions {
            labels: Vec::new(),
            numbers,
        },
        Outputs::Classes(classes) => Predictions {
            numbers: model
                .probabilities(&classes.scores)
                .unwrap_or_else(|| classes.scores.clone()),
            labels: classes
                .predicted
                .iter()
                .map(|class| model.labels().get(*class).map(ToString::to_string))
                .map(Option::unwrap_or_default)
                .collect(),
        },
        Outputs::Labels(labels) => Predictions {
            numbers: model
                .probabilities(&labels.scores)
                .unwrap_or_else(|| labels.scores.clone()),
            labels: labels
                .predicted
                .outer_iter()
                .map(|row| row.iter().map(|&has| if has { '1' } else { '0' }).collect())
                .collect(),
        },
    })
}

/// All cores of the machine, for one body after the other.
pub(crate) fn cores() -> Helpers {
    Helpers::of_cores(std::thread::available_parallelism().map_or(1, NonZero::get))
}

/// Reads a content type from the command line.
///
/// # Errors
/// It is none that can be read.
pub(crate) fn content_type(text: &str) -> Result<ContentType, Error> {
    ContentType::parse(text).map_err(|error| Error::Usage(format!("--content-type: {error}")))
}
