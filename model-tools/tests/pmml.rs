//! PMML: what the tables say is what is predicted, and what they cannot say is refused by its line.

use sagelet::artifact::{Artifact, Cell};
use sagelet::model::Model;

use crate::harness::{Scratch, case, repository, run};

fn load(name: &str) -> Model {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    run([
        "convert",
        &case(&format!("pmml/{name}.pmml")),
        "-o",
        &output,
    ])
    .ok();
    Model::load(&Artifact::read(output.as_ref()).unwrap().document).unwrap()
}

fn predict(model: &Model, row: &[Cell]) -> Vec<f64> {
    model.predict_row(row).unwrap()
}

fn near(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() < 1e-9,
            "{found} instead of {expected}"
        );
    }
}

#[test]
fn numbers_terms_and_categories_add_up() {
    let model = load("claims");
    let location = |place: &str| Cell::Text(place.to_owned());
    let row = |age: Cell, place: &str| [age, Cell::Number(1000.0), location(place)];
    near(
        &predict(&model, &row(Cell::Number(10.0), "carpark")),
        &[254.47],
    );
    near(
        &predict(&model, &row(Cell::Number(10.0), "street")),
        &[538.4],
    );
    // A category of no coefficient, and a missing cell with its replacement.
    near(
        &predict(&model, &row(Cell::Number(10.0), "elsewhere")),
        &[213.37],
    );
    near(&predict(&model, &row(Cell::Missing, "carpark")), &[467.47]);
}

#[test]
fn classes_have_the_probabilities_of_their_normalization() {
    let three = predict(&load("jobs"), &[Cell::Number(40.0), Cell::Number(5.0)]);
    let scores: [f64; 3] = [
        46.418 - 0.132 * 40.0 + 0.078_67 * 5.0,
        51.169 - 0.302 * 40.0 + 0.155 * 5.0,
        0.0,
    ];
    let sum: f64 = scores.iter().map(|score| score.exp()).sum();
    near(&three, &scores.map(|score| score.exp() / sum));
    let two = load("yes-no");
    let labels: Vec<_> = two.labels().iter().map(ToString::to_string).collect();
    assert_eq!(labels, ["0", "1"]);
    let second = 1.0 / (1.0 + (-1.0_f64).exp());
    near(
        &predict(&two, &[Cell::Number(1.0)]),
        &[1.0 - second, second],
    );
}

#[test]
fn what_has_no_place_in_an_artifact_is_refused_by_its_line() {
    let scratch = Scratch::new();
    let whole = std::fs::read_to_string(repository().join(case("pmml/claims.pmml"))).unwrap();
    for (from, to, reason) in [
        (
            "exponent=\"1\"",
            "exponent=\"2\"",
            "line 23: the exponent 2 makes it no linear model",
        ),
        (
            "<FieldRef field=\"salary\"/>",
            "<FieldRef field=\"salary\"/><FieldRef field=\"age\"/>",
            "line 24: a product of several fields",
        ),
        (
            "name=\"age\" exponent",
            "name=\"log_age\" exponent",
            "line 23: \"log_age\" is no active field",
        ),
        (
            "<MiningSchema>",
            "<Targets><Target rescaleFactor=\"2\"/></Targets><MiningSchema>",
            "rescaleFactor changes the prediction",
        ),
        (
            "functionName=\"regression\"",
            "functionName=\"regression\" normalizationMethod=\"probit\"",
            "normalizationMethod=\"probit\" is not supported",
        ),
        (
            "RegressionModel",
            "TreeModel",
            "a TreeModel is not supported",
        ),
        (
            "132.37\"",
            "much\"",
            "line 22: intercept=\"much\" is not a finite number",
        ),
        (
            "<?xml version=\"1.0\"?>",
            "<!DOCTYPE PMML [<!ENTITY a \"b\">]>",
            "has a DTD",
        ),
        ("</PMML>", "", "the XML is damaged"),
    ] {
        let changed = whole.replace(from, to);
        assert_ne!(changed, whole);
        let path = scratch.write("model.pmml", changed.as_bytes());
        run(["convert", &path, "-o", "-"]).refused(1, reason);
    }
}
