//! How the optimum is looked for: Newton's method where the Hessian is small, L-BFGS where it is not.

use crate::design::Design;
use crate::error::FitError;
use crate::lbfgs::Lbfgs;
use crate::newton::Newton;
use crate::penalty::Fitted;
use crate::step::{Evaluation, Next};
use crate::triangle::Triangle;

/// Unknowns up to which the Hessian is built and factored: 32 MB of it.
pub const NEWTON_UNKNOWNS_MAX: usize = 2_000;

/// One of the two methods.
#[derive(Debug, Clone)]
pub(crate) enum Optimiser {
    Newton(Newton),
    Lbfgs(Box<Lbfgs>),
}

impl Optimiser {
    /// Newton's method for few unknowns, else L-BFGS with the inverse of RᵀR + curvatures for a start.
    pub(crate) fn new(start: Vec<f64>, penalty: Fitted, rows: impl FnOnce() -> Triangle) -> Self {
        if start.len() <= NEWTON_UNKNOWNS_MAX {
            Self::Newton(Newton::new(start, penalty))
        } else {
            Self::Lbfgs(Box::new(Lbfgs::new(start, penalty, rows())))
        }
    }

    pub(crate) fn trial(&self) -> &[f64] {
        match self {
            Self::Newton(newton) => newton.trial(),
            Self::Lbfgs(lbfgs) => lbfgs.trial(),
        }
    }

    /// Forgets everything and starts at another point.
    pub(crate) fn restart(&mut self, start: Vec<f64>) {
        match self {
            Self::Newton(newton) => newton.restart(start),
            Self::Lbfgs(lbfgs) => lbfgs.restart(start),
        }
    }

    /// The penalty at a point.
    pub(crate) fn penalty(&self, point: &[f64]) -> f64 {
        match self {
            Self::Newton(newton) => newton.penalty().value(point),
            Self::Lbfgs(lbfgs) => lbfgs.penalty().value(point),
        }
    }

    /// The violation of the optimality conditions, of the size that gradients have.
    pub(crate) fn violation(&self) -> f64 {
        match self {
            Self::Newton(newton) => newton.violation(),
            Self::Lbfgs(lbfgs) => lbfgs.violation(),
        }
    }

    pub(crate) fn wants_hessian(&self) -> bool {
        matches!(self, Self::Newton(_))
    }

    pub(crate) fn advance(
        &mut self,
        found: &Evaluation,
        design: &Design,
    ) -> Result<Next, FitError> {
        let next = match self {
            Self::Newton(newton) => newton.advance(found),
            Self::Lbfgs(lbfgs) => lbfgs.advance(found),
        };
        next.map_err(|error| match error {
            FitError::Diverging(_) => FitError::Diverging(self.fastest(design)),
            error => error,
        })
    }

    /// The column of the design whose coefficient moved most.
    fn fastest(&self, design: &Design) -> usize {
        let Self::Newton(newton) = self else {
            return 0;
        };
        let first = usize::from(design.intercept);
        let moved = |place: usize| {
            let lists = newton.direction().chunks(design.unknowns().max(1));
            lists
                .map(|list| list[place + first].abs())
                .fold(0.0, f64::max)
        };
        let places = 0..design.active.len();
        let fastest = places.max_by(|a, b| moved(*a).total_cmp(&moved(*b)));
        fastest
            .and_then(|place| design.active.get(place))
            .copied()
            .unwrap_or(0)
    }
}
