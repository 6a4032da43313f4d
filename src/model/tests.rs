//! Each kind of model, and each thing that linfa would do otherwise than a user expects.

use ndarray::{Array2, array};
use serde_json::{Value, json};

use super::{Design, Model, Outputs, RowError, Schema, linfa_types};
use crate::artifact::{Artifact, Cell, Document, Label, Parameters};

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
    match model.predict(rows).unwrap() {
        Outputs::Values(_) => None,
        Outputs::Classes(classes) => model.probabilities(&classes),
    }
}

fn predicted(model: &Model, rows: &Array2<f64>) -> Vec<Label> {
    match model.predict(rows).unwrap() {
        Outputs::Values(_) => Vec::new(),
        Outputs::Classes(classes) => classes
            .predicted
            .iter()
            .map(|&class| model.labels()[class].clone())
            .collect(),
    }
}

fn values(model: &Model, rows: &Array2<f64>) -> Array2<f64> {
    match model.predict(rows).unwrap() {
        Outputs::Values(values) => values,
        Outputs::Classes(classes) => classes.scores,
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
        let error = model.predict(&rows).unwrap_err();
        assert!(matches!(error, RowError::Overflow { row: 2 }), "{error}");
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
        let error = model.predict(&Array2::zeros((1, 3))).unwrap_err();
        assert!(
            matches!(error, RowError::Matrix { found: 3, .. }),
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

#[test]
fn an_inverse_transform_of_a_classifier_is_refused() {
    let document = json!({
        "features": ["x"],
        "model": {"kind": "logistic-regression", "labels": [0, 1], "intercept": 0, "coefficients": [1]},
        "inverse_transform": "exp",
    });
    assert!(refusal(&document).contains("no target that inverse_transform could apply to"));
}

/// A number, a number with a replacement and an indicator, a one-hot and an ordinal category.
fn mixed() -> Value {
    json!([
        "age",
        {"name": "income", "missing": 7.5, "missing_indicator": true},
        {"name": "port", "missing": "S", "encoding":
            {"kind": "one-hot", "categories": ["C", "Q", "S"], "drop": "Q", "unknown": "ignore"}},
        {"name": "size", "encoding": {"kind": "ordinal", "categories": [1, 2, "many"], "numbers": [10, 20, 99]}},
    ])
}

fn mixed_schema() -> Schema {
    Schema::new(&serde_json::from_value::<Vec<_>>(mixed()).unwrap())
}

fn row_of_texts(schema: &Schema, cells: [&str; 4]) -> Result<Vec<f64>, RowError> {
    let mut design = Design::new(schema);
    for cell in cells {
        design.push_text(cell.as_bytes())?;
    }
    design.end_row()?;
    Ok(design.finish().row(0).to_vec())
}

#[test]
fn features_become_their_columns_of_the_design_matrix() {
    let schema = mixed_schema();
    assert_eq!((schema.features(), schema.width()), (4, 6));
    let row = |cells| row_of_texts(&schema, cells).unwrap();
    assert_eq!(row(["1", "2", "C", "1"]), [1.0, 2.0, 0.0, 1.0, 0.0, 10.0]);
    assert_eq!(
        row(["1", "2", " S ", "many"]),
        [1.0, 2.0, 0.0, 0.0, 1.0, 99.0]
    );
    // The dropped category and an unknown one are both zeros.
    assert_eq!(row(["1", "2", "Q", "2.0"]), [1.0, 2.0, 0.0, 0.0, 0.0, 20.0]);
    assert_eq!(row(["1", "2", "X", "2"]), [1.0, 2.0, 0.0, 0.0, 0.0, 20.0]);
    // Missing cells: empty, or NaN.
    assert_eq!(row(["1", "", "", "2"]), [1.0, 7.5, 1.0, 0.0, 1.0, 20.0]);
    assert_eq!(
        row(["1", "nan", "NaN", "2"]),
        [1.0, 7.5, 1.0, 0.0, 1.0, 20.0]
    );
}

#[test]
fn a_cell_that_a_feature_does_not_take_is_named() {
    let schema = mixed_schema();
    let error = |cells| row_of_texts(&schema, cells).unwrap_err().to_string();
    assert_eq!(
        error(["", "2", "C", "1"]),
        "row 1, column 1: the cell is empty"
    );
    assert_eq!(
        error(["1", "many", "C", "1"]),
        "row 1, column 2: \"many\" is not a number"
    );
    assert_eq!(
        error(["1", "inf", "C", "1"]),
        "row 1, column 2: \"inf\" is not a finite number"
    );
    assert_eq!(
        error(["1", "2", "C", "3"]),
        "row 1, column 4: \"3\" is none of the categories \"1\", \"2\", \"many\""
    );
    assert_eq!(
        error(["1", "2", "C", ""]),
        "row 1, column 4: the cell is empty"
    );
}

#[test]
fn cells_with_types_are_categories_of_the_same_text() {
    let schema = mixed_schema();
    let mut design = Design::new(&schema);
    let text = |text: &str| Cell::Text(text.to_owned());
    for cell in [
        Cell::Boolean(true),
        Cell::Missing,
        text("C"),
        Cell::Number(2.0),
    ] {
        design.push(&cell).unwrap();
    }
    design.end_row().unwrap();
    assert_eq!(
        design.finish().row(0).to_vec(),
        [1.0, 7.5, 1.0, 1.0, 0.0, 20.0]
    );
    // What a format says is text is no number.
    let mut design = Design::new(&schema);
    let error = design.push(&text("1")).unwrap_err().to_string();
    assert_eq!(error, "row 1, column 1: \"1\" is not a number");
}

#[test]
fn verification_rows_may_have_missing_and_text_cells() {
    let document = |prediction| {
        json!({
            "features": mixed(),
            "model": {"kind": "linear-regression", "intercept": 1,
                      "coefficients": [1, 10, 100, 1000, 10000, 1]},
            "verification": {"rows": [[2, null, "C", 1], [2, 3, null, "many"]],
                             "predictions": [prediction, 10132]},
        })
    };
    model_of(&document(1188.0));
    let error = refusal(&document(1188.1));
    assert!(
        error.starts_with("verification row 1 gives 1188.0 instead of 1188.1"),
        "{error}"
    );
}

#[test]
fn verification_rows_of_a_classifier_hold_probabilities_or_margins() {
    let document = |kind: &str, prediction: Value| {
        json!({
            "features": ["x"],
            "model": {"kind": kind, "labels": ["a", "b"], "intercepts": [1, 2], "coefficients": [[0], [0]]},
            "verification": {"rows": [[0]], "predictions": [prediction]},
        })
    };
    let second = 1.0 / (1.0 + (-1.0f64).exp());
    model_of(&document(
        "multinomial-logistic-regression",
        json!([1.0 - second, second]),
    ));
    model_of(&document("linear-classifier", json!([1, 2])));
    let error = refusal(&document("linear-classifier", json!([2, 1])));
    assert!(
        error.starts_with("verification row 1 gives 1.0 instead of 2.0"),
        "{error}"
    );
    let error = refusal(&document("linear-classifier", json!(1)));
    assert_eq!(
        error,
        "verification row 1 expects 1 numbers, the model gives 2"
    );
}

#[test]
fn a_document_whose_parts_do_not_fit_is_refused() {
    let linear = |coefficients: usize| json!({"kind": "linear-regression", "intercept": 0, "coefficients": vec![1; coefficients]});
    let classifier = |labels: Value, rows: usize| {
        json!({"kind": "linear-classifier", "labels": labels, "intercepts": vec![0; rows],
               "coefficients": vec![[1]; rows]})
    };
    let cases = [
        (
            json!({"features": mixed(), "model": linear(4)}),
            "the 4 features make 6 columns, but the linear-regression takes 4",
        ),
        (
            json!({"features": [{"missing_indicator": true}], "model": linear(2)}),
            "feature x0 has an indicator of missing cells, but nothing to put in their place",
        ),
        (
            json!({"features": [{"missing": "S"}], "model": linear(1)}),
            "feature x0 takes numbers, but missing cells become \"S\"",
        ),
        (
            json!({"features": [{"name": "p", "missing": "X", "encoding": {"kind": "ordinal", "categories": ["S"]}}],
                   "model": linear(1)}),
            "feature p: missing cells become \"X\", which is none of its categories",
        ),
        (
            json!({"features": [{"name": "p", "encoding": {"kind": "one-hot", "categories": [1, "1"]}}],
                   "model": linear(2)}),
            "\"1\" stands twice among the categories of feature p",
        ),
        (
            json!({"features": [{"name": "p", "encoding": {"kind": "one-hot", "categories": ["a"], "drop": "b"}}],
                   "model": linear(1)}),
            "feature p drops \"b\", which is none of its categories",
        ),
        (
            json!({"features": [{"name": "p", "encoding": {"kind": "ordinal", "categories": []}}], "model": linear(1)}),
            "feature p is encoded, but has no categories",
        ),
        (
            json!({"features": [{"name": "p", "encoding":
                       {"kind": "ordinal", "categories": ["a", "b"], "numbers": [1]}}], "model": linear(1)}),
            "feature p has 2 categories and 1 numbers for them",
        ),
        (
            json!({"features": ["x"], "model": classifier(json!(["a"]), 1)}),
            "a classifier of 1 labels: 2 to 10000 are possible",
        ),
        (
            json!({"features": ["x"], "model": classifier(json!(["a", "a"]), 2)}),
            "\"a\" stands twice among the labels",
        ),
        (
            json!({"features": ["x"], "model": classifier(json!(["a", "b", "c"]), 1)}),
            "a linear-classifier of 3 labels has 1 lists of coefficients: one for each label",
        ),
        (
            json!({"features": ["x", "y"], "model": {"kind": "multi-target-regression", "intercepts": [0, 0],
                   "coefficients": [[1, 2], [3]]}}),
            "target 2 has 1 coefficients, the first one 2: as many for each",
        ),
        (
            json!({"features": ["x"], "model": {"kind": "multi-target-regression", "intercepts": [0],
                   "coefficients": [[1], [2]]}}),
            "there are 1 intercepts and 2 lists of coefficients: one of each a target",
        ),
        (
            json!({"features": ["x"], "model": {"kind": "multi-target-regression", "targets": ["a"],
                   "intercepts": [0, 0], "coefficients": [[1], [2]]}}),
            "there are 1 names for 2 targets",
        ),
    ];
    for (document, expected) in cases {
        assert_eq!(refusal(&document), expected);
    }
}

#[test]
fn labels_keep_their_type_and_whole_floats_are_integers() {
    let labels: Vec<Label> = serde_json::from_value(json!(["a", 1, 2.0, true])).unwrap();
    let expected = [
        text("a"),
        Label::Integer(1),
        Label::Integer(2),
        Label::Boolean(true),
    ];
    assert_eq!(labels, expected);
    assert_eq!(
        serde_json::to_value(&labels).unwrap(),
        json!(["a", 1, 2, true])
    );
    let written: Vec<_> = labels.iter().map(ToString::to_string).collect();
    assert_eq!(written, ["a", "1", "2", "True"]);
    assert!(serde_json::from_value::<Label>(json!(0.5)).is_err());
}

#[test]
fn a_cell_of_an_unused_feature_may_be_anything() {
    let model = model_of(&json!({
        "features": [{"name": "id", "encoding": {"kind": "unused"}}, "age"],
        "model": {"kind": "linear-regression", "intercept": 1, "coefficients": [2]},
    }));
    let mut design = Design::new(model.schema());
    for id in [
        Cell::Text("A-17".to_owned()),
        Cell::Missing,
        Cell::Number(f64::NAN),
        Cell::Boolean(true),
    ] {
        design.push(&id).unwrap();
        design.push(&Cell::Number(3.0)).unwrap();
        design.end_row().unwrap();
    }
    design.push_text(b"").unwrap();
    design.push_text(b"3").unwrap();
    design.end_row().unwrap();
    assert_eq!(
        values(&model, &design.finish()),
        Array2::from_elem((5, 1), 7.0)
    );
}
