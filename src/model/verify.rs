//! Replaying an artifact's verification rows: does the model predict here what it did where it was made?

use super::{Model, ModelError};
use crate::artifact::{Document, Isotonic, Link, Outcome, Parameters, Probabilities, Score};

/// How far a prediction may differ from the expected one, as a share of the sum of the magnitudes that are
/// added up to make it. Sums in another order differ by about 1e-16 of that sum for each of their terms; a
/// wrong coefficient differs by far more than 1e-12 of it.
pub const TOLERANCE: f64 = 1e-12;

/// Compares every verification row's prediction with the expected one.
pub(super) fn replay(model: &Model, document: &Document) -> Result<(), ModelError> {
    let verification = &document.verification;
    let pairs = verification.rows.iter().zip(&verification.predictions);
    for (index, (cells, expected)) in pairs.enumerate() {
        let row = model
            .columns_of_row(cells)
            .map_err(|error| ModelError::VerificationRow(error.into()))?;
        let found = model
            .predict_row(cells)
            .map_err(ModelError::VerificationRow)?;
        // Once for all outputs of a row: a classifier has up to 10,000, each of which depends on every score.
        let sizes = Sizes::of(&document.model, &row);
        for (output, (&expected, &found)) in expected.iter().zip(&found).enumerate() {
            let allowed = TOLERANCE * sizes.magnitude(document, output, expected);
            let within = (found - expected).abs() <= allowed; // false for NaN
            if !within {
                return Err(ModelError::Verification {
                    row: index + 1,
                    expected,
                    found,
                    allowed,
                });
            }
        }
    }
    Ok(())
}

/// The sizes of the terms that are added up to make each score of a row.
struct Sizes {
    of_scores: Vec<f64>,
    largest: f64,
}

impl Sizes {
    fn of(parameters: &Parameters, cells: &[(usize, f64)]) -> Self {
        let scores = parameters.scores();
        let of_scores: Vec<f64> = scores.iter().map(|score| terms(score, cells)).collect();
        Self {
            largest: of_scores.iter().copied().fold(0.0, f64::max),
            of_scores,
        }
    }

    fn of_score(&self, index: usize) -> f64 {
        self.of_scores.get(index).copied().unwrap_or_default()
    }

    /// The size of what rounding works on when an output is predicted: an error of one part in this comes from the
    /// order of a sum alone.
    fn magnitude(&self, document: &Document, output: usize, expected: f64) -> f64 {
        let Some(inverse) = document.inverse_transform else {
            return self.of_outcome(&document.model, output, expected);
        };
        // An error of d before the inverse is one of slope · d behind it, and the inverse has its own.
        let (result, slope) = inverse.undo(expected);
        let before = self.of_outcome(&document.model, output, result);
        slope * before + slope.max(expected.abs())
    }

    /// The same before the inverse transform.
    fn of_outcome(&self, parameters: &Parameters, output: usize, expected: f64) -> f64 {
        match parameters.outcome() {
            Outcome::Values(Link::Identity) | Outcome::Classes(_, None) => self.of_score(output),
            // An error of d in the linear predictor is one of mean · d in the mean, and exp has its own.
            Outcome::Values(Link::Log) => expected.abs() * (1.0 + self.of_score(output)),
            // The logistic function is nowhere steeper than 1/4.
            Outcome::Values(Link::Logit) => 1.0 + self.of_score(output),
            Outcome::Isotonic(isotonic) => {
                let values = isotonic.y_thresholds.iter();
                values.fold(0.0, |most: f64, y| most.max(y.abs()))
            }
            Outcome::Classes(_, Some(Probabilities::Logistic)) => 1.0 + self.of_score(0),
            // A vote is a whole number; what comes to it is nowhere steeper than a third of the sum of scores.
            Outcome::Votes(model) => model.labels.len() as f64 * (1.0 + self.largest),
            Outcome::Labels(model) => match model.link {
                Link::Logit => 1.0 + self.of_score(output),
                Link::Identity | Link::Log => self.of_score(output),
            },
            Outcome::Mean(model) => {
                let functions = model.members.iter().flat_map(|member| &member.calibration);
                1.0 + functions.map(steepness).fold(2.0, f64::max) * self.largest
            }
            // A probability depends on every score, on none of them more steeply than 1.
            Outcome::Classes(_, Some(Probabilities::Softmax | Probabilities::OneVsRest)) => {
                1.0 + 2.0 * self.largest
            }
        }
    }
}

/// The slope of a piecewise linear function where it is steepest.
fn steepness(isotonic: &Isotonic) -> f64 {
    let points = isotonic.x_thresholds.iter().zip(&isotonic.y_thresholds);
    let pieces = points.clone().zip(points.skip(1));
    let slopes = pieces.map(|((x, y), (next_x, next_y))| ((next_y - y) / (next_x - x)).abs());
    slopes.fold(0.0, f64::max)
}

/// |intercept| + Σ |coefficient · cell|.
fn terms(score: &Score<'_>, cells: &[(usize, f64)]) -> f64 {
    let products = cells.iter().filter_map(|&(column, cell)| {
        let coefficient = score.coefficients.get(column)?;
        Some((coefficient * cell).abs())
    });
    score.intercept.abs() + products.sum::<f64>()
}
