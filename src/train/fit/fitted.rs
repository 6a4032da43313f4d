//! What a fit gives: the model and everything that was learnt on the way.

use sagelet_solver::algorithm::Quality;
use sagelet_solver::covariance::Covariance;
use sagelet_solver::design::Design;
use sagelet_solver::labels::Classes;
use sagelet_solver::penalty::Penalty;
use sagelet_solver::survey::Summary;

use super::choose::Choice;
use super::kind::Kind;
use crate::artifact::Label;

/// A fitted model and everything that was learnt on the way.
#[derive(Debug)]
pub(in crate::train) struct Fitted {
    pub(in crate::train) kind: Kind,
    pub(in crate::train) penalty: Penalty,
    /// How the penalty was chosen, or judged by folds.
    pub(in crate::train) choice: Option<Choice>,
    /// The score from which on the second of two classes is predicted, if it is not 0.
    pub(in crate::train) threshold: Option<f64>,
    /// How many times as important recall is as precision, in the metric that says so.
    pub(in crate::train) f_beta: f64,
    pub(in crate::train) summary: Summary,
    pub(in crate::train) design: Design,
    pub(in crate::train) labels: Vec<Label>,
    pub(in crate::train) classes: Option<Classes>,
    pub(in crate::train) intercepts: Vec<f64>,
    pub(in crate::train) coefficients: Vec<Vec<f64>>,
    pub(in crate::train) objective: f64,
    /// Passes over the rows, the first among them.
    pub(in crate::train) passes: usize,
    pub(in crate::train) quality: Quality,
    pub(in crate::train) covariance: Option<Covariance>,
}
