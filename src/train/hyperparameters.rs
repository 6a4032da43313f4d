//! `hyperparameters.json`: every value a string, as the platform writes it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::limits::TRAINING_CONFIG_BYTES_MAX;
use crate::log;

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
    /// The file is no JSON object of strings.
    #[error("{path} is not a JSON object whose values are strings: {reason}")]
    Shape {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// A value is not of its parameter's form.
    #[error("hyperparameter {name}={value:?} is not valid: expected {expected}")]
    Value {
        /// The hyperparameter.
        name: &'static str,
        /// What it was set to.
        value: String,
        /// What would have been valid.
        expected: &'static str,
    },
}

/// What a training job can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settings {
    /// `fit_intercept`: whether the model has an intercept. Default true.
    pub(super) fit_intercept: bool,
    /// `feature_names`: names of the columns after the label, `age,bmi` or `["age", "bmi"]`. Default none.
    pub(super) feature_names: Option<Vec<String>>,
}

/// Reads the file. A job without hyperparameters may have none, or an empty one.
pub(super) fn read(path: &Path) -> Result<Settings, SettingsError> {
    let text = read_bounded(path).map_err(|source| SettingsError::Read {
        path: path.to_owned(),
        source,
    })?;
    if text.trim().is_empty() {
        return parse(BTreeMap::new());
    }
    let values = serde_json::from_str(&text).map_err(|error| SettingsError::Shape {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    parse(values)
}

fn read_bounded(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    match File::open(path) {
        Ok(file) => file
            .take(TRAINING_CONFIG_BYTES_MAX)
            .read_to_string(&mut text)
            .map(|_| text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(text),
        Err(error) => Err(error),
    }
}

fn parse(mut values: BTreeMap<String, String>) -> Result<Settings, SettingsError> {
    let settings = Settings {
        fit_intercept: values
            .remove("fit_intercept")
            .map_or(Ok(true), |value| truth("fit_intercept", value))?,
        feature_names: values.remove("feature_names").map(names).transpose()?,
    };
    // What the platform's own tools add for scripts and tuning jobs is not the user's to explain.
    for name in values
        .keys()
        .filter(|name| !name.starts_with("sagemaker_") && !name.starts_with('_'))
    {
        log::info(format_args!(
            "hyperparameter {name} is not known and was ignored"
        ));
    }
    Ok(settings)
}

/// Takes off the JSON quotes that some clients put around every value: `"\"true\""` means `true`.
fn unquoted(value: &str) -> String {
    serde_json::from_str(value).unwrap_or_else(|_| value.to_owned())
}

fn truth(name: &'static str, value: String) -> Result<bool, SettingsError> {
    match unquoted(&value).to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(SettingsError::Value {
            name,
            value,
            expected: "true or false",
        }),
    }
}

fn names(value: String) -> Result<Vec<String>, SettingsError> {
    let inner = unquoted(&value);
    let names: Vec<String> = serde_json::from_str(&inner).unwrap_or_else(|_| {
        inner
            .split(',')
            .map(|name| name.trim().to_owned())
            .collect()
    });
    if names.iter().any(String::is_empty) {
        let expected = "names between commas, or a JSON list of names";
        return Err(SettingsError::Value {
            name: "feature_names",
            value,
            expected,
        });
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        parse(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn values_quoted_once_twice_or_by_python_mean_the_same() {
        for value in ["false", "False", "0", "\"false\"", "\"False\""] {
            assert!(
                !parsed(&[("fit_intercept", value)]).unwrap().fit_intercept,
                "{value}"
            );
        }
        for names in [
            "age,bmi",
            " age , bmi ",
            "[\"age\", \"bmi\"]",
            "\"age,bmi\"",
            "\"[\\\"age\\\", \\\"bmi\\\"]\"",
        ] {
            let settings = parsed(&[("feature_names", names)]).unwrap();
            assert_eq!(settings.feature_names.unwrap(), ["age", "bmi"], "{names}");
        }
    }

    #[test]
    fn a_value_of_the_wrong_form_is_named_with_what_was_expected() {
        let error = parsed(&[("fit_intercept", "maybe")])
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "hyperparameter fit_intercept=\"maybe\" is not valid: expected true or false"
        );
        assert!(parsed(&[("feature_names", "age,,bmi")]).is_err());
    }

    #[test]
    fn unknown_hyperparameters_do_not_stop_a_job() {
        let settings = parsed(&[("epochs", "3"), ("sagemaker_region", "\"eu-west-1\"")]).unwrap();
        assert_eq!(
            settings,
            Settings {
                fit_intercept: true,
                feature_names: None
            }
        );
    }
}
