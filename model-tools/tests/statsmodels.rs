//! The corpus of models that statsmodels fitted: each converted must predict what statsmodels did.
//!
//! `corpus/make_statsmodels.py` made the models and wrote down the predictions, with four versions of statsmodels.

use std::path::Path;

use sagelet::artifact::{Label, Parameters};

use crate::harness::{Scratch, run};
use crate::sklearn::{assert_told, check, convert, corpus, models, name};

/// One for each version of statsmodels.
const FOLDERS: [&str; 4] = [
    "statsmodels-0.12",
    "statsmodels-0.13",
    "statsmodels-0.14",
    "statsmodels-0.15",
];

fn refused(path: &Path, reason: &str) {
    run(["convert", path.to_str().unwrap(), "-o", "-"]).refused(1, reason);
}

#[test]
fn every_model_predicts_what_statsmodels_does() {
    let mut count = 0;
    for folder in FOLDERS {
        for path in models(folder, false) {
            check(&path, &convert(&path));
            count += 1;
        }
    }
    assert!(count >= 290, "{count} models");
}

#[test]
fn what_an_artifact_cannot_compute_is_refused_by_its_term_and_the_reason() {
    for path in FOLDERS.iter().flat_map(|folder| models(folder, true)) {
        let reason = match name(&path).as_str() {
            "refused_function" | "refused_formulaic_function" => {
                "the function sinh of a column is a column that is not converted"
            }
            "refused_reciprocal" => "the function reciprocal of a column is",
            "refused_fraction" => "a column to the power of 1.5 is a column that is not converted",
            "refused_centred" => "the term \"center(x)\": the function center of a column is",
            "refused_rounded" => "it compares numbers that an earlier step has scaled",
            "refused_spline" => "the term \"bs(x, df=4)[0]\"",
            "refused_contrast" | "refused_difference" => {
                "only the contrasts Treatment and Sum are read"
            }
            "refused_condition" => "\"I(x > 0)\" of columns is a column that is not converted",
            "refused_levels" => "the cells of \"exposed\" are no texts, whole numbers or booleans",
            "refused_both" => "rooms is used both as a number and as a category",
            "refused_probit" => "statsmodels' Probit: its link is probit",
            "refused_link_probit" => "statsmodels' GLM: its link is probit",
            "refused_link_cloglog" => "statsmodels' GLM: its link is cloglog",
            "refused_gee" => "statsmodels' GEE: not a model that is read",
            other => panic!("no reason for {other}"),
        };
        // Links have been classes in camel case since 0.14.
        let output = run(["convert", path.to_str().unwrap(), "-o", "-"]);
        let same = |text: &str| text.to_lowercase().replace('_', "");
        assert_eq!(output.code, Some(1), "{}", path.display());
        assert!(
            same(&output.stderr).contains(&same(reason)),
            "{reason:?} is not in {:?}",
            output.stderr
        );
    }
}

/// An offset is a column that rows have after those of the design; what it was computed from has often the same name.
#[test]
fn an_offset_is_the_last_column() {
    let document = convert(&corpus("statsmodels-0.15").join("formula_poisson_offset.pkl"));
    let names: Vec<String> = (0..document.features.len())
        .map(|index| document.feature_name(index))
        .collect();
    assert_eq!(names, ["x", "city", "offset"]);
    let Parameters::GeneralizedLinear(model) = &document.model else {
        panic!("{} is no generalised linear model", document.model.kind());
    };
    assert_eq!(model.coefficients.last(), Some(&1.0));
}

/// The rows and targets of the training table stand in the file. Only levels of factors are the model's own.
#[test]
fn no_value_of_the_training_table_is_in_the_artifact() {
    let path = corpus("statsmodels-0.14").join("formula_treatment.pkl");
    let scratch = Scratch::new();
    let json = scratch.path("model.json");
    let output = run(["convert", path.to_str().unwrap(), "-o", &json]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(!output.stderr.contains("ignored"), "{}", output.stderr);
    let text = std::fs::read_to_string(&json).unwrap();
    let told = std::fs::read(path.with_extension("json")).unwrap();
    let told: serde_json::Value = serde_json::from_slice(&told).unwrap();
    for row in told["rows"].as_array().unwrap() {
        let x = row[0].as_f64().unwrap();
        assert!(
            x == 0.0 || !text.contains(&x.to_string()),
            "{x} is in the artifact"
        );
    }
    let written: serde_json::Value = serde_json::from_str(&text).unwrap();
    let features = written["features"].as_array().unwrap();
    let names: Vec<&str> = features
        .iter()
        .map(|feature| {
            feature["name"]
                .as_str()
                .unwrap_or_else(|| feature.as_str().unwrap())
        })
        .collect();
    assert_eq!(names, ["x", "city", "rooms"]);
}

/// Saved without data, a model of a matrix has lost the names of its columns, and what its constant was.
#[test]
fn a_model_without_data_has_columns_without_names() {
    let path = corpus("statsmodels-0.15").join("ols_bare.pkl");
    let document = convert(&path);
    assert!(
        document
            .features
            .iter()
            .all(|feature| feature.name.is_none())
    );
    assert_told(&path, "column 0 of its matrix was the same in all rows");
}

#[test]
fn classes_have_the_type_that_their_names_show() {
    let labels = |file: &str| {
        convert(&corpus("statsmodels-0.15").join(file))
            .model
            .labels()
            .to_vec()
    };
    assert_eq!(labels("mnlogit_numbers.pkl"), [1, 2, 3].map(Label::Integer));
    assert_eq!(
        labels("mnlogit.pkl"),
        ["clerk", "cook", "driver"].map(|name| Label::Text(name.to_owned()))
    );
}

#[test]
fn a_target_that_was_computed_is_told() {
    let path = corpus("statsmodels-0.13").join("formula_log_target.pkl");
    assert_told(&path, "predicts \"np.log(positive)\", as statsmodels does");
}

#[test]
fn a_key_is_for_files_of_several_estimators() {
    let path = corpus("statsmodels-0.15").join("ols.pkl");
    run([
        "convert",
        path.to_str().unwrap(),
        "--key",
        "model",
        "-o",
        "-",
    ])
    .refused(1, "remove --key");
    refused(&corpus("statsmodels-0.15").join("refused_gee.pkl"), "GEE");
}

/// The training table makes files of any size. More than a model may have is read if little of it is the model; the
/// digest in the artifact is that of the whole file.
#[test]
fn a_large_file_is_read_without_its_table() {
    const TABLE_BYTES: u64 = 65 << 20;
    let small = std::fs::read(corpus("statsmodels-0.15").join("formula_treatment.pkl")).unwrap();
    // After the class of the result: bytes, and an instruction that throws them away.
    let place = small
        .windows(2)
        .position(|code| code == b"\x93\x94")
        .unwrap()
        + 2;
    let (head, rest) = small.split_at(place);
    let mut large = [head, b"\x8e".as_slice(), &TABLE_BYTES.to_le_bytes()].concat();
    large.resize(large.len() + usize::try_from(TABLE_BYTES).unwrap(), 0);
    large.push(b'0');
    large.extend(rest);
    let scratch = Scratch::new();
    let path = scratch.write("large.pkl", &large);
    let document = convert(Path::new(&path));
    let digest = sagelet::artifact::Digest::of(&large).to_string();
    assert_eq!(document.provenance["source_sha256"], digest);
    let same = convert(&corpus("statsmodels-0.15").join("formula_treatment.pkl"));
    assert_eq!(document.model, same.model);
    let text = run(["inspect", &path]).ok();
    assert!(text.contains("size          68,17"), "{text}");
}
