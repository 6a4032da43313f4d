//! What a user declares about a model's rows when it is converted.

use sagelet::artifact::{Artifact, Version};

use crate::harness::{Scratch, run};

const MODEL: &str = r#"{"features": [{"name": "a", "missing": 7}, "b"],
    "model": {"kind": "linear-regression", "intercept": 0, "coefficients": [1, 10]}}"#;

#[test]
fn marks_of_missing_cells_and_other_columns_become_part_of_the_artifact() {
    let scratch = Scratch::new();
    let (model, out) = (
        scratch.write("model.json", MODEL.as_bytes()),
        scratch.path("model.cbor"),
    );
    let converted = run([
        "convert",
        &model,
        "-o",
        &out,
        "--missing-values",
        "?,-999",
        "--other-columns",
        "label",
    ]);
    assert_eq!(converted.code, Some(0), "{}", converted.stderr);
    let document = Artifact::read(out.as_ref()).unwrap().document;
    assert_eq!(document.version, Version(2, 0));
    assert_eq!(document.missing_values, ["?", "-999"]);
    let rows = scratch.write("rows.csv", b"label,b,a\nyes,1,?\nno,1,-999\n,1,2\n");
    let predicted = run(["predict", &out, &rows]);
    assert_eq!(
        String::from_utf8_lossy(&predicted.stdout),
        "17.0\n17.0\n12.0\n",
        "{}",
        predicted.stderr
    );
}

#[test]
fn an_older_version_is_written_if_it_can_say_everything() {
    let scratch = Scratch::new();
    let (model, out) = (
        scratch.write("model.json", MODEL.as_bytes()),
        scratch.path("model.cbor"),
    );
    let refused = run([
        "convert",
        &model,
        "-o",
        &out,
        "--missing-values",
        "?",
        "--format-version",
        "1",
    ]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused
            .stderr
            .contains("version 1 of the artifact cannot say missing-values"),
        "{}",
        refused.stderr
    );
    let written = run(["convert", &model, "-o", &out, "--format-version", "1"]);
    assert_eq!(written.code, Some(0), "{}", written.stderr);
    assert_eq!(
        Artifact::read(out.as_ref()).unwrap().document.version,
        Version(1, 0)
    );
}

/// A number that means a missing cell would be multiplied like any other by a program that does not know of it.
#[test]
fn a_format_without_marks_of_missing_cells_is_refused() {
    let scratch = Scratch::new();
    let model = scratch.write("model.json", MODEL.as_bytes());
    for end in ["sql", "onnx", "pmml", "py", "c", "sklearn.json"] {
        let out = scratch.path(&format!("model.{end}"));
        let refused = run(["convert", &model, "-o", &out, "--missing-values", "-999"]);
        assert_eq!(refused.code, Some(1), "{end}");
        assert!(
            refused
                .stderr
                .contains("no place for missing_values (-999)"),
            "{end}: {}",
            refused.stderr
        );
    }
    let json = scratch.path("model.out.json");
    assert_eq!(
        run(["convert", &model, "-o", &json, "--missing-values", "-999"]).code,
        Some(0)
    );
}
