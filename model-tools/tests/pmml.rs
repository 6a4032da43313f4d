//! PMML: what the tables say is what is predicted, and what they cannot say is refused by its line.

use sagelet::artifact::{Artifact, Cell, Document};
use sagelet::model::Model;
use serde_json::Value;

use crate::harness::{Scratch, case, cases, repository, run};
use crate::onnx_again::same_predictions;
use crate::sklearn::{check, convert, models, name};

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

/// Numbers and other names by a table, and a sum of several fields. Of two rows for one category the first counts.
#[test]
fn tables_and_sums() {
    let model = load("mapped");
    let text = |text: &str| Cell::Text(text.to_owned());
    let row = |size: Cell, city: &str| [size, text(city), Cell::Number(30.0), Cell::Number(170.0)];
    let rest = 10.0 + 2.0 * 202.0;
    let at = |row: &[Cell]| predict(&model, row);
    near(&at(&row(text("S"), "OSL")), &[rest + 100.0 + 1000.0]);
    near(&at(&row(text("M"), "ROM")), &[rest + 50.0 + 3000.0]);
    near(&at(&row(text("L"), "FCO")), &[rest + 400.0 + 3000.0]);
    near(&at(&row(Cell::Missing, "FCO")), &[rest - 100.0 + 3000.0]);
    let without_height = [text("S"), text("OSL"), Cell::Number(30.0), Cell::Missing];
    assert!(model.predict_row(&without_height).is_err());
}

#[test]
fn what_a_table_is_not_is_refused_by_its_line_and_name() {
    refuses(
        &case("pmml/mapped.pmml"),
        &[
            (
                " defaultValue=\"0.5\"",
                "",
                "the derived field \"litres\": MapValues has no defaultValue, and nothing for \"M\"",
            ),
            (
                "<out>4</out>",
                "<out>four</out>",
                "a number of the table=\"four\" is not a finite number",
            ),
            (
                "<FieldColumnPair field=\"size\" column=\"in\"/>",
                "<FieldColumnPair field=\"size\" column=\"in\"/><FieldColumnPair field=\"city\" column=\"in\"/>",
                "MapValues of 2 fields is not supported, only of one",
            ),
            (
                "outputColumn=\"name\"",
                "outputColumn=\"name\" defaultValue=\"Oslo\"",
                "MapValues of categories with defaultValue is not supported",
            ),
            (
                "<MiningField name=\"city\"/>",
                "<MiningField name=\"city\" invalidValueTreatment=\"asIs\"/>",
                "the derived field \"town\": MapValues has no defaultValue, and nothing for a value that is not listed",
            ),
            (
                "field=\"size\" column",
                "field=\"age\" column",
                "the field \"age\" is a number, and used as a category",
            ),
            ("<in>S</in>", "<on>S</on>", "a row of MapValues has no in"),
        ],
    );
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
            "line 23: \"log_age\" is no active field of the rows, and none that is derived",
        ),
        (
            "<MiningSchema>",
            "<Targets><Target castInteger=\"round\"/></Targets><MiningSchema>",
            "line 16: Target with castInteger is not supported",
        ),
        (
            "name=\"age\" missing",
            "name=\"age\" outliers=\"asExtremeValues\" missing",
            "line 17: the field \"age\" has outliers=\"asExtremeValues\"",
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
            "RegressionModel",
            "NeuralNetwork",
            "a NeuralNetwork is not supported, as the functions between its layers are not linear",
        ),
        (
            "RegressionModel",
            "Scorecard",
            "a Scorecard is not supported, as it adds up scores of ranges of numbers",
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

/// `corpus/make_pmml.py` made them, and JPMML-Evaluator predicted the rows beside them.
#[test]
fn every_model_predicts_what_jpmml_does() {
    let paths = models("pmml", false);
    assert!(paths.len() >= 23, "{} models", paths.len());
    for path in paths {
        check(&path, &convert(&path));
    }
}

/// Intercepts and coefficients of all scores.
fn numbers(document: &Document) -> Vec<Value> {
    let model = serde_json::to_value(&document.model).unwrap();
    let keys = ["intercept", "intercepts", "coefficients"];
    let lists = keys.iter().filter_map(|key| model.get(key));
    let flat = |value: &Value| match value {
        Value::Array(values) => values.clone(),
        single => vec![single.clone()],
    };
    lists
        .flat_map(flat)
        .flat_map(|value| flat(&value))
        .collect()
}

/// A field that the model does not read is not written.
#[test]
fn every_export_comes_back_and_predicts_the_same() {
    let mut count = 0;
    for path in cases("exports") {
        let scratch = Scratch::new();
        let pmml = scratch.path("model.pmml");
        let back = scratch.path("model.cbor");
        if run(["convert", &path, "-o", &pmml]).code == Some(1) {
            continue; // refused, as `exports.rs` checks
        }
        run(["convert", &pmml, "-o", &back]).ok();
        let bytes = std::fs::read(repository().join(&path)).unwrap();
        let before: Document = serde_json::from_slice(&bytes).unwrap();
        let after = Artifact::read(back.as_ref()).unwrap().document;
        match name(path.as_ref()).as_str() {
            // Written with softmax, as PMML has no classes by scores alone, so probabilities are there now.
            "linear-classifier" | "linear-classifier-two" => {
                assert_eq!(numbers(&before), numbers(&after), "{path}");
                assert_eq!(before.model.labels(), after.model.labels(), "{path}");
            }
            case => same_predictions(case, &before, &after),
        }
        count += 1;
    }
    assert_eq!(count, 20);
}

#[test]
fn what_a_general_regression_model_is_not_is_refused_by_its_line() {
    refuses(
        "model-tools/tests/corpus/pmml/r_glm_poisson.pmml",
        &[
            (
                "linkFunction=\"log\"",
                "linkFunction=\"cloglog\"",
                "line 10: linkFunction=\"cloglog\" is not supported",
            ),
            (
                "linkFunction=\"log\"",
                "linkFunction=\"power\" linkParameter=\"0.5\"",
                "linkFunction=\"power\" with linkParameter=\"0.5\"",
            ),
            (
                "generalizedLinear",
                "CoxRegression",
                "modelType=\"CoxRegression\" for regression is not supported",
            ),
            (
                "generalizedLinear",
                "ordinalMultinomial",
                "modelType=\"ordinalMultinomial\" for regression is not supported",
            ),
            (
                "value=\"1\" predictorName=\"age\"",
                "value=\"2\" predictorName=\"age\"",
                "line 32: the exponent 2 of \"age\" makes it no linear model",
            ),
            (
                "predictorName=\"height\" parameterName=\"p2\"",
                "predictorName=\"height\" parameterName=\"p1\"",
                "line 33: the parameter \"p1\" is a product of several predictors",
            ),
            (
                "predictorName=\"height\"",
                "predictorName=\"width\"",
                "the predictor \"width\" is neither in the FactorList nor in the CovariateList",
            ),
            (
                "beta=\"0.3\"",
                "beta=\"NA\"",
                "beta=\"NA\" is not a finite number",
            ),
            (
                "distribution=\"poisson\"",
                "trialsVariable=\"age\"",
                "GeneralRegressionModel with trialsVariable is not supported",
            ),
            (
                "<Predictor name=\"city\"/>",
                "<Predictor name=\"city\"><Matrix/></Predictor>",
                "the factor \"city\" has a contrast matrix",
            ),
        ],
    );
}

#[test]
fn what_a_derived_field_is_not_is_refused_by_its_line_and_name() {
    let square = "<DerivedField name=\"is Rome\" optype=\"continuous\" dataType=\"double\"><Apply function=\"pow\"><FieldRef field=\"age\"/><Constant>2</Constant></Apply></DerivedField><DerivedField name=\"was\">";
    let product = square
        .replace("pow", "*")
        .replace("<Constant>2</Constant>", "<FieldRef field=\"height\"/>");
    let itself = square
        .replace("pow", "+")
        .replace("field=\"age\"", "field=\"is Rome\"");
    let discretize = "<DerivedField name=\"is Rome\"><Discretize field=\"age\"/></DerivedField><DerivedField name=\"was\">";
    let is_rome = "<DerivedField name=\"is Rome\" optype=\"continuous\" dataType=\"double\">";
    refuses(
        "model-tools/tests/corpus/pmml/transformed.pmml",
        &[
            (
                is_rome,
                square,
                "line 12: the derived field \"is Rome\": the function \"pow\" of 2 arguments is not supported",
            ),
            (
                is_rome,
                &product,
                "line 12: the derived field \"is Rome\": the function \"*\" of two fields makes it no linear model",
            ),
            (
                is_rome,
                &itself,
                "line 12: the derived field \"is Rome\": \"is Rome\" is no active field",
            ),
            (
                is_rome,
                discretize,
                "line 12: the derived field \"is Rome\": Discretize is not supported",
            ),
            (
                "<Apply function=\"equal\"><FieldRef field=\"city\"/><Constant>Oslo</Constant></Apply>",
                "<Apply function=\"isMissing\"><Apply function=\"+\"><FieldRef field=\"age\"/><FieldRef field=\"height\"/></Apply></Apply>",
                "a condition other than on a missing cell or a category",
            ),
            (
                "function=\"equal\"",
                "function=\"lessThan\"",
                "a condition other than on a missing cell or a category",
            ),
            (
                "mapMissingTo=\"171.5\"",
                "mapMissingTo=\"tall\"",
                "mapMissingTo=\"tall\" is not a finite number",
            ),
            (
                "name=\"tall\" coefficient=\"0.1\"",
                "name=\"height\" coefficient=\"0.1\"",
                "missing cells of height are filled in for one use of it",
            ),
            (
                "<LinearNorm orig=\"60\" norm=\"1\"/>",
                "<LinearNorm orig=\"60\" norm=\"1\"/><LinearNorm orig=\"70\" norm=\"9\"/>",
                "NormContinuous of several lines",
            ),
        ],
    );
}

/// Each change of a file is refused with its reason.
#[track_caller]
fn refuses(path: &str, changes: &[(&str, &str, &str)]) {
    let scratch = Scratch::new();
    let whole = std::fs::read_to_string(repository().join(path)).unwrap();
    for (from, to, reason) in changes {
        let changed = whole.replacen(from, to, 1);
        assert_ne!(changed, whole, "{from} is not in {path}");
        let path = scratch.write("model.pmml", changed.as_bytes());
        run(["convert", &path, "-o", "-"]).refused(1, reason);
    }
}
