//! Features that are more than numbers, verification rows, and documents whose parts do not fit.

use serde_json::{Value, json};

use super::{model_of, refusal, text};
use crate::artifact::{Cell, Label};

/// A number, a number with a replacement and an indicator, a one-hot and an ordinal category.
fn mixed() -> Value {
    json!([
        "age",
        {"name": "income", "missing": 7.5, "missing_indicator": true},
        {"name": "port", "missing": "S", "encoding":
            {"kind": "one-hot", "categories": ["C", "Q", "S"], "drop": "Q", "unknown": "ignore"}},
        {"name": "size", "encoding": {"kind": "ordinal", "categories": [1, 2, "many"], "numbers": [10, 20, 99]}},
    ])
}

#[test]
fn verification_rows_may_have_missing_and_text_cells() {
    let document = |prediction| {
        json!({
            "features": mixed(),
            "model": {"kind": "linear-regression", "intercept": 1,
                      "coefficients": [1, 10, 100, 1000, 10000, 1]},
            "verification": {"rows": [[2, null, "C", 1], [2, 3, null, "many"]],
                             "predictions": [prediction, 10132]},
        })
    };
    model_of(&document(1188.0));
    let error = refusal(&document(1188.1));
    assert!(
        error.starts_with("verification row 1 gives 1188.0 instead of 1188.1"),
        "{error}"
    );
}

#[test]
fn verification_rows_of_a_classifier_hold_probabilities_or_margins() {
    let document = |kind: &str, prediction: Value| {
        json!({
            "features": ["x"],
            "model": {"kind": kind, "labels": ["a", "b"], "intercepts": [1, 2], "coefficients": [[0], [0]]},
            "verification": {"rows": [[0]], "predictions": [prediction]},
        })
    };
    let second = 1.0 / (1.0 + (-1.0f64).exp());
    model_of(&document(
        "multinomial-logistic-regression",
        json!([1.0 - second, second]),
    ));
    model_of(&document("linear-classifier", json!([1, 2])));
    let error = refusal(&document("linear-classifier", json!([2, 1])));
    assert!(
        error.starts_with("verification row 1 gives 1.0 instead of 2.0"),
        "{error}"
    );
    let error = refusal(&document("linear-classifier", json!(1)));
    assert_eq!(
        error,
        "verification row 1 expects 1 numbers, the model gives 2"
    );
}

#[test]
fn a_document_whose_parts_do_not_fit_is_refused() {
    let linear = |coefficients: usize| json!({"kind": "linear-regression", "intercept": 0, "coefficients": vec![1; coefficients]});
    let classifier = |labels: Value, rows: usize| {
        json!({"kind": "linear-classifier", "labels": labels, "intercepts": vec![0; rows],
               "coefficients": vec![[1]; rows]})
    };
    let cases = [
        (
            json!({"features": mixed(), "model": linear(4)}),
            "the 4 features make 6 columns, but the linear-regression takes 4",
        ),
        (
            json!({"features": [{"missing_indicator": true}], "model": linear(2)}),
            "feature x0 has an indicator of missing cells, but nothing to put in their place",
        ),
        (
            json!({"features": [{"missing": "S"}], "model": linear(1)}),
            "feature x0 takes numbers, but missing cells become \"S\"",
        ),
        (
            json!({"features": [{"name": "p", "missing": "X", "encoding": {"kind": "ordinal", "categories": ["S"]}}],
                   "model": linear(1)}),
            "feature p: missing cells become \"X\", which is none of its categories",
        ),
        (
            json!({"features": [{"name": "p", "encoding": {"kind": "one-hot", "categories": [1, "1"]}}],
                   "model": linear(2)}),
            "\"1\" stands twice among the categories of feature p",
        ),
        (
            json!({"features": [{"name": "p", "encoding": {"kind": "one-hot", "categories": ["a"], "drop": "b"}}],
                   "model": linear(1)}),
            "feature p drops \"b\", which is none of its categories",
        ),
        (
            json!({"features": [{"name": "p", "encoding": {"kind": "ordinal", "categories": []}}], "model": linear(1)}),
            "feature p is encoded, but has no categories",
        ),
        (
            json!({"features": [{"name": "p", "encoding":
                       {"kind": "ordinal", "categories": ["a", "b"], "numbers": [1]}}], "model": linear(1)}),
            "feature p has 2 categories and 1 numbers for them",
        ),
        (
            json!({"features": ["x"], "model": classifier(json!(["a"]), 1)}),
            "a classifier of 1 labels: 2 to 10000 are possible",
        ),
        (
            json!({"features": ["x"], "model": classifier(json!(["a", "a"]), 2)}),
            "\"a\" stands twice among the labels",
        ),
        (
            json!({"features": ["x"], "model": classifier(json!(["a", "b", "c"]), 1)}),
            "a linear-classifier of 3 labels has 1 lists of coefficients: one for each label",
        ),
        (
            json!({"features": ["x", "y"], "model": {"kind": "multi-target-regression", "intercepts": [0, 0],
                   "coefficients": [[1, 2], [3]]}}),
            "target 2 has 1 coefficients, the first one 2: as many for each",
        ),
        (
            json!({"features": ["x"], "model": {"kind": "multi-target-regression", "intercepts": [0],
                   "coefficients": [[1], [2]]}}),
            "there are 1 intercepts and 2 lists of coefficients: one of each a target",
        ),
        (
            json!({"features": ["x"], "model": {"kind": "multi-target-regression", "targets": ["a"],
                   "intercepts": [0, 0], "coefficients": [[1], [2]]}}),
            "there are 1 names for 2 targets",
        ),
    ];
    for (document, expected) in cases {
        assert_eq!(refusal(&document), expected);
    }
}

#[test]
fn labels_keep_their_type_and_whole_floats_are_integers() {
    let labels: Vec<Label> = serde_json::from_value(json!(["a", 1, 2.0, true])).unwrap();
    let expected = [
        text("a"),
        Label::Integer(1),
        Label::Integer(2),
        Label::Boolean(true),
    ];
    assert_eq!(labels, expected);
    assert_eq!(
        serde_json::to_value(&labels).unwrap(),
        json!(["a", 1, 2, true])
    );
    let written: Vec<_> = labels.iter().map(ToString::to_string).collect();
    assert_eq!(written, ["a", "1", "2", "True"]);
    assert!(serde_json::from_value::<Label>(json!(0.5)).is_err());
}

#[test]
fn a_cell_of_an_unused_feature_may_be_anything() {
    let model = model_of(&json!({
        "features": [{"name": "id", "encoding": {"kind": "unused"}}, "age"],
        "model": {"kind": "linear-regression", "intercept": 1, "coefficients": [2]},
    }));
    for id in [
        Cell::Text("A-17".to_owned()),
        Cell::Missing,
        Cell::Number(f64::NAN),
        Cell::Boolean(true),
        Cell::Text(String::new()),
    ] {
        let row = [id, Cell::Number(3.0)];
        assert_eq!(model.predict_row(&row).unwrap(), [7.0]);
    }
}
