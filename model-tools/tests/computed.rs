//! The corpus of scikit-learn's pipelines that compute columns: each converted must predict what scikit-learn did.
//!
//! `corpus/make_computed.py` made the models and wrote down the predictions.

use std::path::Path;

use serde_json::Value;

use crate::harness::{Scratch, run};
use crate::sklearn::{models, name};

const FOLDER: &str = "computed";

/// What a prediction may differ by: this share of the sizes of the terms that were added up, and of the prediction.
const TOLERANCE: f64 = 1e-12;

/// Why each model of the corpus whose name begins with `refused_` is.
const REASONS: &[(&str, &str)] = &[
    (
        "bins_scaled",
        "step \"kbinsdiscretizer\" (KBinsDiscretizer): it compares numbers that an earlier step has scaled",
    ),
    (
        "function_nan",
        "step \"functiontransformer\" (FunctionTransformer): it applies numpy",
    ),
    (
        "hasher",
        "step \"featurehasher\" (FeatureHasher): its rows hold whatever keys they like",
    ),
    (
        "token_pattern",
        "step \"countvectorizer\" (CountVectorizer): its token_pattern is not scikit-learn's own",
    ),
    (
        "tokenizer",
        "step \"countvectorizer\" (CountVectorizer): its tokenizer is a function",
    ),
    (
        "union_tfidf",
        "step \"tfidftransformer\" (TfidfTransformer): it divides by the norm of the terms of several texts",
    ),
];

/// The answers of a model to rows, as `predict` prints them.
fn answers(model: &str, rows: &str, fields: &[&str]) -> Vec<String> {
    let printed = run([&["predict", model, rows], fields].concat()).ok();
    printed.lines().map(str::to_owned).collect()
}

/// A number, or a list of them in the quotes of a cell.
fn numbers(answer: &str) -> Vec<f64> {
    let answer: Value = serde_json::from_str(answer.trim_matches('"')).unwrap();
    match answer {
        Value::Array(numbers) => numbers
            .iter()
            .map(|number| number.as_f64().unwrap())
            .collect(),
        number => vec![number.as_f64().unwrap()],
    }
}

fn check_label(at: &str, found: &str, expected: &Value) {
    let same = match expected {
        Value::String(label) => found == label,
        Value::Number(label) => found.parse() == Ok(label.as_f64().unwrap()),
        label => found.eq_ignore_ascii_case(&label.to_string()),
    };
    assert!(same, "{at}: {found} instead of {expected}");
}

fn check_probabilities(at: &str, found: &str, expected: &Value) {
    let expected = expected.as_array().unwrap();
    let found = numbers(found);
    assert_eq!(found.len(), expected.len(), "{at}");
    for (found, expected) in found.iter().zip(expected) {
        let expected = expected.as_f64().unwrap();
        assert!(
            (found - expected).abs() <= TOLERANCE,
            "{at}: {found} instead of {expected}"
        );
    }
}

fn check_number(at: &str, found: &str, expected: f64, size: f64) {
    let found: f64 = found.parse().unwrap();
    let allowed = TOLERANCE * size.max(expected.abs());
    assert!(
        (found - expected).abs() <= allowed,
        "{at}: {found} instead of {expected}"
    );
}

/// Checks a model against the predictions that lie beside its file.
fn check(path: &Path) {
    let told = std::fs::read(path.with_extension("json")).unwrap();
    let told: Value = serde_json::from_slice(&told).unwrap();
    let scratch = Scratch::new();
    let model = scratch.path("model.cbor");
    run(["convert", path.to_str().unwrap(), "-o", &model]).ok();
    let rows = scratch.write("rows.json", told["rows"].to_string().as_bytes());
    let found = answers(&model, &rows, &["--fields", "predicted_label"]);
    let is_classifier = found.iter().all(|label| label != "nan");
    let found = if is_classifier {
        found
    } else {
        answers(&model, &rows, &[])
    };
    let expected = told["predictions"].as_array().unwrap();
    assert_eq!(found.len(), expected.len(), "{}", path.display());
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let at = format!("{}, row {index}", path.display());
        if is_classifier {
            check_label(&at, found, expected);
        } else {
            let size = told["sizes"][index].as_f64().unwrap_or(10.0);
            check_number(&at, found, expected.as_f64().unwrap(), size);
        }
    }
    if let Some(expected) = told["probabilities"].as_array() {
        let found = answers(&model, &rows, &["--fields", "probabilities"]);
        for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
            check_probabilities(&format!("{}, row {index}", path.display()), found, expected);
        }
    }
}

#[test]
fn every_pipeline_predicts_what_scikit_learn_does() {
    for path in models(FOLDER, false) {
        check(&path);
    }
}

#[test]
fn what_an_artifact_does_not_compute_is_refused_by_step_class_and_reason() {
    for path in models(FOLDER, true) {
        let name = name(&path);
        let name = name
            .strip_prefix("refused_")
            .unwrap()
            .rsplit_once('-')
            .unwrap()
            .0;
        let (_, reason) = REASONS.iter().find(|(model, _)| *model == name).unwrap();
        run(["convert", path.to_str().unwrap(), "-o", "-"]).refused(1, reason);
    }
}
