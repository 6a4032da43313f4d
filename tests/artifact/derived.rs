//! Derived columns: what a document may say of them, in CBOR and in JSON alike.

use sagelet::artifact::{Derived, Document, Version};
use sagelet::limits::{FACTORS_MAX, NGRAM_MAX, SPLINE_DEGREE_MAX};
use serde_json::{Value, json};

use super::*;

/// A linear regression of `a`, `b` and the text `words`, with these entries and as many coefficients.
fn document(entries: &Value) -> Document {
    let derived: Vec<Derived> = serde_json::from_value(entries.clone()).unwrap();
    let columns = 2 + derived.iter().map(Derived::columns).sum::<usize>();
    serde_json::from_value(json!({
        "features": ["a", "b", {"name": "words", "encoding": {"kind": "text"}}],
        "derived": entries,
        "model": {"kind": "linear-regression", "intercept": 0, "coefficients": vec![1; columns]},
    }))
    .unwrap()
}

/// Every kind, as a person writes it, and its number of columns.
fn every_kind() -> Vec<(Value, usize)> {
    vec![
        (
            json!({"kind": "function", "of": [0, 1], "function": "log1p"}),
            2,
        ),
        (
            json!({"kind": "clip", "of": [0], "lower": -1, "upper": 2.5}),
            1,
        ),
        (json!({"kind": "clip", "of": [0], "lower": 0}), 1),
        (json!({"kind": "threshold", "of": [0, 1], "above": 3}), 2),
        (
            json!({"kind": "power", "of": [1], "method": "yeo-johnson", "lambdas": [2]}),
            1,
        ),
        (
            json!({"kind": "bins", "of": 0, "edges": [1, 2, 3], "encode": "one-hot"}),
            4,
        ),
        (
            json!({"kind": "bins", "of": 0, "edges": [1, 2, 3], "encode": "ordinal"}),
            1,
        ),
        (
            json!({"kind": "table", "of": 1, "x": [0, 1, 1], "y": [0, 0.5, 1], "margin": 1e-7}),
            1,
        ),
        (
            json!({"kind": "spline", "of": 0, "knots": [0, 1, 2, 3, 4, 5, 6, 7], "degree": 2, "extrapolation": "linear"}),
            5,
        ),
        (
            json!({"kind": "spline", "of": 0, "knots": [0, 1, 2, 3, 4, 5, 6, 7], "degree": 2, "extrapolation": "periodic"}),
            3,
        ),
        (json!({"kind": "products", "of": [[0, 0], [0, 1], [1]]}), 3),
        (
            json!({"kind": "combinations", "of": [{"columns": [0, 1], "weights": [1, -2], "constant": 3}]}),
            1,
        ),
        (json!({"kind": "normalize", "of": [0, 1], "norm": "l2"}), 2),
        (
            json!({"kind": "normalize", "of": {"first": 0, "count": 2}, "norm": "max"}),
            2,
        ),
        (
            json!({"kind": "text", "feature": 2, "terms": {"vocabulary": ["good", "bad"]}}),
            2,
        ),
        (
            json!({"kind": "text", "feature": 2, "lowercase": false, "strip_accents": "unicode", "analyzer": "char_wb",
                "ngrams": [2, 3], "stop_words": ["the"], "terms": {"hashing": {"columns": 8, "alternate_sign": true}},
                "binary": true, "sublinear": true, "idf": [1, 1, 1, 1, 1, 1, 1, 1], "norm": "l1"}),
            8,
        ),
    ]
}

#[test]
fn every_kind_is_the_same_in_cbor_and_in_json() {
    let (entries, columns): (Vec<_>, Vec<_>) = every_kind().into_iter().unzip();
    let document = document(&json!(entries));
    let found: Vec<_> = document.derived.iter().map(Derived::columns).collect();
    assert_eq!(found, columns);
    let (artifact, bytes) = Artifact::seal(document).unwrap();
    assert_eq!(artifact.document.version, Version(2, 0));
    assert_eq!(artifact.document.requires, ["derived-columns"]);
    let read = Artifact::from_bytes(&bytes).unwrap().document;
    assert_eq!(read, artifact.document);
    let json = serde_json::to_string(&read).unwrap();
    assert_eq!(serde_json::from_str::<Document>(&json).unwrap(), read);
}

#[test]
fn what_cannot_be_computed_is_refused_with_its_entry() {
    let text = |more: Value| {
        let mut text = json!({"kind": "text", "feature": 2, "terms": {"vocabulary": ["a", "b"]}});
        text.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        text
    };
    let spline = |knots: &[f64], degree: usize| json!({"kind": "spline", "of": 0, "knots": knots, "degree": degree, "extrapolation": "constant"});
    for (entry, reason) in [
        (
            json!({"kind": "function", "of": [2], "function": "log"}),
            "it is made of column 2: the columns before it are 0 to 1",
        ),
        (
            json!({"kind": "function", "of": [], "function": "log"}),
            "it adds 0 columns to 2",
        ),
        (
            json!({"kind": "clip", "of": [0], "lower": 2, "upper": 1}),
            "lower is 2, more than upper, 1",
        ),
        (
            json!({"kind": "power", "of": [0], "method": "box-cox", "lambdas": [1, 2]}),
            "are 1 and 2: they must be the same",
        ),
        (
            json!({"kind": "bins", "of": 0, "edges": [2, 1], "encode": "ordinal"}),
            "edges may not fall",
        ),
        (
            json!({"kind": "table", "of": 0, "x": [], "y": []}),
            "x is empty",
        ),
        (
            json!({"kind": "products", "of": [vec![0; FACTORS_MAX + 1]]}),
            "33 factors of a product",
        ),
        (
            json!({"kind": "combinations", "of": [{"columns": [0], "weights": []}]}),
            "are 1 and 0",
        ),
        (spline(&[0.0, 1.0, 2.0], 1), "has 3 knots: 4 at least"),
        (
            spline(&[0.0, 1.0, 1.0, 2.0], 1),
            "knots 1 and 2 are the same",
        ),
        (
            spline(&[0.0; 60], SPLINE_DEGREE_MAX + 1),
            "21 degrees of a spline",
        ),
        (
            text(json!({"feature": 1})),
            "feature 1 (counted from 0) has no encoding \"text\"",
        ),
        (
            text(json!({"ngrams": [1, NGRAM_MAX + 1]})),
            "ngrams are 1 to 33",
        ),
        (text(json!({"ngrams": [0, 1]})), "ngrams are 0 to 1"),
        (
            text(json!({"idf": [1]})),
            "the lengths of terms and idf are 2 and 1",
        ),
        (
            text(json!({"terms": {"vocabulary": ["a", "b", "a"]}})),
            "the vocabulary has the term \"a\" twice",
        ),
    ] {
        let error = document(&json!([entry]))
            .validate()
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("entry 1 of derived, "),
            "{entry}: {error}"
        );
        assert!(error.contains(reason), "{entry}: {error}");
    }
}

/// A vocabulary of half a million columns has no place in a dense row.
#[test]
fn the_columns_of_a_text_are_only_normalised_together() {
    let text = json!({"kind": "text", "feature": 2, "terms": {"vocabulary": ["a", "b"]}});
    for (entry, is_possible) in [
        (
            json!({"kind": "normalize", "of": {"first": 2, "count": 2}, "norm": "l2"}),
            true,
        ),
        (
            json!({"kind": "normalize", "of": {"first": 1, "count": 3}, "norm": "l2"}),
            false,
        ),
        (
            json!({"kind": "normalize", "of": [2, 3], "norm": "l2"}),
            false,
        ),
        (
            json!({"kind": "function", "of": [2], "function": "log1p"}),
            false,
        ),
    ] {
        let checked = document(&json!([text, entry])).validate();
        assert_eq!(checked.is_ok(), is_possible, "{entry}: {checked:?}");
    }
}
