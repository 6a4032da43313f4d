//! Replaying an artifact's verification rows: does the model predict here what it did where it was made?

use ndarray::Array2;

use super::{Model, ModelError};
use crate::artifact::{Document, Link, Parameters};

/// How far a prediction may differ from the expected one, as a share of the sum of the magnitudes that are
/// added up to make it. Sums in another order differ by about 1e-16 of that sum for each of their terms; a
/// wrong coefficient differs by far more than 1e-12 of it.
pub const TOLERANCE: f64 = 1e-12;

/// Compares every verification row's prediction with the expected one.
pub(super) fn replay(model: &Model, document: &Document) -> Result<(), ModelError> {
    let verification = &document.verification;
    for (index, (row, &expected)) in verification
        .rows
        .iter()
        .zip(&verification.predictions)
        .enumerate()
    {
        let width = ModelError::Width {
            expected: model.width(),
            found: row.len(),
        };
        let design = Array2::from_shape_vec((1, row.len()), row.clone()).map_err(|_| width)?;
        let found = model.predict(&design)?.sum();
        let allowed = TOLERANCE * magnitude(&document.model, row, expected);
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
    Ok(())
}

/// The size of what rounding works on when this row is predicted: an error of one part in this comes from
/// the order of a sum alone.
fn magnitude(parameters: &Parameters, row: &[f64], expected: f64) -> f64 {
    match parameters {
        Parameters::LinearRegression(linear) => terms(&linear.coefficients, linear.intercept, row),
        Parameters::GeneralizedLinear(generalized) => {
            let terms = terms(&generalized.coefficients, generalized.intercept, row);
            match generalized.link {
                Link::Identity => terms,
                // An error of d in the linear predictor is one of mean · d in the mean, and exp has its own.
                Link::Log => expected.abs() * (1.0 + terms),
                // The logistic function is nowhere steeper than 1/4.
                Link::Logit => 1.0 + terms,
            }
        }
        Parameters::Isotonic(isotonic) => isotonic
            .y_thresholds
            .iter()
            .fold(0.0, |most: f64, y| most.max(y.abs())),
    }
}

/// |intercept| + Σ |coefficient · cell|.
fn terms(coefficients: &[f64], intercept: f64, row: &[f64]) -> f64 {
    let products = coefficients
        .iter()
        .zip(row)
        .map(|(coefficient, cell)| (coefficient * cell).abs());
    intercept.abs() + products.sum::<f64>()
}
