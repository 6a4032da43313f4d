//! Naive Bayes on counts and on 0 and 1: the logarithm of each class's probability is linear in the cells.

use super::classification;
use super::scores::check_width;
use super::step::{Outcome, Step};
use crate::import::linear::{Column, Kind, Prediction, combination};

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

/// Cells of 0 and 1: a cell of 0 adds the logarithm of what is left of its column's probability.
pub(super) fn bernoulli(step: &Step<'_>, columns: &[Column]) -> Outcome<Prediction> {
    if step.optional("binarize").is_some() {
        return Err(step.refuse(
            "it is linear in whether each cell is above a number, a column that an artifact cannot compute yet; \
             binarize=None, fitted on columns of 0 and 1, is supported",
        ));
    }
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
    softmax(step, &table, &intercepts, columns)
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
