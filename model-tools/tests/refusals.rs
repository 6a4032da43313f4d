//! What is refused of scikit-learn's: models that are not linear, by step, class and reason, and files that name commands.

use serde_json::Value;

use crate::harness::{Scratch, run};
use crate::sklearn::{file, models, name};

/// Why each model of the corpus whose name begins with `refused_` is.
const REASONS: &[(&str, &str)] = &[
    (
        "columns_by_name",
        "transformer \"numbers\" (Pipeline): it takes the column \"age\", but the names of all columns",
    ),
    (
        "old_one_hot",
        "step \"onehotencoder\" (OneHotEncoder): it was fitted to whole numbers in the way of",
    ),
    (
        "bagged_trees",
        "estimators_[0] (DecisionTreeRegressor): it is made of decision trees",
    ),
    (
        "calibrated_bayes",
        "calibrated_classifiers_[0], estimator (MultinomialNB): its probabilities were calibrated, which are no linear",
    ),
    ("constant", "Pipeline: it looks at no column of the rows"),
    (
        "forest",
        "RandomForestRegressor: it is made of decision trees, not of linear scores",
    ),
    (
        "isotonic_nan",
        "IsotonicRegression: out_of_bounds=\"nan\" predicts nothing outside",
    ),
    (
        "label_chain",
        "ClassifierChain: each model of the chain takes the classes that those before it predict",
    ),
    (
        "label_of_every_row",
        "estimators_[1] (_ConstantPredictor): every row that it was fitted on had this label, or none had it",
    ),
    (
        "labels_alone",
        "LabelEncoder: it only names classes: give it together with their classifier",
    ),
    (
        "neighbors",
        "KNeighborsRegressor: it compares a row with those that it was fitted on",
    ),
    (
        "ordinal_missing",
        "step \"ordinalencoder\" (OrdinalEncoder): missing cells become NaN",
    ),
    (
        "scaler_and_models",
        "dict: it holds several estimators, \"scaler\" (StandardScaler), \"models.price\" (Ridge), \"models.area\" (Lasso), and",
    ),
    (
        "scaler_alone",
        "StandardScaler: it changes columns and predicts nothing: give it together with the model",
    ),
    (
        "select_from_forest",
        "step \"selectfrommodel\", estimator_ (RandomForestRegressor): it has no coef_",
    ),
    (
        "several_classes_output",
        "estimators_[1] (LogisticRegression): its classes are not 0 and 1",
    ),
    (
        "spline_before_forest",
        "step \"randomforestregressor\" (RandomForestRegressor): it is made of decision trees",
    ),
    ("svr_rbf", "SVR: its kernel is not \"linear\""),
    (
        "target_encoder_three",
        "step \"targetencoder\" (TargetEncoder): it makes a column for each class",
    ),
    (
        "transformers_alone",
        "step \"pca\" (PCA): it changes columns and predicts nothing: give it together with the model",
    ),
    (
        "two_models",
        "dict: it holds several estimators, \"first\" (Ridge), \"second\" (Lasso)",
    ),
    (
        "two_sorts_of_missing",
        "step \"onehotencoder\" (OneHotEncoder): None and NaN are categories",
    ),
    (
        "unfitted",
        "LinearRegression: it takes 0 columns: it is not fitted",
    ),
    (
        "voting_forest",
        "estimators_[1] (RandomForestClassifier): it is made of decision trees",
    ),
    (
        "wrapper_class",
        "Wrapper: it is not a class of scikit-learn, and what it predicts is not known; --key takes an estimator",
    ),
];

/// What is written in every place of the corpus: which model is refused, where, and with what reason.
#[test]
fn what_is_not_linear_is_refused_by_step_class_and_reason() {
    // The first two are things of old versions.
    let of_today = REASONS.len() - 2;
    for (folder, count) in [
        ("sklearn-0.19", 1),
        ("sklearn-0.20", 1),
        ("sklearn-1.3", of_today - 1), // whose target encoder took two classes at most
        ("sklearn-1.9", of_today),
    ] {
        let paths = models(folder, true);
        assert_eq!(paths.len(), count);
        for path in paths {
            let name = name(&path);
            let name = name.strip_prefix("refused_").unwrap();
            let (_, reason) = REASONS.iter().find(|(model, _)| *model == name).unwrap();
            run(["convert", path.to_str().unwrap(), "-o", "-"]).refused(1, reason);
            // What is in it can be seen all the same.
            let seen = run(["inspect", path.to_str().unwrap()]).ok();
            assert!(seen.contains("conversion    not possible: "), "{seen}");
            assert!(seen.contains("  safe       "), "{seen}");
        }
    }
}

/// Helpers of dill that only make arrays and slices are trusted; a function that was dumped beside a model is code.
#[test]
fn what_other_packages_wrote_is_refused_as_what_it_is() {
    for path in models("wrapped", true) {
        let reasons = if name(&path).contains("dill_function") {
            [
                "dill._dill._create_function at byte ",
                "dump the fitted model alone",
            ]
        } else {
            [
                "BalancedBaggingClassifier: this class of imbalanced-learn is not supported",
                "its Pipeline is",
            ]
        };
        let told = run(["convert", path.to_str().unwrap(), "-o", "-"]);
        for reason in reasons {
            told.refused(1, reason);
        }
    }
}

/// In Python, loading this file runs the command.
#[test]
fn a_pickle_that_would_run_a_command_is_refused_and_nothing_runs() {
    let scratch = Scratch::new();
    let marker = scratch.path("ran");
    let evil = format!("cposix\nsystem\n(S'touch {marker}'\ntR.");
    let evil = scratch.write("evil.pkl", evil.as_bytes());
    for command in [&["convert", &evil, "-o", "-"][..], &["predict", &evil]] {
        run(command.iter().copied()).refused(1, "posix.system at byte 0");
    }
    let inspected = run(["inspect", &evil]);
    assert_eq!(inspected.code, Some(1));
    let text = String::from_utf8(inspected.stdout).unwrap();
    assert!(
        text.contains("  dangerous  posix.system at byte 0\n"),
        "{text}"
    );
    assert_eq!(scratch.files(), ["evil.pkl"], "the command ran");
}

/// Hidden behind a real model: its coefficients are never read.
#[test]
fn a_command_inside_of_a_real_model_is_refused_too() {
    let mut bytes = file("linear.p2");
    assert_eq!(bytes.pop(), Some(b'.'));
    bytes.extend(b"0cbuiltins\neval\nU\x011\x85R.");
    let scratch = Scratch::new();
    let path = scratch.write("model.pkl", &bytes);
    run(["convert", &path, "-o", "-"]).refused(1, "builtins.eval at byte ");
}

/// skops asks before it loads such a file; here it is never more than a name.
#[test]
fn a_skops_file_that_names_a_command_is_refused_and_listed() {
    use std::io::Write as _;
    let schema = r#"{"__class__": "list", "__module__": "builtins", "__loader__": "ListNode", "protocol": 2, "content": [
        {"__class__": "partial", "__module__": "functools", "__loader__": "PartialNode", "content":
            {"func": {"__class__": "system", "__module__": "os", "__loader__": "FunctionNode"}}}]}"#;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.start_file("schema.json", stored).unwrap();
    archive.write_all(schema.as_bytes()).unwrap();
    let scratch = Scratch::new();
    let bytes = archive.finish().unwrap().into_inner();
    let path = scratch.write("evil.skops", &bytes);
    run(["convert", &path, "-o", "-"]).refused(1, "it names os.system, which can run code");
    let inspected = run(["inspect", &path]);
    assert_eq!(inspected.code, Some(1));
    let text = String::from_utf8(inspected.stdout).unwrap();
    for line in [
        "  dangerous  os.system\n",
        "  unknown    functools.partial\n",
        "  safe       builtins.list\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let json = run(["inspect", &path, "--json"]).stdout;
    let report: Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(report["skops"]["protocol"], 2);
    assert_eq!(report["skops"]["globals"][2]["name"], "os.system");
    assert_eq!(report["skops"]["globals"][2]["trust"], "dangerous");
}
