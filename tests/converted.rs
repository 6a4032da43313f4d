//! A pipeline that scikit-learn fitted, converted by `model-tools` and served, gives the same numbers over HTTP.
//!
//! `cases/converted/columns_ridge.cbor` is what `model-tools convert` makes of the model of the same name in
//! `model-tools/tests/corpus/sklearn-1.9` (a test there keeps it so): imputing, scaling, one-hot and ordinal
//! encoding in a ColumnTransformer, then a ridge regression.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::harness::{Prefix, Server, case};

#[test]
fn a_converted_pipeline_gives_scikit_learns_predictions_over_http() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("model-tools/tests/corpus");
    let told = fs::read(corpus.join("sklearn-1.9/columns_ridge.json")).unwrap();
    let told: Value = serde_json::from_slice(&told).unwrap();
    let prefix = Prefix::new();
    prefix.write(
        "model/model.cbor",
        fs::read(case("converted/columns_ridge.cbor")).unwrap(),
    );
    let server = Server::start(prefix, &[]);
    // Texts, numbers and missing cells, as a client would send them.
    let body = json!({ "instances": told["rows"] });
    let answer = server.invoke("application/json", body.to_string());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer: Value = serde_json::from_slice(&answer.body).unwrap();
    let found = answer["predictions"].as_array().unwrap();
    let expected = told["predictions"].as_array().unwrap();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
        let difference = ((found - expected) / expected).abs();
        assert!(difference <= 1e-12, "{found}, scikit-learn says {expected}");
    }
}
