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
