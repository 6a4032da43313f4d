//! Power transforms.

use crate::artifact::PowerMethod;

/// What errors call a transform.
pub(super) fn name(method: PowerMethod) -> &'static str {
    match method {
        PowerMethod::BoxCox => "Box-Cox transform",
        PowerMethod::YeoJohnson => "Yeo-Johnson transform",
    }
}

/// The transform of a number; NaN where it has none.
pub(super) fn value(method: PowerMethod, lambda: f64, x: f64) -> f64 {
    match method {
        PowerMethod::BoxCox if x <= 0.0 => f64::NAN,
        PowerMethod::BoxCox => of_logarithm(lambda, x.ln()),
        PowerMethod::YeoJohnson if x >= 0.0 => of_logarithm(lambda, x.ln_1p()),
        PowerMethod::YeoJohnson => -of_logarithm(2.0 - lambda, (-x).ln_1p()),
    }
}

/// (e to the power of λ · l − 1) / λ: without cancellation where λ · l is small.
fn of_logarithm(lambda: f64, logarithm: f64) -> f64 {
    if lambda.abs() < f64::EPSILON {
        return logarithm;
    }
    (lambda * logarithm).exp_m1() / lambda
}
