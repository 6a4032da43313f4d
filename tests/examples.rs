//! The example in `examples/`: what is committed there belongs together and is what the program makes.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use sagelet::artifact::{Artifact, Document};

use crate::harness::{Prefix, Process, Server};

/// Largest relative difference from scikit-learn's predictions: both solve the same least squares problem,
/// and differ in the order of their sums alone.
const TOLERANCE: f64 = 1e-9;

fn example(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("examples")
        .join(name)
}

fn read(name: &str) -> Vec<u8> {
    let path = example(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_served_example_predicts_what_scikit_learn_does() {
    let prefix = Prefix::new();
    prefix.write("model/model.cbor", read("diabetes/model.cbor"));
    let server = Server::start(prefix, &[]);
    let predictions = server
        .invoke("text/csv", read("diabetes/payload.csv"))
        .predictions();

    let expected = String::from_utf8(read("diabetes/expected.csv")).unwrap();
    let expected: Vec<f64> = expected.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(predictions.len(), expected.len());
    assert_eq!(predictions.len(), 10);
    for (row, (found, expected)) in predictions.iter().zip(&expected).enumerate() {
        let difference = ((found - expected) / expected).abs();
        assert!(
            difference <= TOLERANCE,
            "row {}: {found}, scikit-learn says {expected}",
            row + 1
        );
    }
}

/// The payload of the platform's own guide: rows of iris in the notation of `numpy.savetxt`, answered with the
/// names of species.
#[test]
fn the_served_classifier_answers_with_the_labels_that_scikit_learn_predicts() {
    let prefix = Prefix::new();
    prefix.write("model/model.cbor", read("iris/model.cbor"));
    let server = Server::start(prefix, &[]);
    let answer = server.invoke("text/csv", read("iris/payload.csv"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.body, read("iris/expected.csv"));
    assert_eq!(answer.text().lines().count(), 29);
}

/// The artifact's JSON is beside it for people to read.
#[test]
fn the_classifiers_artifact_is_its_json() {
    let artifact = Artifact::from_bytes(&read("iris/model.cbor")).unwrap();
    let json: Document = serde_json::from_slice(&read("iris/model.json")).unwrap();
    assert_eq!(artifact.document.model, json.model);
    assert_eq!(artifact.document.verification, json.verification);
}

#[test]
fn the_committed_artifact_is_what_train_writes() {
    let prefix = Prefix::new();
    symlink(example("local_test/test_dir/input"), prefix.path("input")).unwrap();
    let trained = Process::sagelet(&["train", "--prefix", prefix.argument()], &[]).wait();
    assert!(trained.status.success(), "{}", trained.log);
    let written = fs::read(prefix.path("model/model.cbor")).unwrap();
    assert!(
        written == read("diabetes/model.cbor"),
        "examples/diabetes/model.cbor is not what this program trains: `make example` writes it anew"
    );
}

#[test]
fn the_training_channel_holds_the_example_data() {
    let channel = read("local_test/test_dir/input/data/training/diabetes.csv");
    assert!(channel == read("diabetes/diabetes.csv"));
}

/// The variables of docs/configuration.md that an endpoint may set, as the CloudFormation template passes them.
/// What is left out is set by the platform, or by the template's other parameters.
#[test]
fn the_cloudformation_template_passes_every_variable() {
    let template = String::from_utf8(read("deploy/cloudformation.yaml")).unwrap();
    let documented = example("../docs/configuration.md");
    let documented = fs::read_to_string(documented).unwrap();
    let set_elsewhere = ["SAGEMAKER_MULTI_MODEL"];
    let rows = documented
        .lines()
        .filter_map(|line| line.strip_prefix("| `SAG"));
    let names = rows.filter_map(|row| Some(format!("SAG{}", row.split_once('`')?.0)));
    let names: Vec<_> = names
        .filter(|name| !set_elsewhere.contains(&name.as_str()))
        .collect();
    assert!(names.len() >= 16, "variables went missing: {names:?}");
    for name in &names {
        let parameter = parameter_of(name);
        let passed = template.contains(&format!("          {name}: !Ref {parameter}\n"))
            && template.contains(&format!("  {parameter}: {{Type: String, Default: \"\"}}\n"));
        assert!(
            passed,
            "examples/deploy/cloudformation.yaml does not pass {name} on: it needs a parameter {parameter}"
        );
    }
    // All are passed, and those that nobody sets are empty.
    let empty: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    let prefix = Prefix::new();
    prefix.write("model/model.cbor", read("diabetes/model.cbor"));
    let server = Server::start(prefix, &empty);
    assert_eq!(server.get("/ping").status, 200);
}

/// `SageletModelName` for `SAGELET_MODEL_NAME`: names of parameters have letters and digits alone.
fn parameter_of(variable: &str) -> String {
    let words = variable.split('_').map(|word| match word {
        "SAGEMAKER" => "SageMaker".to_owned(),
        word => format!("{}{}", &word[..1], word[1..].to_lowercase()),
    });
    words.collect()
}

/// What the alerts and the dashboard ask Prometheus for is in `/metrics`.
#[test]
fn the_alerts_and_the_dashboard_ask_for_metrics_that_there_are() {
    let prefix = Prefix::new();
    prefix.write("model/model.cbor", read("diabetes/model.cbor"));
    let server = Server::start(prefix, &[]);
    let metrics = server.get("/metrics");
    for file in ["prometheus-rules.yaml", "grafana-dashboard.json"] {
        let text = String::from_utf8(read(&format!("deploy/{file}"))).unwrap();
        let names = metric_names(&text);
        assert!(names.len() >= 7, "{file}: {names:?}");
        for name in names {
            assert!(
                metrics.text().contains(&format!("\n{name}")),
                "{file} asks for {name}, which is not in /metrics"
            );
        }
    }
}

/// Words that begin as the names of our metrics do.
fn metric_names(text: &str) -> BTreeSet<&str> {
    let words = text.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_');
    words
        .filter(|word| word.starts_with("sagelet_") || word.starts_with("process_"))
        .collect()
}
