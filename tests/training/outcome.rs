//! What a job leaves: the artifact, the report, metrics, the same bytes every time.

use sagelet::artifact::Artifact;

use super::{ROWS, assert_close, job, prefix_with, report, train, trained};
use crate::harness::{Prefix, Process, binary};

#[test]
fn validation_and_test_channels_are_evaluated() {
    let prefix = prefix_with(ROWS);
    prefix.write("input/data/validation/v.csv", "2,0,0\n2,1,0\n");
    prefix.write("input/data/test/t.csv", "1,0,0\n");
    let ended = train(&prefix);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    let document = Artifact::read(&prefix.path("model/model.cbor"))
        .unwrap()
        .document;
    assert_close(
        &[
            document.metrics["validation_rmse"],
            document.metrics["validation_mae"],
        ],
        &[1.0, 1.0],
    );
    assert!(ended.log.contains("validation:mse="), "{}", ended.log);
    assert!(document.metrics["test_mse"] < 1e-20);
}

#[test]
fn a_split_holds_rows_out_and_says_how_good_they_are() {
    let rows: String = (0..400)
        .map(|n| format!("{},{n},{}\n", 2 * n + 1, (n * n) % 17))
        .collect();
    let document = trained(&job(r#"{"validation_split": "0.25", "seed": "3"}"#, &rows));
    let rows = document.metrics["training_rows"];
    assert!((260.0..340.0).contains(&rows), "{rows}");
    assert!(document.metrics["validation_mse"] < 1e-12);
}

/// Many rows in several files, so that there are several chunks.
fn many(prefix: &Prefix, class: bool) {
    let mut state = 1u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1 << 24)
    };
    for file in ["a/1", "b/2", "c"] {
        let mut text = String::new();
        for _ in 0..30_000 {
            let (x, z) = (random() * 10.0, random() - 0.5);
            let noise = random() - 0.5;
            let label = if class {
                f64::from(u8::from(x - 5.0 + 8.0 * noise > z))
            } else {
                3.0 * x - z + noise
            };
            text.push_str(&format!("{label},{x},{z},{}\n", (x * 3.0).floor()));
        }
        prefix.write(&format!("input/data/train/{file}"), text);
    }
}

#[test]
fn bytes_do_not_depend_on_threads_or_memory() {
    for class in [false, true] {
        let mut found = Vec::new();
        for (cores, memory) in [("0", "1g"), ("0-1", "1g"), ("0-1", "1m"), ("0", "1k")] {
            let prefix = Prefix::new();
            many(&prefix, class);
            let kind = if class {
                "binary_classifier"
            } else {
                "regressor"
            };
            prefix.write(
                "input/config/hyperparameters.json",
                format!(r#"{{"memory": "{memory}", "predictor_type": "{kind}", "l1": "0.001"}}"#),
            );
            let mut command = std::process::Command::new("taskset");
            command.args(["--cpu-list", cores]).arg(binary());
            command.args(["train", "--prefix", prefix.argument()]);
            let ended = Process::spawn(command, &[]).wait();
            assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
            found.push(std::fs::read(prefix.path("model/model.cbor")).unwrap());
        }
        assert!(
            found.windows(2).all(|pair| pair[0] == pair[1]),
            "class: {class}"
        );
    }
}

#[test]
fn the_report_says_what_was_seen_in_each_column() {
    let prefix = job(r#"{"missing": "mean"}"#, "y,a\n1,0\n2,\n3,4\n5,8\n");
    trained(&prefix);
    let column = &report(&prefix)["columns"][0];
    assert_eq!(column["name"], "\"a\"");
    for (name, value) in [
        ("count", 3.0),
        ("missing", 1.0),
        ("mean", 4.0),
        ("minimum", 0.0),
        ("maximum", 8.0),
    ] {
        assert_eq!(column[name].as_f64(), Some(value), "{name}");
    }
    assert_eq!(column["quantiles"]["50%"].as_f64(), Some(4.0));
    let covariance = report(&prefix)["covariance"].as_array().unwrap().len();
    assert_eq!(covariance, 2);
}

/// What explanations, intervals and a watch over later rows are made of.
#[test]
fn the_artifact_keeps_statistics_of_the_columns() {
    let rows = "y,a,port\n1,0,S\n2,,C\n3,4,S\n5,8,\n";
    let document = trained(&job(r#"{"missing": "mean", "label": "y"}"#, rows));
    let training = document.training.unwrap();
    assert_eq!(training.rows, 4);
    let [a, port] = training.features.as_slice() else {
        panic!("{training:?}");
    };
    assert_eq!((a.count, a.missing, a.mean), (3, 1, Some(4.0)));
    // Of the cells that are there, not of those that were filled in.
    let deviation = (32.0_f64 / 3.0).sqrt();
    assert!((a.deviation.unwrap() - deviation).abs() < 1e-14, "{a:?}");
    assert_eq!((a.minimum, a.maximum), (Some(0.0), Some(8.0)));
    let median = training.levels.iter().position(|level| *level == 0.5);
    assert_eq!(a.quantiles[median.unwrap()], 4.0);
    assert!((a.shares[median.unwrap()] - 2.0 / 3.0).abs() < 1e-15);
    assert_eq!((port.count, port.missing), (3, 1));
    assert_eq!(port.categories, [1, 2], "C and S");
}

/// Published for this set (NIST, Norris): the standard deviations of intercept and slope.
#[test]
fn the_artifact_keeps_the_covariance_of_the_coefficients() {
    let norris = include_str!("../../solver/tests/nist/norris.csv");
    let document = trained(&prefix_with(norris));
    let covariance = document.covariance.unwrap();
    assert_eq!(covariance.degrees_of_freedom, 34);
    let [first, below, last] = covariance.factor.as_slice() else {
        panic!("{covariance:?}");
    };
    let errors = [first.hypot(*below), last.abs()];
    for (found, certified) in errors.into_iter().chain([covariance.dispersion]).zip([
        0.232818234301152,
        0.429796848199937e-03,
        0.782864662630069,
    ]) {
        let off = (found - certified).abs() / certified;
        assert!(off < 1e-12, "{found} instead of {certified}");
    }
    let penalised = trained(&job(r#"{"wd": "1e-9"}"#, norris));
    assert_eq!(penalised.covariance, None, "a penalty biases");
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
