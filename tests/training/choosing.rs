//! Choosing a model: the penalty along a path, by folds, a channel or a split; threshold and calibration of two classes.

use sagelet::artifact::{Document, Parameters, Threshold, ThresholdOf};
use serde_json::Value;

use super::{job, refused, report, train, trained};
use crate::harness::{Prefix, Process, binary};

/// What scikit-learn found on the same folds; scripts/training/choose.py wrote it, with the versions.
const EXPECTED: &str = include_str!("chosen/expected.json");
const DIABETES: &str = include_str!("chosen/diabetes.csv");
const CANCER: &str = include_str!("chosen/cancer.csv");

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap().iter();
    list.map(|number| number.as_f64().unwrap()).collect()
}

fn measured(prefix: &Prefix) -> Value {
    serde_json::from_str(&prefix.read("output/data/metrics.json")).unwrap()
}

/// The numbers by a name along the path of a job.
fn along(path: &Value, name: &str) -> Vec<f64> {
    let tried = path["penalties"].as_array().unwrap().iter();
    tried.map(|tried| tried[name].as_f64().unwrap()).collect()
}

/// The place of the chosen penalty on a path.
fn chosen(path: &Value) -> usize {
    usize::try_from(path["chosen"].as_u64().unwrap()).unwrap()
}

fn first_lines(text: &str, count: usize) -> String {
    text.lines()
        .take(count)
        .flat_map(|line| [line, "\n"])
        .collect()
}

#[track_caller]
fn assert_alike(found: &[f64], expected: &[f64], share: f64) {
    assert_eq!(found.len(), expected.len());
    let size = expected.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() <= share * size,
            "{found} {expected}"
        );
    }
}

/// Compares a job with what scikit-learn chose on the same rows and folds.
fn is_scikit_learns(name: &str, rows: &str, share: f64) {
    let all: Value = serde_json::from_str(EXPECTED).unwrap();
    let expected = &all[name];
    let prefix = job(&expected["settings"].to_string(), rows);
    trained(&prefix);
    let path = &measured(&prefix)["path"];
    assert_eq!(path["chosen"], expected["chosen"], "{name}");
    let penalties: Vec<f64> = along(path, "l1")
        .iter()
        .zip(along(path, "wd"))
        .map(|(l1, wd)| l1 + wd)
        .collect();
    assert_alike(&penalties, &numbers(&expected["penalties"]), 1e-12);
    let losses = along(path, "held_out_loss");
    assert_alike(&losses, &numbers(&expected["losses"]), share);
    let report = report(&prefix);
    let entries = report["coefficients"].as_array().unwrap().iter();
    let found: Vec<f64> = entries.map(|entry| numbers(&entry["values"])[0]).collect();
    assert_alike(&found, &numbers(&expected["coefficients"]), 100.0 * share);
}

#[test]
fn paths_and_chosen_models_are_those_of_scikit_learn_on_the_same_folds() {
    is_scikit_learns("lasso", DIABETES, 1e-9);
    is_scikit_learns("elastic_net", DIABETES, 1e-9);
    is_scikit_learns("ridge", &first_lines(DIABETES, 440), 1e-9);
    is_scikit_learns("logistic_l2", &first_lines(CANCER, 565), 1e-8);
    is_scikit_learns("logistic_l1", &first_lines(CANCER, 565), 1e-6);
}

#[test]
fn a_chosen_penalty_gives_the_model_that_giving_it_gives() {
    let prefix = job(r#"{"l1": "auto", "validation_split": "0.3"}"#, DIABETES);
    let document = trained(&prefix);
    let path = &measured(&prefix)["path"];
    let place = chosen(path);
    let l1 = along(path, "l1")[place];
    let given = trained(&job(
        &format!(r#"{{"l1": "{l1}", "validation_split": "0.3"}}"#),
        DIABETES,
    ));
    assert_eq!(document.model, given.model);
    let losses = along(path, "held_out_loss");
    assert!(losses.iter().all(|loss| *loss >= losses[place]));
    // The loss on the split is that of the model on its rows.
    let mse = document.metrics["validation_mse"];
    assert!((2.0 * losses[place] / mse - 1.0).abs() < 1e-12, "{mse}");
}

#[test]
fn one_standard_error_takes_a_stronger_penalty_and_patience_ends_the_path() {
    let path = |settings: &str| {
        let prefix = job(settings, DIABETES);
        trained(&prefix);
        measured(&prefix)["path"].clone()
    };
    let plain = path(r#"{"l1": "auto", "folds": "5"}"#);
    let strong = path(r#"{"l1": "auto", "folds": "5", "one_standard_error": "true"}"#);
    assert!(strong["chosen"].as_u64() < plain["chosen"].as_u64());
    assert_eq!(plain["penalties"].as_array().unwrap().len(), 100);
    let (place, losses) = (chosen(&plain), along(&plain, "held_out_loss"));
    let bound = losses[place] + along(&plain, "standard_error")[place];
    let first = losses.iter().position(|loss| *loss <= bound).unwrap() as u64;
    assert_eq!(strong["chosen"].as_u64(), Some(first));
    let short = path(r#"{"l1": "auto", "early_stopping_patience": "2", "num_models": "40"}"#);
    assert!(short["penalties"].as_array().unwrap().len() < 40);
    let reason = refused(&job(
        r#"{"l1": "auto", "one_standard_error": "true", "validation_split": "0.5"}"#,
        DIABETES,
    ));
    assert!(reason.contains("give folds"), "{reason}");
}

#[test]
fn more_folds_than_rows_are_refused() {
    let reason = refused(&job(
        r#"{"wd": "auto", "folds": "20"}"#,
        "1,2\n2,3\n3,5\n4,4\n",
    ));
    assert!(
        reason.contains("4 rows are too few for 20 folds"),
        "{reason}"
    );
}

#[test]
fn a_chosen_model_has_the_same_bytes_on_one_core_and_two() {
    let many = CANCER.repeat(36);
    for settings in [
        r#"{"l1": "auto", "wd": "auto", "num_models": "10", "seed": "3"}"#,
        r#"{"wd": "auto", "penalties": "[0.1, 0.01]", "folds": "2", "predictor_type": "binary_classifier",
            "binary_classifier_model_selection_criteria": "f1", "calibration": "platt"}"#,
    ] {
        let bytes = |cores: Option<&str>| {
            let prefix = job(settings, &many);
            let mut command = match cores {
                Some(cores) => {
                    let mut command = std::process::Command::new("taskset");
                    command.args(["-c", cores]).arg(binary());
                    command
                }
                None => std::process::Command::new(binary()),
            };
            command.args(["train", "--prefix", prefix.argument()]);
            let ended = Process::spawn(command, &[]).wait();
            assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
            std::fs::read(prefix.path("model/model.cbor")).unwrap()
        };
        assert!(bytes(Some("0")) == bytes(None), "{settings}");
    }
}

/// Score and label of each validation row, by the coefficients of the artifact.
fn scored(document: &Document, rows: &str) -> Vec<(f64, bool)> {
    let Parameters::LogisticRegression(model) = &document.model else {
        panic!("{:?}", document.model);
    };
    let score = |line: &str| {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let products = cells[1..].iter().zip(&model.coefficients);
        let score = model.intercept + products.map(|(x, w)| x * w).sum::<f64>();
        (score, cells[0] == 1.0)
    };
    rows.lines().map(score).collect()
}

/// Precision and recall where rows of this score and above are predicted.
fn precision_recall(rows: &[(f64, bool)], at: f64) -> (f64, f64) {
    let count = |wanted: &dyn Fn(&(f64, bool)) -> bool| {
        rows.iter().filter(|row| wanted(row)).count() as f64
    };
    let hits = count(&|row| row.0 >= at && row.1);
    let predicted = count(&|row| row.0 >= at);
    let precision = if predicted > 0.0 {
        hits / predicted
    } else {
        0.0
    };
    (precision, hits / count(&|row| row.1))
}

/// What a criterion makes of precision and recall.
type Criterion<'a> = &'a dyn Fn((f64, f64)) -> f64;

fn f_beta((precision, recall): (f64, f64), beta: f64) -> f64 {
    if precision + recall == 0.0 {
        return 0.0;
    }
    (1.0 + beta * beta) * precision * recall / (beta * beta * precision + recall)
}

#[test]
fn the_threshold_is_the_best_of_all_cuts_of_the_validation_rows() {
    let lines: Vec<&str> = CANCER.lines().collect();
    let text = |lines: &[&str]| format!("{}\n", lines.join("\n"));
    // Three columns of eight, so that the classes overlap.
    let narrow = |line: &&str| line.split(',').take(3).collect::<Vec<_>>().join(",");
    let lines: Vec<String> = lines.iter().map(narrow).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let (training, validation) = (text(&lines[..300]), text(&lines[300..]));
    let criteria: [(&str, Criterion<'_>); 4] = [
        (r#""f1""#, &|at| f_beta(at, 1.0)),
        (r#""f_beta", "f_beta": "3""#, &|at| f_beta(at, 3.0)),
        (
            r#""precision_at_target_recall", "target_recall": "0.97""#,
            &|(precision, recall)| if recall >= 0.97 { precision } else { -1.0 },
        ),
        (
            r#""recall_at_target_precision", "target_precision": "0.95""#,
            &|(precision, recall)| if precision >= 0.95 { recall } else { -1.0 },
        ),
    ];
    for (settings, value) in criteria {
        let prefix = job(
            &format!(
                r#"{{"predictor_type": "binary_classifier",
                     "binary_classifier_model_selection_criteria": {settings}}}"#
            ),
            &training,
        );
        prefix.write("input/data/validation/rows.csv", &validation);
        let document = trained(&prefix);
        let rows = scored(&document, &validation);
        let Some(Threshold {
            of: ThresholdOf::Score,
            at,
            label: None,
        }) = document.threshold
        else {
            panic!("{:?}", document.threshold);
        };
        let best = rows.iter().map(|row| row.0).chain([f64::MAX]);
        let best = best.map(|at| value(precision_recall(&rows, at)));
        let found = precision_recall(&rows, at);
        assert_eq!(value(found), best.fold(-1.0, f64::max), "{settings}");
        assert_eq!(
            document.metrics["validation_precision"], found.0,
            "{settings}"
        );
        assert_eq!(document.metrics["validation_recall"], found.1, "{settings}");
    }
}

#[test]
fn a_calibrated_model_has_probabilities_that_its_held_out_rows_agree_with() {
    let (training, validation) = CANCER.split_at(first_lines(CANCER, 300).len());
    let prefix = job(
        r#"{"predictor_type": "binary_classifier", "wd": "1", "calibration": "platt"}"#,
        training,
    );
    prefix.write("input/data/validation/rows.csv", validation);
    let rows = scored(&trained(&prefix), validation);
    // The conditions of the best slope and intercept.
    let residual = |row: &(f64, bool)| 1.0 / (1.0 + (-row.0).exp()) - f64::from(u8::from(row.1));
    let mean: f64 = rows.iter().map(residual).sum();
    let product: f64 = rows.iter().map(|row| row.0 * residual(row)).sum();
    assert!(
        mean.abs() < 1e-9 && product.abs() < 1e-9,
        "{mean} {product}"
    );
}

#[test]
fn without_held_out_rows_folds_judge_and_the_log_says_so() {
    let ended = train(&job(r#"{"l1": "auto", "num_models": "4"}"#, DIABETES));
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    for text in [
        "so 5 folds judge",
        "penalty 4 of 4: l1=",
        "chose l1=",
        "validation:objective_loss=",
    ] {
        assert!(ended.log.contains(text), "{text}: {}", ended.log);
    }
}
