//! Rows made from numbers that look random, and fits of them.

use sagelet_solver::algorithm::{Failure, Fit};
use sagelet_solver::block::{Rows, Source};
use sagelet_solver::design::{Design, Fill, Treatment};
use sagelet_solver::error::FitError;
use sagelet_solver::family::Family;
use sagelet_solver::fit;
use sagelet_solver::labels::Classes;
use sagelet_solver::least_squares::{self, LeastSquares};
use sagelet_solver::penalty::Penalty;
use sagelet_solver::survey::{Summary, Survey};

/// Numbers that look random and are the same in every run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Between 0 and 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// About normal: the sum of twelve.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// Correlated columns of different sizes and means.
pub(crate) fn cells(random: &mut Random, rows: usize, width: usize) -> Vec<f64> {
    let mut cells = Vec::with_capacity(rows * width);
    for _ in 0..rows {
        let common = random.normal();
        for column in 0..width {
            let size = [1.0, 1e-3, 1e4, 3.0][column % 4];
            cells.push(size * (random.normal() + 0.7 * common + column as f64));
        }
    }
    cells
}

pub(crate) const PLAIN: Treatment = Treatment {
    fill: Fill::Mean,
    indicator: false,
    normalise: true,
};

pub(crate) fn survey(rows: &Rows, classes: Option<&[f64]>) -> Summary {
    let first = rows.block(0, rows.labels.len().min(500));
    let survey = match classes {
        None => Survey::regression(&first),
        Some(_) => Survey::classification(&first, 100),
    };
    let Ok(sum) = (&mut &*rows).pass(&survey);
    survey.summary(sum)
}

/// A survey and the design of all columns treated the same way.
pub(crate) fn design(
    rows: &Rows,
    classes: Option<&[f64]>,
    treatment: Treatment,
    intercept: bool,
) -> (Summary, Design) {
    let summary = survey(rows, classes);
    let design = Design::new(&summary, &vec![treatment; rows.width], intercept);
    (summary, design)
}

pub(crate) fn squared(
    rows: &Rows,
    treatment: Treatment,
    intercept: bool,
    penalty: Penalty,
) -> Result<LeastSquares, FitError> {
    let (summary, design) = design(rows, None, treatment, intercept);
    least_squares::fit(&summary, &design, penalty, false)
}

pub(crate) fn scalar(
    rows: &Rows,
    family: Family,
    treatment: Treatment,
    penalty: Penalty,
) -> Result<Fit, FitError> {
    let codes = (family == Family::Logistic).then_some(&[0.0, 1.0][..]);
    let classes = codes.map(|codes| Classes::new(codes, &[]));
    let (summary, design) = design(rows, codes, treatment, true);
    let fitted = fit::scalar(
        &mut &*rows,
        &summary,
        &design,
        family,
        classes.as_ref(),
        penalty,
        |_, _| (),
    );
    fitted.map_err(unreadable)
}

pub(crate) fn softmax(
    rows: &Rows,
    codes: &[f64],
    treatment: Treatment,
    penalty: Penalty,
) -> Result<Fit, FitError> {
    let classes = Classes::new(codes, &[]);
    let (summary, design) = design(rows, Some(codes), treatment, true);
    let fitted = fit::softmax(&mut &*rows, &summary, &design, &classes, penalty, |_, _| ());
    fitted.map_err(unreadable)
}

fn unreadable(failure: Failure<std::convert::Infallible>) -> FitError {
    match failure {
        Failure::Fit(error) => error,
        Failure::Source(never) => match never {},
    }
}
