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

/// Texts of every sort of character, and what scikit-learn's vectorizers make of them:
/// tests/cases/derived/make_texts.py. `SAGELET_TEXTS` names a folder with more of them.
mod texts {
    use sagelet::artifact::{Derived, Document, Encoding, Feature, Linear, Parameters};
    use sagelet::rows::{Cell, Collected, Layout, RowBuilder};
    use serde_json::{Value, json};

    use super::document;
    use crate::harness::server::invocation;
    use crate::harness::{Server, case};

    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        derived: Vec<Derived>,
        texts: Vec<String>,
        /// For each text its columns that are not 0, and their numbers.
        expected: Vec<(Vec<usize>, Vec<f64>)>,
    }

    fn layout(derived: Vec<Derived>) -> Layout {
        let columns = derived.iter().map(Derived::columns).sum();
        let text = Feature {
            encoding: Some(Encoding::Text),
            ..Feature::named("text")
        };
        let linear = Linear {
            intercept: 0.0,
            coefficients: vec![0.0; columns],
        };
        let features = [text].into_iter().collect::<Vec<_>>();
        let mut document = Document::new(features, Parameters::LinearRegression(linear));
        document.derived = derived;
        document.validate().unwrap();
        Layout::of(&document).unwrap()
    }

    #[test]
    fn terms_and_weights_are_those_of_scikit_learn() {
        let path = std::env::var_os("SAGELET_TEXTS").map_or(case("derived/texts.json"), |folder| {
            std::path::Path::new(&folder).join("texts.json")
        });
        let mut file: Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let cases: Vec<Case> = serde_json::from_value(file["cases"].take()).unwrap();
        assert!(cases.len() > 30);
        for case in cases {
            let layout = layout(case.derived);
            for (text, (columns, values)) in case.texts.iter().zip(&case.expected) {
                let mut rows = Collected::default();
                let mut builder = RowBuilder::new(&layout, &mut rows);
                builder.push(Cell::json(text)).unwrap();
                builder.end_row().unwrap();
                builder.finish().unwrap();
                let (_, entries) = rows.into_parts();
                let (found, numbers): (Vec<_>, Vec<_>) =
                    entries.rows().row(0).iter().copied().unzip();
                assert_eq!(&found, columns, "{}: {text:?}", case.name);
                for (number, value) in numbers.iter().zip(values) {
                    let close = (number - value).abs() <= 1e-12 * value.abs();
                    assert!(close, "{}: {text:?} gives {number}, not {value}", case.name);
                }
            }
        }
    }

    /// A column of numbers, one of texts, and one that is normalised: in every format that carries a text.
    #[test]
    fn formats_agree_on_texts() {
        let server = Server::of(document(
            &json!(["price", {"name": "words", "missing": "", "encoding": {"kind": "text"}}]),
            &json!([
                {"kind": "text", "feature": 1, "terms": {"vocabulary": ["good", "bad", "straße"]}},
                {"kind": "function", "of": [0], "function": "log"},
                {"kind": "normalize", "of": {"first": 1, "count": 3}, "norm": "l2"},
            ]),
        ));
        // Columns of good, bad and straße, log(price), and the first three by their norm.
        let expected = "3.0,1.0,0.0,0.0,0.9486832980505138,0.31622776601683794,0.0\n\
                        0.0,0.0,1.0,0.6931471805599453,0.0,0.0,1.0\n0.0,0.0,0.0,0.0,0.0,0.0,0.0\n"
            .to_owned();
        let e = "2";
        let tensor = |name: &str, datatype: &str, data: Value| json!({"name": name, "datatype": datatype, "shape": [3, 1], "data": data});
        let first = "Good, bad GOOD good";
        let bodies = [
            ("text/csv", format!("price,words\n1,\"{first}\"\n{e},Straße\n1,\n")),
            ("text/csv;header=absent", format!("1,\"{first}\"\n{e},Straße\n1,\"\"\n")),
            (
                "application/json",
                json!({"instances": [{"price": 1, "words": first}, {"words": "straße", "price": 2}, {"words": null, "price": 1}]}).to_string(),
            ),
            ("application/json", json!([[1, first], [2, "a straße"], [1, ""]]).to_string()),
            (
                "application/jsonlines",
                format!("{{\"price\": 1, \"words\": \"{first}\"}}\n{{\"price\": {e}, \"words\": \"straße\"}}\n{{\"price\": 1, \"words\": \"none of them\"}}\n"),
            ),
        ];
        for (content_type, body) in bodies {
            let answer = server.send(invocation(
                &[("Content-Type", content_type), ("Accept", "text/csv")],
                &body,
            ));
            assert_eq!(
                (answer.status, answer.text()),
                (200, expected.as_str()),
                "{body}"
            );
        }
        let body = json!({"inputs": [
            tensor("price", "FP64", json!([1, 2, 1])),
            tensor("words", "BYTES", json!([first, "straße", ""])),
        ]});
        let path = "/v2/models/model/infer";
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
            body.to_string().len()
        );
        let answer = server.send(format!("{head}{body}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let found: Value = serde_json::from_str(answer.text()).unwrap();
        let numbers: Vec<String> = found["outputs"][0]["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(Value::to_string)
            .collect();
        assert_eq!(numbers.join(","), expected.trim_end().replace('\n', ","));
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_place() {
        let server = Server::of(document(
            &json!([{"name": "words", "encoding": {"kind": "text"}}]),
            &json!([{"kind": "text", "feature": 0, "terms": {"vocabulary": ["good"]}}]),
        ));
        for (body, reason) in [
            ("[[\"good\"], [5]]", "row 2, column 1: \"5\" is not a text"),
            ("[[true]]", "row 1, column 1: \"true\" is not a text"),
            ("[[null]]", "row 1, column 1: the cell is empty"),
        ] {
            let answer = server.invoke("application/json", body);
            assert_eq!(answer.status, 400, "{body}");
            assert!(
                answer.reason().contains(reason),
                "{body}: {}",
                answer.reason()
            );
        }
        let answer = server.invoke("text/csv;header=absent", b"caf\xe9\n");
        assert_eq!(answer.status, 400);
        assert!(
            answer.reason().contains("is not UTF-8"),
            "{}",
            answer.reason()
        );
    }
}
