//! Each kind of model, and each thing that linfa would do otherwise than a user expects.

mod features;

use ndarray::{Array2, array};
use serde_json::{Value, json};

use super::{Classes, Labels, Model, Outputs, PredictError, linfa_types};
use crate::artifact::{Artifact, Document, Label, Parameters};

/// A model of `features` nameless numbers.
fn plain(features: usize, model: &Value) -> Model {
    model_of(&json!({ "features": vec![json!({}); features], "model": model }))
}

fn model_of(document: &Value) -> Model {
    let document: Document = serde_json::from_value(document.clone()).unwrap();
    // Through the bytes of an artifact, as every served model comes.
    let (artifact, _) = Artifact::seal(document).unwrap();
    Model::load(&artifact.document).unwrap()
}

fn refusal(document: &Value) -> String {
    let document: Document = serde_json::from_value(document.clone()).unwrap();
    match Artifact::seal(document) {
        Err(error) => error.to_string(),
        Ok((artifact, _)) => Model::load(&artifact.document).unwrap_err().to_string(),
    }
}

fn probabilities(model: &Model, rows: &Array2<f64>) -> Option<Array2<f64>> {
    match model.predict(rows.view()).unwrap() {
        Outputs::Values(_) => None,
        Outputs::Classes(Classes { scores, .. }) | Outputs::Labels(Labels { scores, .. }) => {
            model.probabilities(&scores)
        }
    }
}

fn predicted(model: &Model, rows: &Array2<f64>) -> Vec<Label> {
    match model.predict(rows.view()).unwrap() {
        Outputs::Values(_) | Outputs::Labels(_) => Vec::new(),
        Outputs::Classes(classes) => classes
            .predicted
            .iter()
            .map(|&class| model.labels()[class].clone())
            .collect(),
    }
}

fn values(model: &Model, rows: &Array2<f64>) -> Array2<f64> {
    match model.predict(rows.view()).unwrap() {
        Outputs::Values(values) => values,
        Outputs::Classes(Classes { scores, .. }) | Outputs::Labels(Labels { scores, .. }) => scores,
    }
}

fn text(label: &str) -> Label {
    Label::Text(label.to_owned())
}

#[test]
fn an_elastic_net_predicts_as_a_linear_regression_of_the_same_coefficients() {
    let parameters = |kind| json!({"kind": kind, "intercept": 0.5, "coefficients": [1, -2.25]});
    let rows = array![[1.0, 2.0], [0.0, 0.0]];
    let linear = plain(2, &parameters("linear-regression"));
    let elastic_net = plain(2, &parameters("elastic-net"));
    assert_eq!(values(&linear, &rows), array![[-3.0], [0.5]]);
    assert_eq!(values(&elastic_net, &rows), values(&linear, &rows));
}

fn two_targets() -> Model {
    plain(
        2,
        &json!({"kind": "multi-target-regression", "targets": ["a", "b"], "intercepts": [10, 20],
                "coefficients": [[1, 2], [3, 4]]}),
    )
}

#[test]
fn each_target_has_its_own_coefficients_and_intercept() {
    let rows = array![[1.0, 0.0], [0.0, 1.0]];
    assert_eq!(
        values(&two_targets(), &rows),
        array![[11.0, 23.0], [12.0, 24.0]]
    );
}

/// linfa's `MultiTaskElasticNet::default_target` makes a table of rows × rows: 3 TB for these rows.
#[test]
fn many_rows_of_several_targets_need_no_table_of_rows_times_rows() {
    let rows = Array2::ones((600_000, 2));
    let values = values(&two_targets(), &rows);
    assert_eq!(values.dim(), (600_000, 2));
    assert_eq!(values.row(599_999), array![13.0, 27.0]);
}

fn yes_or_no() -> Model {
    plain(
        1,
        &json!({"kind": "logistic-regression", "labels": ["no", "yes"], "intercept": 0, "coefficients": [2]}),
    )
}

/// linfa calls whichever label it met first or less often `pos` (rust-ml/linfa#393).
#[test]
fn the_probability_of_a_logistic_regression_is_that_of_the_second_label() {
    let model = yes_or_no();
    let probabilities = probabilities(&model, &array![[1.0]]).unwrap();
    let second = 1.0 / (1.0 + (-2.0f64).exp());
    assert!((probabilities[[0, 1]] - second).abs() < 1e-15);
    assert!((probabilities[[0, 0]] + probabilities[[0, 1]] - 1.0).abs() < 1e-15);
    assert_eq!(predicted(&model, &array![[1.0]]), [text("yes")]);
    assert_eq!(predicted(&model, &array![[-1.0]]), [text("no")]);
}

/// linfa predicts the positive class from a probability ≥ 0.5, scikit-learn from a score > 0.
#[test]
fn a_score_of_exactly_zero_is_the_first_class() {
    assert_eq!(predicted(&yes_or_no(), &array![[0.0]]), [text("no")]);
    let tie = plain(
        1,
        &json!({"kind": "multinomial-logistic-regression", "labels": [3, 1, 2], "intercepts": [0, 1, 1],
                "coefficients": [[0], [0], [0]]}),
    );
    assert_eq!(predicted(&tie, &array![[5.0]]), [Label::Integer(1)]);
}

/// The logistic function of 1e-17 is 0.5 exactly; the score is above 0 all the same.
#[test]
fn the_class_comes_from_the_score_not_from_its_rounded_probability() {
    assert_eq!(predicted(&yes_or_no(), &array![[1e-17]]), [text("yes")]);
}

fn three_classes(kind: &str) -> Model {
    plain(
        2,
        &json!({"kind": kind, "labels": ["a", "b", "c"], "intercepts": [0.1, 0.2, 0.3],
                "coefficients": [[1, 0], [0, 1], [-1, -1]]}),
    )
}

#[test]
fn multinomial_probabilities_are_the_softmax_of_the_scores() {
    let model = three_classes("multinomial-logistic-regression");
    let rows = array![[0.5, 0.25]];
    let exp = [0.6f64.exp(), 0.45f64.exp(), (-0.45f64).exp()];
    let sum: f64 = exp.iter().sum();
    let probabilities = probabilities(&model, &rows).unwrap();
    for (class, exp) in exp.iter().enumerate() {
        assert!((probabilities[[0, class]] - exp / sum).abs() < 1e-15);
    }
    assert_eq!(predicted(&model, &rows), [text("a")]);
}

/// They are computed from scores here, to multiply once; linfa's own functions take the rows.
#[test]
fn probabilities_are_those_that_linfa_computes() {
    let document =
        |model: Value| serde_json::from_value::<Document>(json!({"model": model})).unwrap();
    let rows = array![[0.5, -0.25], [3.0, 40.0], [-7.0, 0.0]];
    let coefficients = [[1.5, -2.0], [0.5, 0.25], [-3.0, 1.0]];
    let multinomial = json!({"kind": "multinomial-logistic-regression", "labels": [0, 1, 2],
                             "intercepts": [0.1, 0.2, 0.3], "coefficients": coefficients});
    let logistic = json!({"kind": "logistic-regression", "labels": [0, 1], "intercept": 0.1,
                          "coefficients": coefficients[0]});
    let ours = [
        probabilities(&plain(2, &multinomial), &rows),
        probabilities(&plain(2, &logistic), &rows),
    ];
    let Parameters::MultinomialLogisticRegression(parameters) = document(multinomial).model else {
        unreachable!()
    };
    let theirs = linfa_types::multinomial(&parameters)
        .unwrap()
        .predict_probabilities(&rows);
    assert!(
        (ours[0].clone().unwrap() - theirs)
            .iter()
            .all(|difference| difference.abs() < 1e-15)
    );
    let Parameters::LogisticRegression(parameters) = document(logistic).model else {
        unreachable!()
    };
    let theirs = linfa_types::logistic(&parameters)
        .unwrap()
        .predict_probabilities(&rows);
    let second = ours[1].clone().unwrap().column(1).to_owned();
    assert!(
        (second - theirs)
            .iter()
            .all(|difference| difference.abs() < 1e-15)
    );
}

#[test]
fn one_vs_rest_probabilities_are_logistic_and_sum_to_one() {
    let model = three_classes("one-vs-rest");
    let rows = array![[0.5, 0.25]];
    let logistic = [0.6f64, 0.45, -0.45].map(|score| 1.0 / (1.0 + (-score).exp()));
    let sum: f64 = logistic.iter().sum();
    let probabilities = probabilities(&model, &rows).unwrap();
    for (class, logistic) in logistic.iter().enumerate() {
        assert!((probabilities[[0, class]] - logistic / sum).abs() < 1e-15);
    }
    assert_eq!(predicted(&model, &rows), [text("a")]);
}

/// Where every class is hopeless, 0 / 0 would be NaN.
#[test]
fn one_vs_rest_probabilities_stay_numbers_when_all_vanish() {
    let model = plain(
        1,
        &json!({"kind": "one-vs-rest", "labels": [0, 1], "intercepts": [0, 0], "coefficients": [[1], [1]]}),
    );
    let probabilities = probabilities(&model, &array![[-1e6]]).unwrap();
    assert_eq!(probabilities, array![[0.5, 0.5]]);
}

#[test]
fn a_linear_classifier_has_margins_and_no_probabilities() {
    let model = three_classes("linear-classifier");
    let rows = array![[-1.0, -1.0]];
    assert_eq!(predicted(&model, &rows), [text("c")]);
    assert_eq!(probabilities(&model, &rows), None);
    let binary = plain(
        1,
        &json!({"kind": "linear-classifier", "labels": [false, true], "intercepts": [-1], "coefficients": [[1]]}),
    );
    let rows = array![[0.5], [1.0], [1.5]];
    assert_eq!(
        predicted(&binary, &rows),
        [false, false, true].map(Label::Boolean)
    );
    assert_eq!(values(&binary, &rows), array![[-0.5], [0.0], [0.5]]);
}

/// linfa's multinomial `predict` panics on a score that is not a number, its binary one calls it negative.
/// (So many columns, because fused multiplication does not overflow between a product and its sum.)
#[test]
fn a_score_that_is_not_a_number_is_an_error_with_its_row() {
    let coefficients = [vec![10.0; 1_000], vec![-10.0; 1_000]].concat();
    let multinomial = plain(
        2_000,
        &json!({"kind": "multinomial-logistic-regression", "labels": [0, 1], "intercepts": [0, 0],
                "coefficients": [coefficients, vec![0; 2_000]]}),
    );
    let binary = plain(
        2_000,
        &json!({"kind": "logistic-regression", "labels": [0, 1], "intercept": 0, "coefficients": coefficients}),
    );
    let mut rows = Array2::zeros((2, 2_000));
    rows.row_mut(1).fill(1e308);
    for model in [multinomial, binary] {
        let error = model.predict(rows.view()).unwrap_err();
        assert!(
            matches!(error, PredictError::Overflow { row: 2 }),
            "{error}"
        );
    }
}

/// linfa panics on a wrong width, in each type in another way.
#[test]
fn rows_of_another_width_are_an_error_for_every_kind() {
    let linear = json!({"kind": "linear-regression", "intercept": 0, "coefficients": [1, 2]});
    let models = [
        plain(2, &linear),
        two_targets(),
        yes_or_no(),
        three_classes("multinomial-logistic-regression"),
        three_classes("one-vs-rest"),
        three_classes("linear-classifier"),
    ];
    for model in models {
        let error = model.predict(Array2::zeros((1, 3)).view()).unwrap_err();
        assert!(
            matches!(error, PredictError::Matrix { found: 3, .. }),
            "{error}"
        );
    }
}

#[test]
fn an_inverse_transform_is_applied_to_every_result() {
    let with = |inverse| {
        model_of(&json!({
            "features": ["x"],
            "model": {"kind": "linear-regression", "intercept": 1, "coefficients": [2]},
            "inverse_transform": inverse,
            "verification": {"rows": [[0.5]], "predictions": [match inverse {
                "exp" => 2.0f64.exp(),
                "expm1" => 2.0f64.exp_m1(),
                _ => 4.0,
            }]},
        }))
    };
    let rows = array![[1.0]];
    assert_eq!(values(&with("exp"), &rows), array![[3.0f64.exp()]]);
    assert_eq!(values(&with("expm1"), &rows), array![[3.0f64.exp_m1()]]);
    assert_eq!(values(&with("square"), &rows), array![[9.0]]);
}

/// Each function, with a prediction for the result 0.3 as Python computes it, which verification takes for right.
#[test]
fn every_inverse_transform_is_that_function() {
    for (inverse, expected) in [
        (json!("exp2"), 1.231144413344916),
        (json!("sqrt"), 0.5477225575051661),
        (json!("reciprocal"), 3.3333333333333335),
        (json!("sinh"), 0.3045202934471426),
        (json!("logistic"), 0.574442516811659),
        (json!({"box-cox": {"lambda": 0}}), 1.3498588075760032),
        (json!({"box-cox": {"lambda": 0.5}}), 1.3225),
        (json!({"yeo-johnson": {"lambda": 0.5}}), 0.3225),
        (json!({"yeo-johnson": {"lambda": 2}}), 0.2649110640673518),
    ] {
        let model = model_of(&json!({
            "features": ["x"],
            "model": {"kind": "linear-regression", "intercept": 0, "coefficients": [1]},
            "inverse_transform": inverse,
            "verification": {"rows": [[0.3]], "predictions": [expected]},
        }));
        let found = values(&model, &array![[0.3]])[[0, 0]];
        assert!(
            (found - expected).abs() < 1e-14 * expected.max(1.0),
            "{inverse}: {found}"
        );
    }
    let below = model_of(&json!({
        "features": ["x"],
        "model": {"kind": "linear-regression", "intercept": 0, "coefficients": [1]},
        "inverse_transform": {"yeo-johnson": {"lambda": 1.5}},
    }));
    let found = values(&below, &array![[-0.3]])[[0, 0]];
    assert!((found + 0.3225).abs() < 1e-14, "{found}");
}

#[test]
fn an_inverse_transform_of_a_classifier_is_refused() {
    let document = json!({
        "features": ["x"],
        "model": {"kind": "logistic-regression", "labels": [0, 1], "intercept": 0, "coefficients": [1]},
        "inverse_transform": "exp",
    });
    assert!(refusal(&document).contains("no target that inverse_transform could apply to"));
}
