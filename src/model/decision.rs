//! The decision for a label by a threshold.

use ndarray::{Array2, Axis};

use super::predictor::Predictor;
use super::{Classes, Labels, Outputs};
use crate::artifact::{Parameters, Threshold, ThresholdOf};

/// From which number on a label is predicted: its own, or that of one of two.
#[derive(Debug, Clone)]
pub(super) struct Decision {
    of: ThresholdOf,
    at: f64,
    /// The class that is predicted from there on; the other one below.
    positive: usize,
}

impl Decision {
    pub(super) fn of(threshold: &Threshold, parameters: &Parameters) -> Self {
        let mut labels = parameters.labels().iter();
        let label = threshold.label.as_ref();
        let own = label.and_then(|own| labels.position(|label| label == own));
        Self {
            of: threshold.of,
            at: threshold.at,
            positive: own.unwrap_or(1),
        }
    }

    /// Predicts the labels again, by the threshold.
    pub(super) fn apply(&self, outputs: &mut Outputs, predictor: &Predictor) {
        match outputs {
            Outputs::Classes(Classes { predicted, scores }) => {
                let numbers = self.numbers(scores, predictor);
                let numbers = match numbers.ncols() {
                    1 if self.positive == 0 => -numbers,
                    _ => numbers,
                };
                let column = self.positive.min(numbers.ncols().saturating_sub(1));
                let numbers = numbers.index_axis(Axis(1), column);
                for (predicted, &number) in predicted.iter_mut().zip(numbers) {
                    let is_positive = number >= self.at;
                    *predicted = if is_positive {
                        self.positive
                    } else {
                        1 - self.positive
                    };
                }
            }
            Outputs::Labels(Labels { predicted, scores }) => {
                let numbers = self.numbers(scores, predictor);
                *predicted = numbers.mapv(|number| number >= self.at);
            }
            Outputs::Values(_) => {}
        }
    }

    fn numbers(&self, scores: &Array2<f64>, predictor: &Predictor) -> Array2<f64> {
        let probabilities = match self.of {
            ThresholdOf::Probability => predictor.probabilities(scores),
            ThresholdOf::Score => None,
        };
        probabilities.unwrap_or_else(|| scores.clone())
    }
}
