//! From the artifact's stable parameters to linfa's fitted types.
//!
//! linfa gives its fitted types no constructors (rust-ml/linfa issues 363 and 396), but it derives serde for
//! them. So the parameters are put into the shape that linfa 0.8 serialises, and read back as the type. The
//! shapes are pinned by a test: a linfa that changes them cannot pass unnoticed.

use std::borrow::Borrow;

use linfa_elasticnet::{ElasticNet, MultiTaskElasticNet};
use linfa_linear::{FittedIsotonicRegression, FittedLinearRegression, TweedieRegressor};
use linfa_logistic::{FittedLogisticRegression, MultiFittedLogisticRegression};
use ndarray::{Array2, ArrayView1, ArrayView2};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ModelError;
use crate::artifact::{
    Classifier, GeneralizedLinear, Isotonic, Linear, Link, Logistic, MultiTarget,
};

/// A class as linfa's classifiers carry it here: the index of its label.
pub(super) type Class = usize;

/// `FittedLinearRegression` as linfa writes it.
#[derive(Serialize)]
struct LinearShape<'a> {
    intercept: f64,
    params: ArrayView1<'a, f64>,
}

/// `ElasticNet` and `MultiTaskElasticNet` as linfa writes them. The last three say how the fit went; nothing
/// is predicted from them.
#[derive(Serialize)]
struct ElasticNetShape<Intercept, Numbers> {
    hyperplane: Numbers,
    intercept: Intercept,
    duality_gap: f64,
    n_steps: u32,
    variance: Result<(), NoVariance>,
}

/// The `ElasticNetError` that stands where a fit found no variance of its parameters.
#[derive(Serialize)]
enum NoVariance {
    NotEnoughSamples,
}

/// `TweedieRegressor` as linfa writes it.
#[derive(Serialize)]
struct TweedieShape<'a> {
    coef: ArrayView1<'a, f64>,
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
struct IsotonicShape<'a> {
    regressor: ArrayView1<'a, f64>,
    response: ArrayView1<'a, f64>,
}

/// `FittedLogisticRegression` as linfa writes it.
#[derive(Serialize)]
struct LogisticShape<'a> {
    threshold: f64,
    intercept: f64,
    params: ArrayView1<'a, f64>,
    labels: LabelsShape,
}

/// `BinaryClassLabels` as linfa writes it.
#[derive(Serialize)]
struct LabelsShape {
    pos: LabelShape,
    neg: LabelShape,
}

/// `ClassLabel` as linfa writes it.
#[derive(Serialize)]
struct LabelShape {
    class: Class,
    label: f64,
}

/// `MultiFittedLogisticRegression` as linfa writes it.
#[derive(Serialize)]
struct MultinomialShape<'a> {
    intercept: ArrayView1<'a, f64>,
    params: ArrayView2<'a, f64>,
    classes: Vec<Class>,
}

pub(super) fn linear(linear: &Linear) -> Result<FittedLinearRegression<f64>, ModelError> {
    rebuild(
        "linear-regression",
        &LinearShape {
            intercept: linear.intercept,
            params: ArrayView1::from(&linear.coefficients),
        },
    )
}

pub(super) fn elastic_net(linear: &Linear) -> Result<ElasticNet<f64>, ModelError> {
    rebuild(
        "elastic-net",
        &ElasticNetShape {
            hyperplane: ArrayView1::from(&linear.coefficients),
            intercept: linear.intercept,
            duality_gap: 0.0,
            n_steps: 0,
            variance: Err(NoVariance::NotEnoughSamples),
        },
    )
}

pub(super) fn multi_target(multi: &MultiTarget) -> Result<MultiTaskElasticNet<f64>, ModelError> {
    let coefficients = by_column(&multi.coefficients)?;
    rebuild(
        "multi-target-regression",
        &ElasticNetShape {
            hyperplane: coefficients.view(),
            intercept: ArrayView1::from(&multi.intercepts),
            duality_gap: 0.0,
            n_steps: 0,
            variance: Err(NoVariance::NotEnoughSamples),
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
    rebuild(
        "generalized-linear",
        &TweedieShape {
            coef: ArrayView1::from(&generalized.coefficients),
            intercept: generalized.intercept,
            link,
        },
    )
}

pub(super) fn isotonic(isotonic: &Isotonic) -> Result<FittedIsotonicRegression<f64>, ModelError> {
    rebuild(
        "isotonic",
        &IsotonicShape {
            regressor: ArrayView1::from(&isotonic.x_thresholds),
            response: ArrayView1::from(&isotonic.y_thresholds),
        },
    )
}

/// linfa calls the class whose probability it computes `pos`. When linfa itself fits a model, which of two
/// labels that is depends on the order in which they turn up (rust-ml/linfa issue 393); here it is always the
/// second label.
pub(super) fn logistic(
    logistic: &Logistic,
) -> Result<FittedLogisticRegression<f64, Class>, ModelError> {
    rebuild(
        "logistic-regression",
        &LogisticShape {
            threshold: 0.5,
            intercept: logistic.intercept,
            params: ArrayView1::from(&logistic.coefficients),
            labels: LabelsShape {
                pos: LabelShape {
                    class: 1,
                    label: 1.0,
                },
                neg: LabelShape {
                    class: 0,
                    label: -1.0,
                },
            },
        },
    )
}

pub(super) fn multinomial(
    classifier: &Classifier,
) -> Result<MultiFittedLogisticRegression<f64, Class>, ModelError> {
    let coefficients = by_column(&classifier.coefficients)?;
    rebuild(
        "multinomial-logistic-regression",
        &MultinomialShape {
            intercept: ArrayView1::from(&classifier.intercepts),
            params: coefficients.view(),
            classes: (0..classifier.labels.len()).collect(),
        },
    )
}

/// The artifact lists coefficients by output, linfa holds them by column: (columns, outputs).
pub(super) fn by_column(lists: &[impl Borrow<[f64]>]) -> Result<Array2<f64>, ModelError> {
    let (outputs, columns) = (
        lists.len(),
        lists.first().map_or(0, |list| list.borrow().len()),
    );
    let table = Array2::from_shape_vec((outputs, columns), lists.concat());
    let table = table.map_err(|error| ModelError::Refused {
        kind: "table of coefficients",
        reason: error.to_string(),
    })?;
    Ok(table.t().as_standard_layout().into_owned())
}

fn rebuild<T: DeserializeOwned>(
    kind: &'static str,
    shape: &impl Serialize,
) -> Result<T, ModelError> {
    let refused = |reason: String| ModelError::Refused { kind, reason };
    // As bytes: a tree of values would take several times as much memory.
    let mut bytes = Vec::new();
    ciborium::into_writer(shape, &mut bytes).map_err(|error| refused(error.to_string()))?;
    ciborium::from_reader(bytes.as_slice()).map_err(|error| refused(error.to_string()))
}
