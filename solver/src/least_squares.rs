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
    let label_scale = if normalise_label && !penalty.is_none() {
        (label_squares / design.weight).sqrt()
    } else {
        1.0
    };
    let fitted = penalty.fitted(design, label_scale);
    let penalised = fitted_without_intercept(&fitted, design);
    let solution = problem.solve(&penalised, design.weight)?;
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

    fn solve(&self, penalty: &Fitted, weight: f64) -> Result<Vec<f64>, FitError> {
        let factor = self.with_curvatures(&penalty.curvatures, weight);
        let solution = if penalty.has_bounds() {
            let bounds: Vec<f64> = penalty.bounds.iter().map(|bound| bound * weight).collect();
            Some(Lasso::new(&factor, &bounds).solve(&vec![0.0; self.unknowns]))
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
