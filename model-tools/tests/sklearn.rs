//! The corpus of models that scikit-learn fitted: each converted must predict what scikit-learn did.
//!
//! `corpus/make.py`, `make_old.py` and `make_wrapped.py` made the models and wrote down the predictions.

use std::path::{Path, PathBuf};

use ndarray::Array2;
use sagelet::artifact::{Artifact, Cell, Document, InverseTransform, Link, Parameters};
use sagelet::model::{Model, Outputs};
use serde_json::Value;

use crate::harness::{Scratch, repository, run};

/// What a prediction may differ by: this share of the sizes of the terms that were added up.
const TOLERANCE: f64 = 1e-12;

/// One for each version of scikit-learn, and one for what other packages wrote.
const FOLDERS: [&str; 8] = [
    "sklearn-0.19",
    "sklearn-0.20",
    "sklearn-0.22",
    "sklearn-0.24",
    "sklearn-1.0",
    "sklearn-1.3",
    "sklearn-1.9",
    "wrapped",
];

pub(crate) fn corpus(folder: &str) -> PathBuf {
    repository().join("model-tools/tests/corpus").join(folder)
}

/// The models of a folder whose names begin with `refused` or do not.
pub(crate) fn models(folder: &str, refused: bool) -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(corpus(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension != "json")
        })
        .filter(|path| name(path).starts_with("refused") == refused)
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no models in {folder}");
    paths
}

pub(crate) fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

pub(crate) fn convert(path: &Path) -> Document {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    run(["convert", path.to_str().unwrap(), "-o", &output]).ok();
    Artifact::read(output.as_ref()).unwrap().document
}

/// Checks that `convert` says this of a model.
#[track_caller]
pub(crate) fn assert_told(path: &Path, expected: &str) {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    let told = run(["convert", path.to_str().unwrap(), "-o", &output]).stderr;
    assert!(told.contains(expected), "{told}");
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Missing,
        Value::String(text) => Cell::Text(text.clone()),
        Value::Bool(truth) => Cell::Boolean(*truth),
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

/// The size of what an error in an expected prediction is a share of: behind a function, an error in the terms
/// grows with the function's slope.
fn allowed(document: &Document, expected: f64, magnitude: f64) -> f64 {
    let slope = match (&document.model, document.inverse_transform) {
        (_, Some(InverseTransform::Exp)) => expected,
        (_, Some(InverseTransform::Expm1)) => expected + 1.0,
        (Parameters::GeneralizedLinear(linear), None) if linear.link == Link::Log => expected,
        _ => 1.0,
    };
    slope.abs() * magnitude
}

/// Checks a model against the predictions that lie beside its file, to the tolerance that they name.
pub(crate) fn check(path: &Path, document: &Document) {
    let told = path.with_extension("json");
    let told: Value = serde_json::from_slice(&std::fs::read(told).unwrap()).unwrap();
    let tolerance = told["tolerance"].as_f64().unwrap_or(TOLERANCE);
    let model = Model::load(document).unwrap();
    let rows = told["rows"].as_array().unwrap();
    for (index, row) in rows.iter().enumerate() {
        let at = format!("{}, row {index}", path.display());
        let cells: Vec<_> = row.as_array().unwrap().iter().map(cell).collect();
        let (design, entries) = model
            .design_row(&cells)
            .unwrap_or_else(|error| panic!("{at}: {error}"));
        let expected = &told["predictions"][index];
        match model.predict_sparse(design.view(), entries.rows()).unwrap() {
            Outputs::Values(values) => {
                let expected = numbers(expected);
                let mut row = vec![0.0; document.width()];
                for (column, number) in model.columns_of_row(&cells).unwrap() {
                    row[column] = number;
                }
                let magnitudes = magnitudes(&document.model, &row);
                assert_eq!(values.len(), expected.len(), "{at}");
                for ((found, expected), magnitude) in values.iter().zip(expected).zip(magnitudes) {
                    let allowed = tolerance * allowed(document, expected, magnitude);
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
                let probabilities = model.probabilities(&classes.scores);
                let expected = &told["probabilities"][index];
                check_probabilities(&at, expected, probabilities, tolerance);
            }
            Outputs::Labels(labels) => {
                let bits = labels.predicted.iter().map(|&bit| f64::from(u8::from(bit)));
                assert_eq!(bits.collect::<Vec<_>>(), numbers(expected), "{at}");
                let probabilities = model.probabilities(&labels.scores);
                let expected = &told["probabilities"][index];
                check_probabilities(&at, expected, probabilities, tolerance);
            }
        }
    }
}

fn check_probabilities(at: &str, expected: &Value, found: Option<Array2<f64>>, tolerance: f64) {
    match (found, expected) {
        (Some(found), Value::Array(_)) => {
            for (found, expected) in found.iter().zip(numbers(expected)) {
                assert!(
                    (found - expected).abs() <= tolerance,
                    "{at}: {found} instead of {expected}"
                );
            }
        }
        (None, Value::Null) => {}
        // The shares of the votes, which scikit-learn does not give.
        (Some(_), Value::Null) if at.contains("voting_hard") => {}
        // The only probabilities that an artifact has no form for.
        (None, _) => assert!(
            at.contains("modified_huber") || at.contains("nearest_centroid"),
            "{at}: no probabilities"
        ),
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

/// A file of the newer corpus, by its name without the ending.
pub(crate) fn path(name: &str) -> String {
    let refused = name.starts_with("refused");
    let mut paths = models("sklearn-1.9", refused).into_iter();
    let path = paths.find(|path| self::name(path) == name).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A file of the newer corpus.
pub(crate) fn file(name: &str) -> Vec<u8> {
    std::fs::read(corpus("sklearn-1.9").join(name)).unwrap()
}

#[test]
fn a_selection_says_what_becomes_of_the_other_columns() {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    let told = run(["convert", &path("select_named"), "-o", &output]);
    let line =
        "kept 2 of 4 columns by SelectKBest; the others stay in the rows and are not looked at\n";
    assert!(told.stderr.contains(line), "{}", told.stderr);
    told.ok();
    // Clients go on sending all four, by the same names; in the two others anything may stand.
    let rows = scratch.write("rows.csv", b"age,income,ratio,distance\n,2.5,?,100\n");
    let predicted = run(["predict", &output, &rows]).ok();
    assert_eq!(predicted.lines().count(), 1);
}

/// A missing cell is a category of its own in whatever way a request says that it is missing.
#[test]
fn a_missing_category_is_missing_in_every_format() {
    let file = path("one_hot_missing");
    let told = std::fs::read(Path::new(&file).with_extension("json")).unwrap();
    let told: Value = serde_json::from_slice(&told).unwrap();
    assert_eq!(told["rows"][1], serde_json::json!([null]));
    let expected = told["predictions"][1].as_f64().unwrap();
    let scratch = Scratch::new();
    for (content_type, rows) in [
        ("application/json", r#"[[null], [""]]"#),
        ("text/csv", "nan\nNaN\n"),
        (
            "application/jsonlines",
            "{\"city\": null}\n{\"city\": \"\"}\n",
        ),
    ] {
        let rows = scratch.write("rows", rows.as_bytes());
        let predicted = run(["predict", &file, &rows, "--content-type", content_type]).ok();
        let predicted: Vec<f64> = predicted
            .lines()
            .map(|line| line.parse().unwrap())
            .collect();
        assert_eq!(predicted.len(), 2, "{content_type}");
        for prediction in predicted {
            assert!(
                (prediction - expected).abs() <= TOLERANCE * 100.0,
                "{content_type}"
            );
        }
    }
}

/// What a person sees: what was read, folded and unwrapped, and where the model comes from.
#[test]
fn a_conversion_says_what_it_did() {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    let mut paths = models("sklearn-1.9", false).into_iter();
    let is_search =
        |path: &PathBuf| name(path) == "grid_search" && path.extension().unwrap() != "skops";
    let path = paths.find(is_search).unwrap();
    let told = run(["convert", path.to_str().unwrap(), "-o", &output]);
    for line in [
        "pickle, elastic-net of 4 features\n",
        "unwrapped the best estimator of GridSearchCV\n",
        "folded StandardScaler into the coefficients\n",
    ] {
        assert!(
            told.stderr.contains(line),
            "{line:?} is not in {}",
            told.stderr
        );
    }
    let provenance = Artifact::read(output.as_ref()).unwrap().document.provenance;
    assert_eq!(
        provenance["class"],
        "sklearn.model_selection._search.GridSearchCV"
    );
    assert_eq!(provenance["library"], "scikit-learn 1.9.1");
    assert_eq!(provenance["source"], "pickle");
    assert_eq!(provenance["source_sha256"].len(), 64);
}

/// `tests/converted.rs` of the server serves this artifact. To make it anew:
/// `model-tools convert model-tools/tests/corpus/sklearn-1.9/columns_ridge.p4 -o tests/cases/converted/columns_ridge.cbor --force`
#[test]
fn the_artifact_that_the_servers_tests_serve_is_what_is_converted() {
    let served = repository().join("tests/cases/converted/columns_ridge.cbor");
    let served = Artifact::read(&served).unwrap().document;
    let converted = convert(&corpus("sklearn-1.9").join("columns_ridge.p4"));
    assert_eq!(converted.model, served.model);
    assert_eq!(converted.features, served.features);
    assert_eq!(converted.verification, served.verification);
}
