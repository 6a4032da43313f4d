//! Models that linfa really fitted and serialised: they predict after conversion what they did before.

use linfa::Dataset;
use linfa::traits::{Fit, Predict};
use linfa_linear::{
    FittedIsotonicRegression, FittedLinearRegression, IsotonicRegression, LinearRegression, Link,
    TweedieRegressor,
};
use ndarray::{Array1, Array2, array};
use serde::Serialize;

use crate::harness::{Scratch, run, run_with};

/// Two features and a target that is positive.
fn data() -> Dataset<f64, f64, ndarray::Ix1> {
    let records = array![
        [0.5, 1.0],
        [1.5, -2.0],
        [2.0, 0.25],
        [3.5, 4.0],
        [5.0, -0.5],
        [6.0, 2.5]
    ];
    Dataset::new(records, array![1.0, 2.5, 2.75, 6.5, 7.25, 11.0])
}

fn linear() -> FittedLinearRegression<f64> {
    LinearRegression::new().fit(&data()).unwrap()
}

/// `scale` brings the targets into the range of the link.
fn tweedie(link: Link, power: f64, scale: f64) -> TweedieRegressor<f64> {
    let parameters = TweedieRegressor::params()
        .link(link)
        .power(power)
        .alpha(0.1);
    let data = data().map_targets(|target| target * scale);
    parameters.fit(&data).unwrap()
}

fn isotonic() -> FittedIsotonicRegression<f64> {
    let records = array![[1.0], [2.0], [3.0], [4.0]];
    let data = Dataset::new(records, array![1.0, 3.0, 2.0, 5.0]);
    IsotonicRegression::new().fit(&data).unwrap()
}

/// Converts both serialised forms, predicts `rows` with the artifacts, and compares with linfa's own.
#[track_caller]
fn same_predictions(model: &impl Serialize, rows: &Array2<f64>, expected: &Array1<f64>) {
    let json = serde_json::to_vec(model).unwrap();
    let mut cbor = Vec::new();
    ciborium::into_writer(model, &mut cbor).unwrap();
    let text: String = rows
        .rows()
        .into_iter()
        .map(|row| row.iter().map(f64::to_string).collect::<Vec<_>>().join(",") + "\n")
        .collect();
    for (format, bytes) in [("linfa-json", json), ("linfa-cbor", cbor)] {
        let scratch = Scratch::new();
        let artifact = scratch.path("model.cbor");
        let converted = run_with(["convert", "-", "-o", &artifact], &bytes);
        assert!(
            converted
                .stderr
                .contains(&format!("read standard input: {format}, ")),
            "{}",
            converted.stderr
        );
        run(["check", &artifact]).ok();
        let predicted = run_with(["predict", &artifact], text.as_bytes()).ok();
        let predicted: Vec<f64> = predicted
            .lines()
            .map(|line| line.parse().unwrap())
            .collect();
        assert_eq!(predicted, expected.to_vec(), "{format}");
    }
}

#[test]
fn a_fitted_linear_regression() {
    let model = linear();
    let rows = data().records;
    same_predictions(&model, &rows, &model.predict(&rows));
}

#[test]
fn tweedie_regressors_of_every_link() {
    let rows = data().records;
    let links = [
        (Link::Identity, 0.0, 1.0),
        (Link::Log, 1.5, 1.0),
        (Link::Logit, 0.0, 0.05),
    ];
    for (link, power, scale) in links {
        let model = tweedie(link, power, scale);
        same_predictions(&model, &rows, &model.predict(&rows));
    }
}

#[test]
fn a_fitted_isotonic_regression() {
    let model = isotonic();
    let rows = array![[-1.0], [1.5], [2.5], [4.0], [9.0]];
    same_predictions(&model, &rows, &model.predict(&rows));
}

#[test]
fn a_key_that_linfa_does_not_write_is_named() {
    let mut model = serde_json::to_value(linear()).unwrap();
    model["scaler"] = "standard".into();
    let converted = run_with(["convert", "-", "-o", "-"], model.to_string().as_bytes());
    assert!(converted.stderr.contains("ignored unknown key \"scaler\""));
}

#[test]
fn bytes_after_the_end_are_refused() {
    let mut cbor = Vec::new();
    ciborium::into_writer(&linear(), &mut cbor).unwrap();
    cbor.push(0);
    run_with(["convert", "-", "-o", "-"], &cbor).refused(1, "standard input: ");
}
