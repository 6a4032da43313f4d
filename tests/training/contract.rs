//! Channels and hyperparameters in, a model or a reason out.

use sagelet::artifact::Artifact;

use super::{ROWS, assert_close, job, parameters, prefix_with, refused, train, trained};
use crate::harness::{Prefix, Server};

#[test]
fn a_model_is_fitted_to_every_file_of_the_channel() {
    let prefix = Prefix::new();
    let lines: Vec<&str> = ROWS.lines().collect();
    prefix.write("input/data/training/a.csv", lines[..2].join("\n"));
    prefix.write(
        "input/data/training/b.CSV",
        lines[2..4].join("\r\n") + "\r\n",
    );
    prefix.write(
        "input/data/training/part=1/part-00000",
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
    assert_eq!(
        document.provenance["training_files"],
        "a.csv, b.CSV, part-00000"
    );
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
fn the_channel_may_be_called_train_and_be_a_single_file() {
    for path in [
        "input/data/train/rows.csv",
        "input/data/train/rows",
        "input/data/train",
    ] {
        let prefix = Prefix::new();
        prefix.write(path, ROWS);
        assert_close(&parameters(&trained(&prefix)).coefficients, &[2.0, -3.0]);
    }
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
    prefix.write("input/data/training/empty", "");
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
            .contains("readme.md\" holds no rows and was ignored"),
        "{}",
        ended.log
    );
}

#[test]
fn hyperparameters_name_the_features_and_turn_the_intercept_off() {
    let prefix = job(
        r#"{"feature_names": "[\"age\", \"bmi\"]", "fit_intercept": "False", "sagemaker_region": "\"x\"",
            "_tuning_objective_metric": "rmse", "epochs": "3", "mini_batch_size": "100"}"#,
        ROWS,
    );
    let ended = train(&prefix);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    assert!(
        ended.log.contains("epochs, mini_batch_size have no effect"),
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
fn several_hosts_are_refused_with_what_to_do() {
    let prefix = prefix_with(ROWS);
    prefix.write(
        "input/config/resourceconfig.json",
        r#"{"current_host": "algo-1", "hosts": ["algo-1", "algo-2"]}"#,
    );
    assert!(refused(&prefix).contains("the job has 2 hosts"));
}

#[test]
fn a_name_that_is_nearly_a_hyperparameter_ends_the_job() {
    let reason = refused(&job(r#"{"normalise_data": "true"}"#, ROWS));
    assert!(reason.contains("did you mean normalize_data?"), "{reason}");
}

#[test]
fn no_files_is_a_failure_that_says_where_they_were_looked_for() {
    let reason = refused(&Prefix::new());
    assert!(reason.contains("there are no data files in"), "{reason}");
    assert!(reason.contains("input/data/training"), "{reason}");
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
            "feature_names has 3 names, but the data have 2 features: give one name per feature",
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
