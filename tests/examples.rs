//! The example in `examples/`: what is committed there belongs together and is what the program makes.

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
