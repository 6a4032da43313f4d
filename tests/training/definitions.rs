//! The metric definitions of docs/training.md, tried on what jobs print.

use serde_json::Value;

use super::{job, report, train};

const DOCS: &str = include_str!("../../docs/training.md");

/// The names and patterns of one list of the docs.
fn definitions(kind: &str) -> Vec<(String, String)> {
    let (_, list) = DOCS
        .split_once(&format!("Models of {kind}:\n\n```json\n"))
        .unwrap();
    let list: Vec<Value> = serde_json::from_str(list.split_once("```").unwrap().0).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list.iter()
        .map(|one| (text(&one["Name"]), text(&one["Regex"])))
        .collect()
}

/// What a pattern of these captures: the shortest text between its beginning and its end.
fn captured<'a>(log: &'a str, pattern: &str) -> Option<&'a str> {
    let (before, after) = pattern.split_once("(.*?)").unwrap();
    Some(log.split_once(before)?.1.split_once(after)?.0)
}

#[test]
fn every_metric_that_a_job_prints_has_a_definition_that_captures_it() {
    let rows: String = (0..90)
        .map(|n| format!("{},{},{}\n", n * 7 % 3, n % 10 + n * 7 % 3, n * n % 11))
        .collect();
    let two = rows.replace("\n2,", "\n1,");
    for (kind, predictor, rows) in [
        ("numbers", "regressor", &rows),
        ("two classes", "binary_classifier", &two),
        ("several classes", "multiclass_classifier", &rows),
    ] {
        let settings =
            format!(r#"{{"predictor_type": "{predictor}", "wd": "auto", "num_models": "2"}}"#);
        let prefix = job(&settings, rows);
        prefix.write("input/data/validation/rows.csv", rows);
        let ended = train(&prefix);
        assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
        let definitions = definitions(kind);
        assert!(definitions.len() <= 40, "the platform takes 40");
        for (name, pattern) in &definitions {
            let value =
                captured(&ended.log, pattern).unwrap_or_else(|| panic!("{name}: {}", ended.log));
            let value: f64 = value.parse().unwrap();
            let (channel, metric) = name.split_once(':').unwrap();
            if metric != "objective_loss" {
                assert_eq!(
                    report(&prefix)["metrics"][channel][metric].as_f64(),
                    Some(value),
                    "{name}"
                );
            }
        }
        for channel in ["train", "validation"] {
            for metric in report(&prefix)["metrics"][channel]
                .as_object()
                .unwrap()
                .keys()
            {
                let name = format!("{channel}:{metric}");
                assert!(
                    definitions.iter().any(|(known, _)| *known == name),
                    "{name}"
                );
            }
        }
    }
}
