//! L-BFGS with a cross-product of the rows for a start, where a Hessian would be too large: losses without l1.

use std::collections::VecDeque;

use crate::dense::{add_scaled, dot, largest};
use crate::error::FitError;
use crate::penalty::Fitted;
use crate::step::{Evaluation, Magnitudes, Next};
use crate::triangle::Triangle;

/// Steps that are remembered.
const MEMORY: usize = 20;

/// Violation of the optimality conditions at which the optimum is reached, of the size that gradients have.
const TOLERANCE: f64 = 1e-11;

/// Violation that is good enough where rounding keeps the loss from falling any further.
const TOLERANCE_ROUNDING: f64 = 1e-9;

/// Passes after which the method gives up.
const PASSES_MAX: usize = 2_000;

/// The method's state between passes.
#[derive(Debug, Clone)]
pub(crate) struct Lbfgs {
    penalty: Fitted,
    /// The factor of the curvature that is assumed at first, the same for each list of coefficients.
    assumed: Triangle,
    best: Option<Best>,
    trial: Vec<f64>,
    direction: Vec<f64>,
    descent: f64,
    share: f64,
    steps: VecDeque<Step>,
    passes: usize,
    violation: f64,
    magnitudes: Magnitudes,
}

#[derive(Debug, Clone)]
struct Best {
    point: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

#[derive(Debug, Clone)]
struct Step {
    moved: Vec<f64>,
    turned: Vec<f64>,
    /// 1 / (moved · turned)
    inverse: f64,
}

impl Lbfgs {
    pub(crate) fn new(start: Vec<f64>, penalty: Fitted, assumed: Triangle) -> Self {
        Self {
            penalty,
            assumed,
            best: None,
            direction: Vec::new(),
            trial: start,
            descent: 0.0,
            share: 1.0,
            steps: VecDeque::new(),
            passes: 0,
            violation: f64::INFINITY,
            magnitudes: Magnitudes::default(),
        }
    }

    /// Starts at another point, before anything was found.
    pub(crate) fn restart(&mut self, start: Vec<f64>) {
        self.trial = start;
    }

    pub(crate) fn penalty(&self) -> &Fitted {
        &self.penalty
    }

    pub(crate) fn trial(&self) -> &[f64] {
        &self.trial
    }

    pub(crate) fn violation(&self) -> f64 {
        self.violation
    }

    pub(crate) fn advance(&mut self, found: &Evaluation) -> Result<Next, FitError> {
        self.passes += 1;
        let value = found.loss + self.penalty.value(&self.trial);
        self.magnitudes.see_objective(value);
        let mut gradient = found.gradient.clone();
        for (index, gradient) in gradient.iter_mut().enumerate() {
            *gradient += self.penalty.curvatures[index] * self.trial[index];
        }
        match self.best.take() {
            None if !value.is_finite() => return Err(FitError::Overflow),
            None => {}
            Some(best) => {
                let allowed = best.value
                    + 1e-4 * self.share * self.descent
                    + self.magnitudes.rounding(best.value);
                if value.is_nan() || value > allowed {
                    return self.shorten(best);
                }
                self.remember(&best, &gradient);
            }
        }
        self.violation = largest(&gradient) / self.magnitudes.scale(found.scale);
        let reached = self.violation <= TOLERANCE || found.scale == 0.0;
        if reached || self.share < 1e-9 {
            return Ok(Next::Done);
        }
        if self.passes >= PASSES_MAX {
            return Err(self.not_converged());
        }
        self.direction = self.quasi_newton_direction(&gradient);
        self.descent = dot(&gradient, &self.direction);
        let point = self.trial.clone();
        add_scaled(&mut self.trial, 1.0, &self.direction);
        self.share = 1.0;
        self.best = Some(Best {
            point,
            value,
            gradient,
        });
        Ok(Next::Again)
    }

    fn shorten(&mut self, best: Best) -> Result<Next, FitError> {
        self.share *= 0.4;
        self.trial.clone_from(&best.point);
        let stuck = self.share < 1e-9 || self.passes >= PASSES_MAX;
        if stuck && self.violation > TOLERANCE_ROUNDING {
            return Err(self.not_converged());
        }
        if !stuck {
            add_scaled(&mut self.trial, self.share, &self.direction);
        }
        self.best = Some(best);
        Ok(Next::Again)
    }

    fn remember(&mut self, best: &Best, gradient: &[f64]) {
        let difference = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect();
        let moved: Vec<f64> = difference(&self.trial, &best.point);
        let turned: Vec<f64> = difference(gradient, &best.gradient);
        let curvature = dot(&moved, &turned);
        if curvature <= f64::EPSILON * dot(&turned, &turned) {
            return;
        }
        if self.steps.len() == MEMORY {
            self.steps.pop_front();
        }
        self.steps.push_back(Step {
            moved,
            turned,
            inverse: 1.0 / curvature,
        });
    }

    /// The two loops of Nocedal, with the assumed curvature between them.
    fn quasi_newton_direction(&self, gradient: &[f64]) -> Vec<f64> {
        let mut direction: Vec<f64> = gradient.iter().map(|gradient| -gradient).collect();
        let mut amounts = Vec::with_capacity(self.steps.len());
        for step in self.steps.iter().rev() {
            let amount = step.inverse * dot(&step.moved, &direction);
            add_scaled(&mut direction, -amount, &step.turned);
            amounts.push(amount);
        }
        for list in direction.chunks_mut(self.assumed.width().max(1)) {
            self.assumed.solve_normal(list);
        }
        for (step, amount) in self.steps.iter().zip(amounts.into_iter().rev()) {
            let back = step.inverse * dot(&step.turned, &direction);
            add_scaled(&mut direction, amount - back, &step.moved);
        }
        direction
    }

    fn not_converged(&self) -> FitError {
        FitError::NotConverged {
            passes: self.passes,
            gradient: self.violation,
        }
    }
}
