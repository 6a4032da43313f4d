//! How good a fitted model is on rows that it was not fitted to.

use crate::algorithm::{Fit, Quality};
use crate::block::{Block, Pass};
use crate::dense::dot;
use crate::design::Design;
use crate::family::Family;
use crate::labels::Classes;
use crate::tally::{Classification, Regression};
use crate::threshold::Scored;

/// A pass that evaluates a model.
#[derive(Debug, Clone)]
pub struct Evaluate<'a> {
    design: &'a Design,
    intercepts: &'a [f64],
    coefficients: &'a [Vec<f64>],
    /// None for squared loss and for several scores.
    family: Option<Family>,
    classes: Option<&'a Classes>,
    label_shift: f64,
    threshold: Option<f64>,
}

impl<'a> Evaluate<'a> {
    /// The evaluation of a fitted model.
    #[must_use]
    pub fn new(
        design: &'a Design,
        intercepts: &'a [f64],
        coefficients: &'a [Vec<f64>],
        family: Option<Family>,
        classes: Option<&'a Classes>,
        label_shift: f64,
    ) -> Self {
        Self {
            design,
            intercepts,
            coefficients,
            family,
            classes,
            label_shift,
            threshold: None,
        }
    }

    /// The same with the second of two labels predicted from this score on, not above 0.
    #[must_use]
    pub fn with_threshold(mut self, threshold: Option<f64>) -> Self {
        self.threshold = threshold;
        self
    }

    /// The same of a fit.
    #[must_use]
    pub fn of(
        design: &'a Design,
        fit: &'a Fit,
        family: Option<Family>,
        classes: Option<&'a Classes>,
    ) -> Self {
        Self::new(
            design,
            &fit.intercepts,
            &fit.coefficients,
            family,
            classes,
            0.0,
        )
    }

    /// Calls `each` with every row's number and scores.
    fn each_row(&self, block: &Block<'_>, mut each: impl FnMut(usize, &[f64])) {
        let mut cells = vec![0.0; self.design.columns.len()];
        let mut scores = vec![0.0; self.intercepts.len()];
        for row in 0..block.rows() {
            self.design.fill(block.row(row), &mut cells);
            for (score, (intercept, coefficients)) in scores
                .iter_mut()
                .zip(self.intercepts.iter().zip(self.coefficients))
            {
                *score = intercept + dot(&cells, coefficients) + block.offset(row);
            }
            each(row, &scores);
        }
    }

    /// Whether the second of two labels is predicted from the score from which on it is, else from 0.
    fn is_second(&self, score: f64) -> bool {
        self.threshold.map_or(score > 0.0, |at| score >= at)
    }

    fn class(
        &self,
        quality: &mut Classification,
        classes: &Classes,
        block: &Block<'_>,
        row: usize,
        scores: &[f64],
    ) {
        let Some(label) = classes.place(block.labels[row]) else {
            return;
        };
        let (predicted, score) = match scores {
            [score] => (usize::from(self.is_second(*score)), *score),
            scores => {
                let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let predicted = scores.iter().position(|score| *score == best);
                (predicted.unwrap_or(0), 0.0)
            }
        };
        let loss = class_loss(label, scores);
        quality.add(label, predicted, score, loss, block.weight(row));
    }
}

/// −log of the label's probability, by one score of two classes or one per class.
fn class_loss(label: usize, scores: &[f64]) -> f64 {
    if let [score] = scores {
        return Family::Logistic.loss(label as f64, *score);
    }
    let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = scores.iter().map(|score| (score - best).exp()).sum();
    total.ln() + best - scores[label]
}

impl Pass for Evaluate<'_> {
    type Sum = Quality;

    fn begin(&self) -> Quality {
        match self.classes {
            Some(classes) => Quality::Classification(Classification::new(classes.count())),
            None => Quality::Regression(Regression {
                label_shift: self.label_shift,
                ..Regression::default()
            }),
        }
    }

    fn block(&self, sum: &mut Quality, block: &Block<'_>) {
        self.each_row(block, |row, scores| match (&mut *sum, self.classes) {
            (Quality::Classification(quality), Some(classes)) => {
                self.class(quality, classes, block, row, scores);
            }
            (Quality::Regression(quality), _) => {
                quality.add(self.family, block.labels[row], scores[0], block.weight(row));
            }
            _ => {}
        });
    }

    fn merge(&self, total: &mut Quality, next: Quality) {
        total.merge(next);
    }
}

/// A pass that sums the losses of a model, by the weights of the rows and of their classes.
#[derive(Debug, Clone)]
pub struct Losses<'a>(pub Evaluate<'a>);

impl Pass for Losses<'_> {
    /// Σ weight · loss and Σ weight.
    type Sum = (f64, f64);

    fn begin(&self) -> Self::Sum {
        (0.0, 0.0)
    }

    fn block(&self, sum: &mut Self::Sum, block: &Block<'_>) {
        let Self(model) = self;
        model.each_row(block, |row, scores| {
            let (label, plain) = (block.labels[row], block.weight(row));
            let (loss, weight) = match (model.classes, model.family) {
                (Some(classes), _) => {
                    let Some(place) = classes.place(label) else {
                        return;
                    };
                    (class_loss(place, scores), plain * classes.weight(place))
                }
                (None, Some(family)) => (family.loss(label, scores[0]), plain),
                (None, None) => (0.5 * (label - scores[0]).powi(2), plain),
            };
            if weight > 0.0 {
                sum.0 += weight * loss;
                sum.1 += weight;
            }
        });
    }

    fn merge(&self, total: &mut Self::Sum, next: Self::Sum) {
        total.0 += next.0;
        total.1 += next.1;
    }
}

/// A pass that gathers the scores of a model of two classes, from the first rows on.
#[derive(Debug, Clone)]
pub struct Scores<'a> {
    /// The model.
    pub model: Evaluate<'a>,
    /// Rows at most.
    pub most: usize,
}

impl Pass for Scores<'_> {
    type Sum = Vec<Scored>;

    fn begin(&self) -> Self::Sum {
        Vec::new()
    }

    fn block(&self, sum: &mut Self::Sum, block: &Block<'_>) {
        self.model.each_row(block, |row, scores| {
            let place = self.model.classes;
            let place = place.and_then(|classes| classes.place(block.labels[row]));
            if let (Some(place), [score], true) = (place, scores, sum.len() < self.most) {
                let weight = block.weight(row);
                sum.push(Scored {
                    score: *score,
                    is_second: place == 1,
                    weight,
                });
            }
        });
    }

    fn merge(&self, total: &mut Self::Sum, next: Self::Sum) {
        let room = self.most - total.len();
        total.extend(next.into_iter().take(room));
    }
}
