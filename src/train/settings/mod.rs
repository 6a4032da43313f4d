//! What a training job was told: `hyperparameters.json`, every name of it honoured, said to have no effect, or
//! refused.

mod table;
mod value;

use table::{Effect, TABLE};

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::limits::TRAINING_CONFIG_BYTES_MAX;
use crate::text::Quoted;
use value::{Value, unquoted};

/// A hyperparameter file or value that makes no sense.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is too large.
    #[error(
        "{0} is larger than {TRAINING_CONFIG_BYTES_MAX} bytes: the platform writes 100 values of 2,500 characters \
         at most"
    )]
    TooLarge(PathBuf),
    /// The file is not a JSON object.
    #[error("{path} is not a JSON object of names and values: {reason}")]
    Shape {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// A value is not of its parameter's form.
    #[error("hyperparameter {name}={value} is not valid: expected {expected}")]
    Value {
        /// The hyperparameter.
        name: &'static str,
        /// What it was set to.
        value: Quoted,
        /// What would have been valid.
        expected: &'static str,
    },
    /// A value that cannot be honoured.
    #[error("hyperparameter {name}={value} is refused: {reason}")]
    Refused {
        /// The hyperparameter.
        name: &'static str,
        /// What it was set to.
        value: Quoted,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// A name that means nothing.
    #[error("hyperparameter {name} is not known{nearest}: docs/training.md lists all names")]
    Unknown {
        /// The name.
        name: Quoted,
        /// The name that is most like it, in a sentence.
        nearest: String,
    },
    /// Two values that contradict each other.
    #[error("hyperparameters {names}: {reason}")]
    Contradiction {
        /// The two names.
        names: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
}

/// What is predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PredictorType {
    Regressor,
    Binary,
    Multiclass,
}

/// The loss that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    Squared,
    Logistic,
    Softmax,
    Poisson,
    Gamma,
    Tweedie,
}

/// The link of a generalised linear model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LinkChoice {
    Identity,
    Log,
}

/// What multiplies the weights of the rows of a class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum PositiveWeight {
    Number(f64),
    Balanced,
}

/// What is done about missing cells of columns of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Refuse,
    Mean,
    Median,
    Constant,
    /// The mean, and one more column that is 1 where the cell was missing.
    Indicator,
}

/// A column, by its name or by its number counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ColumnChoice {
    Number(usize),
    Name(String),
}

/// Everything that a job can be told.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Settings {
    pub(super) predictor_type: Option<PredictorType>,
    pub(super) loss: Option<Loss>,
    pub(super) tweedie_power: Option<f64>,
    pub(super) link: Option<LinkChoice>,
    pub(super) num_classes: Option<u64>,
    pub(super) feature_dim: Option<u64>,
    pub(super) intercept: bool,
    pub(super) l1: f64,
    pub(super) wd: f64,
    pub(super) normalize_data: bool,
    pub(super) normalize_label: bool,
    pub(super) positive_weight: PositiveWeight,
    pub(super) balance_classes: bool,
    pub(super) feature_names: Option<Vec<String>>,
    pub(super) label: Option<ColumnChoice>,
    pub(super) weights: Option<ColumnChoice>,
    pub(super) offset: Option<ColumnChoice>,
    pub(super) drop: Vec<ColumnChoice>,
    pub(super) categories: Vec<ColumnChoice>,
    pub(super) ignore_unknown_categories: bool,
    pub(super) missing: Missing,
    pub(super) missing_constant: f64,
    pub(super) missing_values: Vec<String>,
    pub(super) header: Option<bool>,
    pub(super) delimiter: Option<u8>,
    pub(super) validation_split: f64,
    pub(super) seed: u64,
    pub(super) memory: Option<u64>,
    /// Sentences about settings that have no effect, for the log.
    pub(super) notes: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            predictor_type: None,
            loss: None,
            tweedie_power: None,
            link: None,
            num_classes: None,
            feature_dim: None,
            intercept: true,
            l1: 0.0,
            wd: 0.0,
            normalize_data: true,
            normalize_label: false,
            positive_weight: PositiveWeight::Number(1.0),
            balance_classes: false,
            feature_names: None,
            label: None,
            weights: None,
            offset: None,
            drop: Vec::new(),
            categories: Vec::new(),
            ignore_unknown_categories: false,
            missing: Missing::Refuse,
            missing_constant: 0.0,
            missing_values: Vec::new(),
            header: None,
            delimiter: None,
            validation_split: 0.0,
            seed: 0,
            memory: None,
            notes: Vec::new(),
        }
    }
}

/// Reads the file. A job without hyperparameters may have none, or an empty one.
pub(super) fn read(path: &Path) -> Result<Settings, SettingsError> {
    let text = read_bounded(path)?;
    if text.trim().is_empty() {
        return parse(&BTreeMap::new());
    }
    let values: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(&text).map_err(|error| SettingsError::Shape {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
    let texts = values.into_iter().map(|(name, value)| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        (name, text)
    });
    parse(&texts.collect())
}

/// Reads a configuration file of at most [`TRAINING_CONFIG_BYTES_MAX`] bytes; an absent one is empty.
pub(super) fn read_bounded(path: &Path) -> Result<String, SettingsError> {
    let failed = |source| SettingsError::Read {
        path: path.to_owned(),
        source,
    };
    let mut text = String::new();
    match File::open(path) {
        Ok(file) => file
            .take(TRAINING_CONFIG_BYTES_MAX + 1)
            .read_to_string(&mut text),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(text),
        Err(error) => Err(error),
    }
    .map_err(failed)?;
    if text.len() as u64 > TRAINING_CONFIG_BYTES_MAX {
        return Err(SettingsError::TooLarge(path.to_owned()));
    }
    Ok(text)
}

fn parse(values: &BTreeMap<String, String>) -> Result<Settings, SettingsError> {
    let mut settings = Settings::default();
    let mut not_needed = Vec::new();
    for (name, text) in values {
        // What the platform's own tools add for scripts and tuning jobs is not the user's to explain.
        if name.starts_with("sagemaker_") || name.starts_with("_tuning_") {
            continue;
        }
        let Some(entry) = TABLE.iter().find(|entry| entry.name == name) else {
            return Err(unknown(name));
        };
        let text = unquoted(text);
        let value = Value(&text);
        let quoted = || Quoted::of(text.as_bytes());
        match entry.effect {
            _ if value.is_none() => {}
            Effect::Set(set) => {
                set(&mut settings, value).map_err(|expected| SettingsError::Value {
                    name: entry.name,
                    value: quoted(),
                    expected,
                })?
            }
            Effect::Only(possible, reason) => {
                if !possible.contains(&text.to_ascii_lowercase().as_str()) {
                    return Err(SettingsError::Refused {
                        name: entry.name,
                        value: quoted(),
                        reason,
                    });
                }
            }
            Effect::NotNeeded => not_needed.push(entry.name),
        }
        if let Some((refused, reason)) = entry.refused
            && refused.contains(&text.to_ascii_lowercase().as_str())
        {
            return Err(SettingsError::Refused {
                name: entry.name,
                value: quoted(),
                reason,
            });
        }
    }
    if !not_needed.is_empty() {
        settings.notes.push(format!(
            "{} {} no effect: an exact solver needs none of it (docs/training.md)",
            not_needed.join(", "),
            if not_needed.len() == 1 { "has" } else { "have" }
        ));
    }
    check(&settings)?;
    Ok(settings)
}

/// Refuses values that contradict each other.
fn check(settings: &Settings) -> Result<(), SettingsError> {
    let contradiction = |names, reason| Err(SettingsError::Contradiction { names, reason });
    let regression = matches!(
        settings.loss,
        Some(Loss::Squared | Loss::Poisson | Loss::Gamma | Loss::Tweedie)
    );
    match (settings.predictor_type, settings.loss) {
        (Some(PredictorType::Regressor), Some(Loss::Logistic | Loss::Softmax)) => {
            return contradiction("predictor_type, loss", "a regressor has no loss of classes");
        }
        (Some(PredictorType::Binary | PredictorType::Multiclass), _) if regression => {
            return contradiction(
                "predictor_type, loss",
                "a classifier has no loss of numbers: leave loss out",
            );
        }
        (Some(PredictorType::Multiclass), Some(Loss::Logistic)) => {
            return contradiction("predictor_type, loss", "several classes have softmax_loss");
        }
        _ => {}
    }
    if settings.tweedie_power.is_some() && settings.loss != Some(Loss::Tweedie) {
        return contradiction("tweedie_power, loss", "a power belongs to loss=tweedie");
    }
    let generalised = matches!(
        settings.loss,
        Some(Loss::Poisson | Loss::Gamma | Loss::Tweedie)
    );
    if settings.link.is_some() && !generalised {
        return contradiction(
            "link, loss",
            "a link belongs to loss=poisson, gamma or tweedie",
        );
    }
    Ok(())
}

fn unknown(name: &str) -> SettingsError {
    let nearest = TABLE
        .iter()
        .map(|entry| (distance(name, entry.name), entry.name))
        .min()
        .filter(|(distance, nearest)| *distance <= 1 + nearest.len() / 3)
        .map_or_else(String::new, |(_, nearest)| {
            format!("; did you mean {nearest}?")
        });
    SettingsError::Unknown {
        name: Quoted::of(name.as_bytes()),
        nearest,
    }
}

/// Letters to insert, leave out or replace to make one name of the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().take(64).collect();
    let mut last: Vec<usize> = (0..=a.len()).collect();
    for (row, letter) in b.chars().enumerate() {
        let mut left = row + 1;
        let mut corner = std::mem::replace(last.first_mut().unwrap_or(&mut 0), left);
        for (above, own) in last.iter_mut().skip(1).zip(&a) {
            let replaced = corner + usize::from(*own != letter);
            corner = *above;
            left = replaced.min(left + 1).min(*above + 1);
            *above = left;
        }
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for entry in TABLE {
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
            [
                "epochs, optimizer have no effect: an exact solver needs none of it (docs/training.md)"
            ]
        );
    }

    #[test]
    fn what_is_not_built_is_refused_with_that_reason() {
        for (name, value) in [
            ("l1", "auto"),
            ("wd", "\"auto\""),
            ("positive_example_weight_mult", "auto"),
            ("binary_classifier_model_selection_criteria", "f_beta"),
        ] {
            let reason = refusal(name, value);
            assert!(reason.contains("is not built yet"), "{reason}");
            assert!(reason.contains(name), "{reason}");
        }
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
}
