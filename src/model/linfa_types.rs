//! From the artifact's stable parameters to linfa's fitted types.
//!
//! linfa gives its fitted types no constructors (rust-ml/linfa issues 363 and 396), but it derives serde for
//! them. So the parameters are put into the shape that linfa 0.8 serialises, and read back as the type. The
//! shapes are pinned by a test: a linfa that changes them cannot pass unnoticed.

use linfa_linear::{FittedIsotonicRegression, FittedLinearRegression, TweedieRegressor};
use ndarray::ArrayView1;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ModelError;
use crate::artifact::{GeneralizedLinear, Isotonic, Linear, Link};

/// `FittedLinearRegression` as linfa writes it.
#[derive(Serialize)]
struct LinearShape<Numbers> {
    intercept: f64,
    params: Numbers,
}

/// `TweedieRegressor` as linfa writes it.
#[derive(Serialize)]
struct TweedieShape<Numbers> {
    coef: Numbers,
    intercept: f64,
    link: LinkShape,
}

/// `Link` as linfa writes it.
#[derive(Serialize)]
enum LinkShape {
    Identity,
    Log,
    Logit,
}

/// `FittedIsotonicRegression` as linfa writes it.
#[derive(Serialize)]
struct IsotonicShape<Numbers> {
    regressor: Numbers,
    response: Numbers,
}

pub(super) fn linear(linear: &Linear) -> Result<FittedLinearRegression<f64>, ModelError> {
    let params = ArrayView1::from(&linear.coefficients);
    rebuild(
        "linear-regression",
        &LinearShape {
            intercept: linear.intercept,
            params,
        },
    )
}

pub(super) fn generalized_linear(
    generalized: &GeneralizedLinear,
) -> Result<TweedieRegressor<f64>, ModelError> {
    let link = match generalized.link {
        Link::Identity => LinkShape::Identity,
        Link::Log => LinkShape::Log,
        Link::Logit => LinkShape::Logit,
    };
    let coef = ArrayView1::from(&generalized.coefficients);
    rebuild(
        "generalized-linear",
        &TweedieShape {
            coef,
            intercept: generalized.intercept,
            link,
        },
    )
}

pub(super) fn isotonic(isotonic: &Isotonic) -> Result<FittedIsotonicRegression<f64>, ModelError> {
    let regressor = ArrayView1::from(&isotonic.x_thresholds);
    let response = ArrayView1::from(&isotonic.y_thresholds);
    rebuild(
        "isotonic",
        &IsotonicShape {
            regressor,
            response,
        },
    )
}

fn rebuild<T: DeserializeOwned>(
    kind: &'static str,
    shape: &impl Serialize,
) -> Result<T, ModelError> {
    let refused = |reason: String| ModelError::Refused { kind, reason };
    let value = ciborium::Value::serialized(shape).map_err(|error| refused(error.to_string()))?;
    value
        .deserialized()
        .map_err(|error| refused(error.to_string()))
}
