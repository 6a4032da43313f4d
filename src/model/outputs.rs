//! What a model gives for rows: numbers, or classes with their scores.

use std::collections::TryReserveError;

use ndarray::{Array1, Array2};

use super::scores::argmax;

/// Predictions for some rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Outputs {
    /// A regression's, in the shape (rows, targets).
    Values(Array2<f64>),
    /// A classifier's.
    Classes(Classes),
    /// Those of a classifier that predicts any number of labels per row.
    Labels(Labels),
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

/// What a classifier gives that predicts each of its labels or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Labels {
    /// Which labels each row has, in the shape (rows, labels).
    pub predicted: Array2<bool>,
    /// The linear scores, in the same shape. A score above 0 means that the row has the label.
    pub scores: Array2<f64>,
}

impl Outputs {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        match self {
            Self::Values(values) => values.nrows(),
            Self::Classes(classes) => classes.predicted.len(),
            Self::Labels(labels) => labels.predicted.nrows(),
        }
    }

    /// How many numbers they are: values, or scores and predicted classes.
    #[must_use]
    pub fn numbers(&self) -> usize {
        match self {
            Self::Values(values) => values.len(),
            Self::Classes(classes) => classes.predicted.len() + classes.scores.len(),
            // A label takes a byte.
            Self::Labels(labels) => {
                labels.predicted.len().div_ceil(size_of::<f64>()) + labels.scores.len()
            }
        }
    }

    /// The predictions of several parts of a body, one behind the other. `None` if there are no parts, or if the system
    /// has no memory for their `numbers` together.
    #[must_use]
    pub fn concatenated(parts: impl IntoIterator<Item = Self>, numbers: usize) -> Option<Self> {
        let mut parts = parts.into_iter();
        let mut all = parts.next()?;
        if let Self::Values(values) = &mut all {
            let first = std::mem::take(values);
            let width = first.ncols();
            let mut room = Vec::new();
            room.try_reserve_exact(numbers).ok()?;
            room.extend(first);
            let rows = room.len() / width.max(1);
            *values = Array2::from_shape_vec((rows, width), room).ok()?;
        }
        for part in parts {
            all.append(part).ok()?;
        }
        Some(all)
    }

    /// Puts the predictions of the rows that follow behind these.
    ///
    /// # Errors
    /// The system has no memory for them.
    pub fn append(&mut self, next: Self) -> Result<(), TryReserveError> {
        match (self, next) {
            (Self::Values(values), Self::Values(next)) => append(values, next),
            (Self::Classes(classes), Self::Classes(next)) => {
                classes.predicted.try_reserve(next.predicted.len())?;
                classes.predicted.extend(next.predicted);
                append(&mut classes.scores, next.scores)
            }
            (Self::Labels(labels), Self::Labels(next)) => {
                append(&mut labels.predicted, next.predicted)?;
                append(&mut labels.scores, next.scores)
            }
            // Outputs of one model are of one sort.
            _ => Ok(()),
        }
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
            Self::Classes(_) | Self::Labels(_) => None,
        }
    }
}

/// Puts the rows of a table behind those of another one. Both are in row-major order, and as wide.
fn append<T: Copy + Default>(
    table: &mut Array2<T>,
    next: Array2<T>,
) -> Result<(), TryReserveError> {
    let (rows, width) = (table.nrows() + next.nrows(), table.ncols());
    let before = std::mem::take(table);
    let mut numbers = if before.is_standard_layout() {
        before.into_raw_vec_and_offset().0
    } else {
        before.iter().copied().collect()
    };
    let reserved = numbers.try_reserve(next.len());
    if reserved.is_ok() {
        numbers.extend(next);
    }
    *table = Array2::from_shape_vec((rows, width), numbers).unwrap_or_default();
    reserved
}

impl Labels {
    /// Which labels each row's scores mean, or the index of the first row with a score that is not a number.
    pub(super) fn from_scores(scores: Array2<f64>) -> Result<Self, usize> {
        let mut rows = scores.outer_iter();
        match rows.position(|row| row.iter().any(|score| score.is_nan())) {
            Some(row) => Err(row),
            None => Ok(Self {
                predicted: scores.mapv(|score| score > 0.0),
                scores,
            }),
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
