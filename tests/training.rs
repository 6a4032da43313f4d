//! The training contract: channels and hyperparameters in, an artifact or a failure file out.

use sagelet::artifact::{Artifact, Document, Linear, Parameters};

use crate::harness::process::Ended;
use crate::harness::{Prefix, Process, Server};

/// label = 1 + 2·a − 3·b, exactly.
const ROWS: &str = "1,0,0\n3,1,0\n-2,0,1\n0,1,1\n5,2,0\n";

fn train(prefix: &Prefix) -> Ended {
    Process::sagelet(&["train", "--prefix", prefix.argument()], &[]).wait()
}

/// Trains and reads the artifact back.
fn trained(prefix: &Prefix) -> Document {
    let ended = train(prefix);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    assert!(!prefix.path("output/failure").exists());
    Artifact::read(&prefix.path("model/model.cbor"))
        .unwrap()
        .document
}

/// Trains what cannot be trained, and gives the reason: the same in the failure file and in the log.
fn refused(prefix: &Prefix) -> String {
    let ended = train(prefix);
    assert_eq!(ended.status.code(), Some(1), "{}", ended.log);
    assert!(
        !prefix.path("model/model.cbor").exists(),
        "no model beside a failure"
    );
    let reason = prefix.read("output/failure");
    assert!(
        ended.log.contains(&format!("error: {reason}")),
        "{}\n{reason}",
        ended.log
    );
    assert!(reason.chars().count() <= 1024, "the platform shows no more");
    reason
}

fn prefix_with(rows: &str) -> Prefix {
    let prefix = Prefix::new();
    prefix.write("input/data/training/rows.csv", rows);
    prefix
}

fn parameters(document: &Document) -> &Linear {
    match &document.model {
        Parameters::LinearRegression(linear) => linear,
        other => panic!("{other:?}"),
    }
}

fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() < 1e-12,
            "{found} instead of {expected}"
        );
    }
}

#[test]
fn a_model_is_fitted_to_every_csv_file_of_the_channel() {
    let prefix = Prefix::new();
    let lines: Vec<&str> = ROWS.lines().collect();
    prefix.write("input/data/training/a.csv", lines[..2].join("\n"));
    prefix.write(
        "input/data/training/b.CSV",
        lines[2..4].join("\r\n") + "\r\n",
    );
    prefix.write(
        "input/data/training/part=1/c.csv",
        format!("\"{}\"\n", lines[4].replace(',', "\",\"")),
    );
    let document = trained(&prefix);
    let linear = parameters(&document);
    assert_close(&linear.coefficients, &[2.0, -3.0]);
    assert_close(&[linear.intercept], &[1.0]);
    assert_close(
        &[
            document.metrics["training_rows"],
            document.metrics["train_r2"],
        ],
        &[5.0, 1.0],
    );
    assert!(
        !document.verification.is_empty(),
        "the model verifies itself at every start"
    );
    assert_eq!(document.provenance["training_files"], "a.csv, b.CSV, c.csv");
}

#[test]
fn a_trained_model_serves() {
    let prefix = prefix_with(ROWS);
    trained(&prefix);
    let server = Server::start(prefix, &[]);
    assert_close(
        &server.invoke("text/csv", "10,100\n").predictions(),
        &[-279.0],
    );
}

#[test]
fn the_channel_may_be_called_train() {
    let prefix = Prefix::new();
    prefix.write("input/data/train/rows.csv", ROWS);
    assert_close(&parameters(&trained(&prefix)).coefficients, &[2.0, -3.0]);
}

#[test]
fn files_that_are_no_data_are_ignored() {
    let prefix = prefix_with(ROWS);
    for name in [
        "_SUCCESS",
        ".rows.csv.crc",
        "._rows.csv",
        ".DS_Store",
        "_temporary/half.csv",
        "readme.md",
    ] {
        prefix.write(&format!("input/data/training/{name}"), "not,data");
    }
    prefix.write(
        "input/data/training-manifest",
        "the platform leaves this beside the channel",
    );
    prefix.write("input/config/resourceConfig.json", "");
    let ended = train(&prefix);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    assert!(
        ended
            .log
            .contains("readme.md is not a .csv file and was ignored"),
        "{}",
        ended.log
    );
}

#[test]
fn hyperparameters_name_the_features_and_turn_the_intercept_off() {
    let prefix = prefix_with(ROWS);
    prefix.write(
        "input/config/hyperparameters.json",
        r#"{"feature_names": "[\"age\", \"bmi\"]", "fit_intercept": "False", "sagemaker_region": "\"x\"", "epochs": "3"}"#,
    );
    let ended = train(&prefix);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    assert!(
        ended
            .log
            .contains("hyperparameter epochs is not known and was ignored"),
        "{}",
        ended.log
    );
    let document = Artifact::read(&prefix.path("model/model.cbor"))
        .unwrap()
        .document;
    assert_eq!(document.feature_name(0), "age");
    assert_eq!(document.feature_name(1), "bmi");
    assert_eq!(parameters(&document).intercept, 0.0);
}

#[test]
fn an_empty_or_absent_hyperparameter_file_means_defaults() {
    for content in [None, Some(""), Some("{}\n")] {
        let prefix = prefix_with(ROWS);
        if let Some(content) = content {
            prefix.write("input/config/hyperparameters.json", content);
        }
        assert_close(&[parameters(&trained(&prefix)).intercept], &[1.0]);
    }
}

#[test]
fn the_same_data_give_the_same_bytes() {
    let bytes = |rows: &str| {
        let prefix = prefix_with(rows);
        trained(&prefix);
        std::fs::read(prefix.path("model/model.cbor")).unwrap()
    };
    assert_eq!(bytes(ROWS), bytes(ROWS));
    assert_ne!(bytes(ROWS), bytes(&ROWS.replace("5,2,0", "5,2,0.5")));
}

#[test]
fn an_earlier_model_is_replaced() {
    let prefix = prefix_with(ROWS);
    prefix.write("model/model.cbor", "of an earlier job");
    trained(&prefix);
}

#[test]
fn the_log_has_metrics_in_the_form_that_metric_definitions_read() {
    let ended = train(&prefix_with(ROWS));
    for name in ["train_r2=", "train_rmse=", "training_rows=5;"] {
        assert!(
            ended
                .log
                .lines()
                .any(|line| line.starts_with(name) && line.ends_with(';')),
            "{}",
            ended.log
        );
    }
}

#[test]
fn no_files_is_a_failure_that_says_where_they_were_looked_for() {
    let reason = refused(&Prefix::new());
    assert!(reason.contains("there are no .csv files in"), "{reason}");
    assert!(reason.contains("input/data/training"), "{reason}");
}

#[test]
fn a_row_of_another_width_is_named_with_its_file() {
    let reason = refused(&prefix_with("1,2,3\n4,5\n"));
    assert!(
        reason.contains("rows.csv: row 2 has 2 columns, not 3"),
        "{reason}"
    );
}

#[test]
fn a_cell_that_is_no_number_is_named_with_row_column_and_value() {
    let reason = refused(&prefix_with("1,2,3\n4,five,6\n"));
    assert!(
        reason.contains("row 2, column 2: \"five\" is not a number"),
        "{reason}"
    );
}

#[test]
fn a_header_line_is_refused_by_its_first_cell() {
    let reason = refused(&prefix_with("price,age\n1,2\n"));
    assert!(
        reason.contains("row 1, column 1: \"price\" is not a number"),
        "{reason}"
    );
    assert!(reason.contains("there is no header line"), "{reason}");
}

#[test]
fn a_file_of_labels_alone_is_refused() {
    let reason = refused(&prefix_with("1\n2\n"));
    assert!(reason.contains("the first row has 1 columns"), "{reason}");
}

#[test]
fn too_few_rows_are_counted_against_the_unknowns() {
    let reason = refused(&prefix_with("1,2,3\n4,5,7\n"));
    assert!(
        reason.contains("2 rows cannot determine 3 coefficients"),
        "{reason}"
    );
}

#[test]
fn a_constant_column_is_named() {
    let reason = refused(&prefix_with("1,2,7\n2,3,7\n3,5,7\n4,6,7\n"));
    assert!(
        reason.contains("feature x1 (column 3, counted with the label) is constant"),
        "{reason}"
    );
}

#[test]
fn a_column_that_depends_on_others_is_named() {
    let prefix = prefix_with("1,1,2,3\n2,2,1,3\n3,3,5,8\n4,4,4,8\n5,6,1,7\n");
    prefix.write(
        "input/config/hyperparameters.json",
        r#"{"feature_names": "a,b,sum"}"#,
    );
    let reason = refused(&prefix);
    assert!(
        reason.contains("feature sum (column 4, counted with the label)"),
        "{reason}"
    );
}

#[test]
fn a_bad_hyperparameter_is_named_with_what_was_expected() {
    for (content, expected) in [
        (
            r#"{"fit_intercept": "maybe"}"#,
            "hyperparameter fit_intercept=\"maybe\" is not valid: expected true or false",
        ),
        (
            r#"{"feature_names": "a,b,c"}"#,
            "feature_names has 3 names, the data have 2 features",
        ),
        (
            r#"{"fit_intercept": true"#,
            "hyperparameters.json is not a JSON object",
        ),
        (
            r#"["fit_intercept"]"#,
            "hyperparameters.json is not a JSON object",
        ),
    ] {
        let prefix = prefix_with(ROWS);
        prefix.write("input/config/hyperparameters.json", content);
        let reason = refused(&prefix);
        assert!(reason.contains(expected), "{reason}");
    }
}

#[test]
fn a_name_given_twice_is_refused() {
    let prefix = prefix_with(ROWS);
    prefix.write(
        "input/config/hyperparameters.json",
        r#"{"feature_names": "a,a"}"#,
    );
    let reason = refused(&prefix);
    assert!(
        reason.contains("feature 2 is called \"a\", as one before it is"),
        "{reason}"
    );
}
