//! How good predictions are: sums over rows, and the metrics that follow from them.

use crate::bytes::{Reader, Writer};
use crate::family::Family;
use crate::sketch::{Resolution, Sketch};
use crate::table::Table;

/// Sums over the rows of a regression.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Regression {
    /// Rows with a weight above 0.
    pub rows: u64,
    /// Sum of the weights.
    pub weight: f64,
    /// Σ weight · loss (half the deviance, or half the square).
    pub loss: f64,
    /// Σ weight · residual²
    pub squares: f64,
    /// Σ weight · |residual|
    pub magnitudes: f64,
    /// Σ weight · residual² / variance of the mean
    pub pearson: f64,
    /// What is taken off labels before they are summed.
    pub label_shift: f64,
    /// Σ weight · label
    pub labels: f64,
    /// Σ weight · label²
    pub label_squares: f64,
}

/// Sums over the rows of a classification.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    /// Rows with a weight above 0.
    pub rows: u64,
    /// Sum of the weights.
    pub weight: f64,
    /// Σ weight · −log(probability of the label)
    pub loss: f64,
    /// Sum of weights by label (row) and predicted label (column).
    pub confusion: Table,
    /// Between two classes: the scores of the first class and of the second.
    pub scores: Option<Box<[Sketch<f64>; 2]>>,
}

impl Regression {
    /// Adds a row.
    pub fn add(&mut self, family: Option<Family>, label: f64, predictor: f64, weight: f64) {
        let mean = family.map_or(predictor, |family| family.mean(predictor));
        let residual = label - mean;
        let loss = family.map_or(0.5 * residual * residual, |family| {
            family.loss(label, predictor)
        });
        let variance = match family {
            Some(Family::Tweedie { power, .. }) => mean.powf(power),
            _ => 1.0,
        };
        self.rows += u64::from(weight > 0.0);
        self.weight += weight;
        self.loss += weight * loss;
        self.squares += weight * residual * residual;
        self.magnitudes += weight * residual.abs();
        self.pearson += weight * residual * residual / variance;
        let label = label - self.label_shift;
        self.labels += weight * label;
        self.label_squares += weight * label * label;
    }

    /// Adds the sums of other rows.
    pub fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.weight += other.weight;
        self.loss += other.loss;
        self.squares += other.squares;
        self.magnitudes += other.magnitudes;
        self.pearson += other.pearson;
        self.labels += other.labels;
        self.label_squares += other.label_squares;
    }

    pub(crate) fn save(&self, to: &mut Writer) {
        to.whole(self.rows);
        to.numbers(&[
            self.weight,
            self.loss,
            self.squares,
            self.magnitudes,
            self.pearson,
            self.label_shift,
            self.labels,
            self.label_squares,
        ]);
    }

    pub(crate) fn restore(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            rows: from.whole()?,
            weight: from.number()?,
            loss: from.number()?,
            squares: from.number()?,
            magnitudes: from.number()?,
            pearson: from.number()?,
            label_shift: from.number()?,
            labels: from.number()?,
            label_squares: from.number()?,
        })
    }

    /// 1 − residual variance / label variance; none if all labels are the same.
    #[must_use]
    pub fn r2(&self) -> Option<f64> {
        let about_mean = self.label_squares - self.labels * self.labels / self.weight;
        (about_mean > 0.0).then(|| 1.0 - self.squares / about_mean)
    }
}

impl Classification {
    /// Sums of no rows.
    #[must_use]
    pub fn new(classes: usize) -> Self {
        let sketch = || Sketch::new(Resolution::FINE);
        Self {
            rows: 0,
            weight: 0.0,
            loss: 0.0,
            confusion: Table::zeros(classes, classes),
            scores: (classes == 2).then(|| Box::new([sketch(), sketch()])),
        }
    }

    /// Adds a row. `score` is that of the second of two classes.
    pub fn add(&mut self, label: usize, predicted: usize, score: f64, loss: f64, weight: f64) {
        self.rows += u64::from(weight > 0.0);
        self.weight += weight;
        self.loss += weight * loss;
        let cell = self.confusion.at(label, predicted) + weight;
        self.confusion.set(label, predicted, cell);
        if let Some(scores) = &mut self.scores {
            scores[label].add(score, weight);
        }
    }

    /// Adds the sums of other rows.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.weight += other.weight;
        self.loss += other.loss;
        self.confusion.add(&other.confusion);
        if let (Some(own), Some(other)) = (&mut self.scores, other.scores) {
            for (own, other) in own.iter_mut().zip(other.iter()) {
                own.merge(other);
            }
        }
    }

    pub(crate) fn save(&self, to: &mut Writer) {
        to.whole(self.rows);
        to.numbers(&[self.weight, self.loss]);
        self.confusion.save(to);
        for scores in self.scores.iter().flat_map(|scores| scores.iter()) {
            scores.save(to);
        }
    }

    /// Reads the sums of so many classes.
    pub(crate) fn restore(from: &mut Reader<'_>, classes: usize) -> Option<Self> {
        let mut restored = Self::new(classes);
        restored.rows = from.whole()?;
        (restored.weight, restored.loss) = (from.number()?, from.number()?);
        restored.confusion = Table::restore(from, classes, classes)?;
        for scores in restored
            .scores
            .iter_mut()
            .flat_map(|scores| scores.iter_mut())
        {
            *scores = Sketch::restore(from, Resolution::FINE)?;
        }
        Some(restored)
    }

    /// The share of rows that are predicted right, by weight.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        let right: f64 = (0..self.confusion.rows())
            .map(|class| self.confusion.at(class, class))
            .sum();
        right / self.weight
    }

    /// Precision, recall and F1 of a class. What divides by nothing is 0.
    #[must_use]
    pub fn precision_recall_f1(&self, class: usize) -> (f64, f64, f64) {
        let classes = self.confusion.rows();
        let right = self.confusion.at(class, class);
        let predicted: f64 = (0..classes)
            .map(|label| self.confusion.at(label, class))
            .sum();
        let labelled: f64 = self.confusion.row(class).iter().sum();
        (
            ratio(right, predicted),
            ratio(right, labelled),
            ratio(2.0 * right, predicted + labelled),
        )
    }

    /// Mean precision, recall and F1 of all classes.
    #[must_use]
    pub fn macro_precision_recall_f1(&self) -> (f64, f64, f64) {
        let classes = self.confusion.rows();
        let mut sums = (0.0, 0.0, 0.0);
        for class in 0..classes {
            let (precision, recall, f1) = self.precision_recall_f1(class);
            sums = (sums.0 + precision, sums.1 + recall, sums.2 + f1);
        }
        let count = classes as f64;
        (sums.0 / count, sums.1 / count, sums.2 / count)
    }

    /// The area under the ROC curve; scores within 0.1 % of each other count as equal. None without rows of
    /// both of two classes.
    #[must_use]
    pub fn auc(&self) -> Option<f64> {
        let [first, second] = &**self.scores.as_ref()?;
        let (first, second) = (first.buckets(), second.buckets());
        let (mut below, mut area, mut next) = (0.0, 0.0, 0);
        for &(score, count) in &second {
            while next < first.len() && first[next].0 < score {
                below += first[next].1;
                next += 1;
            }
            let same = first.get(next).filter(|bucket| bucket.0 == score);
            area += count * (below + 0.5 * same.map_or(0.0, |bucket| bucket.1));
        }
        let total =
            |buckets: &[(f64, f64)]| -> f64 { buckets.iter().map(|(_, count)| count).sum() };
        let pairs = total(&first) * total(&second);
        (pairs > 0.0).then(|| area / pairs)
    }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_of_two_classes_are_those_counted_by_hand() {
        let mut tally = Classification::new(2);
        for (label, score) in [
            (0, -2.0),
            (0, 1.0),
            (1, 0.5),
            (1, 3.0),
            (1, -1.0),
            (0, -2.0),
        ] {
            tally.add(label, usize::from(score > 0.0), score, 0.5, 1.0);
        }
        assert_eq!(tally.accuracy(), 4.0 / 6.0);
        assert_eq!(
            tally.precision_recall_f1(1),
            (2.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0)
        );
        // Of nine pairs, (0.5, 1.0) and (−1.0, 1.0) are in the wrong order.
        assert_eq!(tally.auc(), Some(7.0 / 9.0));
    }

    #[test]
    fn metrics_of_a_regression_are_those_counted_by_hand() {
        let mut tally = Regression {
            label_shift: 10.0,
            ..Regression::default()
        };
        for (label, predicted) in [(11.0, 12.0), (13.0, 13.0), (15.0, 13.0)] {
            tally.add(None, label, predicted, 2.0);
        }
        assert_eq!(
            (tally.squares, tally.magnitudes, tally.loss),
            (10.0, 6.0, 5.0)
        );
        assert_eq!(tally.r2(), Some(1.0 - 5.0 / 8.0));
    }
}
