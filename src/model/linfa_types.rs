//! From the artifact's stable parameters to linfa's fitted types.
//!
//! linfa gives its fitted types no constructors (rust-ml/linfa issues 363 and 396), but it derives serde for
//! them. So the parameters are put into the shape that linfa 0.8 serialises, and read back as the type. The
//! shapes are pinned by a test: a linfa that changes them cannot pass unnoticed.

use std::borrow::Borrow;

use linfa_elasticnet::{ElasticNet, MultiTaskElasticNet};
use linfa_linear::{FittedIsotonicRegression, FittedLinearRegression, TweedieRegressor};
use linfa_logistic::{FittedLogisticRegression, MultiFittedLogisticRegression};
use ndarray::Array2;
use serde::de::DeserializeOwned;

use super::ModelError;
use super::shape::Shape;
use crate::artifact::{
    Classifier, GeneralizedLinear, Isotonic, Linear, Link, Logistic, MultiTarget,
};

/// A class as linfa's classifiers carry it here: the index of its label.
pub(super) type Class = usize;

/// The fields of one of linfa's types.
type Fields<'a> = Vec<(&'static str, Shape<'a>)>;

/// What stands in an elastic net where a fit found no variance of its parameters. Like the gap and the steps, it says how
/// the fit went; nothing is predicted from it.
const NO_VARIANCE: Shape<'static> = Shape::Wrapped("Err", "NotEnoughSamples");

pub(super) fn linear(linear: &Linear) -> Result<FittedLinearRegression<f64>, ModelError> {
    rebuild(
        "linear-regression",
        vec![
            ("intercept", Shape::Number(linear.intercept)),
            ("params", Shape::list(&linear.coefficients)),
        ],
    )
}

pub(super) fn elastic_net(linear: &Linear) -> Result<ElasticNet<f64>, ModelError> {
    let intercept = Shape::Number(linear.intercept);
    let fields = elastic_net_of(Shape::list(&linear.coefficients), intercept);
    rebuild("elastic-net", fields)
}

pub(super) fn multi_target(multi: &MultiTarget) -> Result<MultiTaskElasticNet<f64>, ModelError> {
    let coefficients = by_column(&multi.coefficients)?;
    let hyperplane = table(&coefficients);
    let fields = elastic_net_of(hyperplane, Shape::list(&multi.intercepts));
    rebuild("multi-target-regression", fields)
}

/// `ElasticNet` and `MultiTaskElasticNet` as linfa writes them.
fn elastic_net_of<'a>(hyperplane: Shape<'a>, intercept: Shape<'a>) -> Fields<'a> {
    vec![
        ("hyperplane", hyperplane),
        ("intercept", intercept),
        ("duality_gap", Shape::Number(0.0)),
        ("n_steps", Shape::Whole(0)),
        ("variance", NO_VARIANCE),
    ]
}

pub(super) fn generalized_linear(
    generalized: &GeneralizedLinear,
) -> Result<TweedieRegressor<f64>, ModelError> {
    let link = match generalized.link {
        Link::Identity => "Identity",
        Link::Log => "Log",
        Link::Logit => "Logit",
    };
    rebuild(
        "generalized-linear",
        vec![
            ("coef", Shape::list(&generalized.coefficients)),
            ("intercept", Shape::Number(generalized.intercept)),
            ("link", Shape::Word(link)),
        ],
    )
}

pub(super) fn isotonic(isotonic: &Isotonic) -> Result<FittedIsotonicRegression<f64>, ModelError> {
    rebuild(
        "isotonic",
        vec![
            ("regressor", Shape::list(&isotonic.x_thresholds)),
            ("response", Shape::list(&isotonic.y_thresholds)),
        ],
    )
}

/// linfa calls the class whose probability it computes `pos`. When linfa itself fits a model, which of two
/// labels that is depends on the order in which they turn up (rust-ml/linfa issue 393); here it is always the
/// second label.
pub(super) fn logistic(
    logistic: &Logistic,
) -> Result<FittedLogisticRegression<f64, Class>, ModelError> {
    let label = |class, label| {
        Shape::Fields(vec![
            ("class", Shape::Whole(class)),
            ("label", Shape::Number(label)),
        ])
    };
    let labels = vec![("pos", label(1, 1.0)), ("neg", label(0, -1.0))];
    rebuild(
        "logistic-regression",
        vec![
            ("threshold", Shape::Number(0.5)),
            ("intercept", Shape::Number(logistic.intercept)),
            ("params", Shape::list(&logistic.coefficients)),
            ("labels", Shape::Fields(labels)),
        ],
    )
}

pub(super) fn multinomial(
    classifier: &Classifier,
) -> Result<MultiFittedLogisticRegression<f64, Class>, ModelError> {
    let coefficients = by_column(&classifier.coefficients)?;
    let classes = (0..classifier.labels.len()).collect();
    rebuild(
        "multinomial-logistic-regression",
        vec![
            ("intercept", Shape::list(&classifier.intercepts)),
            ("params", table(&coefficients)),
            ("classes", Shape::Wholes(classes)),
        ],
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

/// A table that lies in memory row by row.
fn table(numbers: &Array2<f64>) -> Shape<'_> {
    let shape = numbers.shape().to_vec();
    Shape::array(shape, numbers.as_slice().unwrap_or_default())
}

fn rebuild<T: DeserializeOwned>(kind: &'static str, fields: Fields<'_>) -> Result<T, ModelError> {
    T::deserialize(Shape::Fields(fields)).map_err(|error| ModelError::Refused {
        kind,
        reason: error.to_string(),
    })
}
