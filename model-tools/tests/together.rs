//! Several files that are a model together: in the order of the command line, in archives, folders and dicts.

use std::path::{Path, PathBuf};

use sagelet::artifact::Artifact;
use serde_json::Value;

use crate::containers::{gzip, tar};
use crate::harness::{Run, Scratch, run};
use crate::sklearn::{check, corpus, path};

fn file(name: &str) -> String {
    corpus("together").join(name).to_str().unwrap().to_owned()
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(file(name)).unwrap()
}

/// What is expected of some files, and their names.
fn expectations() -> Vec<(PathBuf, Vec<String>)> {
    let mut found: Vec<_> = std::fs::read_dir(corpus("together"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            let told: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let files = told["files"].as_array().unwrap().iter();
            let files = files
                .map(|file| file.as_str().unwrap().to_owned())
                .collect();
            (path, files)
        })
        .collect();
    found.sort();
    assert_eq!(found.len(), 4);
    found
}

fn convert<S: AsRef<str>>(arguments: impl IntoIterator<Item = S>, output: &str) -> Run {
    let arguments: Vec<S> = arguments.into_iter().collect();
    let arguments = arguments.iter().map(AsRef::as_ref);
    let rest = ["-o", output, "--force"];
    run(["convert"].into_iter().chain(arguments).chain(rest))
}

/// Converts and checks against what scikit-learn said.
fn converted(told: Run, output: &str, expected: &Path) {
    told.ok();
    check(expected, &Artifact::read(output.as_ref()).unwrap().document);
}

/// An archive of files of the corpus.
fn archive(scratch: &Scratch, names: &[&str]) -> String {
    let contents: Vec<_> = names.iter().map(|name| (*name, bytes(name))).collect();
    let files: Vec<_> = contents
        .iter()
        .map(|(name, bytes)| (*name, bytes.as_slice()))
        .collect();
    scratch.write("model.tar.gz", &gzip(&tar(&files)))
}

#[test]
fn files_given_in_order_predict_what_they_did_together() {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    for (expected, files) in expectations() {
        let paths: Vec<_> = files.iter().map(|name| file(name)).collect();
        converted(
            convert(paths.iter().map(String::as_str), &output),
            &output,
            &expected,
        );
    }
    // The other commands take them too.
    let (scaler, model) = (file("scaler.pkl"), file("model.pkl"));
    let shown = run(["inspect", &scaler, &model]).ok();
    assert!(
        shown.contains("class      sklearn.preprocessing._data.StandardScaler"),
        "{shown}"
    );
    let json: Value =
        serde_json::from_str(&run(["inspect", &scaler, &model, "--json"]).ok()).unwrap();
    assert_eq!(
        json["files"][1]["class"],
        "sklearn.linear_model._logistic.LogisticRegression"
    );
    run([
        "package",
        &scaler,
        &model,
        "-o",
        &scratch.path("packed.tar.gz"),
    ])
    .ok();
    run([
        "report",
        &scaler,
        &model,
        "-o",
        &scratch.path("report.html"),
    ])
    .ok();
}

/// With `--key`, in the order of the keys, whatever the order in the archive.
#[test]
fn files_of_an_archive_or_folder_are_named_by_keys() {
    for (expected, files) in expectations() {
        let scratch = Scratch::new();
        let output = scratch.path("model.cbor");
        let backwards: Vec<_> = files.iter().rev().map(String::as_str).collect();
        let keys: Vec<_> = files.iter().flat_map(|name| ["--key", name]).collect();
        let archive = archive(&scratch, &backwards);
        converted(
            convert([archive.as_str()].into_iter().chain(keys.clone()), &output),
            &output,
            &expected,
        );
        let folder = scratch.path("model");
        std::fs::create_dir(&folder).unwrap();
        for name in &files {
            scratch.write(&format!("model/{name}"), &bytes(name));
        }
        scratch.write("model/notes.txt", b"about the model");
        converted(
            convert([folder.as_str()].into_iter().chain(keys), &output),
            &output,
            &expected,
        );
    }
}

/// A file in an archive may hold several estimators itself.
#[test]
fn keys_lead_into_files_of_an_archive() {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    let archive = archive(&scratch, &["bundle.pkl", "model.pkl", "columns.names"]);
    let keys = [
        "bundle.pkl.scaler",
        "model.pkl",
        "bundle.pkl.label_encoder",
        "columns.names",
    ];
    let keys = keys.iter().flat_map(|key| ["--key", key]);
    let expected = corpus("together").join("scaler_model_labels.json");
    let told = convert([archive.as_str()].into_iter().chain(keys), &output);
    converted(told, &output, &expected);
    let document = Artifact::read(output.as_ref()).unwrap().document;
    assert_eq!(
        document.features.get(1).unwrap().name.as_deref(),
        Some("income")
    );
    let wrong = [
        "--key",
        "bundle.pkl.scaler",
        "--key",
        "bundle.pkl.regressor",
    ];
    convert([archive.as_str()].into_iter().chain(wrong), &output).refused(
        1,
        "no estimator under the key \"bundle.pkl.regressor\"; there are \"bundle.pkl.scaler\" (StandardScaler)",
    );
}

/// One transformer and one model that fit each other have one order.
#[test]
fn a_scaler_beside_a_model_comes_before_it() {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    let expected = corpus("together").join("scaler_model.json");
    let names = ["model.pkl", "columns.pkl", "scaler.pkl"];
    let archive = archive(&scratch, &names);
    let told = convert([archive.as_str()], &output);
    for line in [
        "read ",
        "tar: model.pkl, columns.pkl, scaler.pkl, pickle, one-vs-rest of 3 features\n",
        "took StandardScaler from \"scaler.pkl\"\n",
        "took the names of the columns from \"columns.pkl\"\n",
    ] {
        let line = line.replace("one-vs-rest", "multinomial-logistic-regression");
        assert!(
            told.stderr.contains(&line),
            "{line:?} is not in {}",
            told.stderr
        );
    }
    converted(told, &output, &expected);
    // The same in a dict, with an encoder of labels that is called so.
    let expected = corpus("together").join("scaler_model_labels.json");
    let told = convert([file("bundle.pkl").as_str()], &output);
    assert!(
        told.stderr.contains("named the classes by LabelEncoder\n"),
        "{}",
        told.stderr
    );
    converted(told, &output, &expected);
    let document = Artifact::read(output.as_ref()).unwrap().document;
    assert_eq!(
        document.features.get(2).unwrap().name.as_deref(),
        Some("distance")
    );
}

#[test]
fn lists_of_names_are_read_from_pickles_indexes_and_json() {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    for list in ["columns.pkl", "index.pkl", "columns.names"] {
        convert(
            [&file("scaler.pkl"), &file("model.pkl"), &file(list)].map(String::as_str),
            &output,
        )
        .ok();
        let document = Artifact::read(output.as_ref()).unwrap().document;
        assert_eq!(
            document.features.get(0).unwrap().name.as_deref(),
            Some("age"),
            "{list}"
        );
    }
    let other = scratch.write("other.json", b"[\"a\", \"b\"]");
    convert([&file("model.pkl"), &other], &output).refused(1, "it takes 3 columns, and");
    let wrong = scratch.write("wrong.json", b"[\"a\", \"b\", \"c\"]");
    convert([&file("frame_model.pkl"), &wrong], &output)
        .refused(1, "it was fitted on columns of other names than those in");
    convert([other.as_str()], &output).refused(1, "this is a list of names, and no model");
    convert([file("columns.pkl").as_str()], &output).refused(1, "it holds names, and no model");
}

/// A wrong order predicts wrongly without a sign of it.
#[test]
fn what_is_not_known_is_asked_for_by_name() {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    let (scaler, model) = (file("scaler.pkl"), file("model.pkl"));
    convert([model.as_str(), &scaler], &output)
        .refused(1, "predicts, so rows reach it last: give ");
    convert([scaler.as_str(), &file("imputer.pkl")], &output)
        .refused(1, "there is no estimator in it that predicts, only ");
    convert([model.as_str(), &file("ridge.joblib")], &output)
        .refused(1, "it holds several estimators, ");
    convert([scaler.as_str(), &path("ridge")], &output).refused(
        1,
        "it takes 4 columns, and StandardScaler before it makes 3",
    );
    convert(
        [file("target_scaler.pkl").as_str(), &file("ridge.joblib")],
        &output,
    )
    .refused(1, "is often that of the target");
    convert([model.as_str(), "examples/diabetes/model.cbor"], &output)
        .refused(1, "cbor is a model of its own");
    let asked = |names: &[&str], reason: &str| {
        convert([archive(&scratch, names).as_str()], &output).refused(1, reason);
    };
    asked(
        &["imputer.pkl", "filled_scaler.joblib", "ridge.joblib"],
        "in that order, such as --key imputer.pkl --key filled_scaler.joblib --key ridge.joblib, or the model alone",
    );
    // It may have been fitted on the rows as they are.
    asked(
        &["frame_scaler.pkl", "frame_model.pkl"],
        "such as --key frame_scaler.pkl --key frame_model.pkl, or",
    );
    asked(
        &["scaler.pkl", "imputer.pkl"],
        "there is no estimator in it that predicts",
    );
    convert([&file("ridge.joblib"), &file("labels.pkl")], &output)
        .refused(1, "it names classes, and the model is a regression");
    assert!(!scratch.files().contains(&"model.cbor".to_owned()));
}

#[test]
fn a_file_of_an_archive_that_cannot_be_read_is_named() {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    let evil = b"cposix\nsystem\n(S'true'\ntR.";
    let files = |other: &'static [u8]| {
        let (model, scaler) = (bytes("model.pkl"), bytes("scaler.pkl"));
        let files = [
            ("model.pkl", model.as_slice()),
            ("scaler.pkl", &scaler),
            ("other.pkl", other),
        ];
        scratch.write("model.tar", &tar(&files))
    };
    let evil = files(evil);
    convert([evil.as_str()], &output).refused(1, "other.pkl: it names posix.system at byte 0");
    assert_eq!(run(["inspect", &evil]).code, Some(1));
    let keys = ["--key", "scaler.pkl", "--key", "model.pkl"];
    convert([evil.as_str()].into_iter().chain(keys), &output).ok();
    let damaged = files(b"\x80\x04\x95cut");
    let told = convert([damaged.as_str()], &output);
    assert!(
        told.stderr.contains("ignored \"other.pkl\": byte "),
        "{}",
        told.stderr
    );
    told.ok();
    let shown = run(["inspect", &damaged]).ok();
    assert!(shown.contains("cannot be read: byte "), "{shown}");
}

/// Of formats that hold one model, a key names the file.
#[test]
fn one_of_several_models_in_an_archive_is_taken_by_its_name() {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    let table = |number: &str| format!("term,estimate\n(Intercept),1\nx,{number}\n");
    let (a, b) = (table("2"), table("3"));
    let archive = scratch.write(
        "two.tar",
        &tar(&[("a.csv", a.as_bytes()), ("b.csv", b.as_bytes())]),
    );
    convert([archive.as_str()], &output).refused(
        1,
        "several files are models (a.csv, b.csv): name the one that is meant, such as --key a.csv",
    );
    convert([archive.as_str(), "--key", "b.csv"], &output).ok();
    let rows = scratch.write("rows.csv", b"1\n");
    assert_eq!(run(["predict", &output, &rows]).ok(), "4.0\n");
}

/// A model without its scaler predicts wrongly without a sign of it.
#[test]
fn a_scaler_that_lies_beside_a_model_is_pointed_out() {
    let scratch = Scratch::new();
    let output = scratch.path("model.cbor");
    let model = scratch.write("model.pkl", &bytes("model.pkl"));
    let hint = "lies beside it: if rows go through that first";
    assert!(!convert([&model], &output).stderr.contains(hint));
    let scaler = scratch.write("my_Scaler.pkl", &bytes("scaler.pkl"));
    let told = convert([&model], &output).stderr;
    assert!(told.contains(&format!("my_Scaler.pkl {hint}")), "{told}");
    assert!(!convert([&scaler, &model], &output).stderr.contains(hint));
    let whole = scratch.write(
        "whole.pkl",
        &std::fs::read(path("pipeline_standard")).unwrap(),
    );
    let told = convert([&whole], &output);
    assert!(!told.stderr.contains(hint), "{}", told.stderr);
    told.ok();
}

/// Sixty files of four million objects each would take eight gigabytes.
#[test]
fn the_objects_of_all_files_of_an_archive_count_together() {
    let scratch = Scratch::new();
    let nothing = b"N".repeat(3_000_000);
    let objects = [b"\x80\x02(".as_slice(), &nothing, b"l."].concat();
    let files = ["0.pkl", "1.pkl", "2.pkl"].map(|name| (name, objects.as_slice()));
    let archive = scratch.write("objects.tar", &tar(&files));
    convert([&archive], "-").refused(
        1,
        "1.pkl: the files hold more than 4000000 objects together",
    );
}
