//! Whether the parts of a document make a model together.

use ciborium::Value;
use sagelet::artifact::{Artifact, ArtifactError};
use sagelet::limits::{FEATURES_MAX, VERIFICATION_ROWS_MAX};
use sagelet::model::{Model, ModelError};

use super::*;
use crate::harness::prefix::linear;

#[test]
fn as_many_features_as_coefficients_are_needed() {
    assert_meaning(
        &set_in_model("coefficients", list(&[1.0])),
        "there are 2 features, but the linear-regression takes 1",
    );
    assert_meaning(
        &set(payload(), "features", Value::Array(Vec::new())),
        "there are 0 features",
    );
}

#[test]
fn a_model_without_features_is_none() {
    let payload = set(
        set_in_model("coefficients", Value::Array(Vec::new())),
        "features",
        Value::Array(Vec::new()),
    );
    assert_meaning(
        &payload,
        &format!("a model of 0 features: 1 to {FEATURES_MAX} are possible"),
    );
}

#[test]
fn names_that_stand_twice_are_refused() {
    let features = Value::Array(vec![
        map(&[("name", "a".into())]),
        map(&[("name", "a".into())]),
    ]);
    assert_meaning(
        &set(payload(), "features", features),
        "feature 2 is called \"a\", as one before it is",
    );
}

#[test]
fn features_may_go_without_names() {
    let features = Value::Array(vec![map(&[]), map(&[])]);
    let document = read(&set(payload(), "features", features)).unwrap();
    assert_eq!(document.feature_name(1), "x1");
}

#[test]
fn isotonic_x_thresholds_must_increase_strictly() {
    for x in [[1.0, 1.0], [2.0, 1.0]] {
        assert_meaning(
            &isotonic(&x, &[1.0, 2.0]),
            "x_thresholds of an isotonic model must increase strictly",
        );
    }
}

#[test]
fn isotonic_y_thresholds_must_be_monotonic() {
    assert_meaning(
        &isotonic(&[1.0, 2.0, 3.0], &[1.0, 3.0, 2.0]),
        "must only rise or only fall",
    );
    assert!(read(&isotonic(&[1.0, 2.0, 3.0], &[3.0, 2.0, 2.0])).is_ok());
}

#[test]
fn isotonic_thresholds_come_in_pairs_and_at_least_one() {
    assert_meaning(
        &isotonic(&[1.0, 2.0], &[1.0]),
        "isotonic has 2 x_thresholds and 1 y_thresholds",
    );
    assert_meaning(&isotonic(&[], &[]), "at least one");
}

#[test]
fn isotonic_models_take_one_feature() {
    let two = Value::Array(vec![map(&[]), map(&[])]);
    assert_meaning(
        &set(isotonic(&[1.0], &[1.0]), "features", two),
        "there are 2 features, but the isotonic takes 1",
    );
}

fn verified(rows: &[[f64; 2]], predictions: &[f64]) -> Value {
    let rows = rows.iter().map(|row| list(row)).collect();
    let verification = map(&[
        ("rows", Value::Array(rows)),
        ("predictions", list(predictions)),
    ]);
    set(payload(), "verification", verification)
}

#[test]
fn verification_rows_and_predictions_come_in_pairs() {
    assert_meaning(
        &verified(&[[1.0, 1.0]], &[]),
        "verification has 1 rows and 0 predictions",
    );
}

#[test]
fn verification_rows_are_as_wide_as_the_model() {
    let verification = map(&[
        ("rows", Value::Array(vec![list(&[1.0])])),
        ("predictions", list(&[1.0])),
    ]);
    assert_meaning(
        &set(payload(), "verification", verification),
        "verification row 1 has 1 cells, the model 2 features",
    );
}

#[test]
fn verification_rows_are_bounded() {
    let count = VERIFICATION_ROWS_MAX + 1;
    assert_meaning(
        &verified(&vec![[1.0, 1.0]; count], &vec![3.5; count]),
        &format!("verification has {count} rows: at most {VERIFICATION_ROWS_MAX}"),
    );
}

#[test]
fn a_verification_row_that_gives_another_prediction_is_refused_at_load() {
    let document = read(&verified(&[[1.0, 1.0], [2.0, 1.0]], &[3.5, 4.5])).unwrap();
    Model::load(&document).unwrap();
    let document = read(&verified(&[[1.0, 1.0], [2.0, 1.0]], &[3.5, 4.500_000_001])).unwrap();
    let error = Model::load(&document).unwrap_err();
    assert!(
        matches!(error, ModelError::Verification { row: 2, .. }),
        "{error}"
    );
}

#[test]
fn sealing_refuses_what_reading_would() {
    for number in [f64::NAN, f64::INFINITY] {
        let error = Artifact::seal(linear(number, &[1.0])).unwrap_err();
        assert!(matches!(error, ArtifactError::Meaning(_)), "{error}");
    }
    assert!(Artifact::seal(linear(0.0, &[])).is_err());
}
