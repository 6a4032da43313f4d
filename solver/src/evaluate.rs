//! How good a fitted model is on rows that it was not fitted to.

use crate::algorithm::{Fit, Quality};
use crate::block::{Block, Pass};
use crate::dense::dot;
use crate::design::Design;
use crate::family::Family;
use crate::labels::Classes;
use crate::tally::{Classification, Regression};

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
        }
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
        let (predicted, score, loss) = match scores {
            [score] => {
                let loss = Family::Logistic.loss(label as f64, *score);
                (usize::from(*score > 0.0), *score, loss)
            }
            scores => {
                let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let total: f64 = scores.iter().map(|score| (score - best).exp()).sum();
                let predicted = scores.iter().position(|score| *score == best).unwrap_or(0);
                (predicted, 0.0, total.ln() + best - scores[label])
            }
        };
        quality.add(label, predicted, score, loss, block.weight(row));
    }
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
            match (&mut *sum, self.classes) {
                (Quality::Classification(quality), Some(classes)) => {
                    self.class(quality, classes, block, row, &scores);
                }
                (Quality::Regression(quality), _) => {
                    quality.add(self.family, block.labels[row], scores[0], block.weight(row));
                }
                _ => {}
            }
        }
    }

    fn merge(&self, total: &mut Quality, next: Quality) {
        total.merge(next);
    }
}
