//! Verification rows for a model that comes without: rows that no coefficient can change unnoticed on.

use sagelet::artifact::{Isotonic, Link, Parameters, Verification};
use sagelet::model::{Model, ModelError};

/// Features of the widest model that rows are computed for: three rows of 9 bytes a cell are 4 MB of the
/// artifact then, and leave room for the model.
pub(crate) const FEATURES_MAX: usize = 150_000;

/// Rows computed for an isotonic model, whose thresholds may be many.
const ISOTONIC_ROWS_MAX: usize = 100;

/// Rows and their predictions; none if there are more than [`FEATURES_MAX`] features, or nothing finite is
/// predicted.
///
/// # Errors
/// The model refuses the rows, which it does not for rows of its width.
pub(crate) fn compute(model: &Model, parameters: &Parameters) -> Result<Verification, ModelError> {
    let mut verification = Verification::default();
    for row in rows(parameters) {
        let prediction = model.predict_row(&row)?;
        if prediction.is_finite() {
            verification.rows.push(row);
            verification.predictions.push(prediction);
        }
    }
    Ok(verification)
}

fn rows(parameters: &Parameters) -> Vec<Vec<f64>> {
    match parameters {
        Parameters::LinearRegression(linear) => {
            linear_rows(&linear.coefficients, linear.intercept.abs().max(1.0))
        }
        Parameters::GeneralizedLinear(generalized) => {
            let share = match generalized.link {
                Link::Identity => generalized.intercept.abs().max(1.0),
                // exp of much more overflows, and the logistic function tells nothing apart out there.
                Link::Log | Link::Logit => 1.0,
            };
            linear_rows(&generalized.coefficients, share)
        }
        Parameters::Isotonic(isotonic) => isotonic_rows(isotonic),
    }
}

/// A row of zeros, one in which the coefficients' terms grow from the first to the last, and one in which
/// they alternate in sign. A cell is its term divided by its coefficient, so that small coefficients count as
/// much as large ones, and two that were exchanged show. All terms of a row add up to `total` at most.
fn linear_rows(coefficients: &[f64], total: f64) -> Vec<Vec<f64>> {
    let width = coefficients.len();
    if width > FEATURES_MAX {
        return Vec::new();
    }
    let count = width as f64;
    let row = |share: &dyn Fn(usize) -> f64| {
        let cells = coefficients.iter().enumerate();
        cells
            .map(|(index, coefficient)| cell(share(index) * total / count, *coefficient))
            .collect()
    };
    vec![
        vec![0.0; width],
        row(&|index| (index + 1) as f64 / count),
        row(&|index| if index % 2 == 0 { 1.0 } else { -1.0 }),
    ]
}

/// The cell that makes a term of this size; for a coefficient of 0, any cell that is not 0.
fn cell(term: f64, coefficient: f64) -> f64 {
    let cell = term / coefficient;
    if cell.is_finite() { cell } else { 1.0 }
}

/// One row at a threshold, evenly chosen, and one beyond either end.
fn isotonic_rows(isotonic: &Isotonic) -> Vec<Vec<f64>> {
    let thresholds = &isotonic.x_thresholds;
    let step = thresholds.len().div_ceil(ISOTONIC_ROWS_MAX).max(1);
    let beyond = [
        thresholds.first().map(|first| first - first.abs().max(1.0)),
        thresholds.last().map(|last| last + last.abs().max(1.0)),
    ];
    let within = thresholds.iter().copied().step_by(step);
    within
        .chain(beyond.into_iter().flatten())
        .filter(|cell| cell.is_finite())
        .map(|cell| vec![cell])
        .collect()
}
