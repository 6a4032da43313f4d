//! Squared loss: everything from the one triangular factor of the rows, without a second look at them.

use crate::covariance::Covariance;
use crate::design::Design;
use crate::error::FitError;
use crate::lasso::Lasso;
use crate::penalty::{Fitted, Penalty};
use crate::refine::refine;
use crate::survey::Summary;
use crate::table::Table;
use crate::triangle::Triangle;

/// A least squares fit.
#[derive(Debug, Clone, PartialEq)]
pub struct LeastSquares {
    /// The prediction for a row of zeros.
    pub intercept: f64,
    /// One per column of the design.
    pub coefficients: Vec<f64>,
    /// Σ weight · residual².
    pub residual_squares: f64,
    /// Σ weight · (label − its mean)², or · label² without intercept.
    pub label_squares: f64,
    /// The objective that was minimised.
    pub objective: f64,
    /// Only without a penalty and with more rows than unknowns.
    pub covariance: Option<Covariance>,
}

/// Fits squared loss, ½(label − prediction)² a row, with a penalty.
///
/// # Errors
/// The rows do not determine the coefficients, or the numbers are too large.
pub fn fit(
    summary: &Summary,
    design: &Design,
    penalty: Penalty,
    normalise_label: bool,
) -> Result<LeastSquares, FitError> {
    let (label_shift, rows_weighted) = (summary.label_shift, summary.rows_weighted);
    if penalty.is_none() {
        crate::fit::check_determined(design, rows_weighted)?;
    }
    let problem = Problem::new(design, label_shift);
    let label_squares = problem.rows.length(problem.unknowns).powi(2);
    let label_scale = problem.label_scale(design, normalise_label && !penalty.is_none());
    let fitted = penalty.fitted(design, label_scale);
    let penalised = fitted_without_intercept(&fitted, design);
    let start = vec![0.0; problem.unknowns];
    let solution = problem.solve(&penalised, design.weight, &start)?;
    let residual_squares = problem.residual_squares(&solution);
    let objective = 0.5 * residual_squares / design.weight + penalised.value(&solution);
    if !objective.is_finite() {
        return Err(FitError::Overflow);
    }
    let covariance = penalty
        .is_none()
        .then(|| covariance(design, residual_squares, rows_weighted))
        .flatten();
    let (mut intercept, mut coefficients) =
        problem.in_units_of_rows(design, &solution, label_shift);
    if penalty.is_none() {
        refine(design, &summary.sample, &mut intercept, &mut coefficients);
    }
    Ok(LeastSquares {
        intercept,
        coefficients,
        residual_squares,
        label_squares,
        objective,
        covariance,
    })
}

/// Fits of the same rows with one penalty after the other, each looked for from the optimum before it.
pub struct Warm<'a> {
    design: &'a Design,
    problem: Problem,
    rows_weighted: u64,
    label_shift: f64,
    label_scale: f64,
    last: Vec<f64>,
}

impl<'a> Warm<'a> {
    /// Fits of these rows.
    #[must_use]
    pub fn new(summary: &Summary, design: &'a Design, normalise_label: bool) -> Self {
        let problem = Problem::new(design, summary.label_shift);
        Self {
            design,
            rows_weighted: summary.rows_weighted,
            label_shift: summary.label_shift,
            label_scale: problem.label_scale(design, normalise_label),
            last: vec![0.0; problem.unknowns],
            problem,
        }
    }

    /// The smallest `l1` at which all coefficients are 0.
    #[must_use]
    pub fn steepest(&self) -> f64 {
        let label: Vec<f64> = (0..self.problem.unknowns)
            .map(|row| self.problem.rows.at(row, self.problem.unknowns))
            .collect();
        let pull = (0..self.problem.unknowns).map(|column| {
            let products = (0..=column).map(|row| self.problem.rows.at(row, column) * label[row]);
            let factor = self.design.columns[self.design.active[column]].penalised;
            products.sum::<f64>().abs() / (self.design.weight * factor)
        });
        pull.fold(0.0, f64::max) / self.label_scale
    }

    /// The intercept and coefficients of the next penalty.
    ///
    /// # Errors
    /// The rows do not determine the coefficients, or the numbers are too large.
    pub fn fit(&mut self, penalty: Penalty) -> Result<(f64, Vec<f64>), FitError> {
        if penalty.is_none() {
            crate::fit::check_determined(self.design, self.rows_weighted)?;
        }
        let fitted = penalty.fitted(self.design, self.label_scale);
        let fitted = fitted_without_intercept(&fitted, self.design);
        let weight = self.design.weight;
        self.last = self.problem.solve(&fitted, weight, &self.last)?;
        let (design, last) = (self.design, &self.last);
        Ok(self
            .problem
            .in_units_of_rows(design, last, self.label_shift))
    }
}

/// The factor of rows that judge models of this design: they are not looked at again.
#[derive(Debug, Clone)]
pub struct Judge {
    factor: Triangle,
    label_shift: f64,
}

impl Judge {
    /// Rows that the survey of the design's rows saw, too.
    #[must_use]
    pub fn new(design: &Design, rows: &Summary) -> Self {
        Self {
            factor: design.factor_of(rows),
            label_shift: rows.label_shift,
        }
    }

    /// The mean loss of a model, ½(label − prediction)².
    #[must_use]
    pub fn loss(&self, design: &Design, intercept: f64, coefficients: &[f64]) -> f64 {
        let shifted = design.columns.iter().zip(coefficients);
        let at_shifts: f64 = shifted.map(|(column, w)| column.shift * w).sum();
        let mut residual = vec![intercept + at_shifts - self.label_shift];
        residual.extend_from_slice(coefficients);
        residual.push(-1.0);
        let squares = (0..self.factor.width())
            .map(|row| crate::dense::dot(&self.factor.row(row)[row..], &residual[row..]).powi(2));
        0.5 * squares.sum::<f64>() / self.factor.at(0, 0).powi(2)
    }
}

/// The active columns and the label, the intercept projected out of them.
struct Problem {
    rows: Triangle,
    unknowns: usize,
    /// Mean of the labels less their shift.
    label_mean: f64,
}

impl Problem {
    fn new(design: &Design, label_shift: f64) -> Self {
        let rows = design.as_fitted(label_shift);
        let unknowns = design.active.len();
        if design.intercept {
            let label_mean = rows.at(0, unknowns + 1) / rows.at(0, 0);
            return Self {
                rows: rows.without_first(),
                unknowns,
                label_mean,
            };
        }
        Self {
            rows,
            unknowns,
            label_mean: 0.0,
        }
    }

    /// What labels are divided by while they are fitted: their deviation, or 1.
    fn label_scale(&self, design: &Design, normalise: bool) -> f64 {
        match normalise {
            true => self.rows.length(self.unknowns) / design.weight.sqrt(),
            false => 1.0,
        }
    }

    /// The optimum, looked for from `start`.
    fn solve(&self, penalty: &Fitted, weight: f64, start: &[f64]) -> Result<Vec<f64>, FitError> {
        let factor = self.with_curvatures(&penalty.curvatures, weight);
        let solution = if penalty.has_bounds() {
            let bounds: Vec<f64> = penalty.bounds.iter().map(|bound| bound * weight).collect();
            Some(Lasso::new(&factor, &bounds).solve(start))
        } else {
            factor.solve_penalised(&vec![0.0; self.unknowns])
        };
        solution
            .filter(|solution| solution.iter().all(|w| w.is_finite()))
            .ok_or(FitError::Overflow)
    }

    /// The factor with a row for each squared coefficient.
    fn with_curvatures(&self, curvatures: &[f64], weight: f64) -> Triangle {
        let mut factor = self.rows.clone();
        if curvatures.iter().any(|curvature| *curvature > 0.0) {
            let mut by_column = Table::zeros(self.unknowns + 1, self.unknowns);
            for (index, curvature) in curvatures.iter().enumerate() {
                by_column.set(index, index, (curvature * weight).sqrt());
            }
            factor.append(&mut by_column);
        }
        factor
    }

    /// ‖z − R w‖² and what no w can change.
    fn residual_squares(&self, solution: &[f64]) -> f64 {
        let rest = self.rows.at(self.unknowns, self.unknowns).powi(2);
        let explained = (0..self.unknowns).map(|row| {
            let predicted = crate::dense::dot(&self.rows.row(row)[..self.unknowns], solution);
            (self.rows.at(row, self.unknowns) - predicted).powi(2)
        });
        explained.sum::<f64>() + rest
    }

    fn in_units_of_rows(
        &self,
        design: &Design,
        solution: &[f64],
        label_shift: f64,
    ) -> (f64, Vec<f64>) {
        let mut fitted = Vec::with_capacity(solution.len() + 1);
        if design.intercept {
            fitted.push(self.label_mean + label_shift);
        }
        fitted.extend_from_slice(solution);
        design.in_units_of_rows(&fitted)
    }
}

/// Variance of the residuals times the inverse of XᵀX; none without more rows than unknowns.
fn covariance(design: &Design, residual_squares: f64, rows: u64) -> Option<Covariance> {
    let degrees = rows.checked_sub(design.unknowns() as u64)?;
    let variance = residual_squares / degrees as f64;
    let factor = design.as_fitted(0.0);
    (degrees > 0)
        .then(|| design.covariance(&factor, 1.0, variance, degrees))
        .flatten()
}

fn fitted_without_intercept(fitted: &Fitted, design: &Design) -> Fitted {
    let first = usize::from(design.intercept);
    Fitted {
        bounds: fitted.bounds[first..].to_vec(),
        curvatures: fitted.curvatures[first..].to_vec(),
    }
}
