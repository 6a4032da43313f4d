//! What every way of fitting has in common: passes over the rows until there is nothing more to learn from them.

use crate::block::{Pass, Source};
use crate::covariance::Covariance;
use crate::error::FitError;
use crate::step::Next;
use crate::tally::{Classification, Regression};

/// A way of fitting.
pub trait Algorithm: Pass {
    /// Takes in what a pass over all rows added up to.
    ///
    /// # Errors
    /// The rows determine no model.
    fn end_of_pass(&mut self, sum: Self::Sum) -> Result<Next, FitError>;

    /// The objective at the best point so far, and the passes it took.
    fn progress(&self) -> (f64, usize);

    /// The best point, in the units in which columns are fitted.
    fn point(&self) -> &[f64];

    /// What was found, after the last pass.
    ///
    /// # Errors
    /// The rows determine no model.
    fn finish(self) -> Result<Fit, FitError>;
}

/// A fitted model, in the units of the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// One per score.
    pub intercepts: Vec<f64>,
    /// One list per score, one number per column of the design.
    pub coefficients: Vec<Vec<f64>>,
    /// The objective that was minimised.
    pub objective: f64,
    /// Passes over the rows, the survey not among them.
    pub passes: usize,
    /// How far the optimality conditions are from holding, of the size that gradients have.
    pub violation: f64,
    /// How good the predictions are on the rows of the last pass.
    pub quality: Quality,
    /// Only without penalty, for one score, with more rows than unknowns.
    pub covariance: Option<Covariance>,
}

/// How good predictions are.
#[derive(Debug, Clone, PartialEq)]
pub enum Quality {
    /// Of numbers.
    Regression(Regression),
    /// Of classes.
    Classification(Classification),
}

impl Quality {
    /// Adds the sums of other rows.
    pub fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::Regression(own), Self::Regression(other)) => own.merge(&other),
            (Self::Classification(own), Self::Classification(other)) => own.merge(other),
            _ => {}
        }
    }
}

/// Why there is no fit.
#[derive(Debug)]
pub enum Failure<E> {
    /// The rows determine no model.
    Fit(FitError),
    /// The rows cannot be read.
    Source(E),
}

impl<E> From<FitError> for Failure<E> {
    fn from(error: FitError) -> Self {
        Self::Fit(error)
    }
}

/// Passes over the rows until the algorithm has what it needs. `watch` sees it after every pass.
///
/// # Errors
/// The rows cannot be read, or determine no model.
pub fn run<A: Algorithm, S: Source>(
    mut algorithm: A,
    source: &mut S,
    mut watch: impl FnMut(&A),
) -> Result<Fit, Failure<S::Error>> {
    loop {
        let sum = source.pass(&algorithm).map_err(Failure::Source)?;
        let next = algorithm.end_of_pass(sum)?;
        watch(&algorithm);
        if next == Next::Done {
            return Ok(algorithm.finish()?);
        }
    }
}
