//! MOJOs of H2O: each converted must predict what H2O did. `corpus/make_h2o.py` made them.

use sagelet::artifact::Parameters;

use crate::harness::run;
use crate::sklearn::{assert_told, check, convert, corpus, models, name};

const FOLDER: &str = "h2o";

#[test]
fn every_model_predicts_what_h2o_does() {
    let paths = models(FOLDER, false);
    assert!(paths.len() >= 10, "{} models", paths.len());
    for path in paths {
        check(&path, &convert(&path));
    }
}

#[test]
fn what_is_no_linear_model_is_refused_by_its_setting() {
    for path in models(FOLDER, true) {
        let reason = match name(&path).as_str() {
            "refused_gamma_inverse" => "the link of the MOJO is \"inverse\"",
            "refused_ordinal" => "the family of the MOJO is \"ordinal\"",
            _ => "a MOJO of H2O with the algorithm \"gbm\": only glm is a linear model",
        };
        run(["convert", path.to_str().unwrap(), "-o", "-"]).refused(1, reason);
    }
}

/// Columns of numbers that were made factors have levels that are written as whole numbers; H2O's own label is told
/// by a threshold that it has found itself.
#[test]
fn a_binomial_model_predicts_the_probability_unless_its_threshold_is_a_half() {
    let path = corpus(FOLDER).join("binomial.zip");
    let document = convert(&path);
    assert!(matches!(document.model, Parameters::GeneralizedLinear(_)));
    assert_told(
        &path,
        "predicts the probability of \"yes\": H2O's own label",
    );
}
