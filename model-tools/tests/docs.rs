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

/// Every example of docs/model-tools.md, run in order in one directory, prints what stands there.
/// `UPDATE=1` writes what they print.
#[test]
fn the_examples_of_the_commands_print_what_stands_there() {
    let scratch = Scratch::new();
    for name in ["model.cbor", "payload.csv", "diabetes.csv"] {
        let example = repository().join("examples/diabetes").join(name);
        std::fs::copy(example, scratch.path(name)).unwrap();
    }
    scratch.write("signing.pem", crate::signing::PRIVATE_KEY.as_bytes());
    scratch.write("trusted.pub", crate::signing::PUBLIC_KEY.as_bytes());
    let text = read("model-tools.md");
    let mut blocks = text.split("```console\n");
    let mut updated = blocks.next().unwrap().to_owned();
    for block in blocks {
        let (example, rest) = block.split_once("```").unwrap();
        let command = example.lines().next().unwrap();
        let arguments = command.strip_prefix("$ model-tools ").unwrap();
        let printed = run_in(&scratch.path(""), arguments);
        updated += &format!("```console\n{command}\n{printed}```{rest}");
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(repository().join("docs/model-tools.md"), &updated).unwrap();
        return;
    }
    assert_eq!(text, updated);
}

fn run_in(directory: &str, arguments: &str) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_model-tools"))
        .args(arguments.split(' '))
        .current_dir(directory)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments}: {output:?}");
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// Every command and every format that is written stands in docs/model-tools.md.
#[test]
fn every_command_and_format_is_documented() {
    let text = read("model-tools.md");
    let help = run(["--help"]).ok();
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let commands = commands.lines().take_while(|line| !line.is_empty());
    // A description that goes on in the next line is indented further.
    let named = commands.filter(|line| !line.starts_with("   "));
    for command in named.filter_map(|line| line.split_whitespace().next()) {
        let documented = ["help"].contains(&command) || text.contains(&format!("`{command}"));
        assert!(documented, "{command} is not in model-tools.md");
    }
    let formats = run(["formats"]).ok();
    let (_, written) = formats.split_once("Written").unwrap();
    for format in written
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next())
    {
        assert!(
            text.contains(&format!("| `{format}` |")),
            "{format} is not in model-tools.md"
        );
    }
}

/// The table of what is proved counts the models that lie in the corpus.
#[test]
fn the_models_that_are_said_to_be_proved_are_in_the_corpus() {
    let text = read("models.md");
    let (_, table) = text.split_once("## What is proved").unwrap();
    let lines = table.lines().filter(|line| line.starts_with("| `"));
    let mut folders = Vec::new();
    for line in lines {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let folder = cells[1].trim_matches('`');
        let models = std::fs::read_dir(crate::sklearn::corpus(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".json") && !name.starts_with("refused"))
            .count();
        assert_eq!(cells[3], models.to_string(), "{folder}");
        folders.push(folder.to_owned());
    }
    let corpus = std::fs::read_dir(crate::sklearn::corpus("")).unwrap();
    let all = corpus
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir());
    let mut all: Vec<_> = all
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    all.sort();
    folders.sort();
    assert_eq!(folders, all);
}
