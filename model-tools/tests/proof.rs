//! `convert --check --expect`: what was predicted elsewhere is compared before anything is written.

use std::path::Path;

use sagelet::artifact::Artifact;
use serde_json::Value;

use crate::harness::{Scratch, run};
use crate::sklearn::{corpus, models, name};

/// The rows of a model of the corpus as CSV, and what scikit-learn predicts for them.
fn rows_and_predictions(path: &Path, probabilities: bool) -> (String, String) {
    let told = std::fs::read(path.with_extension("json")).unwrap();
    let told: Value = serde_json::from_slice(&told).unwrap();
    let line = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let joined = |value: &Value| match value {
        Value::Array(cells) => cells.iter().map(line).collect::<Vec<_>>().join(","),
        cell => line(cell),
    };
    let rows = told["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(joined)
        .collect::<Vec<_>>();
    let predictions = told["predictions"].as_array().unwrap().iter().enumerate();
    let predictions = predictions.map(|(index, prediction)| {
        match told["probabilities"].get(index).filter(|_| probabilities) {
            Some(probabilities) => format!("{},{}", joined(prediction), joined(probabilities)),
            None => joined(prediction),
        }
    });
    (rows.join("\n"), predictions.collect::<Vec<_>>().join("\n"))
}

/// Proof without Python: rows and predictions that were written where the model was fitted.
#[test]
fn a_conversion_can_be_proved_on_rows_and_predictions() {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    for (model, probabilities) in [
        ("linear", false),
        ("linear_targets", false),
        ("logistic_three", true),
        ("linear_svc_two", false),
        ("columns_ridge", false),
        ("pipeline_poisson", false),
    ] {
        let mut paths = models("sklearn-1.9", false).into_iter();
        let path = paths.find(|path| name(path) == model).unwrap();
        let (rows, predictions) = rows_and_predictions(&path, probabilities);
        let rows = scratch.write("rows.csv", rows.as_bytes());
        let convert = |expected: &str| {
            let path = path.to_str().unwrap();
            run([
                "convert", path, "-o", &output, "--force", "--check", &rows, "--expect", expected,
            ])
        };
        let told = convert(&scratch.write("expected.csv", predictions.as_bytes()));
        assert!(
            told.stderr.contains("checked 6 rows of "),
            "{}",
            told.stderr
        );
        assert!(
            told.stderr.contains(": predicted as expected"),
            "{}",
            told.stderr
        );
        told.ok();
        // What scikit-learn predicted is now in the artifact, and replayed wherever it is loaded.
        let kept = Artifact::read(output.as_ref())
            .unwrap()
            .document
            .verification;
        assert_eq!(kept.rows.len(), 6, "{model}");
        let one_off =
            predictions.replacen(|digit: char| digit.is_ascii_digit() && digit != '9', "9", 1);
        let one_off = scratch.write("one-off.csv", one_off.as_bytes());
        std::fs::remove_file(&output).unwrap();
        convert(&one_off).refused(1, " instead of ");
        assert!(
            !scratch.files().contains(&"model.cbor".to_owned()),
            "{model} was written"
        );
    }
    let path = corpus("sklearn-1.9").join("linear.p4");
    let path = path.to_str().unwrap();
    let rows = scratch.write("rows.csv", b"1,2,3,4\n1,2,x,4\n");
    run(["convert", path, "-o", &output, "--check", &rows])
        .refused(1, "row 2, column 3: \"x\" is not a number");
    let rows = scratch.write("rows.csv", b"1,2,3,4\n");
    let expected = scratch.write("expected.csv", b"1\n2\n3\n");
    run([
        "convert", path, "-o", &output, "--check", &rows, "--expect", &expected,
    ])
    .refused(1, "3 predictions for 1 rows");
    run(["convert", path, "-o", &output, "--expect", &expected]).refused(2, "--check");
}

/// Labels alone leave rows too: what the model gives for them is replayed wherever it is loaded.
#[test]
fn rows_that_are_proved_by_labels_are_kept() {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    let path = crate::sklearn::path("logistic_three");
    let (rows, predictions) = rows_and_predictions(Path::new(&path), false);
    assert!(predictions.contains("middle"));
    let rows = scratch.write("rows.csv", rows.as_bytes());
    let expected = scratch.write("expected.csv", format!("kind\n{predictions}\n").as_bytes());
    run([
        "convert", &path, "-o", &output, "--check", &rows, "--expect", &expected,
    ])
    .ok();
    let kept = Artifact::read(output.as_ref())
        .unwrap()
        .document
        .verification;
    assert_eq!(kept.rows.len(), 6);
    assert_eq!(kept.predictions[0].len(), 3);
}

/// Rows that were written otherwise than the model was asked: the column is named.
#[test]
fn a_failing_proof_names_the_column_whose_cells_differ() {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    let refused = |model: &str, change: &dyn Fn(&mut Vec<String>), reason: &str| {
        let path = crate::sklearn::path(model);
        let (rows, predictions) = rows_and_predictions(Path::new(&path), true);
        let changed: Vec<String> = rows
            .lines()
            .map(|row| {
                let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
                change(&mut cells);
                cells.join(",")
            })
            .collect();
        let rows = scratch.write("rows.csv", changed.join("\n").as_bytes());
        let expected = scratch.write("expected.csv", predictions.as_bytes());
        let proof = ["--check", &rows, "--expect", &expected];
        run(["convert", &path, "-o", &output].into_iter().chain(proof)).refused(1, reason);
    };
    refused(
        "columns_ridge",
        &|cells| cells[1] = "Bern".to_owned(),
        "the cells of \"city\" differ: row ",
    );
    refused(
        "pipeline_poisson",
        &|cells| cells.swap(0, 2),
        "the columns \"age\" and \"ratio\" have changed places",
    );
    refused(
        "linear_named",
        &|cells| cells[1] = (cells[1].parse::<f64>().unwrap() * 1000.0).to_string(),
        "the cells of \"income\" differ by the factor 0.001",
    );
    let fill = |cells: &mut Vec<String>| {
        if cells[0].is_empty() {
            cells[0] = "-1".to_owned();
        }
    };
    let reason =
        "the cells of \"age\" differ: row 4 would be right if it held nothing instead of -1";
    refused("columns_passthrough", &fill, reason);
    // Nothing simple explains this.
    let path = crate::sklearn::path("linear");
    let (rows, _) = rows_and_predictions(Path::new(&path), false);
    let rows = scratch.write("rows.csv", rows.as_bytes());
    let expected = scratch.write("expected.csv", b"1\n7\n-3\n5\n2\n0\n");
    let told = run([
        "convert", &path, "-o", &output, "--check", &rows, "--expect", &expected,
    ]);
    told.refused(1, "row 1 gives ");
    assert!(
        told.stderr.trim_end().ends_with(" apart"),
        "{}",
        told.stderr
    );
}
