//! Naive Bayes: the logarithm of each class's probability is linear in the cells, in whether they are above a number, or in
//! their squares.

use sagelet::artifact::Derived;

use super::classification;
use super::cuts;
use super::scores::check_width;
use super::step::{Outcome, Step};
use crate::import::linear::{Column, Conversion, Kind, Prediction, combination, normal};

/// Counts: Σ cell · `feature_log_prob_`, and of MultinomialNB the logarithm of the class's share of the rows.
pub(super) fn counted(step: &Step<'_>, columns: &[Column]) -> Outcome<Prediction> {
    let table = step.table("feature_log_prob_")?;
    let priors = match step.class {
        // It uses them for a single class only, and that is no classifier.
        "ComplementNB" => vec![0.0; table.len()],
        _ => step.column_numbers("class_log_prior_", table.len())?,
    };
    softmax(step, &table, &priors, columns)
}

/// Cells of 0 and 1, or above `binarize` and not: a cell of 0 adds the logarithm of what is left of its column's
/// probability.
pub(super) fn bernoulli(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let columns = match step.optional("binarize") {
        Some(_) => cuts::above(step, "binarize", columns, conversion)?,
        None => columns.to_vec(),
    };
    let logs = step.table("feature_log_prob_")?;
    let priors = step.column_numbers("class_log_prior_", logs.len())?;
    let left = |log: &f64| (-log.exp()).ln_1p();
    let intercepts: Vec<f64> = logs
        .iter()
        .zip(priors)
        .map(|(row, prior)| prior + row.iter().map(left).sum::<f64>())
        .collect();
    let table: Vec<Vec<f64>> = logs
        .iter()
        .map(|row| row.iter().map(|log| log - left(log)).collect())
        .collect();
    softmax(step, &table, &intercepts, &columns)
}

/// Normally distributed cells: the square of their distance from the class's mean, by the class's variance.
///
/// Cells are centred between the means of the classes first, so that squares of large numbers do not cancel.
pub(super) fn gaussian(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let means = step.table("theta_")?;
    let variances = step.table(step.either("var_", "sigma_"))?;
    let priors = step.column_numbers("class_prior_", means.len())?;
    check_width(step, &means, columns)?;
    check_width(step, &variances, columns)?;
    if variances.len() != means.len() {
        return Err(step.refuse("it has means and variances of different numbers of classes"));
    }
    let centres = normal::centres(&means);
    let conflict = |conflict| step.refuse(conflict);
    let centred = conversion.centred(columns, &centres).map_err(conflict)?;
    let places = conversion.refer(&centred).map_err(conflict)?;
    let of = places.into_iter().map(|place| vec![place, place]).collect();
    let squares = conversion.compute(Derived::Products { of });
    let (mut table, mut intercepts) = (Vec::new(), Vec::new());
    for ((means, variances), prior) in means.iter().zip(&variances).zip(&priors) {
        let (row, intercept) = normal::density(means, variances, &centres);
        table.push(row);
        intercepts.push(prior.ln() + intercept);
    }
    softmax(step, &table, &intercepts, &[centred, squares].concat())
}

fn softmax(
    step: &Step<'_>,
    table: &[Vec<f64>],
    intercepts: &[f64],
    columns: &[Column],
) -> Outcome<Prediction> {
    let labels = classification::labels(step)?;
    check_width(step, table, columns)?;
    if table.len() < 2 {
        return Err(step.refuse("it was fitted on one class, which it always predicts"));
    }
    let rows = table.iter().zip(intercepts);
    let scores =
        rows.map(|(coefficients, intercept)| combination(columns, coefficients, *intercept));
    Ok(Prediction::classes(
        Kind::Multinomial,
        scores.collect(),
        labels,
    ))
}
