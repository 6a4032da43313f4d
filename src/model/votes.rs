//! A score for every two of several classes: each is a vote for one of them.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

use super::scores::{Scores, argmax};
use super::{Classes, ModelError};
use crate::artifact::{OneVsOne, Ties};

/// A score above 0 is a vote for the second class of its pair.
#[derive(Debug, Clone)]
pub(super) struct Votes {
    scores: Scores,
    classes: usize,
    ties: Ties,
}

impl Votes {
    pub(super) fn build(model: &OneVsOne) -> Result<Self, ModelError> {
        Ok(Self {
            scores: Scores::build(&model.intercepts, &model.coefficients)?,
            classes: model.labels.len(),
            ties: model.ties,
        })
    }

    /// The predicted classes, and for each class its votes, plus less than a third for the sum of the scores for it:
    /// what scikit-learn's `decision_function` gives. Else the index of the first row with a score that is not a number.
    pub(super) fn classes(&self, rows: ArrayView2<'_, f64>) -> Result<Classes, usize> {
        let pairs = self.scores.of(rows);
        let mut predicted = Vec::with_capacity(rows.nrows());
        let mut scores = Array2::zeros((rows.nrows(), self.classes));
        for (row, pairs) in pairs.axis_iter(Axis(0)).enumerate() {
            if pairs.iter().any(|score| score.is_nan()) {
                return Err(row);
            }
            let (votes, sums) = self.count(pairs);
            let confidence = sums.iter().map(|sum| sum / (3.0 * (sum.abs() + 1.0)));
            let both = votes.iter().zip(confidence);
            let both: Vec<f64> = both.map(|(votes, confidence)| votes + confidence).collect();
            predicted.push(match self.ties {
                Ties::First => argmax(votes.into_iter()),
                Ties::Confidence => argmax(both.iter().copied()),
            });
            scores.row_mut(row).assign(&ArrayView1::from(&both));
        }
        Ok(Classes { predicted, scores })
    }

    /// For each class, how many scores vote for it, and the sum of the scores for it.
    fn count(&self, pairs: ArrayView1<'_, f64>) -> (Vec<f64>, Vec<f64>) {
        let (mut votes, mut sums) = (vec![0.0; self.classes], vec![0.0; self.classes]);
        let seconds = |first| (first + 1..self.classes).map(move |second| (first, second));
        let both = (0..self.classes).flat_map(seconds);
        for ((first, second), &score) in both.zip(pairs) {
            let for_second = match self.ties {
                Ties::First => score >= 0.0,
                Ties::Confidence => score > 0.0,
            };
            add(&mut votes, if for_second { second } else { first }, 1.0);
            add(&mut sums, first, -score);
            add(&mut sums, second, score);
        }
        (votes, sums)
    }
}

fn add(numbers: &mut [f64], index: usize, number: f64) {
    if let Some(place) = numbers.get_mut(index) {
        *place += number;
    }
}
