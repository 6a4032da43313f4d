//! The mean of the probabilities of several linear classifiers.

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut1, Axis};

use super::ModelError;
use super::scores::{Scores, argmax, divide_by_sum, softmax};
use crate::artifact::{Averaged, Isotonic, Member, Probabilities, logistic};

/// Several linear classifiers for the same classes.
#[derive(Debug, Clone)]
pub(super) struct Mean {
    /// Those of all members, one member after the other.
    scores: Scores,
    members: Vec<Part>,
    classes: usize,
    /// The sum of the members' weights.
    total: f64,
}

/// What becomes of a member's scores.
#[derive(Debug, Clone)]
struct Part {
    scores: usize,
    weight: f64,
    rule: Option<Probabilities>,
    calibration: Vec<Isotonic>,
}

impl Mean {
    pub(super) fn build(model: &Averaged) -> Result<Self, ModelError> {
        let members = model.members.iter();
        let intercepts: Vec<f64> = members
            .clone()
            .flat_map(|member| member.intercepts.iter().copied())
            .collect();
        let coefficients: Vec<&[f64]> = members
            .clone()
            .flat_map(|member| member.coefficients.iter().map(Vec::as_slice))
            .collect();
        Ok(Self {
            scores: Scores::build(&intercepts, &coefficients)?,
            members: members.clone().map(Part::of).collect(),
            classes: model.labels.len(),
            total: members.map(|member| member.weight).sum(),
        })
    }

    /// The probabilities, in the shape (rows, classes); or the index of the first row with a score that is not a number.
    pub(super) fn probabilities(&self, rows: ArrayView2<'_, f64>) -> Result<Array2<f64>, usize> {
        let scores = self.scores.of(rows);
        let mut mean = Array2::zeros((rows.nrows(), self.classes));
        let mut own = Array1::zeros(self.classes);
        for (row, scores) in scores.axis_iter(Axis(0)).enumerate() {
            if scores.iter().any(|score| score.is_nan()) {
                return Err(row);
            }
            let mut mean = mean.row_mut(row);
            let mut first = 0;
            for part in &self.members {
                let own_scores = scores.iter().copied().skip(first).take(part.scores);
                part.probabilities(own_scores, own.view_mut());
                mean.scaled_add(part.weight, &own);
                first += part.scores;
            }
            mean /= self.total;
        }
        Ok(mean)
    }
}

impl Part {
    fn of(member: &Member) -> Self {
        Self {
            scores: member.coefficients.len(),
            weight: member.weight,
            rule: member.probabilities,
            calibration: member.calibration.clone(),
        }
    }

    /// Writes the probabilities that this member's scores mean.
    fn probabilities(
        &self,
        scores: impl Iterator<Item = f64> + Clone,
        mut own: ArrayViewMut1<'_, f64>,
    ) {
        match self.rule {
            Some(Probabilities::Softmax) => {
                fill(&mut own, scores);
                softmax(own);
            }
            Some(Probabilities::OneVsRest) => {
                let functions = scores.enumerate();
                fill(
                    &mut own,
                    functions.map(|(index, score)| self.function(index, score)),
                );
                divide_by_sum(own);
            }
            Some(Probabilities::Logistic) => {
                let second: f64 = scores.map(|score| self.function(0, score)).sum();
                fill(&mut own, [1.0 - second, second].into_iter());
            }
            None => {
                let predicted = match self.scores {
                    1 => usize::from(scores.sum::<f64>() > 0.0),
                    _ => argmax(scores),
                };
                own.fill(0.0);
                if let Some(place) = own.get_mut(predicted) {
                    *place = 1.0;
                }
            }
        }
    }

    /// What a score becomes before the scores are brought together: a number from 0 to 1.
    fn function(&self, index: usize, score: f64) -> f64 {
        match self.calibration.get(index) {
            Some(isotonic) => interpolated(isotonic, score),
            None => logistic(score),
        }
    }
}

fn fill(own: &mut ArrayViewMut1<'_, f64>, numbers: impl Iterator<Item = f64>) {
    for (place, number) in own.iter_mut().zip(numbers) {
        *place = number;
    }
}

/// The straight line between the thresholds around a number; the nearest value outside of them.
fn interpolated(isotonic: &Isotonic, number: f64) -> f64 {
    let (x, y) = (&isotonic.x_thresholds, &isotonic.y_thresholds);
    let above = x.partition_point(|&threshold| threshold < number);
    let at = |index: usize| x.get(index).zip(y.get(index));
    match (above.checked_sub(1).and_then(at), at(above)) {
        (Some((&left, &low)), Some((&right, &high))) => {
            let slope = (high - low) / (right - left);
            slope * (number - left) + low
        }
        (None, Some((_, &only))) | (Some((_, &only)), None) => only,
        (None, None) => f64::NAN,
    }
}
