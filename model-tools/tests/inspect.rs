//! `inspect`: texts that people read, compared as a whole.

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use crate::harness::{DIABETES, Scratch, case, cases, repository, run};

/// Compares with `cases/inspect/<name>.txt`, or writes it if `UPDATE` is set.
#[track_caller]
fn golden(name: &str, arguments: &[&str]) {
    let path = repository().join(case(&format!("inspect/{name}.txt")));
    let text = run(arguments.iter().copied()).ok();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(&path).unwrap(), "{name}");
}

#[test]
fn a_linear_regression() {
    golden("diabetes", &["inspect", DIABETES]);
}

#[test]
fn only_the_largest_coefficients() {
    golden("diabetes-top-3", &["inspect", DIABETES, "--top", "3"]);
}

/// Long names, long texts, escape sequences and a column without a name.
#[test]
fn a_generalised_linear_model() {
    golden(
        "log-link",
        &["inspect", &case("hand-written/log-link.json")],
    );
}

/// Characters that take two columns of a terminal.
#[test]
fn wide_names() {
    golden(
        "wide-names",
        &["inspect", &case("hand-written/wide-names.json")],
    );
}

#[test]
fn an_isotonic_regression() {
    golden(
        "isotonic",
        &["inspect", &case("hand-written/isotonic.json")],
    );
}

#[test]
fn keys_that_were_not_understood() {
    golden(
        "misspelt",
        &["inspect", &case("hand-written/misspelt.json")],
    );
}

#[test]
fn no_line_is_wider_than_a_terminal_or_moves_its_cursor() {
    for path in cases("hand-written") {
        let text = run(["inspect", &path]).ok();
        for line in text.lines() {
            assert!(line.width() <= 80, "{path}: {line}");
            assert!(!line.contains(char::is_control), "{path}: {line:?}");
        }
    }
}

/// Programs go by these keys: a change here is one of the interface.
#[test]
fn json_has_every_parameter() {
    let text = run(["inspect", DIABETES, "--json"]).ok();
    let report: Value = serde_json::from_str(&text).unwrap();
    let keys: Vec<&String> = report.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "bytes",
            "coefficient_names",
            "covariance",
            "features",
            "file",
            "format",
            "ignored",
            "inputs",
            "layers",
            "metrics",
            "model",
            "notes",
            "provenance",
            "sha256",
            "training",
            "verification_rows",
            "version",
            "width"
        ]
    );
    assert_eq!(report["format"], "cbor");
    assert_eq!(report["version"], "1.2");
    assert_eq!(report["training"]["features"][2]["maximum"], 42.2);
    assert_eq!(report["covariance"]["degrees_of_freedom"], 431);
    assert_eq!(report["width"], 10);
    assert_eq!(report["verification_rows"], 4);
    assert_eq!(report["features"][2], "bmi");
    assert_eq!(report["model"]["kind"], "linear-regression");
    assert_eq!(
        report["model"]["coefficients"].as_array().unwrap().len(),
        10
    );
    assert_eq!(report["sha256"].as_str().unwrap().len(), 64);
}

/// What happens to a cell is in the text, in JSON and in the report: filled in, one of several, or refused.
#[test]
fn cells_categories_and_names_of_coefficients_are_shown() {
    let path = crate::sklearn::path("columns_drop_first");
    let text = run(["inspect", &path]).ok();
    for line in [
        "\nCells\n",
        "  age             a number; missing: read as 0.485729\n",
        "  city            one of Bern, Lima, Oslo, Rome; missing: refused; unknown: adds\n",
        "  size            one of s, m, l; missing: refused; unknown: refused\n",
        "  distance        anything: it is not looked at; missing: not looked at\n",
    ] {
        assert!(text.contains(line), "{line:?} is not in {text}");
    }
    let report: Value = serde_json::from_str(&run(["inspect", &path, "--json"]).ok()).unwrap();
    let names = json!([
        "age",
        "income",
        "city=Bern",
        "city=Oslo",
        "city=Rome",
        "size"
    ]);
    let mut sorted: Vec<_> = report["coefficient_names"].as_array().unwrap().clone();
    sorted.sort_by_key(Value::to_string);
    let mut expected = names.as_array().unwrap().clone();
    expected.sort_by_key(Value::to_string);
    assert_eq!(sorted, expected);
    let city = json!({
        "name": "city", "cell": "category", "missing": null, "missing_indicator": false, "unknown": "ignore",
        "categories": ["Bern", "Lima", "Oslo", "Rome"], "dropped": "Lima",
    });
    assert_eq!(report["inputs"][1], city);
    let page = run(["report", &path, "-o", "-"]).ok();
    assert!(
        page.contains("<td>one of s, m, l</td><td>refused</td><td>refused</td>"),
        "{page}"
    );
    assert!(
        page.contains("folded StandardScaler into the coefficients"),
        "{page}"
    );
}

#[test]
fn json_says_null_for_what_is_not_known() {
    let text = run(["inspect", &case("hand-written/minimal.json"), "--json"]).ok();
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["sha256"], Value::Null);
    assert_eq!(report["features"], json!([null, null, null]));
}

/// A digest is there to be copied: it stands on one line.
#[test]
fn the_digest_of_the_source_is_not_broken() {
    let scratch = Scratch::new();
    let path = scratch.path("model.cbor");
    run(["convert", &case("hand-written/isotonic.json"), "-o", &path]).ok();
    let text = run(["inspect", &path]).ok();
    let (_, rest) = text.split_once("  source_sha256\n    ").unwrap();
    assert_eq!(rest.lines().next().unwrap().len(), 64, "{text}");
}

/// `inspect` shows what was read of every format, and writes nothing.
#[test]
fn every_format_that_others_write_is_shown_without_converting() {
    for (file, format, kind) in [
        (
            "corpus/onnx/graph_columns.onnx",
            "onnx",
            "logistic-regression",
        ),
        (
            "corpus/linear-learner/binary_packed.gz",
            "linear-learner",
            "logistic-regression",
        ),
        (
            "corpus/pmml/jpmml_imputed.pmml",
            "pmml",
            "linear-regression",
        ),
        (
            "corpus/pmml/spss_multinomial.pmml",
            "pmml",
            "multinomial-logistic-regression",
        ),
        (
            "corpus/liblinear/lr_three.model",
            "liblinear",
            "one-vs-rest",
        ),
        (
            "corpus/xgboost/count_poisson.ubj",
            "xgboost",
            "generalized-linear",
        ),
        (
            "corpus/xgboost/multi_softprob.model",
            "xgboost",
            "multinomial-logistic-regression",
        ),
        ("cases/coefficients/broom.csv", "csv", "linear-regression"),
    ] {
        let path = format!("model-tools/tests/{file}");
        let text = run(["inspect", &path]).ok();
        assert!(text.contains(format), "{text}");
        assert!(
            text.contains(&format!("\nkind          {kind}\n")),
            "{text}"
        );
        let report: Value = serde_json::from_str(&run(["inspect", &path, "--json"]).ok()).unwrap();
        assert_eq!(report["format"], format);
        assert_eq!(report["model"]["kind"], kind);
    }
}
