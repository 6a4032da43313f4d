//! Linear scores for the kinds that linfa has no type for, and what scores mean.

use std::borrow::Borrow;

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut1};

use super::{ModelError, linfa_types};
use crate::artifact::logistic;

/// Linear scores, for the kinds that linfa has no type for.
#[derive(Debug, Clone)]
pub(super) struct Scores {
    /// In the shape (columns, scores).
    coefficients: Array2<f64>,
    intercepts: Array1<f64>,
}

impl Scores {
    pub(super) fn build(
        intercepts: &[f64],
        coefficients: &[impl Borrow<[f64]>],
    ) -> Result<Self, ModelError> {
        Ok(Self {
            coefficients: linfa_types::by_column(coefficients)?,
            intercepts: Array1::from(intercepts.to_vec()),
        })
    }

    pub(super) fn of(&self, rows: ArrayView2<'_, f64>) -> Array2<f64> {
        rows.dot(&self.coefficients) + &self.intercepts
    }
}

/// The index of the largest number, the first of them if several are equal.
pub(super) fn argmax(numbers: impl Iterator<Item = f64>) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for (index, number) in numbers.enumerate() {
        if number > best.1 {
            best = (index, number);
        }
    }
    best.0
}

/// exp of each score, divided by their sum; the largest score is taken off first, so that none overflows.
pub(super) fn softmax(mut scores: ArrayViewMut1<'_, f64>) {
    let largest = scores.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    scores.mapv_inplace(|score| (score - largest).exp());
    let sum = scores.sum();
    scores.mapv_inplace(|probability| probability / sum);
}

/// Scores to probabilities: the logistic function of each, then each divided by their sum. Where all are so
/// far below 0 that the sum vanishes, every class is as likely.
pub(super) fn one_vs_rest(mut scores: ArrayViewMut1<'_, f64>) {
    scores.mapv_inplace(logistic);
    divide_by_sum(scores);
}

/// Divides by the sum; where it is 0, every class is as likely.
pub(super) fn divide_by_sum(mut probabilities: ArrayViewMut1<'_, f64>) {
    let sum = probabilities.sum();
    if sum > 0.0 {
        probabilities /= sum;
    } else {
        probabilities.fill(1.0 / probabilities.len() as f64);
    }
}
