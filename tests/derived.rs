//! Derived columns are computed as scikit-learn computes them, whatever format a row comes in.

use sagelet::artifact::{Cell, Derived, Document, Encoding, Feature};
use sagelet::model::Model;
use serde_json::{Value, json};

use crate::harness::server::invocation;
use crate::harness::{Server, case};

/// Several linear regressions, each of which gives one of the columns that the entries make.
fn document(features: &Value, entries: &Value) -> Document {
    let derived: Vec<Derived> = serde_json::from_value(entries.clone()).unwrap();
    let own: Vec<Feature> = serde_json::from_value(features.clone()).unwrap();
    let texts = own
        .iter()
        .filter(|one| matches!(one.encoding, Some(Encoding::Text)));
    let own = own.len() - texts.count();
    let added: usize = derived.iter().map(Derived::columns).sum();
    let unit = |column: usize| -> Vec<u8> {
        (0..own + added)
            .map(|at| u8::from(at == own + column))
            .collect()
    };
    let coefficients: Vec<_> = (0..added).map(unit).collect();
    serde_json::from_value(json!({
        "features": features,
        "derived": entries,
        "model": {
            "kind": "multi-target-regression",
            "intercepts": vec![0; added],
            "coefficients": coefficients,
        },
    }))
    .unwrap()
}

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    derived: Value,
    rows: Vec<Vec<f64>>,
    /// The columns of the last entry, one list per row.
    expected: Vec<Vec<f64>>,
}

/// The numbers come from scikit-learn, numpy and scipy: tests/cases/derived/make.py.
#[test]
fn every_kind_gives_the_numbers_of_scikit_learn() {
    let text = std::fs::read_to_string(case("derived/numbers.json")).unwrap();
    let mut file: Value = serde_json::from_str(&text).unwrap();
    let cases: Vec<Case> = serde_json::from_value(file["cases"].take()).unwrap();
    assert!(cases.len() > 50);
    for case in cases {
        let features: Vec<_> = (0..case.rows[0].len())
            .map(|index| format!("x{index}"))
            .collect();
        let model = Model::load(&document(&json!(features), &case.derived)).unwrap();
        for (row, expected) in case.rows.iter().zip(&case.expected) {
            let cells: Vec<Cell> = row.iter().copied().map(Cell::from).collect();
            let found = model.predict_row(&cells).unwrap();
            let found = &found[found.len() - expected.len()..];
            for (found, expected) in found.iter().zip(expected) {
                let allowed = 1e-12 * expected.abs() + 1e-14;
                assert!(
                    (found - expected).abs() <= allowed,
                    "{}: {row:?} gives {found:?}, not {expected:?}",
                    case.name
                );
            }
        }
    }
}

fn area_and_rooms() -> Server {
    Server::of(document(
        &json!(["area", {"name": "rooms", "missing": 3}]),
        &json!([
            {"kind": "function", "of": [0], "function": "log"},
            {"kind": "products", "of": [[1, 1], [1, 2]]},
            {"kind": "bins", "of": 1, "edges": [2, 4], "encode": "one-hot"},
            {"kind": "spline", "of": 1, "knots": [0, 1, 2, 3, 4, 5], "degree": 2, "extrapolation": "error"},
        ]),
    ))
}

#[test]
fn formats_agree_on_derived_columns() {
    let server = area_and_rooms();
    let csv = server.invoke("text/csv", "100,2.5\n50,\n");
    assert_eq!(csv.status, 200, "{}", csv.text());
    let expected = csv.text().to_owned();
    assert!(
        expected.starts_with("4.605170185988092,6.25,11.51292546497023,0.0,1.0,0.0,"),
        "{expected}"
    );
    for (content_type, body) in [
        ("text/csv", "rooms,area\n2.5,100\n,50\n"),
        (
            "application/json",
            r#"{"instances": [{"area": 100, "rooms": 2.5}, {"rooms": null, "area": 50}]}"#,
        ),
        ("application/json", "[[100, 2.5], [50, null]]"),
        (
            "application/jsonlines",
            "{\"area\": \"100\", \"rooms\": 2.5}\n{\"area\": 50, \"rooms\": null}\n",
        ),
        ("text/libsvm", "0 1:100 2:2.5\n0 1:50 2:3\n"),
    ] {
        let answer = server.send(invocation(
            &[("Content-Type", content_type), ("Accept", "text/csv")],
            body,
        ));
        assert_eq!(
            (answer.status, answer.text()),
            (200, expected.as_str()),
            "{body}"
        );
    }
}

/// As scikit-learn refuses NaN and infinity before its linear model, and with the place.
#[test]
fn a_derived_number_that_is_not_finite_is_refused_with_its_place() {
    let server = area_and_rooms();
    for (row, reason) in [
        (
            "100,3\n-1,2\n",
            "row 2, column \"area\": the log of -1 is not a number",
        ),
        (
            "0,3\n",
            "row 1, column \"area\": the log of 0 is not a finite number",
        ),
        (
            "1,1e200\n",
            "row 1, column \"rooms\": a product of columns is not a finite number",
        ),
        (
            "1,5\n",
            "row 1, column \"rooms\": the spline is defined from 2 to 3, not at 5",
        ),
    ] {
        let answer = server.invoke("text/csv", row);
        assert_eq!(answer.status, 400, "{row}");
        assert!(
            answer.reason().contains(reason),
            "{row}: {}",
            answer.reason()
        );
    }
}
