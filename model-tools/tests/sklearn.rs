//! The corpus of models that scikit-learn fitted: each converted must predict what scikit-learn did.
//!
//! `corpus/make.py` made the models and wrote down the predictions.

use std::path::{Path, PathBuf};

use sagelet::artifact::{Artifact, Cell, Document, InverseTransform, Link, Parameters};
use sagelet::model::{Design, Model, Outputs};
use serde_json::Value;

use crate::harness::{Scratch, repository, run};

/// What a prediction may differ by: this share of the sizes of the terms that were added up.
const TOLERANCE: f64 = 1e-12;

const FOLDERS: [&str; 2] = ["sklearn-1.3", "sklearn-1.9"];

fn corpus(folder: &str) -> PathBuf {
    repository().join("model-tools/tests/corpus").join(folder)
}

/// The models of a folder whose names begin with `refused` or do not.
fn models(folder: &str, refused: bool) -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(corpus(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension != "json" && extension != "skops")
        })
        .filter(|path| name(path).starts_with("refused") == refused)
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no models in {folder}");
    paths
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

fn convert(path: &Path) -> Document {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    run(["convert", path.to_str().unwrap(), "-o", &output]).ok();
    Artifact::read(output.as_ref()).unwrap().document
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Missing,
        Value::String(text) => Cell::Text(text.clone()),
        number => Cell::Number(number.as_f64().unwrap()),
    }
}

/// A number, or a list of them.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().map(|value| value.as_f64().unwrap()).collect(),
        value => vec![value.as_f64().unwrap()],
    }
}

/// |intercept| + Σ |coefficient · cell| of each score.
fn magnitudes(parameters: &Parameters, row: &[f64]) -> Vec<f64> {
    let terms = |intercept: f64, coefficients: &[f64]| {
        let products = coefficients.iter().zip(row).map(|(w, x)| (w * x).abs());
        intercept.abs() + products.sum::<f64>()
    };
    match parameters {
        Parameters::LinearRegression(linear) | Parameters::ElasticNet(linear) => {
            vec![terms(linear.intercept, &linear.coefficients)]
        }
        Parameters::GeneralizedLinear(linear) => {
            vec![terms(linear.intercept, &linear.coefficients)]
        }
        Parameters::MultiTargetRegression(multi) => {
            let scores = multi.intercepts.iter().zip(&multi.coefficients);
            scores
                .map(|(intercept, list)| terms(*intercept, list))
                .collect()
        }
        Parameters::Isotonic(isotonic) => {
            vec![
                isotonic
                    .y_thresholds
                    .iter()
                    .fold(0.0, |most: f64, y| most.max(y.abs())),
            ]
        }
        classifier => panic!("{} is no regression", classifier.kind()),
    }
}

/// By how much an expected prediction may be missed, given the size of its terms: behind a function, an error
/// grows with the function's slope.
fn allowed(document: &Document, expected: f64, magnitude: f64) -> f64 {
    let slope = match (&document.model, document.inverse_transform) {
        (_, Some(InverseTransform::Exp)) => expected,
        (_, Some(InverseTransform::Expm1)) => expected + 1.0,
        (Parameters::GeneralizedLinear(linear), None) if linear.link == Link::Log => expected,
        _ => 1.0,
    };
    TOLERANCE * slope.abs() * magnitude
}

fn check(path: &Path, document: &Document) {
    let told = path.with_extension("json");
    let told: Value = serde_json::from_slice(&std::fs::read(told).unwrap()).unwrap();
    let model = Model::load(document).unwrap();
    let rows = told["rows"].as_array().unwrap();
    for (index, row) in rows.iter().enumerate() {
        let at = format!("{}, row {index}", path.display());
        let mut design = Design::new(model.schema());
        for value in row.as_array().unwrap() {
            design
                .push(&cell(value))
                .unwrap_or_else(|error| panic!("{at}: {error}"));
        }
        design.end_row().unwrap();
        let design = design.finish();
        let expected = &told["predictions"][index];
        match model.predict(&design).unwrap() {
            Outputs::Values(values) => {
                let expected = numbers(expected);
                let magnitudes = magnitudes(&document.model, &design.row(0).to_vec());
                assert_eq!(values.len(), expected.len(), "{at}");
                for ((found, expected), magnitude) in values.iter().zip(expected).zip(magnitudes) {
                    let allowed = allowed(document, expected, magnitude);
                    assert!(
                        (found - expected).abs() <= allowed,
                        "{at}: {found} instead of {expected}, more than {allowed:e} apart"
                    );
                }
            }
            Outputs::Classes(classes) => {
                let label = &model.labels()[classes.predicted[0]];
                let label = serde_json::to_value(label).unwrap();
                let same = label == *expected
                    || label
                        .as_f64()
                        .is_some_and(|label| Some(label) == expected.as_f64());
                assert!(same, "{at}: {label} instead of {expected}");
            }
        }
        check_probabilities(&at, &told["probabilities"][index], &model, &design);
    }
}

fn check_probabilities(at: &str, expected: &Value, model: &Model, design: &ndarray::Array2<f64>) {
    let found = model.probabilities(design).unwrap();
    match (found, expected) {
        (Some(found), Value::Array(_)) => {
            for (found, expected) in found.iter().zip(numbers(expected)) {
                assert!(
                    (found - expected).abs() <= TOLERANCE,
                    "{at}: {found} instead of {expected}"
                );
            }
        }
        (None, Value::Null) => {}
        // The only probabilities that an artifact has no form for.
        (None, _) => assert!(at.contains("modified_huber"), "{at}: no probabilities"),
        (Some(found), _) => panic!("{at}: probabilities {found} out of nowhere"),
    }
}

#[test]
fn every_model_predicts_what_scikit_learn_does() {
    for folder in FOLDERS {
        for path in models(folder, false) {
            check(&path, &convert(&path));
        }
    }
}
