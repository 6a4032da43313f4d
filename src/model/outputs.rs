//! What a model gives for rows: numbers, or classes with their scores.

use ndarray::{Array1, Array2, Axis};

/// Predictions for some rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Outputs {
    /// A regression's, in the shape (rows, targets).
    Values(Array2<f64>),
    /// A classifier's.
    Classes(Classes),
}

/// What a classifier gives for some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Classes {
    /// The predicted class of each row, as an index into [`Model::labels`](super::Model::labels).
    pub predicted: Vec<usize>,
    /// The linear scores. In the shape (rows, classes); (rows, 1) where a score above 0 means the second of
    /// two classes.
    pub scores: Array2<f64>,
}

impl Outputs {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        match self {
            Self::Values(values) => values.nrows(),
            Self::Classes(classes) => classes.predicted.len(),
        }
    }

    /// Puts the predictions of the rows that follow behind these.
    pub fn append(&mut self, next: Self) {
        let appended = match (self, next) {
            (Self::Values(values), Self::Values(next)) => values.append(Axis(0), next.view()),
            (Self::Classes(classes), Self::Classes(next)) => {
                classes.predicted.extend(next.predicted);
                classes.scores.append(Axis(0), next.scores.view())
            }
            _ => Ok(()),
        };
        debug_assert!(appended.is_ok(), "outputs of one model have one shape");
    }

    /// The predictions of a regression with one target; the first target's, of one with several. None of a
    /// classifier.
    #[must_use]
    pub fn single(self) -> Option<Array1<f64>> {
        match self {
            Self::Values(values) if values.ncols() == 1 => {
                let rows = values.nrows();
                values.into_shape_with_order(rows).ok()
            }
            Self::Values(values) => Some(values.column(0).to_owned()),
            Self::Classes(_) => None,
        }
    }
}

impl Classes {
    /// The class that each row's scores mean, or the index of the first row whose scores mean none because
    /// one of them is not a number.
    ///
    /// Among equal scores the first class wins, and a single score of exactly 0 means the first class: both
    /// as scikit-learn has it. (linfa's own rule for two classes, probability ≥ 0.5, gives the second.)
    pub(super) fn from_scores(scores: Array2<f64>) -> Result<Self, usize> {
        let mut predicted = Vec::with_capacity(scores.nrows());
        for (row, scores) in scores.outer_iter().enumerate() {
            if scores.iter().any(|score| score.is_nan()) {
                return Err(row);
            }
            predicted.push(if scores.len() == 1 {
                usize::from(scores.sum() > 0.0)
            } else {
                argmax(scores.iter().copied())
            });
        }
        Ok(Self { predicted, scores })
    }
}

/// The index of the largest number, the first of them if several are equal.
fn argmax(numbers: impl Iterator<Item = f64>) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for (index, number) in numbers.enumerate() {
        if number > best.1 {
            best = (index, number);
        }
    }
    best.0
}
