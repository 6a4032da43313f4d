//! Regressions, by class: from learnt attributes to scores.

use sagelet::artifact::{Isotonic, Link};

use super::scores::{check_width, scores};
use super::step::{Outcome, Step};
use crate::import::linear::{Column, combination};
use crate::import::linear::{Kind, Prediction};

/// An estimator whose prediction is `coef_` · x + `intercept_`.
pub(super) fn linear(step: &Step<'_>, columns: &[Column], kind: Kind) -> Outcome<Prediction> {
    Ok(Prediction::regression(kind, scores(step, columns)?))
}

/// Poisson and Gamma regression predict by the exponential of the score.
pub(super) fn log_link(step: &Step<'_>, columns: &[Column]) -> Outcome<Prediction> {
    linear(step, columns, Kind::Generalized(Link::Log))
}

/// `link="auto"` is the identity for a power up to 0 (the normal distribution), else the logarithm.
pub(super) fn tweedie(step: &Step<'_>, columns: &[Column]) -> Outcome<Prediction> {
    let link = match step.text("link") {
        Some("identity") => Link::Identity,
        Some("log") => Link::Log,
        Some("auto") | None => {
            let power = step.attribute("power")?.number();
            match power.ok_or_else(|| step.wrong("power", "a number"))? {
                power if power <= 0.0 => Link::Identity,
                _ => Link::Log,
            }
        }
        Some(other) => return Err(step.refuse(format_args!("the link {other:?} is not known"))),
    };
    linear(step, columns, Kind::Generalized(link))
}

/// Straight lines between thresholds.
pub(super) fn isotonic(step: &Step<'_>, columns: &[Column]) -> Outcome<Prediction> {
    match step.text("out_of_bounds") {
        Some("clip") => {}
        other => {
            let other = other.unwrap_or("nan");
            return Err(step.refuse(format_args!(
                "out_of_bounds={other:?} predicts nothing outside of the training data, an artifact the nearest \
                 value: if that is wanted, set model.out_of_bounds = \"clip\" and dump it again"
            )));
        }
    }
    let [column] = columns else {
        return Err(step.refuse(format_args!("it takes one column, not {}", columns.len())));
    };
    if column.untouched().is_none() {
        return Err(step.refuse("steps before an isotonic regression are not supported"));
    }
    Ok(Prediction::regression(
        Kind::Isotonic(thresholds(step)?),
        vec![column.clone()],
    ))
}

/// The function that an isotonic regression has learnt.
pub(super) fn thresholds(step: &Step<'_>) -> Outcome<Isotonic> {
    // Before scikit-learn 0.24 they were private.
    let (x_thresholds, _) = step.numbers(step.either("X_thresholds_", "_necessary_X_"))?;
    let (y_thresholds, _) = step.numbers(step.either("y_thresholds_", "_necessary_y_"))?;
    Ok(Isotonic {
        x_thresholds,
        y_thresholds,
    })
}

/// Partial least squares centre the columns, and up to scikit-learn 1.4 scale them too: the coefficients of
/// later versions hold the scale already.
pub(super) fn partial_least_squares(step: &Step<'_>, columns: &[Column]) -> Outcome<Prediction> {
    let version = step.version();
    let count = columns.len();
    // They were public before 0.24.
    let means = step.column_numbers(step.either("_x_mean", "x_mean_"), count)?;
    let deviations = match version {
        None => return Err(step.refuse("it does not say which version of scikit-learn fitted it, and coef_ means another thing in some")),
        Some(version) if version < (1, 5) => step.column_numbers(step.either("_x_std", "x_std_"), count)?,
        Some(_) => vec![1.0; count],
    };
    let pairs = means.iter().zip(&deviations);
    let centred: Vec<_> = columns
        .iter()
        .zip(pairs)
        .map(|(column, (mean, deviation))| column.affine(-mean, 1.0 / deviation, 0.0))
        .collect();
    let scores = match version {
        Some(version) if version < (1, 3) => old_partial_least_squares(step, &centred)?,
        _ => scores(step, &centred)?,
    };
    Ok(Prediction::regression(Kind::Linear, scores))
}

/// Before scikit-learn 1.3, `coef_` had a row for each column, not for each target; 1.1 and 1.2 held the later
/// form in `_coef_`. The intercept was the mean of the target.
fn old_partial_least_squares(step: &Step<'_>, centred: &[Column]) -> Outcome<Vec<Column>> {
    let table = match step.optional("_coef_") {
        Some(_) => step.table("_coef_")?,
        None => transposed(&step.table("coef_")?),
    };
    check_width(step, &table, centred)?;
    let intercepts = step.column_numbers(step.either("_y_mean", "y_mean_"), table.len())?;
    let rows = table.iter().zip(intercepts);
    Ok(rows
        .map(|(coefficients, intercept)| combination(centred, coefficients, intercept))
        .collect())
}

fn transposed(table: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let width = table.first().map_or(0, Vec::len);
    let column = |index: usize| table.iter().filter_map(move |row| row.get(index).copied());
    (0..width).map(|index| column(index).collect()).collect()
}
