//! The loss of several scores: −log of the label's share of the exponentials of all scores.

use crate::algorithm::{Algorithm, Fit, Quality};
use crate::block::{Block, Pass};
use crate::bytes::{Reader, Writer};
use crate::dense::{add_scaled, same};
use crate::design::Design;
use crate::error::FitError;
use crate::labels::Classes;
use crate::optimiser::Optimiser;
use crate::penalty::{Fitted, Penalty};
use crate::scalar::assumed_curvature;
use crate::step::{Evaluation, Next};
use crate::table::{Table, product, view};
use crate::tally::Classification;

/// Numbers of the design that are worked on at once: 128 kB of them stay in a core's cache.
const CELLS: usize = 16 << 10;

/// A fit of one score per class. Unknowns are the intercept and coefficients of the first class, then those of
/// the second, and so on.
#[derive(Debug, Clone)]
pub struct Softmax<'a> {
    design: &'a Design,
    classes: &'a Classes,
    penalty: Fitted,
    penalised: bool,
    optimiser: Optimiser,
    passes: usize,
    objective: f64,
    last: Option<Classification>,
}

/// The sum of a chunk.
#[derive(Debug)]
pub struct Sum {
    loss: f64,
    weight: f64,
    slopes: f64,
    margin: f64,
    /// One row per class.
    gradient: Table,
    hessian: Table,
    quality: Classification,
    work: Work,
}

/// Rows that are worked on: all tables have one row each for them.
#[derive(Debug)]
struct Work {
    rows: Table,
    scaled: Table,
    /// Scores, then probabilities.
    scores: Table,
    /// Weight · (probability − 1 for the label's class).
    slopes: Table,
    weights: Vec<f64>,
    gram: Table,
}

impl<'a> Softmax<'a> {
    /// A fit that starts at a point, in the units in which columns are fitted.
    #[must_use]
    pub fn new(
        design: &'a Design,
        classes: &'a Classes,
        penalty: Penalty,
        start: Vec<f64>,
    ) -> Self {
        let one = penalty.fitted(design, 1.0);
        let fitted = one.repeated(classes.count());
        // Böhning's bound on the Hessian, for each class.
        let optimiser = Optimiser::new(start, fitted.clone(), || {
            assumed_curvature(design, &one.curvatures, 0.5)
        });
        Self {
            design,
            classes,
            penalty: fitted,
            penalised: !penalty.is_none(),
            optimiser,
            passes: 0,
            objective: f64::NAN,
            last: None,
        }
    }

    /// The gradient that a pass found, without the penalty's.
    pub(crate) fn gradient(sum: &Sum) -> Vec<f64> {
        let cells = sum.gradient.cells().iter();
        cells.map(|cell| cell / sum.weight).collect()
    }

    fn rows_at_once(&self) -> usize {
        let cells_per_row = self.design.unknowns().max(self.classes.count()).max(1);
        (CELLS / cells_per_row).max(1)
    }

    fn add(&self, sum: &mut Sum, block: &Block<'_>, from: usize, to: usize) {
        let (unknowns, classes, count) = (self.design.unknowns(), self.classes.count(), to - from);
        for row in from..to {
            self.design
                .write(block, row, sum.work.rows.row_mut(row - from));
        }
        let rows = view(sum.work.rows.cells(), count, unknowns);
        let point = view(self.optimiser.trial(), classes, unknowns);
        let mut scores = Table::zeros(count, classes);
        product(1.0, &rows, &point.t(), 0.0, &mut scores.view_mut());
        sum.work.scores = scores;
        for row in from..to {
            self.add_row(sum, block, row, row - from);
        }
        let slopes = view(sum.work.slopes.cells(), count, classes);
        let rows = view(sum.work.rows.cells(), count, unknowns);
        product(1.0, &slopes.t(), &rows, 1.0, &mut sum.gradient.view_mut());
        if self.optimiser.wants_hessian() {
            self.add_hessian(sum, count);
        }
    }

    /// Turns a row's scores into probabilities and slopes.
    fn add_row(&self, sum: &mut Sum, block: &Block<'_>, row: usize, place: usize) {
        let label = self.classes.place(block.labels[row]).unwrap_or(0);
        let plain = block.weight(row);
        let weight = plain * self.classes.weight(label);
        let scores = sum.work.scores.row_mut(place);
        let (predicted, best) = highest(scores, None);
        let (_, rival) = highest(scores, Some(label));
        let margin = scores[label] - rival;
        let own = scores[label] - best;
        let mut total = 0.0;
        for score in scores.iter_mut() {
            *score = (*score - best).exp();
            total += *score;
        }
        let loss = total.ln() - own;
        for (class, share) in scores.iter_mut().enumerate() {
            *share /= total;
            let slope = weight * (*share - f64::from(u8::from(class == label)));
            sum.work.slopes.set(place, class, slope);
            sum.slopes += slope.abs();
        }
        sum.work.weights[place] = weight;
        sum.weight += weight;
        if weight > 0.0 {
            sum.loss += weight * loss;
            sum.margin = sum.margin.min(margin);
        }
        sum.quality.add(label, predicted, margin, loss, plain);
    }

    /// Adds Xᵀ diag(weight · pₖ(δₖₗ − pₗ)) X for each pair of classes k ≤ l.
    fn add_hessian(&self, sum: &mut Sum, count: usize) {
        let (unknowns, classes) = (self.design.unknowns(), self.classes.count());
        let work = &mut sum.work;
        for first in 0..classes {
            for second in first..classes {
                for row in 0..count {
                    let (p, q) = (work.scores.at(row, first), work.scores.at(row, second));
                    let curvature = if first == second {
                        p * (1.0 - p)
                    } else {
                        -p * q
                    };
                    let factor = work.weights[row] * curvature;
                    let (from, to) = (work.rows.row(row), work.scaled.row_mut(row));
                    for (to, from) in to.iter_mut().zip(from) {
                        *to = factor * from;
                    }
                }
                let rows = view(work.rows.cells(), count, unknowns);
                let scaled = view(work.scaled.cells(), count, unknowns);
                product(1.0, &scaled.t(), &rows, 0.0, &mut work.gram.view_mut());
                for row in 0..unknowns {
                    let into = &mut sum.hessian.row_mut(first * unknowns + row)
                        [second * unknowns..(second + 1) * unknowns];
                    add_scaled(into, 1.0, work.gram.row(row));
                }
            }
        }
    }

    /// Adding the same to the scores of all classes changes nothing, so the Hessian is singular. It gets the
    /// curvature of its own diagonal in that direction, where the gradient is 0 anyway; next to nothing where an
    /// l1 penalty decides.
    fn lift(&self, hessian: &mut Table) {
        let (unknowns, classes) = (self.design.unknowns(), self.classes.count());
        for column in 0..unknowns {
            let diagonal = (0..classes).map(|class| {
                let place = class * unknowns + column;
                hessian.at(place, place)
            });
            let mean = diagonal.sum::<f64>() / classes as f64;
            let share = if self.penalty.bounds[column] > 0.0 {
                1e-6
            } else {
                1.0
            };
            let lift = share * mean / classes as f64;
            for first in 0..classes {
                for second in first..classes {
                    let (row, place) = (first * unknowns + column, second * unknowns + column);
                    hessian.set(row, place, hessian.at(row, place) + lift);
                }
            }
        }
    }
}

/// The place of the highest score, the first of several, and the score; one class may be left out.
fn highest(scores: &[f64], without: Option<usize>) -> (usize, f64) {
    let mut best = (0, f64::NEG_INFINITY);
    for (class, &score) in scores.iter().enumerate() {
        if score > best.1 && Some(class) != without {
            best = (class, score);
        }
    }
    best
}

impl Pass for Softmax<'_> {
    type Sum = Sum;

    fn begin(&self) -> Sum {
        let (unknowns, classes) = (self.design.unknowns(), self.classes.count());
        let (rows, wants_hessian) = (self.rows_at_once(), self.optimiser.wants_hessian());
        let hessian = if wants_hessian { unknowns * classes } else { 0 };
        let gram = if wants_hessian { unknowns } else { 0 };
        Sum {
            loss: 0.0,
            weight: 0.0,
            slopes: 0.0,
            margin: f64::INFINITY,
            gradient: Table::zeros(classes, unknowns),
            hessian: Table::zeros(hessian, hessian),
            quality: Classification::new(classes),
            work: Work {
                rows: Table::zeros(rows, unknowns),
                scaled: Table::zeros(rows, gram),
                scores: Table::default(),
                slopes: Table::zeros(rows, classes),
                weights: vec![0.0; rows],
                gram: Table::zeros(gram, gram),
            },
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
        total.gradient.add(&next.gradient);
        total.hessian.add(&next.hessian);
        total.quality.merge(next.quality);
    }

    fn save(&self, total: &Sum) -> Option<Vec<u8>> {
        let mut to = Writer::default();
        to.numbers(self.optimiser.trial());
        to.numbers(&[total.loss, total.weight, total.slopes, total.margin]);
        total.gradient.save(&mut to);
        total.hessian.save(&mut to);
        total.quality.save(&mut to);
        Some(to.into_bytes())
    }

    fn restore(&self, bytes: &[u8]) -> Option<Sum> {
        let mut from = Reader::new(bytes);
        let mut sum = self.begin();
        let (classes, unknowns) = (sum.gradient.rows(), sum.gradient.width());
        let point = from.numbers(self.optimiser.trial().len())?;
        if !same(&point, self.optimiser.trial()) {
            return None;
        }
        (sum.loss, sum.weight) = (from.number()?, from.number()?);
        (sum.slopes, sum.margin) = (from.number()?, from.number()?);
        sum.gradient = Table::restore(&mut from, classes, unknowns)?;
        sum.hessian = Table::restore(&mut from, sum.hessian.rows(), sum.hessian.width())?;
        sum.quality = Classification::restore(&mut from, classes)?;
        from.at_end(sum)
    }
}

impl Algorithm for Softmax<'_> {
    fn progress(&self) -> (f64, usize) {
        (self.objective, self.passes)
    }

    fn point(&self) -> &[f64] {
        self.optimiser.trial()
    }

    fn end_of_pass(&mut self, mut sum: Sum) -> Result<Next, FitError> {
        self.passes += 1;
        if sum.margin > 0.0 && !self.penalised {
            return Err(FitError::Separable);
        }
        let each = 1.0 / sum.weight;
        if self.optimiser.wants_hessian() {
            self.lift(&mut sum.hessian);
        }
        sum.hessian
            .cells_mut()
            .iter_mut()
            .for_each(|cell| *cell *= each);
        let found = Evaluation {
            loss: sum.loss * each,
            gradient: sum
                .gradient
                .cells()
                .iter()
                .map(|cell| cell * each)
                .collect(),
            hessian: sum.hessian,
            scale: sum.slopes * each / self.classes.count() as f64,
        };
        self.objective = found.loss + self.penalty.value(self.optimiser.trial());
        let next = self.optimiser.advance(&found, self.design)?;
        if next == Next::Done {
            self.last = Some(sum.quality);
        }
        Ok(next)
    }

    fn finish(self) -> Result<Fit, FitError> {
        let mut point = self.optimiser.trial().to_vec();
        centre(&mut point, &self.penalty, self.classes.count());
        let lists = point.chunks(self.design.unknowns());
        let (mut intercepts, coefficients): (Vec<f64>, _) =
            lists.map(|list| self.design.in_units_of_rows(list)).unzip();
        let mean = intercepts.iter().sum::<f64>() / intercepts.len() as f64;
        intercepts
            .iter_mut()
            .for_each(|intercept| *intercept -= mean);
        Ok(Fit {
            intercepts,
            coefficients,
            objective: self.objective,
            passes: self.passes,
            violation: self.optimiser.violation(),
            quality: Quality::Classification(self.last.ok_or(FitError::Overflow)?),
            covariance: None,
        })
    }
}

/// What no penalty is on has mean 0 over the classes.
fn centre(point: &mut [f64], penalty: &Fitted, classes: usize) {
    let unknowns = point.len() / classes;
    for column in 0..unknowns {
        if penalty.bounds[column] > 0.0 {
            continue;
        }
        let mean = point.iter().skip(column).step_by(unknowns).sum::<f64>() / classes as f64;
        point
            .iter_mut()
            .skip(column)
            .step_by(unknowns)
            .for_each(|cell| *cell -= mean);
    }
}
