//! Newton's method with safeguards, driven by passes over the rows: each pass says what the loss is at a trial
//! point, and the next trial point follows.

use crate::dense::{dot, largest};
use crate::error::FitError;
use crate::lasso::{Lasso, violation};
use crate::penalty::Fitted;
use crate::step::{Evaluation, Magnitudes, Next};
use crate::table::Table;
use crate::triangle::Triangle;

/// Violation of the optimality conditions at which the optimum is reached, of the size that gradients have.
const TOLERANCE: f64 = 1e-12;

/// Violation that is good enough where rounding keeps the loss from falling any further.
const TOLERANCE_ROUNDING: f64 = 1e-10;

/// Passes after which the method gives up: it needs three to thirty.
const PASSES_MAX: usize = 200;

/// Steps of about the same length, one after the other, that show coefficients growing without end.
const DIVERGING_STEPS: usize = 4;

/// The method's state between passes.
#[derive(Debug, Clone)]
pub(crate) struct Newton {
    penalty: Fitted,
    /// The best point so far, with its objective.
    best: Option<(Vec<f64>, f64)>,
    /// The point that the next pass evaluates.
    trial: Vec<f64>,
    direction: Vec<f64>,
    /// Change of the objective along the direction, to first order.
    descent: f64,
    share: f64,
    passes: usize,
    last_step: f64,
    equal_steps: usize,
    violation: f64,
    magnitudes: Magnitudes,
}

impl Newton {
    pub(crate) fn new(start: Vec<f64>, penalty: Fitted) -> Self {
        Self {
            penalty,
            best: None,
            direction: vec![0.0; start.len()],
            trial: start,
            descent: 0.0,
            share: 1.0,
            passes: 0,
            last_step: f64::INFINITY,
            equal_steps: 0,
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

    /// The last step that was taken.
    pub(crate) fn direction(&self) -> &[f64] {
        &self.direction
    }

    pub(crate) fn trial(&self) -> &[f64] {
        &self.trial
    }

    pub(crate) fn violation(&self) -> f64 {
        self.violation
    }

    /// Takes in what a pass found at the trial point.
    pub(crate) fn advance(&mut self, found: &Evaluation) -> Result<Next, FitError> {
        self.passes += 1;
        let value = found.loss + self.penalty.value(&self.trial);
        self.magnitudes.see_objective(value);
        if let Some((point, best)) = &self.best {
            let allowed = best + 1e-4 * self.share * self.descent + self.magnitudes.rounding(*best);
            if value.is_nan() || value > allowed {
                return self.shorten(point.clone());
            }
        } else if !value.is_finite() {
            return Err(FitError::Overflow);
        }
        self.accept(found, value)
    }

    /// Tries a shorter step along the same direction.
    fn shorten(&mut self, point: Vec<f64>) -> Result<Next, FitError> {
        self.share *= 0.4;
        if self.share < 1e-9 || self.passes >= PASSES_MAX {
            self.trial = point;
            return if self.violation <= TOLERANCE_ROUNDING {
                Ok(Next::Again)
            } else {
                Err(self.not_converged())
            };
        }
        self.trial = point;
        crate::dense::add_scaled(&mut self.trial, self.share, &self.direction);
        Ok(Next::Again)
    }

    fn accept(&mut self, found: &Evaluation, value: f64) -> Result<Next, FitError> {
        let point = self.trial.clone();
        let stuck = self.share < 1e-9;
        let mut gradient = found.gradient.clone();
        for (index, gradient) in gradient.iter_mut().enumerate() {
            *gradient += self.penalty.curvatures[index] * point[index];
        }
        let violations = (0..point.len())
            .map(|index| violation(point[index], gradient[index], self.penalty.bounds[index]));
        self.violation = violations.fold(0.0, f64::max) / self.magnitudes.scale(found.scale);
        self.best = Some((point.clone(), value));
        // With every label predicted to rounding, the loss can fall no further.
        if self.violation <= TOLERANCE || found.scale == 0.0 || stuck {
            return Ok(Next::Done);
        }
        if self.passes >= PASSES_MAX {
            return Err(self.not_converged());
        }
        self.direction = self.newton_direction(&point, &gradient, &found.hessian);
        let penalty_change = |to: &[f64]| -> f64 {
            let parts = to.iter().zip(&point).zip(&self.penalty.bounds);
            parts
                .map(|((to, from), bound)| bound * (to.abs() - from.abs()))
                .sum()
        };
        self.trial = point
            .iter()
            .zip(&self.direction)
            .map(|(w, d)| w + d)
            .collect();
        self.descent = dot(&gradient, &self.direction) + penalty_change(&self.trial);
        self.share = 1.0;
        self.watch_for_divergence()?;
        let longest = largest(&self.direction);
        if longest <= 1e-15 * largest(&point) && self.violation <= TOLERANCE_ROUNDING {
            return Ok(Next::Done);
        }
        Ok(Next::Again)
    }

    /// On the way to an optimum, steps shrink; on the way to infinity they do not.
    fn watch_for_divergence(&mut self) -> Result<(), FitError> {
        let step = largest(&self.direction);
        let equal = step > 0.4 * self.last_step && step > 0.1 && self.passes > 6;
        self.equal_steps = if equal { self.equal_steps + 1 } else { 0 };
        self.last_step = step;
        if self.equal_steps < DIVERGING_STEPS {
            return Ok(());
        }
        Err(FitError::Diverging(0))
    }

    /// Where the quadratic model of the objective has its optimum, seen from the point.
    fn newton_direction(&self, point: &[f64], gradient: &[f64], hessian: &Table) -> Vec<f64> {
        let factor = self.factor(hessian);
        if !self.penalty.has_bounds() {
            let mut direction: Vec<f64> = gradient.iter().map(|gradient| -gradient).collect();
            factor.solve_normal(&mut direction);
            return direction;
        }
        // The model is ½‖R w − z‖² with z = R point − R⁻ᵀ gradient.
        let width = point.len();
        let mut pull = gradient.to_vec();
        factor.substitute_transposed(&mut pull);
        let z = (0..width).map(|row| dot(&factor.row(row)[row..], &point[row..]) - pull[row]);
        let model = factor.with_column(z);
        let optimum = Lasso::new(&model, &self.penalty.bounds).solve(point);
        optimum
            .iter()
            .zip(point)
            .map(|(to, from)| to - from)
            .collect()
    }

    /// The factor of the Hessian with its penalty, made positive definite if need be.
    fn factor(&self, hessian: &Table) -> Triangle {
        let mut lift = 0.0;
        loop {
            let mut matrix = hessian.clone();
            for (index, curvature) in self.penalty.curvatures.iter().enumerate() {
                let own = matrix.at(index, index);
                matrix.set(index, index, own * (1.0 + lift) + curvature + lift * 1e-3);
            }
            if let Some(factor) = Triangle::cholesky(&matrix) {
                return factor;
            }
            if lift > 1e12 {
                return Triangle::identity(hessian.width());
            }
            lift = if lift == 0.0 { 1e-10 } else { lift * 100.0 };
        }
    }

    fn not_converged(&self) -> FitError {
        FitError::NotConverged {
            passes: self.passes,
            gradient: self.violation,
        }
    }
}
