//! The training contract: channels and hyperparameters in, an artifact or a failure file out.

mod choosing;
mod columns;
mod contract;
mod definitions;
mod fits;
mod formats;
mod linfa;
mod outcome;
mod pipe;
mod resuming;

use sagelet::artifact::{Artifact, Document, Linear, Parameters};

use crate::harness::process::Ended;
use crate::harness::{Prefix, Process};

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

/// A job with these hyperparameters and rows.
fn job(hyperparameters: &str, rows: &str) -> Prefix {
    let prefix = prefix_with(rows);
    prefix.write("input/config/hyperparameters.json", hyperparameters);
    prefix
}

/// The list under a key of `output/data/training.json`.
fn report(prefix: &Prefix) -> serde_json::Value {
    serde_json::from_str(&prefix.read("output/data/training.json")).unwrap()
}
