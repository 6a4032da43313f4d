//! min ½‖R w − z‖² + Σ bounds·|w|: by coordinate descent until the support is about right, then exactly on the
//! support, with the optimality conditions checked.

use crate::dense::{dot, largest};
use crate::table::{Table, product};
use crate::triangle::Triangle;

/// Sweeps of coordinate descent before the support is settled exactly.
const SWEEPS: usize = 1_000;

/// Violation of the optimality conditions, of the largest gradient at 0, that is taken for rounding.
const TOLERANCE: f64 = 1e-11;

/// The problem. Its factor has the columns of R and then z; what lies below z is not looked at.
#[derive(Debug)]
pub(crate) struct Lasso<'a> {
    factor: &'a Triangle,
    /// The penalty of each coefficient; 0 for none.
    bounds: &'a [f64],
    /// RᵀR
    gram: Table,
    /// Rᵀz
    target: Vec<f64>,
    /// What counts as 0 in a gradient.
    tolerance: f64,
}

impl<'a> Lasso<'a> {
    pub(crate) fn new(factor: &'a Triangle, bounds: &'a [f64]) -> Self {
        let width = bounds.len();
        let mut columns = Table::zeros(width, factor.width());
        for column in 0..width {
            for row in 0..=column {
                columns.set(column, row, factor.at(row, column));
            }
        }
        let mut gram = Table::zeros(width, width);
        let view = columns.view();
        product(1.0, &view, &view.t(), 0.0, &mut gram.view_mut());
        let z: Vec<f64> = (0..factor.width())
            .map(|row| factor.at(row, width))
            .collect();
        let target: Vec<f64> = (0..width)
            .map(|column| dot(&columns.row(column)[..=column], &z[..=column]))
            .collect();
        let tolerance = TOLERANCE * largest(&target).max(largest(bounds));
        Self {
            factor,
            bounds,
            gram,
            target,
            tolerance,
        }
    }

    /// The optimum, looked for from `start`.
    pub(crate) fn solve(&self, start: &[f64]) -> Vec<f64> {
        let mut w = start.to_vec();
        self.descend(&mut w);
        // Every exact step lowers the objective, so that no support comes twice; rounding may end it earlier.
        for _ in 0..10 + 4 * w.len() {
            let Some(next) = self.step(&w) else {
                break;
            };
            w = next;
        }
        w
    }

    /// Coordinate descent: over all coordinates, then over those that are not 0 until they stand still.
    fn descend(&self, w: &mut [f64]) {
        let mut gradient = self.gradient(w);
        for sweep in 0..SWEEPS {
            let all = sweep % 10 == 0;
            let mut moved: f64 = 0.0;
            for index in 0..w.len() {
                if all || w[index] != 0.0 {
                    moved = moved.max(self.improve(index, w, &mut gradient));
                }
            }
            if all && moved <= self.tolerance {
                return;
            }
        }
    }

    /// Sets one coordinate to its best value. Returns how much that changed its gradient.
    fn improve(&self, index: usize, w: &mut [f64], gradient: &mut [f64]) -> f64 {
        let curvature = self.gram.at(index, index);
        if curvature <= 0.0 {
            return 0.0;
        }
        let best = soft(curvature * w[index] - gradient[index], self.bounds[index]) / curvature;
        let change = best - w[index];
        if change != 0.0 {
            w[index] = best;
            crate::dense::add_scaled(gradient, change, self.gram.row(index));
        }
        change.abs() * curvature
    }

    /// Rᵀ(Rw − z)
    fn gradient(&self, w: &[f64]) -> Vec<f64> {
        (0..w.len())
            .map(|index| dot(self.gram.row(index), w) - self.target[index])
            .collect()
    }

    /// One exact step: the optimum for the present support and signs, or as far towards it as signs hold. None
    /// if `w` is the optimum.
    fn step(&self, w: &[f64]) -> Option<Vec<f64>> {
        let gradient = self.gradient(w);
        let mut signs: Vec<f64> = w
            .iter()
            .map(|w| w.signum() * f64::from(u8::from(*w != 0.0)))
            .collect();
        let settled = |index: usize| {
            let wanted = -self.bounds[index] * signs[index];
            (gradient[index] - wanted).abs() <= self.tolerance
        };
        let support = (0..w.len()).filter(|&index| w[index] != 0.0 || self.bounds[index] == 0.0);
        let support_is_optimal = support.clone().all(settled);
        let mut support: Vec<usize> = support.collect();
        if support_is_optimal {
            let entering = self.entering(w, &gradient)?;
            signs[entering] = -gradient[entering].signum();
            let place = support.partition_point(|&index| index < entering);
            support.insert(place, entering);
        }
        let exact = self.exact(&support, &signs)?;
        let mut next = self.towards(w, &support, &exact, &signs);
        // A step that betters neither the objective nor the optimality conditions is rounding.
        if self.objective(&next) >= self.objective(w) && self.violation(&next) >= self.violation(w)
        {
            return None;
        }
        for (next, bound) in next.iter_mut().zip(self.bounds) {
            if next.abs() < f64::MIN_POSITIVE && *bound > 0.0 {
                *next = 0.0;
            }
        }
        Some(next)
    }

    /// The coordinate at 0 whose gradient exceeds its bound most.
    fn entering(&self, w: &[f64], gradient: &[f64]) -> Option<usize> {
        let excess = |index: &usize| gradient[*index].abs() - self.bounds[*index];
        (0..w.len())
            .filter(|index| w[*index] == 0.0 && excess(index) > self.tolerance)
            .max_by(|a, b| excess(a).total_cmp(&excess(b)))
    }

    /// The optimum if the support and its signs are right, from a factor of the support's columns alone.
    fn exact(&self, support: &[usize], signs: &[f64]) -> Option<Vec<f64>> {
        let last = self.bounds.len();
        let columns = support.iter().chain([&last]);
        let combinations: Vec<_> = columns.map(|&index| vec![(index, 1.0)]).collect();
        let factor = self.factor.combine(&combinations);
        let penalties: Vec<f64> = support
            .iter()
            .map(|&index| self.bounds[index] * signs[index])
            .collect();
        factor.solve_penalised(&penalties)
    }

    /// Goes from `w` to the exact optimum, but not past the first coordinate that would change its sign.
    fn towards(&self, w: &[f64], support: &[usize], exact: &[f64], signs: &[f64]) -> Vec<f64> {
        let mut share = 1.0;
        let mut stopped = None;
        for (&index, &to) in support.iter().zip(exact) {
            if self.bounds[index] > 0.0 && to * signs[index] < 0.0 {
                let until = w[index] / (w[index] - to);
                if until < share {
                    (share, stopped) = (until, Some(index));
                }
            }
        }
        let mut next = w.to_vec();
        for (&index, &to) in support.iter().zip(exact) {
            next[index] = if share < 1.0 {
                w[index] + share * (to - w[index])
            } else {
                to
            };
        }
        if let Some(index) = stopped {
            next[index] = 0.0;
        }
        next
    }

    /// How far the optimality conditions are from holding.
    fn violation(&self, w: &[f64]) -> f64 {
        let gradient = self.gradient(w);
        let violations =
            (0..w.len()).map(|index| violation(w[index], gradient[index], self.bounds[index]));
        violations.fold(0.0, f64::max)
    }

    fn objective(&self, w: &[f64]) -> f64 {
        let gradient = self.gradient(w);
        let smooth: f64 = (0..w.len())
            .map(|index| 0.5 * w[index] * (gradient[index] - self.target[index]))
            .sum();
        let penalty: f64 = w
            .iter()
            .zip(self.bounds)
            .map(|(w, bound)| w.abs() * bound)
            .sum();
        smooth + penalty
    }
}

/// How far a coordinate is from optimal, from the gradient of all but the penalty.
pub(crate) fn violation(w: f64, gradient: f64, bound: f64) -> f64 {
    if w == 0.0 {
        (gradient.abs() - bound).max(0.0)
    } else {
        (gradient + w.signum() * bound).abs()
    }
}

fn soft(value: f64, bound: f64) -> f64 {
    value.signum() * (value.abs() - bound).max(0.0)
}
