//! Versions: an artifact may say more without any reader predicting otherwise than it is meant.

use sagelet::artifact::{Document, Version};
use serde_json::json;

use super::*;

/// A document of a linear regression of `a` and `b` with more keys.
fn document(keys: serde_json::Value) -> Document {
    let mut document = json!({
        "features": [{"name": "a", "missing": 0}, "b"],
        "model": {"kind": "linear-regression", "intercept": 0.5, "coefficients": [1, 2]},
    });
    let object = document.as_object_mut().unwrap();
    object.extend(keys.as_object().unwrap().clone());
    serde_json::from_value(document).unwrap()
}

#[test]
fn the_lowest_version_that_says_everything_is_written() {
    for (keys, version, requires) in [
        (json!({}), Version(1, 0), vec![]),
        (json!({"other_columns": ["label"]}), Version(1, 1), vec![]),
        (
            json!({"missing_values": ["?"]}),
            Version(2, 0),
            vec!["missing-values"],
        ),
        (
            json!({"missing_values": ["?"], "other_columns": ["label"]}),
            Version(2, 0),
            vec!["missing-values"],
        ),
        // What a person wrote by hand is put right.
        (
            json!({"version": [1, 0], "missing_values": ["?"]}),
            Version(2, 0),
            vec!["missing-values"],
        ),
        (
            json!({"version": [2, 0], "requires": ["missing-values"]}),
            Version(1, 0),
            vec![],
        ),
    ] {
        let (artifact, bytes) = Artifact::seal(document(keys.clone())).unwrap();
        assert_eq!(artifact.document.version, version, "{keys}");
        assert_eq!(artifact.document.requires, requires, "{keys}");
        assert_eq!(
            Artifact::from_bytes(&bytes).unwrap().document,
            artifact.document
        );
    }
}

/// Readers of 1.0 know every byte of it: nothing that they did not write may be in there.
#[test]
fn a_document_that_needs_nothing_new_has_no_new_key() {
    let (_, bytes) = Artifact::seal(document(json!({}))).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    for key in ["requires", "other_columns", "missing_values"] {
        assert!(!text.contains(key), "{key}");
    }
}

#[test]
fn a_requirement_that_this_program_does_not_know_is_refused_by_name() {
    let newer = set(payload(), "version", list(&[2, 0]));
    let newer = set(newer, "requires", list(&["missing-values", "text"]));
    let error = open(&newer, [2, 0]).unwrap_err();
    assert!(
        matches!(error, ArtifactError::UnknownRequirement(_)),
        "{error}"
    );
    assert!(error.to_string().contains("\"text\""), "{error}");
}

#[test]
fn what_a_version_cannot_say_is_refused_in_it() {
    let marks = list(&["?"]);
    for (payload, version, reason) in [
        (
            set(payload(), "missing_values", marks.clone()),
            [1, 0],
            "needs \"missing-values\" of its readers",
        ),
        (
            set(payload(), "requires", list(&["missing-values"])),
            [1, 0],
            "version 1.0 of the format has no \"requires\"",
        ),
        (
            set(
                set(payload(), "version", list(&[2, 0])),
                "missing_values",
                marks,
            ),
            [2, 0],
            "needs \"missing-values\" of its readers",
        ),
    ] {
        let error = open(&payload, version).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn other_columns_are_not_features_and_differ() {
    for names in [json!(["a"]), json!(["label", "label"])] {
        let error = Artifact::seal(document(json!({ "other_columns": names }))).unwrap_err();
        assert!(error.to_string().contains("other_columns has"), "{error}");
    }
}

/// The artifact of a payload in an envelope of this version.
fn open(payload: &Value, version: [i32; 2]) -> Result<Artifact, ArtifactError> {
    let envelope = set(envelope_of(&cbor(payload)), "version", list(&version));
    Artifact::from_bytes(&tagged(&envelope))
}

/// Statistics change no prediction, so readers of 1.0 may pass over them.
#[test]
fn statistics_and_covariance_make_a_minor_version_and_belong_to_the_model() {
    let statistics = json!({"rows": 9, "levels": [0.5], "features": [
        {"count": 8, "missing": 1, "mean": 2, "quantiles": [2], "shares": [0.5]},
        {"count": 9}
    ]});
    let covariance =
        |factor: &[f64]| json!({"dispersion": 2, "degrees_of_freedom": 6, "factor": factor});
    let six = [1.0, 0.0, 1.0, 0.0, 0.0, 1.0];
    let keys = json!({"training": statistics, "covariance": covariance(&six)});
    let (artifact, bytes) = Artifact::seal(document(keys)).unwrap();
    assert_eq!(artifact.document.version, Version(1, 2));
    assert_eq!(artifact, Artifact::from_bytes(&bytes).unwrap());
    let training = artifact.document.training.unwrap();
    assert_eq!(training.features[0].mean, Some(2.0));
    for (keys, reason) in [
        (
            json!({"covariance": covariance(&six[1..])}),
            "has 5 numbers: 6 belong to 2 columns and the intercept",
        ),
        (
            json!({"training": {"rows": 9, "levels": [0.5], "features": []}}),
            "statistics of 0 features, the model has 2",
        ),
        (
            json!({"training": {"rows": 9, "levels": [0.5, 0.1], "features": [{"count": 9}, {"count": 9}]}}),
            "rising from 0 to 1",
        ),
        (
            json!({"training": {"rows": 9, "features": [{"count": 9, "quantiles": [1]}, {"count": 9}]}}),
            "training statistics of a have 1 quantiles, not 0",
        ),
    ] {
        let error = Artifact::seal(document(keys)).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}
