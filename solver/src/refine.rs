//! Iterative refinement of a least squares fit to rows that are few enough to be looked at again: residuals in
//! twice the digits, corrections by the factor at hand (Björck's refinement of the augmented system).
//!
//! It gives ill-conditioned sets all digits that their rows have: a factor alone loses as many as the condition
//! number has.

use crate::block::Rows;
use crate::design::Design;
use crate::table::Table;
use crate::triangle::Triangle;
use crate::twofold::Twofold;

/// Cells up to which rows are looked at again: some milliseconds of work.
const CELLS_MAX: usize = 1 << 17;

/// Corrections: each adds the digits that the factor has.
const ROUNDS: usize = 6;

/// Improves an intercept and coefficients in the units of the rows. Rows with weights are left as they are.
pub(crate) fn refine(design: &Design, rows: &Rows, intercept: &mut f64, coefficients: &mut [f64]) {
    let whole = rows.labels.len() as u64 == design.rows && rows.cells.len() <= CELLS_MAX;
    if whole && rows.weights.iter().all(|weight| *weight == 1.0) {
        Refinement::new(design, rows, *intercept, coefficients).run(intercept, coefficients);
    }
}

struct Refinement<'a> {
    design: &'a Design,
    /// The rows as they are predicted from.
    filled: Table,
    /// The rows as they are fitted.
    fitted: Table,
    labels: Vec<Twofold>,
    intercept: Twofold,
    coefficients: Vec<Twofold>,
    residuals: Vec<f64>,
}

impl<'a> Refinement<'a> {
    fn new(design: &'a Design, rows: &Rows, intercept: f64, coefficients: &[f64]) -> Self {
        let count = rows.labels.len();
        let block = rows.block(0, count);
        let mut filled = Table::zeros(count, design.columns.len());
        let mut fitted = Table::zeros(count, design.unknowns());
        for row in 0..count {
            design.fill(block.row(row), filled.row_mut(row));
            design.write(&block, row, fitted.row_mut(row));
        }
        let label = |row: usize| {
            let mut label = Twofold::from(block.labels[row]);
            label.add(-block.offset(row));
            label
        };
        let mut refinement = Self {
            design,
            filled,
            fitted,
            labels: (0..count).map(label).collect(),
            intercept: intercept.into(),
            coefficients: coefficients.iter().map(|&number| number.into()).collect(),
            residuals: vec![0.0; count],
        };
        refinement.residuals = refinement.unexplained();
        refinement
    }

    fn run(mut self, intercept: &mut f64, coefficients: &mut [f64]) {
        let mut last = f64::INFINITY;
        for _ in 0..ROUNDS {
            let Some(change) = self.correct() else {
                return;
            };
            // Corrections that do not shrink come from a factor without a right digit.
            if change > 0.25 * last {
                return;
            }
            last = change;
            *intercept = self.intercept.head;
            for (number, twofold) in coefficients.iter_mut().zip(&self.coefficients) {
                *number = twofold.head;
            }
            if change <= f64::EPSILON / 4.0 {
                return;
            }
        }
    }

    /// Labels less residuals less predictions.
    fn unexplained(&self) -> Vec<f64> {
        (0..self.labels.len())
            .map(|row| {
                let mut rest = self.labels[row];
                rest.add(-self.residuals[row]);
                rest.add_twofold_product(self.intercept, -1.0);
                for (cell, coefficient) in self.filled.row(row).iter().zip(&self.coefficients) {
                    rest.add_twofold_product(*coefficient, -cell);
                }
                rest.head
            })
            .collect()
    }

    /// −(fitted rows)ᵀ residuals, from the rows as they are.
    fn pull(&self) -> Vec<f64> {
        let mut of_intercept = Twofold::default();
        self.residuals
            .iter()
            .for_each(|residual| of_intercept.add(-residual));
        let mut pull = Vec::with_capacity(self.design.unknowns());
        if self.design.intercept {
            pull.push(of_intercept.head);
        }
        for &index in &self.design.active {
            let column = &self.design.columns[index];
            let mut sum = Twofold::default();
            for (row, residual) in self.residuals.iter().enumerate() {
                sum.add_product(self.filled.at(row, index), -residual);
            }
            sum.add_twofold_product(of_intercept, -column.centre);
            pull.push(sum.head / column.scale);
        }
        pull
    }

    /// One correction. Returns the largest change of a coefficient, of its size.
    fn correct(&mut self) -> Option<f64> {
        let (rest, pull) = (self.unexplained(), self.pull());
        let correction = self.factor(&rest).solve_penalised(&pull)?;
        for (row, residual) in self.residuals.iter_mut().enumerate() {
            *residual += rest[row] - crate::dense::dot(self.fitted.row(row), &correction);
        }
        let (intercept, changes) = self.design.in_units_of_rows(&correction);
        self.intercept.add(intercept);
        let mut largest: f64 = 0.0;
        for (coefficient, change) in self.coefficients.iter_mut().zip(changes) {
            coefficient.add(change);
            if change != 0.0 {
                largest = largest.max((change / coefficient.head).abs());
            }
        }
        Some(largest)
    }

    /// The factor of [fitted rows | right].
    fn factor(&self, right: &[f64]) -> Triangle {
        let unknowns = self.design.unknowns();
        let mut by_column = Table::zeros(unknowns + 1, right.len());
        for (row, right) in right.iter().enumerate() {
            for (column, cell) in self.fitted.row(row).iter().enumerate() {
                by_column.set(column, row, *cell);
            }
            by_column.set(unknowns, row, *right);
        }
        let mut factor = Triangle::zeros(unknowns + 1);
        factor.append(&mut by_column);
        factor
    }
}
