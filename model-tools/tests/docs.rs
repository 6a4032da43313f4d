//! What docs/ says about the artifact is true.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::{DIABETES, Scratch, cases, repository, run, run_with};

fn read(name: &str) -> String {
    std::fs::read_to_string(repository().join("docs").join(name)).unwrap()
}

#[test]
fn the_example_of_a_model_written_by_hand_converts() {
    let text = read("artifact.md");
    let (_, rest) = text.split_once("```json\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let scratch = Scratch::new();
    let path = scratch.path("model.cbor");
    let converted = run_with(["convert", "-", "-o", &path], example.as_bytes());
    assert!(
        !converted.stderr.contains("ignored"),
        "{}",
        converted.stderr
    );
    assert_eq!(run_with(["predict", &path], b"3,20\n").ok(), "91.25\n");
}

/// Every key that is written, except the free ones of provenance and metrics, stands in both documents.
#[test]
fn every_key_is_documented() {
    let mut keys: BTreeSet<String> = ["format", "version", "sha256", "payload"]
        .map(str::to_owned)
        .into();
    let hand_written = cases("hand-written");
    for path in hand_written.iter().map(String::as_str).chain([DIABETES]) {
        let json = run(["convert", path, "-o", "-", "--to", "json"]).ok();
        collect(&serde_json::from_str(&json).unwrap(), &mut keys);
    }
    let (grammar, words) = (read("artifact.cddl"), read("artifact.md"));
    for key in keys {
        assert!(
            grammar.contains(&format!("{key}: ")),
            "{key} is not in artifact.cddl"
        );
        let quoted = words.contains(&format!("`{key}`")) || words.contains(&format!("\"{key}\""));
        assert!(quoted, "{key} is not in artifact.md");
    }
}

fn collect(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                keys.insert(key.clone());
                if !["provenance", "metrics"].contains(&key.as_str()) {
                    collect(value, keys);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, keys)),
        _ => {}
    }
}
