//! Losses that are passed over row by row, fitted with one penalty after the other: each optimum is where the next
//! fit starts.

use crate::algorithm::{Algorithm, Failure, Fit, run};
use crate::block::Source;
use crate::design::Design;
use crate::family::Family;
use crate::fit::{check_determined, null_scalar, null_softmax};
use crate::labels::Classes;
use crate::penalty::Penalty;
use crate::scalar::Scalar;
use crate::softmax::Softmax;
use crate::survey::Summary;

/// What is minimised.
#[derive(Debug, Clone, Copy)]
pub enum Loss<'a> {
    /// A loss of one score; of numbers, or of two classes.
    Scalar(Family, Option<&'a Classes>),
    /// The loss of one score per class.
    Softmax(&'a Classes),
}

/// Fits of the same rows.
#[derive(Debug, Clone)]
pub struct Warm<'a> {
    summary: &'a Summary,
    design: &'a Design,
    loss: Loss<'a>,
    null: Vec<f64>,
    last: Vec<f64>,
}

impl<'a> Warm<'a> {
    /// Fits of these rows, the first of which starts where every row has the mean for its prediction.
    #[must_use]
    pub fn new(summary: &'a Summary, design: &'a Design, loss: Loss<'a>) -> Self {
        let null = match loss {
            Loss::Scalar(family, classes) => null_scalar(summary, design, family, classes),
            Loss::Softmax(classes) => null_softmax(summary, design, classes),
        };
        Self {
            summary,
            design,
            loss,
            last: null.clone(),
            null,
        }
    }

    /// The smallest `l1` at which all coefficients are 0, by one pass over the rows.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn steepest<S: Source>(&self, source: &mut S) -> Result<f64, S::Error> {
        let gradient = match self.loss {
            Loss::Scalar(..) => Scalar::gradient(&source.pass(&self.scalar(Penalty::default()))?),
            Loss::Softmax(classes) => {
                let algorithm = self.softmax(classes, Penalty::default());
                Softmax::gradient(&source.pass(&algorithm)?)
            }
        };
        let first = usize::from(self.design.intercept);
        let of_class = gradient.chunks(self.design.unknowns().max(1));
        let pulls = of_class.flat_map(|gradient| gradient[first..].iter().zip(&self.design.active));
        Ok(pulls
            .map(|(pull, &index)| pull.abs() / self.design.columns[index].penalised)
            .fold(0.0, f64::max))
    }

    /// Fits the next penalty.
    ///
    /// # Errors
    /// The rows cannot be read, or determine no model.
    pub fn fit<S: Source>(
        &mut self,
        source: &mut S,
        penalty: Penalty,
    ) -> Result<Fit, Failure<S::Error>> {
        if penalty.is_none() {
            check_determined(self.design, self.summary.rows_weighted)?;
        }
        let mut point = Vec::new();
        let fit = match self.loss {
            Loss::Scalar(..) => remembering(self.scalar(penalty), source, &mut point),
            Loss::Softmax(classes) => {
                remembering(self.softmax(classes, penalty), source, &mut point)
            }
        }?;
        self.last = point;
        Ok(fit)
    }

    fn scalar(&self, penalty: Penalty) -> Scalar<'a> {
        let (family, classes) = match self.loss {
            Loss::Scalar(family, classes) => (family, classes),
            Loss::Softmax(classes) => (Family::Logistic, Some(classes)),
        };
        let (start, null) = (self.last.clone(), self.null.clone());
        Scalar::new(self.design, family, classes, penalty, start, null)
            .with_label_shift(self.summary.label_shift)
    }

    fn softmax(&self, classes: &'a Classes, penalty: Penalty) -> Softmax<'a> {
        Softmax::new(self.design, classes, penalty, self.last.clone())
    }
}

/// Runs a fit and keeps the point at which it ends.
fn remembering<A: Algorithm, S: Source>(
    algorithm: A,
    source: &mut S,
    point: &mut Vec<f64>,
) -> Result<Fit, Failure<S::Error>> {
    run(algorithm, source, |at| {
        point.clear();
        point.extend_from_slice(at.point());
    })
}
