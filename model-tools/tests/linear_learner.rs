//! Linear Learner's `model_algo-1`, as far as it can be checked: with networks that MXNet wrote and ran.
//!
//! `corpus/make_linear_learner.py` made them. MXNet computes with 32 bits, so predictions agree to six digits.

use crate::harness::{Scratch, run};
use crate::sklearn::{check, convert, corpus, models, name};

const FOLDER: &str = "linear-learner";

#[test]
fn every_model_predicts_what_mxnet_does() {
    let paths = models(FOLDER, false);
    assert_eq!(paths.len(), 5);
    for path in paths {
        check(&path, &convert(&path));
    }
}

#[test]
fn what_the_graph_does_not_say_is_not_guessed() {
    for path in models(FOLDER, true) {
        let reason = match name(&path).as_str() {
            "refused_open" => "additional-params.json has no predictor_type: say --predictor-type",
            _ => {
                "the first output depends on the node \"steps\", a Activation of MXNet, which is not supported: read the weights with MXNet"
            }
        };
        run(["convert", path.to_str().unwrap(), "-o", "-"]).refused(1, reason);
    }
}

/// What was not checked is said in every conversion.
#[test]
fn a_conversion_says_what_was_not_checked() {
    let scratch = Scratch::new();
    let path = corpus(FOLDER).join("binary_packed.gz");
    let output = scratch.path("model.cbor");
    let said = run(["convert", path.to_str().unwrap(), "-o", &output]).stderr;
    for part in [
        "linear-learner, logistic-regression of 3 features",
        "gzip, tar: model_algo-1, ",
        "not with an artifact of Linear Learner itself",
        "a threshold that Linear Learner chose otherwise is not read",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

/// What the file does not say can be told, and what it says cannot be told otherwise.
#[test]
fn the_predictor_type_can_be_told() {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    let converted = |file: &str, told: &str| {
        let path = corpus(FOLDER).join(file);
        let path = path.to_str().unwrap();
        run([
            "convert",
            path,
            "-o",
            &output,
            "--force",
            "--predictor-type",
            told,
        ])
    };
    for (told, kind) in [
        ("regressor", "linear-regression"),
        ("binary_classifier", "logistic-regression"),
    ] {
        let said = converted("refused_open.zip", told);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        assert!(said.stderr.contains(kind), "{}", said.stderr);
    }
    converted("refused_open.zip", "multiclass_classifier").refused(1, "1 scores with the output");
    converted("binary.zip", "regressor")
        .refused(1, "has another predictor_type than --predictor-type says");
    converted("../liblinear/svr.model", "regressor")
        .refused(1, "--predictor-type is for networks of Linear Learner");
    converted("binary.zip", "tree").refused(2, "invalid value 'tree'");
}
