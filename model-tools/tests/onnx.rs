//! ONNX models that others exported: each must predict what onnxruntime does.
//!
//! `corpus/make_onnx.py` made them, `corpus/make_onnx_graphs.py` graphs as others spell them, and
//! `corpus/make_onnx_joined.py` those that join encoded columns. Those for rows of 32 bits are computed with 32 bits by
//! onnxruntime, so they agree to five digits only; those of 64 bits to 1e-12 of the size of their terms.

use crate::harness::{Scratch, run};
use crate::sklearn::{check, convert, corpus, models, name};

const FOLDER: &str = "onnx";

#[test]
fn every_model_predicts_what_onnxruntime_does() {
    let paths = models(FOLDER, false);
    assert!(paths.len() >= 41, "{} models", paths.len());
    for path in paths {
        check(&path, &convert(&path));
    }
}

#[test]
fn a_graph_that_is_not_linear_is_refused_by_its_node_its_operator_and_the_reason() {
    for path in models(FOLDER, true) {
        let reason = match name(&path).as_str() {
            "refused_normalizer_32" => {
                "an output depends on the node \"Normalizer\", a Normalizer: "
            }
            "refused_normalizer_64" => "ReduceSumSquare: linear models have no such operator",
            "refused_product" => {
                "the node \"y\", a Mul: a product, quotient or comparison of two columns is not linear"
            }
            "refused_relu" => "the node \"y\", a Relu: linear models have no such operator",
            "refused_filled_and_not" => "missing cells of x0 are filled in for one use of it",
            "refused_three_dimensions" => {
                "the node \"z\", a MatMul: of categories in three dimensions and a constant"
            }
            "refused_twice" => "the node \"h\", a OneHotEncoder: its category 1 stands there twice",
            "refused_doubling" => {
                "a Concat: its combinations of columns take more numbers than an artifact holds"
            }
            "refused_width" => {
                "the input \"x\" does not say how many columns it has, and no weights tell"
            }
            "refused_convolution" => {
                "the node \"c\", a Conv: linear models have no such operator, or are not exported with it"
            }
            "refused_svc_three" => {
                "a SVMClassifier: it decides between 3 classes by the votes of all pairs"
            }
            "refused_svc_probabilities" => "its probabilities come from pairs of classes",
            "refused_svr_rbf" => "a SVMRegressor: its kernel is RBF",
            _ => "an output depends on the node ",
        };
        run(["convert", path.to_str().unwrap(), "-o", "-"]).refused(1, reason);
    }
}

#[test]
fn numbers_of_32_bits_are_told() {
    let scratch = Scratch::new();
    let told = |file: &str| {
        let path = corpus(FOLDER).join(file);
        let output = scratch.path("model.cbor");
        run(["convert", path.to_str().unwrap(), "-o", &output, "--force"]).stderr
    };
    assert!(told("standard_32.onnx").contains("holds numbers of 32 bits"));
    assert!(!told("standard_64.onnx").contains("32 bits"));
}
