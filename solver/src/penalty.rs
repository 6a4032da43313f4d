//! The penalty of the objective, in the units in which columns are fitted.

use crate::design::Design;

/// l1·Σ|w| + (l2/2)·Σw².
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Penalty {
    /// Factor of the sum of magnitudes.
    pub l1: f64,
    /// Factor of half the sum of squares (`wd`).
    pub l2: f64,
}

/// The penalty of each coefficient as it is fitted: bound·|u| + (curvature/2)·u².
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Fitted {
    pub(crate) bounds: Vec<f64>,
    pub(crate) curvatures: Vec<f64>,
}

impl Penalty {
    /// Whether there is none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.l1 == 0.0 && self.l2 == 0.0
    }

    /// The penalty of what is fitted: the intercept, which has none, and the active columns. `label_scale` is
    /// what the labels are divided by while they are fitted.
    pub(crate) fn fitted(&self, design: &Design, label_scale: f64) -> Fitted {
        let factors = design
            .active
            .iter()
            .map(|&index| design.columns[index].penalised);
        let factors: Vec<f64> = std::iter::repeat_n(0.0, usize::from(design.intercept))
            .chain(factors)
            .collect();
        Fitted {
            bounds: factors
                .iter()
                .map(|factor| self.l1 * factor * label_scale)
                .collect(),
            curvatures: factors
                .iter()
                .map(|factor| self.l2 * factor * factor)
                .collect(),
        }
    }
}

impl Fitted {
    /// The penalty's value.
    pub(crate) fn value(&self, point: &[f64]) -> f64 {
        let parts = point.iter().zip(&self.bounds).zip(&self.curvatures);
        parts
            .map(|((u, bound), curvature)| bound * u.abs() + 0.5 * curvature * u * u)
            .sum()
    }

    /// The same penalty for each of several lists of coefficients.
    pub(crate) fn repeated(&self, times: usize) -> Self {
        Self {
            bounds: self.bounds.repeat(times),
            curvatures: self.curvatures.repeat(times),
        }
    }

    pub(crate) fn has_bounds(&self) -> bool {
        self.bounds.iter().any(|bound| *bound > 0.0)
    }
}
