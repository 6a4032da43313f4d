//! Variables that say how requests are answered: formats and contents of answers, several models, the log.

use std::path::PathBuf;
use std::time::Duration;

use super::{BODY_BYTES, ConfigError, Flags, Variables, number};
use crate::codec::{Accept, Field, Format, Header, Indexing, RowDefaults};
use crate::log::{self, Level};
use crate::serve::{Settings, TrustedKeys};

/// Reads the settings: the defaults, where no variable says otherwise.
///
/// # Errors
/// A variable is not of its form, or does not go together with a flag.
pub fn serving(flags: &Flags, variables: &impl Variables) -> Result<Settings, ConfigError> {
    let default = Settings::default();
    let slow = number(variables, &["SAGELET_SLOW_MILLISECONDS"])?;
    let models_bytes = number(variables, &["SAGELET_MODELS_BYTES"])?;
    Ok(Settings {
        accept: accept(variables)?,
        fields: fields(variables)?,
        largest_contributions: number(variables, &["SAGELET_LARGEST_CONTRIBUTIONS"])?
            .map(|count| count.get() as usize),
        interval_level: interval_level(variables)?.unwrap_or(default.interval_level),
        rows: row_defaults(variables)?,
        json_scores: flag(variables, "SAGELET_JSON_SCORES")?,
        batch_payload_mb: batch_payload_mb(variables)?,
        echo_custom_attributes: flag(variables, "SAGELET_ECHO_CUSTOM_ATTRIBUTES")?,
        threshold: threshold(variables)?,
        multi_model: multi_model(flags, variables)?,
        model: flags.model.as_ref().map(PathBuf::from),
        model_key: model_key(variables)?,
        models_bytes: models_bytes.map_or(default.models_bytes, |bytes| bytes.get() as usize),
        model_name: variables
            .get("SAGELET_MODEL_NAME")
            .unwrap_or(default.model_name),
        slow: slow.map_or(default.slow, |milliseconds| {
            Duration::from_millis(milliseconds.get().into())
        }),
        log: log_settings(variables)?,
    })
}

/// The megabytes that a batch job is told to send at once, where the bytes of a body are set.
fn batch_payload_mb(variables: &impl Variables) -> Result<usize, ConfigError> {
    let bytes = number(variables, &BODY_BYTES)?;
    Ok(Settings::batch_payload_mb_for(
        bytes.map(|bytes| bytes.get() as usize),
    ))
}

fn accept(variables: &impl Variables) -> Result<Option<Accept>, ConfigError> {
    let name = "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT";
    let Some(value) = variables.get(name) else {
        return Ok(None);
    };
    let accept = Accept::parse(&value);
    if accept.choose(Format::Csv).is_none() {
        return Err(ConfigError {
            name,
            value,
            expected: "text/csv, application/json, application/jsonlines, application/x-npy or \
                       application/x-recordio-protobuf",
        });
    }
    Ok(Some(accept))
}

fn fields(variables: &impl Variables) -> Result<Vec<Field>, ConfigError> {
    let name = "SAGEMAKER_INFERENCE_OUTPUT";
    let Some(value) = variables.get(name) else {
        return Ok(Vec::new());
    };
    Field::list(&value).ok_or(ConfigError {
        name,
        value,
        expected: "a list of predicted_label, labels, probability, probabilities, raw_score, raw_scores, \
                   predicted_score, contributions, contribution_names, base_value, standard_error, \
                   confidence_interval, prediction_interval",
    })
}

fn row_defaults(variables: &impl Variables) -> Result<RowDefaults, ConfigError> {
    let header = one_of(
        variables,
        "SAGELET_CSV_HEADER",
        "auto, present or absent",
        Header::parse,
    )?;
    let indexing = one_of(
        variables,
        "SAGELET_LIBSVM_INDEXING",
        "0 or 1",
        Indexing::parse,
    )?;
    Ok(RowDefaults {
        header: header.unwrap_or_default(),
        indexing: indexing.unwrap_or_default(),
    })
}

/// The value of a variable that has one of a few.
fn one_of<T>(
    variables: &impl Variables,
    name: &'static str,
    expected: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, ConfigError> {
    let Some(value) = variables.get(name) else {
        return Ok(None);
    };
    match parse(&value.trim().to_ascii_lowercase()) {
        Some(parsed) => Ok(Some(parsed)),
        None => Err(ConfigError {
            name,
            value,
            expected,
        }),
    }
}

fn interval_level(variables: &impl Variables) -> Result<Option<f64>, ConfigError> {
    let level = |text: &str| {
        text.parse()
            .ok()
            .filter(|level| (0.001..=0.999_999).contains(level))
    };
    one_of(
        variables,
        "SAGELET_INTERVAL_LEVEL",
        "a number from 0.001 to 0.999999, such as 0.95",
        level,
    )
}

fn threshold(variables: &impl Variables) -> Result<Option<f64>, ConfigError> {
    let finite = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite());
    one_of(
        variables,
        "SAGELET_THRESHOLD",
        "a number, such as 0.7",
        finite,
    )
}

/// Public keys, or the absolute path of a file that holds some.
fn model_key(variables: &impl Variables) -> Result<Option<TrustedKeys>, ConfigError> {
    let name = "SAGELET_MODEL_KEY";
    let Some(value) = variables.get(name) else {
        return Ok(None);
    };
    let keys = TrustedKeys::parse(&value).map_err(|expected| ConfigError {
        name,
        // It may be a private key: the log is no place for it.
        value: "…".to_owned(),
        expected,
    })?;
    Ok(Some(keys))
}

/// Whether models are loaded by request. Then none can be named on the command line.
fn multi_model(flags: &Flags, variables: &impl Variables) -> Result<bool, ConfigError> {
    let name = "SAGEMAKER_MULTI_MODEL";
    match (flag(variables, name)?, &flags.model) {
        (true, Some(_)) => Err(ConfigError {
            name,
            value: "true".to_owned(),
            expected: "false, or no file after \"serve\"",
        }),
        (multi_model, _) => Ok(multi_model),
    }
}

/// The platform writes `true`, its local mode `True`.
fn flag(variables: &impl Variables, name: &'static str) -> Result<bool, ConfigError> {
    let Some(value) = variables.get(name) else {
        return Ok(false);
    };
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(ConfigError {
            name,
            value,
            expected: "true or false",
        }),
    }
}

fn log_settings(variables: &impl Variables) -> Result<log::Settings, ConfigError> {
    let json = match variables.get("SAGELET_LOG") {
        None => false,
        Some(value) => match value.trim().to_ascii_lowercase().as_str() {
            "text" => false,
            "json" => true,
            _ => {
                return Err(ConfigError {
                    name: "SAGELET_LOG",
                    value,
                    expected: "text or json",
                });
            }
        },
    };
    let level = level(variables)?;
    Ok(log::Settings { level, json })
}

/// Python's numbers, or their names.
fn level(variables: &impl Variables) -> Result<Level, ConfigError> {
    let name = "SAGEMAKER_CONTAINER_LOG_LEVEL";
    let Some(value) = variables.get(name) else {
        return Ok(Level::Info);
    };
    match value.trim().to_ascii_lowercase().as_str() {
        // Nothing is logged that is less than info.
        "10" | "debug" | "20" | "info" => Ok(Level::Info),
        "30" | "warning" => Ok(Level::Warning),
        "40" | "50" | "error" | "critical" => Ok(Level::Error),
        _ => Err(ConfigError {
            name,
            value,
            expected: "10 (debug), 20 (info), 30 (warning) or 40 (error)",
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn nothing_set_is_the_defaults() {
        assert_eq!(
            serving(&Flags::default(), &HashMap::new()),
            Ok(Settings::default())
        );
    }

    #[test]
    fn every_variable_reaches_its_setting() {
        let flags = Flags {
            model: Some("a.cbor".to_owned()),
            ..Flags::default()
        };
        let variables = HashMap::from([
            ("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "application/json"),
            (
                "SAGEMAKER_INFERENCE_OUTPUT",
                "Predicted_Label, PROBABILITIES",
            ),
            ("SAGELET_LARGEST_CONTRIBUTIONS", "3"),
            ("SAGELET_INTERVAL_LEVEL", "0.9"),
            ("SAGELET_JSON_SCORES", "true"),
            ("MAX_CONTENT_LENGTH", "20971520"),
            ("SAGELET_CSV_HEADER", "Present"),
            ("SAGELET_LIBSVM_INDEXING", "0"),
            ("SAGELET_ECHO_CUSTOM_ATTRIBUTES", "true"),
            ("SAGELET_THRESHOLD", "0.25"),
            ("SAGEMAKER_MULTI_MODEL", "False"),
            ("SAGELET_MODELS_BYTES", "1024"),
            ("SAGELET_MODEL_KEY", "/keys/models.pem"),
            ("SAGELET_MODEL_NAME", "iris"),
            ("SAGELET_SLOW_MILLISECONDS", "20"),
            ("SAGELET_LOG", "json"),
            ("SAGEMAKER_CONTAINER_LOG_LEVEL", "30"),
        ]);
        let expected = Settings {
            accept: Some(Accept::parse("application/json")),
            fields: vec![Field::PredictedLabel, Field::Probabilities],
            largest_contributions: Some(3),
            interval_level: 0.9,
            rows: RowDefaults {
                header: Header::Present,
                indexing: Indexing::FromZero,
            },
            json_scores: true,
            batch_payload_mb: 20,
            echo_custom_attributes: true,
            threshold: Some(0.25),
            multi_model: false,
            model: Some(PathBuf::from("a.cbor")),
            model_key: Some(TrustedKeys::File(PathBuf::from("/keys/models.pem"))),
            models_bytes: 1024,
            model_name: "iris".to_owned(),
            slow: Duration::from_millis(20),
            log: log::Settings {
                level: Level::Warning,
                json: true,
            },
        };
        assert_eq!(serving(&flags, &variables), Ok(expected));
        let multi_model = HashMap::from([("SAGEMAKER_MULTI_MODEL", "True")]);
        let settings = serving(&Flags::default(), &multi_model).unwrap();
        assert!(settings.multi_model);
        // None of the models that are loaded by request can be named beforehand.
        assert!(serving(&flags, &multi_model).is_err());
    }

    #[test]
    fn a_wrong_value_is_named_with_what_was_expected() {
        for (name, value) in [
            ("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "image/png"),
            ("SAGEMAKER_INFERENCE_OUTPUT", "predicted_label,score"),
            ("SAGELET_LARGEST_CONTRIBUTIONS", "0"),
            ("SAGELET_INTERVAL_LEVEL", "95"),
            ("SAGELET_CSV_HEADER", "maybe"),
            ("SAGELET_LIBSVM_INDEXING", "2"),
            ("SAGELET_THRESHOLD", "half"),
            ("SAGELET_THRESHOLD", "nan"),
            ("SAGEMAKER_MULTI_MODEL", "yes"),
            ("SAGELET_MODELS_BYTES", "0"),
            ("SAGELET_SLOW_MILLISECONDS", "1.5"),
            ("SAGELET_LOG", "xml"),
            ("SAGEMAKER_CONTAINER_LOG_LEVEL", "25"),
        ] {
            let variables = HashMap::from([(name, value)]);
            let error = serving(&Flags::default(), &variables).unwrap_err();
            assert_eq!((error.name, error.value.as_str()), (name, value));
        }
    }

    /// Neither the log nor an error repeats what may be a secret.
    #[test]
    fn what_is_no_public_key_is_refused_and_not_repeated() {
        let private =
            "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----";
        for value in [private, "MC4CAQAwBQYDK2VwBCIEIA", "models.pem", ","] {
            let variables = HashMap::from([("SAGELET_MODEL_KEY", value)]);
            let error = serving(&Flags::default(), &variables).unwrap_err();
            assert_eq!(
                (error.name, error.value.as_str()),
                ("SAGELET_MODEL_KEY", "…")
            );
            assert_eq!(
                error.expected.contains("not a private one"),
                value == private
            );
        }
    }
}
