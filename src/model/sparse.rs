//! Models of rows with a sparse part: every kind by its scores, each of which adds up what the row has.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView2};

use super::linfa_types;
use super::{Classes, ModelError, Outputs, PredictError};
use crate::artifact::{Link, Outcome, Parameters, Probabilities, logistic};
use crate::rows::EntryRows;

/// Linear scores of rows with a dense and a sparse part, and what becomes of them.
#[derive(Debug, Clone)]
pub(super) struct SparseScores {
    intercepts: Array1<f64>,
    /// Of the dense columns, in the shape (columns, scores).
    dense: Array2<f64>,
    /// Of the sparse columns: the coefficients of all scores side by side, so that an entry reads one place.
    sparse: Vec<f64>,
    outcome: Scored,
}

/// What becomes of the scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scored {
    Values(Link),
    Classes(Option<Probabilities>),
}

impl SparseScores {
    /// `sparse` are the ranges of the columns of the sparse part.
    pub(super) fn build(
        parameters: &Parameters,
        sparse: &[Range<usize>],
    ) -> Result<Self, ModelError> {
        let outcome = match parameters.outcome() {
            Outcome::Values(link) => Scored::Values(link),
            Outcome::Classes(_, probabilities) => Scored::Classes(probabilities),
            Outcome::Votes(_) | Outcome::Labels(_) | Outcome::Mean(_) => {
                return Err(ModelError::Refused {
                    kind: parameters.kind(),
                    reason: "columns of texts are computed for regressions and for classifiers with one set of scores \
                             only"
                        .to_owned(),
                });
            }
            Outcome::Isotonic(_) => {
                return Err(ModelError::Refused {
                    kind: parameters.kind(),
                    reason: "an isotonic regression is a function of one column, not of a text"
                        .to_owned(),
                });
            }
        };
        let scores = parameters.scores();
        let is_sparse = |column: &usize| sparse.iter().any(|range| range.contains(column));
        let of_dense = |coefficients: &[f64]| -> Vec<f64> {
            let columns = coefficients.iter().enumerate();
            let dense = columns.filter(|(column, _)| !is_sparse(column));
            dense.map(|(_, coefficient)| *coefficient).collect()
        };
        let dense: Vec<_> = scores
            .iter()
            .map(|score| of_dense(score.coefficients))
            .collect();
        let columns = sparse.iter().cloned().flatten();
        let sparse = columns.flat_map(|column| {
            let coefficient = move |coefficients: &[f64]| coefficients.get(column).copied();
            scores
                .iter()
                .map(move |score| coefficient(score.coefficients).unwrap_or_default())
        });
        Ok(Self {
            sparse: sparse.collect(),
            intercepts: scores.iter().map(|score| score.intercept).collect(),
            dense: linfa_types::by_column(&dense)?,
            outcome,
        })
    }

    pub(super) fn predict(
        &self,
        rows: ArrayView2<'_, f64>,
        entries: EntryRows<'_>,
    ) -> Result<Outputs, PredictError> {
        let mut scores = rows.dot(&self.dense) + &self.intercepts;
        let count = self.intercepts.len();
        for (index, mut scores) in scores.outer_iter_mut().enumerate() {
            for &(column, value) in entries.row(index) {
                let start = column * count;
                let coefficients = self.sparse.get(start..start + count).unwrap_or_default();
                for (score, coefficient) in scores.iter_mut().zip(coefficients) {
                    *score += value * coefficient;
                }
            }
        }
        match self.outcome {
            Scored::Values(link) => {
                scores.mapv_inplace(|score| mean(link, score));
                Ok(Outputs::Values(scores))
            }
            Scored::Classes(_) => Classes::from_scores(scores)
                .map(Outputs::Classes)
                .map_err(|row| PredictError::Overflow { row: row + 1 }),
        }
    }

    /// How scores become probabilities.
    pub(super) fn probabilities(&self) -> Option<Probabilities> {
        match self.outcome {
            Scored::Classes(probabilities) => probabilities,
            Scored::Values(_) => None,
        }
    }

    /// Bytes of memory of the coefficients.
    pub(super) fn memory_bytes(&self) -> usize {
        (self.sparse.len() + self.dense.len()) * size_of::<f64>()
    }
}

/// The inverse link.
fn mean(link: Link, score: f64) -> f64 {
    match link {
        Link::Identity => score,
        Link::Log => score.exp(),
        Link::Logit => logistic(score),
    }
}
