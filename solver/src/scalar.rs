//! Losses of one score, passed over row by row: logistic, Poisson, Gamma, Tweedie.

use crate::algorithm::{Algorithm, Fit, Quality};
use crate::block::{Block, Pass};
use crate::bytes::{Reader, Writer};
use crate::covariance::Covariance;
use crate::dense::{add_scaled, dot, same};
use crate::design::Design;
use crate::error::FitError;
use crate::family::Family;
use crate::labels::Classes;
use crate::optimiser::Optimiser;
use crate::penalty::Penalty;
use crate::step::{Evaluation, Next};
use crate::table::{Table, product};
use crate::tally::{Classification, Regression};

/// Numbers of the design that are worked on at once: 128 kB of them stay in a core's cache.
const CELLS: usize = 16 << 10;

/// A fit of one score.
#[derive(Debug, Clone)]
pub struct Scalar<'a> {
    design: &'a Design,
    family: Family,
    /// The two classes, or none for numbers.
    classes: Option<&'a Classes>,
    penalised: bool,
    optimiser: Optimiser,
    fallback: Option<Vec<f64>>,
    label_shift: f64,
    passes: usize,
    objective: f64,
    last: Option<(Evaluation, Quality)>,
    /// Whether the optimum is known and the pass is for the information alone.
    informing: bool,
}

/// The sum of a chunk.
#[derive(Debug)]
pub struct Sum {
    loss: f64,
    weight: f64,
    /// Σ weight · |derivative|
    slopes: f64,
    /// The smallest score on the right side of 0, below 0 if one is on the wrong side.
    margin: f64,
    gradient: Vec<f64>,
    hessian: Table,
    quality: Quality,
    rows: Table,
}

impl<'a> Scalar<'a> {
    /// A fit that starts at a point, in the units in which columns are fitted, or at another one if the loss
    /// there is not finite.
    #[must_use]
    pub fn new(
        design: &'a Design,
        family: Family,
        classes: Option<&'a Classes>,
        penalty: Penalty,
        start: Vec<f64>,
        fallback: Vec<f64>,
    ) -> Self {
        let fitted = penalty.fitted(design, 1.0);
        let curvatures = fitted.curvatures.clone();
        let optimiser = Optimiser::new(start, fitted, || {
            assumed_curvature(design, &curvatures, 0.25)
        });
        Self {
            design,
            family,
            classes,
            penalised: !penalty.is_none(),
            optimiser,
            fallback: Some(fallback),
            label_shift: 0.0,
            passes: 0,
            objective: f64::NAN,
            last: None,
            informing: false,
        }
    }

    /// Sums labels less this number, so that their variance keeps its digits.
    #[must_use]
    pub fn with_label_shift(mut self, label_shift: f64) -> Self {
        self.label_shift = label_shift;
        self
    }

    /// The gradient that a pass found, without the penalty's.
    pub(crate) fn gradient(sum: &Sum) -> Vec<f64> {
        sum.gradient.iter().map(|cell| cell / sum.weight).collect()
    }

    fn quality(&self) -> Quality {
        match self.classes {
            Some(classes) => Quality::Classification(Classification::new(classes.count())),
            None => Quality::Regression(Regression {
                label_shift: self.label_shift,
                ..Regression::default()
            }),
        }
    }

    fn rows_at_once(&self) -> usize {
        (CELLS / self.design.unknowns().max(1)).max(1)
    }

    /// Adds some rows, which fit into the table of the sum.
    fn add(&self, sum: &mut Sum, block: &Block<'_>, from: usize, to: usize) {
        let point = self.optimiser.trial();
        let wants_hessian = self.optimiser.wants_hessian();
        for row in from..to {
            let cells = sum.rows.row_mut(row - from);
            self.design.write(block, row, cells);
            let predictor = dot(cells, point) + block.offset(row);
            let (label, plain) = (block.labels[row], block.weight(row));
            let (label, weight) = match self.classes {
                None => {
                    if let Quality::Regression(quality) = &mut sum.quality {
                        quality.add(Some(self.family), label, predictor, plain);
                    }
                    (label, plain)
                }
                Some(classes) => {
                    let place = classes.place(label).unwrap_or(0);
                    let label = place as f64;
                    let loss = self.family.loss(label, predictor);
                    if let Quality::Classification(quality) = &mut sum.quality {
                        quality.add(place, usize::from(predictor > 0.0), predictor, loss, plain);
                    }
                    if plain > 0.0 {
                        sum.margin = sum.margin.min(predictor * (2.0 * label - 1.0));
                    }
                    (label, plain * classes.weight(place))
                }
            };
            let mut slope = self.family.slope(label, predictor);
            if self.informing {
                slope.second = self.family.information(predictor);
            }
            sum.weight += weight;
            if weight > 0.0 {
                sum.loss += weight * slope.loss;
            }
            sum.slopes += weight * slope.first.abs();
            add_scaled(&mut sum.gradient, weight * slope.first, cells);
            if wants_hessian {
                let root = (weight * slope.second).max(0.0).sqrt();
                cells.iter_mut().for_each(|cell| *cell *= root);
            }
        }
        if wants_hessian {
            let rows = crate::table::view(sum.rows.cells(), to - from, self.design.unknowns());
            product(1.0, &rows.t(), &rows, 1.0, &mut sum.hessian.view_mut());
        }
    }
}

impl Pass for Scalar<'_> {
    type Sum = Sum;

    fn begin(&self) -> Sum {
        let unknowns = self.design.unknowns();
        let hessian = if self.optimiser.wants_hessian() {
            unknowns
        } else {
            0
        };
        Sum {
            loss: 0.0,
            weight: 0.0,
            slopes: 0.0,
            margin: f64::INFINITY,
            gradient: vec![0.0; unknowns],
            hessian: Table::zeros(hessian, hessian),
            quality: self.quality(),
            rows: Table::zeros(self.rows_at_once(), unknowns),
        }
    }

    fn block(&self, sum: &mut Sum, block: &Block<'_>) {
        let at_once = self.rows_at_once();
        for from in (0..block.rows()).step_by(at_once) {
            self.add(sum, block, from, (from + at_once).min(block.rows()));
        }
    }

    fn merge(&self, total: &mut Sum, next: Sum) {
        total.loss += next.loss;
        total.weight += next.weight;
        total.slopes += next.slopes;
        total.margin = total.margin.min(next.margin);
        add_scaled(&mut total.gradient, 1.0, &next.gradient);
        total.hessian.add(&next.hessian);
        total.quality.merge(next.quality);
    }

    fn save(&self, total: &Sum) -> Option<Vec<u8>> {
        let mut to = Writer::default();
        to.numbers(self.optimiser.trial());
        to.whole(self.informing.into());
        to.numbers(&[total.loss, total.weight, total.slopes, total.margin]);
        to.numbers(&total.gradient);
        total.hessian.save(&mut to);
        match &total.quality {
            Quality::Regression(quality) => quality.save(&mut to),
            Quality::Classification(quality) => quality.save(&mut to),
        }
        Some(to.into_bytes())
    }

    fn restore(&self, bytes: &[u8]) -> Option<Sum> {
        let mut from = Reader::new(bytes);
        let mut sum = self.begin();
        let point = from.numbers(sum.gradient.len())?;
        let informing = from.whole()? == 1;
        if informing != self.informing || !same(&point, self.optimiser.trial()) {
            return None;
        }
        (sum.loss, sum.weight) = (from.number()?, from.number()?);
        (sum.slopes, sum.margin) = (from.number()?, from.number()?);
        sum.gradient = from.numbers(sum.gradient.len())?;
        sum.hessian = Table::restore(&mut from, sum.hessian.rows(), sum.hessian.width())?;
        sum.quality = match self.classes {
            Some(classes) => {
                Quality::Classification(Classification::restore(&mut from, classes.count())?)
            }
            None => Quality::Regression(Regression::restore(&mut from)?),
        };
        from.at_end(sum)
    }
}

impl Algorithm for Scalar<'_> {
    fn progress(&self) -> (f64, usize) {
        (self.objective, self.passes)
    }

    fn point(&self) -> &[f64] {
        self.optimiser.trial()
    }

    fn end_of_pass(&mut self, mut sum: Sum) -> Result<Next, FitError> {
        self.passes += 1;
        let each = 1.0 / sum.weight;
        sum.gradient
            .iter_mut()
            .for_each(|gradient| *gradient *= each);
        sum.hessian
            .cells_mut()
            .iter_mut()
            .for_each(|cell| *cell *= each);
        let found = Evaluation {
            loss: sum.loss * each,
            gradient: sum.gradient,
            hessian: sum.hessian,
            scale: sum.slopes * each,
        };
        if self.informing {
            self.last = Some((found, sum.quality));
            return Ok(Next::Done);
        }
        if !found.loss.is_finite()
            && self.passes == 1
            && let Some(fallback) = self.fallback.take()
        {
            self.optimiser.restart(fallback);
            return Ok(Next::Again);
        }
        if self.classes.is_some() && sum.margin > 0.0 && !self.penalised {
            return Err(FitError::Separable);
        }
        self.objective = found.loss + self.optimiser.penalty(self.optimiser.trial());
        let next = self.optimiser.advance(&found, self.design)?;
        if next == Next::Again {
            return Ok(next);
        }
        self.last = Some((found, sum.quality));
        // The covariance needs a Hessian that the steps of other links do not have.
        self.informing =
            !self.penalised && !self.family.is_canonical() && self.optimiser.wants_hessian();
        Ok(if self.informing { Next::Again } else { next })
    }

    fn finish(self) -> Result<Fit, FitError> {
        let point = self.optimiser.trial();
        let (intercept, coefficients) = self.design.in_units_of_rows(point);
        let (found, quality) = self.last.ok_or(FitError::Overflow)?;
        let covariance = if self.penalised {
            None
        } else {
            covariance(self.design, self.family, &found, &quality)
        };
        Ok(Fit {
            intercepts: vec![intercept],
            coefficients: vec![coefficients],
            objective: self.objective,
            passes: self.passes,
            violation: self.optimiser.violation(),
            quality,
            covariance,
        })
    }
}

/// The inverse of the information, times the dispersion: 1 for logistic and Poisson, Pearson's for the others.
fn covariance(
    design: &Design,
    family: Family,
    found: &Evaluation,
    quality: &Quality,
) -> Option<Covariance> {
    let rows = match quality {
        Quality::Regression(quality) => quality.rows,
        Quality::Classification(quality) => quality.rows,
    };
    let degrees = rows.checked_sub(design.unknowns() as u64)?;
    let dispersion = match (family, quality) {
        (Family::Logistic | Family::Tweedie { power: 1.0, .. }, _) => 1.0,
        (_, Quality::Regression(quality)) if degrees > 0 => quality.pearson / degrees as f64,
        _ => return None,
    };
    let factor = crate::triangle::Triangle::cholesky(&found.hessian)?;
    design.covariance(&factor, design.weight, dispersion, degrees)
}

/// The factor of the curvature that is assumed before any is known: that of the rows, times the largest
/// curvature of a loss.
pub(crate) fn assumed_curvature(
    design: &Design,
    curvatures: &[f64],
    largest: f64,
) -> crate::triangle::Triangle {
    let unknowns = design.unknowns();
    let scale = (largest / design.weight).sqrt();
    let columns: Vec<_> = (0..unknowns).map(|column| vec![(column, scale)]).collect();
    let mut factor = design.as_fitted(0.0).combine(&columns);
    let mut by_column = Table::zeros(unknowns, unknowns);
    for (index, curvature) in curvatures.iter().enumerate() {
        by_column.set(index, index, (curvature + 1e-8).sqrt());
    }
    factor.append(&mut by_column);
    factor
}
