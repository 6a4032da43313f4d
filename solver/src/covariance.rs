//! The covariance of fitted coefficients, as a triangular factor.

use crate::table::Table;

/// Columns of the design up to which a covariance is kept: its factor is 1 MB then.
pub const COLUMNS_MAX: usize = 500;

/// The covariance of the intercept and of the coefficients of all columns of the design, in the units of the rows.
///
/// The places of an intercept that is not fitted and of constant columns are 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariance {
    /// What the inverse of the information is multiplied by: the variance of the residuals for squared loss, Pearson's
    /// for Gamma and Tweedie, 1 for logistic and Poisson.
    pub dispersion: f64,
    /// Rows with a weight above 0 less unknowns.
    pub degrees: u64,
    /// F, lower triangular: the covariance is FᵀF, and the variance of a score is ‖F x‖² for a row x with a 1 in front.
    pub factor: Table,
}

impl Covariance {
    /// The covariance itself.
    #[must_use]
    pub fn table(&self) -> Table {
        let size = self.factor.rows();
        let mut transposed = Table::zeros(size, size);
        transposed.view_mut().assign(&self.factor.view().t());
        Table::gram(&transposed.view())
    }

    /// The factor up to its diagonal, row after row: (n + 1)(n + 2) / 2 numbers for n columns.
    #[must_use]
    pub fn packed(&self) -> Vec<f64> {
        let rows = 0..self.factor.rows();
        rows.flat_map(|row| self.factor.row(row)[..=row].iter().copied())
            .collect()
    }
}
