//! Contributions, standard errors and intervals are those of shap, statsmodels and R, in every format and for every kind.
//!
//! `cases/explained` holds models, rows and what these programs say about them; `make.py` there makes them.

use std::fs;

use serde_json::{Value, json};

use crate::harness::server::invocation;
use crate::harness::{Answer, Prefix, Server, case};

const EXACT: f64 = 1e-12;
const CLOSE: f64 = 1e-9;

fn read(name: &str) -> Value {
    let text = fs::read_to_string(case(&format!("explained/{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn server(document: &Value, variables: &[(&str, &str)]) -> Server {
    let document = serde_json::from_value(document.clone()).unwrap();
    Server::start(Prefix::with_model(document), variables)
}

/// All numbers of nested lists, one behind the other.
fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(list) => list.iter().flat_map(flat).collect(),
        number => vec![number.as_f64().unwrap_or_else(|| panic!("{number}"))],
    }
}

fn assert_near(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let size = expected
        .iter()
        .fold(0.0, |most: f64, number| most.max(number.abs()));
    for (found, expected) in found.iter().zip(expected) {
        let difference = (found - expected).abs();
        assert!(
            difference <= tolerance * size,
            "{what}: {found} instead of {expected}, {difference:e}"
        );
    }
}

fn post(server: &Server, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let request = invocation(headers, body.to_string());
    let request = String::from_utf8(request).unwrap();
    server.send(request.replacen("/invocations", path, 1))
}

fn json(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

/// The answer to rows of JSON with a header that selects fields.
fn ask(server: &Server, attributes: &str, rows: &Value) -> Answer {
    let headers = [
        ("Content-Type", "application/json"),
        ("X-Amzn-SageMaker-Custom-Attributes", attributes),
    ];
    post(
        server,
        "/invocations",
        &headers,
        &json!({ "instances": rows }),
    )
}

fn of_rows(answer: &Value, field: &str) -> Vec<f64> {
    let rows = answer["predictions"].as_array().unwrap();
    rows.iter().flat_map(|row| flat(&row[field])).collect()
}

/// What the score of each row is, from the answer.
fn scores(answer: &Value, kind: &str) -> Vec<f64> {
    let field = match kind {
        "logistic-regression" => "raw_score",
        "multinomial-logistic-regression" => "raw_scores",
        _ => "predicted_score",
    };
    of_rows(answer, field)
}

#[test]
fn contributions_are_those_of_shap_and_add_up_to_the_score() {
    for name in [
        "linear",
        "linear_without_statistics",
        "logistic",
        "multinomial",
        "mixed",
        "products",
        "texts",
    ] {
        let case = read(name);
        let fields = "contributions,base_value,raw_score,raw_scores,predicted_score";
        let server = server(&case["document"], &[("SAGEMAKER_INFERENCE_OUTPUT", fields)]);
        let body = json!({ "instances": case["rows"] }).to_string();
        let answer = json(&server.invoke("application/json", body));
        for field in ["contributions", "base_value"] {
            let expected = flat(&case["fields"][field]);
            let what = format!("{name} {field}");
            assert_near(&of_rows(&answer, field), &expected, EXACT, &what);
        }
        let kind = case["document"]["model"]["kind"].as_str().unwrap();
        let base = of_rows(&answer, "base_value");
        let contributions = of_rows(&answer, "contributions");
        let width = contributions.len() / base.len();
        let sums = contributions
            .chunks(width)
            .map(|row| row.iter().sum::<f64>());
        let sums: Vec<f64> = sums.zip(base).map(|(sum, base)| sum + base).collect();
        assert_near(&sums, &scores(&answer, kind), EXACT, name);
    }
}

#[test]
fn intervals_are_those_of_statsmodels_and_of_r() {
    let names = ["least_squares", "poisson", "gamma", "binomial"];
    for (name, level) in names
        .into_iter()
        .flat_map(|name| [(name, "95"), (name, "80")])
    {
        let case = read(&format!("{name}_{level}"));
        let server = server(&case["document"], &[]);
        let fields = case["fields"].as_object().unwrap();
        let names: Vec<_> = fields.keys().map(String::as_str).collect();
        let attributes = format!(
            "sagelet.output={}; sagelet.level=0.{level}",
            names.join(",")
        );
        let answer = json(&ask(&server, &attributes, &case["rows"]));
        for (field, expected) in fields {
            let (found, what) = (of_rows(&answer, field), format!("{name} {level} {field}"));
            assert_near(&found, &flat(expected), CLOSE, &what);
            assert_near(
                &found,
                &flat(&case["by_r"][field]),
                CLOSE,
                &format!("{what}, R"),
            );
        }
    }
}

#[test]
fn the_level_of_intervals_is_a_setting_and_95_percent_without_one() {
    let case = read("least_squares_80");
    for (variable, name) in [("0.8", "least_squares_80"), ("", "least_squares_95")] {
        let variables = [
            ("SAGELET_INTERVAL_LEVEL", variable),
            ("SAGEMAKER_INFERENCE_OUTPUT", "prediction_interval"),
        ];
        let server = server(&case["document"], &variables);
        let answer = json(&ask(&server, "", &case["rows"]));
        let expected = flat(&read(name)["fields"]["prediction_interval"]);
        assert_near(
            &of_rows(&answer, "prediction_interval"),
            &expected,
            CLOSE,
            name,
        );
    }
}

#[test]
fn what_a_model_cannot_say_is_refused_by_field_and_kind() {
    let linear = read("linear");
    let without = server(&linear["document"], &[]);
    let answer = ask(
        &without,
        "sagelet.output=contributions,standard_error",
        &linear["rows"],
    );
    assert_eq!(answer.status, 400);
    let reason = answer.reason();
    assert!(
        reason.starts_with(
            "standard_error cannot be computed: this model, a linear-regression, has no covariance"
        ),
        "{reason}"
    );

    let poisson = read("poisson_95");
    let with = server(&poisson["document"], &[]);
    let answer = ask(
        &with,
        "sagelet.output=prediction_interval",
        &poisson["rows"],
    );
    assert_eq!(answer.status, 400);
    let reason = answer.reason();
    assert!(
        reason.contains("prediction_interval") && reason.contains("generalized-linear"),
        "{reason}"
    );

    for attributes in [
        "sagelet.output=contribution",
        "sagelet.largest=0",
        "sagelet.level=95",
        "sagelet.top=3",
    ] {
        let answer = ask(&with, attributes, &poisson["rows"]);
        assert_eq!(answer.status, 400, "{attributes}");
        assert!(answer.reason().contains(attributes), "{}", answer.reason());
    }
    // What is none of sagelet's is the client's own.
    let answer = ask(&with, "trace=7; output=contributions", &poisson["rows"]);
    assert_eq!(answer.status, 200);
}

#[test]
fn the_largest_contributions_come_with_the_names_of_their_columns() {
    let case = read("linear");
    let server = server(&case["document"], &[]);
    let attributes = "sagelet.output=contribution_names,contributions; sagelet.largest=2";
    let answer = json(&ask(&server, attributes, &case["rows"]));
    let names = ["area", "rooms", "age", "floor"];
    let expected = case["fields"]["contributions"].as_array().unwrap();
    for (row, expected) in answer["predictions"]
        .as_array()
        .unwrap()
        .iter()
        .zip(expected)
    {
        let mut expected: Vec<_> = flat(expected).into_iter().zip(names).collect();
        expected.sort_by(|one, other| other.0.abs().total_cmp(&one.0.abs()));
        expected.truncate(2);
        let (numbers, names): (Vec<_>, Vec<_>) = expected.into_iter().unzip();
        assert_eq!(row["contribution_names"], json!(names));
        assert_near(&flat(&row["contributions"]), &numbers, EXACT, "largest");
    }
}

#[test]
fn every_format_holds_contributions_or_says_why_not() {
    let case = read("multinomial");
    let fields = "contributions,base_value";
    let server = server(&case["document"], &[("SAGEMAKER_INFERENCE_OUTPUT", fields)]);
    let body = json!({ "instances": case["rows"] }).to_string();
    let accepting = |accept: &str, attributes: &str| {
        let headers = [
            ("Content-Type", "application/json"),
            ("Accept", accept),
            ("X-Amzn-SageMaker-Custom-Attributes", attributes),
        ];
        server.send(invocation(&headers, &body))
    };
    let expected = json(&accepting("application/json", ""));
    let contributions = of_rows(&expected, "contributions");

    let lines = accepting("application/jsonlines", "");
    let lines: Vec<Value> = lines
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(json!(lines), expected["predictions"]);

    let csv = accepting("text/csv", "");
    let first = csv.text().lines().next().unwrap();
    let cells: Value = serde_json::from_str(&format!("[{}]", first.replace('"', ""))).unwrap();
    let row = &expected["predictions"][0];
    assert_eq!(cells, json!([row["contributions"], row["base_value"]]));

    assert_eq!(accepting("application/x-npy", "").status, 406);
    let npy = accepting("application/x-npy", "sagelet.output=contributions");
    let head = String::from_utf8_lossy(&npy.body[..128]).into_owned();
    assert!(
        head.contains("'<f8'") && head.contains("(4, 3, 3)"),
        "{head}"
    );
    let packed = |numbers: &[f64]| {
        numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect::<Vec<u8>>()
    };
    assert_eq!(npy.body[128..], packed(&contributions));

    let record_io = accepting("application/x-recordio-protobuf", "");
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the format has 32-bit floats"
    )]
    let floats: Vec<u8> = contributions[..9]
        .iter()
        .flat_map(|&number| (number as f32).to_le_bytes())
        .collect();
    assert!(memchr::memmem::find(&record_io.body, &floats).is_some());
    assert!(memchr::memmem::find(&record_io.body, b"base_value").is_some());
}

#[test]
fn open_inference_gives_explanations_as_outputs_by_name() {
    let case = read("multinomial");
    let server = server(&case["document"], &[]);
    let rows = case["rows"].as_array().unwrap().len();
    let request = json!({
        "inputs": [{"name": "x", "shape": [rows, 3], "datatype": "FP64", "data": flat(&case["rows"])}],
        "outputs": [{"name": "predict"}, {"name": "contributions"}, {"name": "base_value"}],
    });
    let answer = json(&post(&server, "/v2/models/model/infer", &[], &request));
    let outputs = answer["outputs"].as_array().unwrap();
    assert_eq!(outputs[1]["shape"], json!([rows, 3, 3]));
    assert_eq!(outputs[2]["shape"], json!([rows, 3]));
    for (output, field) in outputs[1..].iter().zip(["contributions", "base_value"]) {
        assert_near(
            &flat(&output["data"]),
            &flat(&case["fields"][field]),
            EXACT,
            field,
        );
    }
    let refused = json!({
        "inputs": request["inputs"],
        "outputs": [{"name": "confidence_interval"}],
    });
    assert_eq!(
        post(&server, "/v2/models/model/infer", &[], &refused).status,
        400
    );
}

#[test]
fn kserve_explains_predictions_with_the_names_of_their_columns() {
    let case = read("mixed");
    let server = server(&case["document"], &[]);
    let body = json!({ "instances": case["rows"] });
    let predicted = json(&post(&server, "/v1/models/model:predict", &[], &body));
    let answer = json(&post(&server, "/v1/models/model:explain", &[], &body));
    assert_eq!(answer["predictions"], predicted["predictions"]);
    assert_eq!(answer["names"], json!(["age", "port", "fare"]));
    let explanations = answer["explanations"].as_array().unwrap();
    for field in ["contributions", "base_value"] {
        let found: Vec<f64> = explanations
            .iter()
            .flat_map(|row| flat(&row[field]))
            .collect();
        assert_near(&found, &flat(&case["fields"][field]), EXACT, field);
    }
    assert_eq!(server.get("/v1/models/model:explain").status, 405);
}

/// The model of a function has no coefficients: its one column makes the difference.
#[test]
fn the_contribution_of_an_isotonic_regression_is_its_difference_from_the_reference() {
    let document = json!({
        "features": [{}],
        "model": {"kind": "isotonic", "x_thresholds": [0, 10], "y_thresholds": [1, 21]},
        "training": {"rows": 2, "features": [{"count": 2, "mean": 2.5}]},
    });
    let server = server(&document, &[]);
    let answer = json(&ask(
        &server,
        "sagelet.output=contributions,base_value",
        &json!([[4], [99]]),
    ));
    assert_eq!(of_rows(&answer, "base_value"), [6.0, 6.0]);
    assert_eq!(of_rows(&answer, "contributions"), [3.0, 15.0]);
}

/// A large body is cut into pieces that several threads read: each row keeps its own explanation.
#[test]
fn a_large_body_is_explained_as_its_rows_are_alone() {
    let case = read("linear");
    let server = server(&case["document"], &[]);
    let rows: Vec<[f64; 4]> = (0..40_000)
        .map(|row| [f64::from(row), 0.5, f64::from(row % 7), -1.0])
        .collect();
    let line = |row: &[f64; 4]| row.map(|cell| cell.to_string()).join(",") + "\n";
    let body: String = rows.iter().map(line).collect();
    let csv = |body: &str| {
        let headers = [
            ("Content-Type", "text/csv"),
            (
                "X-Amzn-SageMaker-Custom-Attributes",
                "sagelet.output=contributions",
            ),
        ];
        server.send(invocation(&headers, body)).text().to_owned()
    };
    let all = csv(&body);
    let all: Vec<_> = all.lines().collect();
    assert_eq!(all.len(), rows.len());
    for row in [0, 1, 9_999, 20_001, 39_999] {
        assert_eq!(csv(&line(&rows[row])).trim_end(), all[row], "{row}");
    }
}
