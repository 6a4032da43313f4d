//! linfa's fitted types are built through the serde form they had when this was written. A linfa that gives
//! them another form fails here, by the key that changed.

use linfa::Dataset;
use linfa::traits::{Fit, Predict};
use linfa_linear::{IsotonicRegression, LinearRegression, Link as LinfaLink, TweedieRegressor};
use ndarray::{Array1, Array2, array};
use sagelet::artifact::{Document, Feature, GeneralizedLinear, Isotonic, Linear, Link, Parameters};
use sagelet::model::Model;
use serde_json::Value;

use crate::harness::case;

fn records() -> Array2<f64> {
    array![[1.0, 2.0], [2.0, 1.0], [3.0, 5.0], [4.0, 3.0], [5.0, 8.0]]
}

fn targets() -> Array1<f64> {
    array![1.5, 2.0, 2.5, 4.5, 4.0]
}

/// The form of a value: its keys and texts as they are, every float as "f64".
fn shape(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => "f64".into(),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| (key.clone(), shape(value)))
            .collect(),
        other => other.clone(),
    }
}

fn assert_shape(fitted: &impl serde::Serialize, golden: &str) -> Value {
    let value = serde_json::to_value(fitted).unwrap();
    let path = case(&format!("linfa/{golden}.json"));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let expected: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        shape(&value),
        expected,
        "linfa has another form for {golden}"
    );
    value
}

/// The floats under a key that holds an ndarray.
fn floats(value: &Value, key: &str) -> Vec<f64> {
    let data = value[key]["data"].as_array().expect("an ndarray");
    data.iter()
        .map(|number| number.as_f64().expect("a float"))
        .collect()
}

fn predictions(parameters: Parameters, records: &Array2<f64>) -> Array1<f64> {
    let document = Document::new(vec![Feature::default(); parameters.width()], parameters);
    let outputs = Model::load(&document)
        .unwrap()
        .predict(records.view())
        .unwrap();
    outputs.single().unwrap()
}

#[test]
fn a_fitted_linear_regression_has_the_form_that_models_are_built_through() {
    let fitted = LinearRegression::new()
        .fit(&Dataset::new(records(), targets()))
        .unwrap();
    let value = assert_shape(&fitted, "linear-regression");
    let linear = Linear {
        intercept: value["intercept"].as_f64().unwrap(),
        coefficients: floats(&value, "params"),
    };
    let ours = predictions(Parameters::LinearRegression(linear), &records());
    assert_eq!(
        ours,
        fitted.predict(&records()),
        "rebuilt, it is the same model"
    );
}

#[test]
fn a_fitted_tweedie_regressor_has_the_form_that_models_are_built_through() {
    for (link, linfa_link, golden) in [
        (Link::Identity, LinfaLink::Identity, "tweedie-identity"),
        (Link::Log, LinfaLink::Log, "tweedie-log"),
        (Link::Logit, LinfaLink::Logit, "tweedie-logit"),
    ] {
        let scale = if link == Link::Logit { 0.1 } else { 1.0 };
        let fitted = TweedieRegressor::params()
            .power(0.0)
            .link(linfa_link)
            .fit(&Dataset::new(records(), targets() * scale))
            .unwrap();
        let value = assert_shape(&fitted, golden);
        let generalized = GeneralizedLinear {
            link,
            intercept: value["intercept"].as_f64().unwrap(),
            coefficients: floats(&value, "coef"),
        };
        let ours = predictions(Parameters::GeneralizedLinear(generalized), &records());
        assert_eq!(
            ours,
            fitted.predict(&records()),
            "rebuilt, it is the same model"
        );
    }
}

#[test]
fn a_fitted_isotonic_regression_has_the_form_that_models_are_built_through() {
    let records = records().column(0).to_owned().insert_axis(ndarray::Axis(1));
    let fitted = IsotonicRegression::new()
        .fit(&Dataset::new(records.clone(), targets()))
        .unwrap();
    let value = assert_shape(&fitted, "isotonic");
    let isotonic = Isotonic {
        x_thresholds: floats(&value, "regressor"),
        y_thresholds: floats(&value, "response"),
    };
    let ours = predictions(Parameters::Isotonic(isotonic), &records);
    assert_eq!(
        ours,
        fitted.predict(&records),
        "rebuilt, it is the same model"
    );
}
