//! Replaying an artifact's verification rows: does the model predict here what it did where it was made?

use super::{Model, ModelError};
use crate::artifact::{Document, InverseTransform, Link, Parameters};

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
            .design_row(cells)
            .map_err(|error| ModelError::VerificationRow(error.into()))?;
        let row: Vec<f64> = row.into_iter().collect();
        let found = model
            .predict_row(cells)
            .map_err(ModelError::VerificationRow)?;
        for (output, (&expected, &found)) in expected.iter().zip(&found).enumerate() {
            let allowed = TOLERANCE * magnitude(document, &row, output, expected);
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

/// The size of what rounding works on when this output of this row is predicted: an error of one part in this
/// comes from the order of a sum alone.
fn magnitude(document: &Document, row: &[f64], output: usize, expected: f64) -> f64 {
    let Some(inverse) = document.inverse_transform else {
        return regression_magnitude(&document.model, row, output, expected);
    };
    // An error of d before the inverse is one of slope · d behind it, and the inverse has its own.
    let (result, slope) = match inverse {
        InverseTransform::Exp => (expected.abs().ln(), expected.abs()),
        InverseTransform::Expm1 => (expected.ln_1p(), (expected + 1.0).abs()),
        InverseTransform::Square => (expected.abs().sqrt(), 2.0 * expected.abs().sqrt()),
    };
    let before = regression_magnitude(&document.model, row, output, result);
    slope * before + slope.max(expected.abs())
}

fn regression_magnitude(parameters: &Parameters, row: &[f64], output: usize, expected: f64) -> f64 {
    match parameters {
        Parameters::LinearRegression(linear) | Parameters::ElasticNet(linear) => {
            terms(&linear.coefficients, linear.intercept, row)
        }
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
        Parameters::MultiTargetRegression(multi) => {
            nth_terms(&multi.coefficients, &multi.intercepts, row, output)
        }
        Parameters::LinearClassifier(classifier) => nth_terms(
            &classifier.coefficients,
            &classifier.intercepts,
            row,
            output,
        ),
        Parameters::LogisticRegression(logistic) => {
            1.0 + terms(&logistic.coefficients, logistic.intercept, row)
        }
        // A probability depends on every score, on none of them more steeply than 1.
        Parameters::MultinomialLogisticRegression(classifier)
        | Parameters::OneVsRest(classifier) => {
            let scores = 0..classifier.coefficients.len();
            let terms = scores.map(|score| {
                nth_terms(&classifier.coefficients, &classifier.intercepts, row, score)
            });
            1.0 + 2.0 * terms.fold(0.0, f64::max)
        }
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

fn nth_terms(coefficients: &[Vec<f64>], intercepts: &[f64], row: &[f64], index: usize) -> f64 {
    match (coefficients.get(index), intercepts.get(index)) {
        (Some(coefficients), Some(&intercept)) => terms(coefficients, intercept, row),
        _ => 0.0,
    }
}
