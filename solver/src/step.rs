//! What one pass finds, and whether another is needed: what both methods of optimisation have in common.

use crate::table::Table;

/// What a pass found at a point. Everything is divided by the sum of weights.
#[derive(Debug, Clone)]
pub(crate) struct Evaluation {
    /// The loss, without penalty.
    pub(crate) loss: f64,
    pub(crate) gradient: Vec<f64>,
    /// Empty where it is not wanted.
    pub(crate) hessian: Table,
    /// The size that a gradient has if nothing cancels: the mean magnitude of a row's derivative.
    pub(crate) scale: f64,
}

/// Whether another pass is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Another pass, at another point.
    Again,
    /// The last pass was at the optimum.
    Done,
}

/// The largest sizes that a fit has seen, which say what rounding leaves of small ones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Magnitudes {
    scale: f64,
    objective: f64,
}

impl Magnitudes {
    /// Takes in the objective of a trial point; one that is not finite says nothing.
    pub(crate) fn see_objective(&mut self, objective: f64) {
        if objective.is_finite() {
            self.objective = self.objective.max(objective.abs());
        }
    }

    /// The size that gradients have, given a pass's own. Where every label is predicted to rounding that is
    /// rounding itself, so the size does not fall far below what it was.
    pub(crate) fn scale(&mut self, scale: f64) -> f64 {
        self.scale = self.scale.max(scale);
        scale.max(1e-4 * self.scale)
    }

    /// How far an objective is off by rounding: sums of losses that cancel have the digits of their terms.
    pub(crate) fn rounding(&self, objective: f64) -> f64 {
        1e-14 * objective.abs() + 4e-15 * self.objective
    }
}
