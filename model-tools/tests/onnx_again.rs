//! What `convert` writes as ONNX, it reads back as the same model: for every kind and encoding that it writes.

use sagelet::artifact::{Artifact, Cell, Document, Encoding, Feature, Label, Unknown};
use sagelet::model::Model;

use crate::harness::{Scratch, cases, repository, run, run_with};
use crate::sklearn::{check, models, name};

/// What a prediction may differ by, as a share of it or of 1.
const TOLERANCE: f64 = 1e-12;

/// Rows that each case predicts.
const ROWS: usize = 50;

/// Why a case comes back in another form, which predicts the same. `diff` finds all others the same.
fn other_form(case: &str) -> Option<&'static str> {
    Some(match case {
        "nameless" => {
            "a graph does not say that an elastic net's coefficients were found with a penalty"
        }
        "identity-link" => {
            "a generalised linear model with the identity link is a linear regression"
        }
        "exp" => "exp of one score is a generalised linear model with the log link",
        "encoded" | "encoded-log" | "encoded-logistic" | "encoded-multinomial" => {
            "an ordinal feature is written, and comes back, as a number for each category"
        }
        _ => return None,
    })
}

/// A model that went to ONNX and came back, and what `diff` says of the two.
fn there_and_back(path: &str) -> (Document, Option<i32>, String) {
    let scratch = Scratch::new();
    let onnx = scratch.path("model.onnx");
    let back = scratch.path("model.cbor");
    run(["convert", path, "-o", &onnx]).ok();
    run(["convert", &onnx, "-o", &back]).ok();
    let compared = run(["diff", path, &back]);
    let said = String::from_utf8(compared.stdout).unwrap();
    (
        Artifact::read(back.as_ref()).unwrap().document,
        compared.code,
        said,
    )
}

/// A cell that the feature takes: missing, unknown and known ones in turn.
fn cell(feature: &Feature, turn: usize) -> Cell {
    if !feature.missing.is_missing() && turn.is_multiple_of(4) {
        return Cell::Missing;
    }
    let of = |label: &Label| match label {
        Label::Boolean(truth) => Cell::Boolean(*truth),
        Label::Integer(number) => Cell::Number(*number as f64),
        Label::Text(text) => Cell::Text(text.clone()),
    };
    let takes_unknown = match &feature.encoding {
        None | Some(Encoding::Unused) => {
            let spread = (turn * 2_654_435_761) % 1_000;
            return Cell::Number(spread as f64 / 125.0 - 4.0);
        }
        Some(Encoding::Text) => return Cell::Text(format!("some words {turn}")),
        Some(Encoding::OneHot(one_hot)) => one_hot.unknown == Unknown::Ignore,
        Some(Encoding::Ordinal(ordinal)) => ordinal.unknown.is_some(),
    };
    if takes_unknown && turn.is_multiple_of(5) {
        return Cell::Text("elsewhere".to_owned());
    }
    let categories = feature.encoding.as_ref().unwrap().categories();
    of(&categories[turn % categories.len()])
}

/// Predicts rows with both, each of which has its own of the columns.
pub(crate) fn same_predictions(case: &str, before: &Document, after: &Document) {
    let (a, b) = (Model::load(before).unwrap(), Model::load(after).unwrap());
    assert_eq!(a.labels(), b.labels(), "{case}");
    let names: Vec<String> = (0..before.features.len())
        .map(|index| before.feature_name(index))
        .collect();
    let place = |index| {
        names
            .iter()
            .position(|name| *name == after.feature_name(index))
    };
    let places: Vec<usize> = (0..after.features.len())
        .map(|index| place(index).unwrap())
        .collect();
    for row in 0..ROWS {
        let features = before.features.iter().enumerate();
        let cells: Vec<Cell> = features
            .map(|(index, feature)| cell(feature, row * 7 + index * 3))
            .collect();
        let own: Vec<Cell> = places.iter().map(|place| cells[*place].clone()).collect();
        let (expected, found) = (a.predict_row(&cells).unwrap(), b.predict_row(&own).unwrap());
        assert_eq!(expected.len(), found.len(), "{case}");
        for (expected, found) in expected.iter().zip(&found) {
            let allowed = TOLERANCE * expected.abs().max(1.0);
            assert!(
                (expected - found).abs() <= allowed,
                "{case}: {found} instead of {expected} for {cells:?}"
            );
        }
    }
}

#[test]
fn every_export_comes_back_as_the_same_model() {
    for path in cases("exports") {
        let case = name(path.as_ref());
        let bytes = std::fs::read(repository().join(&path)).unwrap();
        let before: Document = serde_json::from_slice(&bytes).unwrap();
        let (after, code, said) = there_and_back(&path);
        let expected = if other_form(&case).is_some() { 1 } else { 0 };
        assert_eq!(code, Some(expected), "{case}: {said}");
        same_predictions(&case, &before, &after);
    }
}

/// One file of each model of the corpus that ONNX can express, and what scikit-learn predicted for its rows.
#[test]
fn models_of_scikit_learn_come_back_and_predict_the_same() {
    let mut paths = models("sklearn-1.9", false);
    paths.dedup_by_key(|path| name(path));
    let mut count = 0;
    for path in paths {
        let scratch = Scratch::new();
        let onnx = scratch.path("model.onnx");
        let back = scratch.path("model.cbor");
        let written = run(["convert", path.to_str().unwrap(), "-o", &onnx]);
        if written.code != Some(0) {
            written.refused(1, "cannot be written in this format: ");
            continue;
        }
        run(["convert", &onnx, "-o", &back]).ok();
        check(&path, &Artifact::read(back.as_ref()).unwrap().document);
        count += 1;
    }
    assert!(count > 40, "{count} models");
}

/// A feature whose only coefficient is that of its missing cells had lost it, and a missing cell made the score NaN.
#[test]
fn a_feature_that_counts_only_where_it_is_missing_keeps_its_indicator() {
    let scratch = Scratch::new();
    let onnx = scratch.path("model.onnx");
    let model = br#"{
        "features": [{"name": "a", "missing": 1.5, "missing_indicator": true}, "b"],
        "model": {"kind": "linear-regression", "intercept": 1, "coefficients": [0, 4, 2]}
    }"#;
    run_with(["convert", "-", "-o", &onnx], model).ok();
    let rows = scratch.write("rows.csv", b",10\n7,10\n");
    let predictions = run(["predict", &onnx, &rows]).ok();
    assert_eq!(predictions, "25.0\n21.0\n");
}

/// An empty text is what ONNX has for a missing one: as an unknown category it would get an answer that the server
/// refuses. The export makes it NaN, and that comes back as a feature without a rule for missing cells.
#[test]
fn a_missing_text_is_no_unknown_category() {
    let scratch = Scratch::new();
    let onnx = scratch.path("model.onnx");
    let model = br#"{
        "features": [{"name": "city", "encoding": {"kind": "one-hot", "categories": ["Oslo", "Rome"], "unknown": "ignore"}}, "age"],
        "model": {"kind": "linear-classifier", "labels": ["no", "yes"], "intercepts": [-1], "coefficients": [[2, -3, 0.5]]}
    }"#;
    run_with(["convert", "-", "-o", &onnx], model).ok();
    let rows = scratch.write("rows.csv", b"city,age\nOslo,1\nLima,1\n");
    assert_eq!(run(["predict", &onnx, &rows]).ok(), "yes\nno\n");
    let rows = scratch.write("missing.csv", b"city,age\nOslo,1\n,1\n");
    run(["predict", &onnx, &rows]).refused(1, "the cell is empty");
}
