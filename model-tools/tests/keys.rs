//! `--key`: estimators out of dicts, lists and objects.

use std::path::Path;

use sagelet::artifact::Artifact;

use crate::harness::{DIABETES, Scratch, run};
use crate::sklearn::{check, path};

/// A scaler and two models in a dict: rows go through what is named, in the order in which it is named.
#[test]
fn keys_choose_among_several_estimators() {
    let scratch = Scratch::new();
    let (output, file) = (
        scratch.path("model.cbor"),
        path("refused_scaler_and_models"),
    );
    let keys = ["--key", "scaler", "--key", "models.price"];
    let told = run(["convert", &file, "-o", &output].into_iter().chain(keys));
    for line in [
        "unwrapped StandardScaler from \"scaler\" of a dict\n",
        "unwrapped Ridge from \"models.price\" of a dict\n",
        "left out \"models.area\" (Lasso)\n",
    ] {
        assert!(
            told.stderr.contains(line),
            "{line:?} is not in {}",
            told.stderr
        );
    }
    told.ok();
    let document = Artifact::read(output.as_ref()).unwrap().document;
    assert_eq!(document.features.get(1).unwrap().name.as_deref(), Some("b"));
    check(Path::new(&file), &document);
    // The other commands that read models take the same keys.
    let rows = scratch.write("rows.csv", b"1,2,3,4\n");
    let converted = run(["predict", &output, &rows]).ok();
    let predicted = run(["predict", &file, &rows].into_iter().chain(keys)).ok();
    assert_eq!(predicted, converted);
    let archive = scratch.path("model.tar.gz");
    run(["package", &file, "-o", &archive].into_iter().chain(keys)).ok();
    let report = scratch.path("report.html");
    run(["report", &file, "-o", &report].into_iter().chain(keys)).ok();
    let inspected = run(["inspect", &file, "--key", "models.area"]).ok();
    assert!(
        inspected.contains("kind          elastic-net"),
        "{inspected}"
    );
    let other = ["--key-a", "models.area", "--key-b", "models.price"];
    assert_eq!(
        run(["diff", &file, &file].into_iter().chain(other)).code,
        Some(1)
    );
}

#[test]
fn a_key_that_leads_nowhere_is_refused_with_those_that_do() {
    let refused = |path: &str, key: &str, reason: &str| {
        run(["convert", path, "-o", "-", "--key", key]).refused(1, reason);
    };
    let two = path("refused_two_models");
    refused(
        &two,
        "third",
        "no estimator under the key \"third\"; there are \"first\" (Ridge), \"second\" (Lasso)",
    );
    refused(
        &path("ridge"),
        "model",
        "Ridge: the file holds only this estimator",
    );
    refused(DIABETES, "model", "and this is cbor: remove --key");
    let order = ["--key", "first", "--key", "second"];
    run(["convert", &two, "-o", "-"].into_iter().chain(order)).refused(
        1,
        "key \"first\" (Ridge): it predicts, and only the last estimator may",
    );
}

/// What an object of the user's own class does with its model is not in the file; that something is left out is
/// said, and only done on request.
#[test]
fn an_estimator_in_an_object_of_another_class_is_taken_out_by_name_only() {
    let file = path("refused_wrapper_class");
    let told = run([
        "convert", &file, "-o", "-", "--to", "json", "--key", "model",
    ]);
    let line = "unwrapped Ridge from \"model\" of a Wrapper\n";
    assert!(told.stderr.contains(line), "{}", told.stderr);
    told.ok();
}
