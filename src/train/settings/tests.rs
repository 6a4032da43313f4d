//! Every name and value of the table, tried one by one.

use super::choices::{
    ColumnChoice, Criterion, LinkChoice, Loss, Missing, PositiveWeight, PredictorType, Settings,
};
use super::entry::Effect;
use super::error::SettingsError;
use super::parse::parse;
use super::table::entries;

fn parsed(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    parse(&pairs.iter().map(own).collect())
}

fn refusal(name: &str, value: &str) -> String {
    parsed(&[(name, value)]).unwrap_err().to_string()
}

/// One value for each name that changes the settings or is checked, and what it changes.
type Change = fn(&mut Settings);

const CHANGES: &[(&str, &str, Change)] = &[
    ("predictor_type", "binary_classifier", |s| {
        s.predictor_type = Some(PredictorType::Binary)
    }),
    ("predictor_type", "regressor", |s| {
        s.predictor_type = Some(PredictorType::Regressor)
    }),
    ("predictor_type", "multiclass_classifier", |s| {
        s.predictor_type = Some(PredictorType::Multiclass);
    }),
    ("loss", "auto", |_| ()),
    ("loss", "squared_loss", |s| s.loss = Some(Loss::Squared)),
    ("loss", "logistic", |s| s.loss = Some(Loss::Logistic)),
    ("loss", "softmax_loss", |s| s.loss = Some(Loss::Softmax)),
    ("loss", "poisson", |s| s.loss = Some(Loss::Poisson)),
    ("loss", "gamma", |s| s.loss = Some(Loss::Gamma)),
    ("loss", "tweedie", |s| s.loss = Some(Loss::Tweedie)),
    ("num_classes", "3", |s| s.num_classes = Some(3)),
    ("feature_dim", "auto", |_| ()),
    ("feature_dim", "784", |s| s.feature_dim = Some(784)),
    ("use_bias", "False", |s| s.intercept = false),
    ("checkpoint_seconds", "5", |s| s.checkpoint_seconds = 5),
    ("fit_intercept", "\"0\"", |s| s.intercept = false),
    ("l1", "1e-3", |s| s.l1 = 1e-3),
    ("wd", "\"0.1\"", |s| s.wd = 0.1),
    ("normalize_data", "false", |s| s.normalize_data = false),
    ("normalize_data", "auto", |_| ()),
    ("normalize_label", "true", |s| s.normalize_label = true),
    ("normalize_label", "auto", |_| ()),
    ("positive_example_weight_mult", "2", |s| {
        s.positive_weight = PositiveWeight::Number(2.0)
    }),
    ("positive_example_weight_mult", "balanced", |s| {
        s.positive_weight = PositiveWeight::Balanced;
    }),
    ("balance_multiclass_weights", "True", |s| {
        s.balance_classes = true
    }),
    (
        "binary_classifier_model_selection_criteria",
        "loss_function",
        |_| (),
    ),
    (
        "binary_classifier_model_selection_criteria",
        "recall_at_target_precision",
        |s| s.decision.criterion = Some(Criterion::RecallAtTargetPrecision),
    ),
    ("l1", "auto", |s| s.selection.l1 = true),
    ("wd", "\"auto\"", |s| s.selection.wd = true),
    ("num_models", "auto", |_| ()),
    ("num_models", "7", |s| s.selection.models = 7),
    ("penalties", "[0.5, 2]", |s| {
        s.selection.penalties = vec![0.5, 2.0]
    }),
    ("l1_ratio", "0.1,1", |s| s.selection.ratios = vec![0.1, 1.0]),
    ("folds", "10", |s| s.selection.folds = Some(10)),
    ("fold_rows", "contiguous", |s| s.selection.contiguous = true),
    ("fold_rows", "hashed", |_| ()),
    ("one_standard_error", "true", |s| {
        s.selection.one_standard_error = true
    }),
    ("early_stopping_patience", "5", |s| {
        s.selection.patience = Some(5)
    }),
    ("early_stopping_patience", "auto", |_| ()),
    ("early_stopping_tolerance", "0.01", |s| {
        s.selection.tolerance = Some(0.01)
    }),
    ("f_beta", "2", |s| s.decision.f_beta = 2.0),
    ("target_precision", "0.9", |s| {
        s.decision.target_precision = 0.9
    }),
    ("target_recall", "0.9", |s| s.decision.target_recall = 0.9),
    ("num_calibration_samples", "1000", |s| {
        s.decision.samples = Some(1000)
    }),
    ("calibration", "platt", |s| s.decision.calibrate = true),
    ("calibration", "none", |_| ()),
    ("bias_wd_mult", "0", |_| ()),
    ("feature_names", "['a', 'b']", |s| {
        s.feature_names = Some(vec!["a".into(), "b".into()])
    }),
    ("label", "price", |s| {
        s.label = Some(ColumnChoice::Name("price".into()))
    }),
    ("label", "3", |s| s.label = Some(ColumnChoice::Number(3))),
    ("weights", "w", |s| {
        s.weights = Some(ColumnChoice::Name("w".into()))
    }),
    ("offset", "2", |s| s.offset = Some(ColumnChoice::Number(2))),
    ("drop", "id, 4", |s| {
        s.drop = vec![ColumnChoice::Name("id".into()), ColumnChoice::Number(4)];
    }),
    ("categories", "[\"city\"]", |s| {
        s.categories = vec![ColumnChoice::Name("city".into())]
    }),
    ("unknown_categories", "ignore", |s| {
        s.ignore_unknown_categories = true
    }),
    ("missing", "median", |s| s.missing = Missing::Median),
    ("missing", "mean", |s| s.missing = Missing::Mean),
    ("missing", "constant", |s| s.missing = Missing::Constant),
    ("missing", "indicator", |s| s.missing = Missing::Indicator),
    ("missing_constant", "-1", |s| s.missing_constant = -1.0),
    ("missing_values", "?, unknown", |s| {
        s.missing_values = vec!["?".into(), "unknown".into()]
    }),
    ("header", "present", |s| s.header = Some(true)),
    ("header", "absent", |s| s.header = Some(false)),
    ("header", "auto", |_| ()),
    ("delimiter", ";", |s| s.delimiter = Some(b';')),
    ("delimiter", "tab", |s| s.delimiter = Some(b'\t')),
    ("delimiter", "\t", |s| s.delimiter = Some(b'\t')),
    ("delimiter", ":", |s| s.delimiter = Some(b':')),
    ("delimiter", "space", |s| s.delimiter = Some(b' ')),
    ("delimiter", " ", |s| s.delimiter = Some(b' ')),
    ("validation_split", "0.2", |s| s.validation_split = 0.2),
    ("seed", "7", |s| s.seed = 7),
    ("memory", "64m", |s| s.memory = Some(64 << 20)),
];

#[test]
fn every_name_is_honoured_or_said_to_have_no_effect() {
    for entry in entries() {
        let tried: Vec<_> = CHANGES
            .iter()
            .filter(|(name, ..)| *name == entry.name)
            .collect();
        let by_loss = ["tweedie_power", "link"].contains(&entry.name);
        match entry.effect {
            Effect::NotNeeded => {
                let settings = parsed(&[(entry.name, "3")]).unwrap();
                assert!(
                    settings.notes[0].starts_with(entry.name),
                    "{:?}",
                    settings.notes
                );
            }
            _ => assert!(!tried.is_empty() || by_loss, "{} is not tried", entry.name),
        }
    }
    for (name, value, change) in CHANGES {
        let mut expected = Settings::default();
        change(&mut expected);
        assert_eq!(
            parsed(&[(name, value)]).unwrap(),
            expected,
            "{name}={value}"
        );
    }
    let tweedie = parsed(&[
        ("loss", "tweedie"),
        ("tweedie_power", "1.7"),
        ("link", "log"),
    ])
    .unwrap();
    assert_eq!(
        (tweedie.tweedie_power, tweedie.link),
        (Some(1.7), Some(LinkChoice::Log))
    );
}

#[test]
fn what_has_no_effect_is_said_once() {
    let settings = parsed(&[("epochs", "3"), ("optimizer", "adam"), ("wd", "1")]).unwrap();
    assert_eq!(
        settings.notes,
        ["epochs, optimizer have no effect: an exact solver needs none of it (docs/training.md)"]
    );
}

#[test]
fn what_is_not_built_is_refused_with_that_reason() {
    let reason = refusal("positive_example_weight_mult", "auto");
    assert!(reason.contains("not chosen by held-out rows"), "{reason}");
    assert!(reason.contains("positive_example_weight_mult"), "{reason}");
    for loss in ["absolute_loss", "hinge_loss", "quantile_loss", "huber_loss"] {
        assert!(refusal("loss", loss).contains("this loss is not built yet"));
    }
    assert!(refusal("bias_wd_mult", "1").contains("the intercept is never penalised"));
}

#[test]
fn a_name_that_means_nothing_ends_the_job_with_the_nearest_one() {
    assert_eq!(
        refusal("normalise_data", "true"),
        "hyperparameter \"normalise_data\" is not known; did you mean normalize_data?: \
         docs/training.md lists all names"
    );
    assert!(refusal("lerning_rate", "1").contains("learning_rate"));
    assert!(!refusal("max_depth", "6").contains("did you mean"));
    parsed(&[("sagemaker_region", "x"), ("_tuning_objective_metric", "y")]).unwrap();
}

#[test]
fn a_value_of_the_wrong_form_is_named_with_what_was_expected() {
    assert_eq!(
        refusal("fit_intercept", "maybe"),
        "hyperparameter fit_intercept=\"maybe\" is not valid: expected true or false"
    );
    for (name, value) in [
        ("wd", "-1"),
        ("l1", "inf"),
        ("l1", "nan"),
        ("label", "0"),
        ("delimiter", "::"),
        ("tweedie_power", "0.5"),
        ("validation_split", "1"),
        ("feature_names", "age,,bmi"),
        ("missing", "drop"),
        ("predictor_type", "Regressor"),
        ("num_models", "0"),
        ("num_models", "1001"),
        ("penalties", "1,-1"),
        ("l1_ratio", "0,0.5"),
        ("l1_ratio", "1.5"),
        ("folds", "1"),
        ("folds", "21"),
        ("fold_rows", "shuffled"),
        ("f_beta", "0"),
        ("target_recall", "1"),
        ("binary_classifier_model_selection_criteria", "auc"),
        ("calibration", "isotonic"),
    ] {
        assert!(
            refusal(name, value).contains("is not valid: expected"),
            "{name}={value}"
        );
    }
}

#[test]
fn values_that_contradict_each_other_are_refused() {
    for pairs in [
        [("predictor_type", "regressor"), ("loss", "logistic")],
        [
            ("predictor_type", "binary_classifier"),
            ("loss", "squared_loss"),
        ],
        [
            ("predictor_type", "multiclass_classifier"),
            ("loss", "logistic"),
        ],
        [("tweedie_power", "1.5"), ("loss", "poisson")],
        [("link", "log"), ("loss", "squared_loss")],
        [("folds", "5"), ("validation_split", "0.2")],
    ] {
        let error = parsed(&pairs).unwrap_err();
        assert!(
            matches!(error, SettingsError::Contradiction { .. }),
            "{pairs:?}"
        );
    }
}

#[test]
fn none_of_python_is_no_value() {
    assert_eq!(
        parsed(&[("wd", "None"), ("label", "null")]).unwrap(),
        Settings::default()
    );
}
