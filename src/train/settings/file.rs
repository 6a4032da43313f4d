//! `hyperparameters.json` and other configuration files of the training contract, read within bounds.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::choices::Settings;
use super::error::SettingsError;
use super::parse::parse;
use crate::limits::TRAINING_CONFIG_BYTES_MAX;

/// Reads the file. A job without hyperparameters may have none, or an empty one.
pub(in crate::train) fn read(path: &Path) -> Result<Settings, SettingsError> {
    let text = read_bounded(path)?;
    if text.trim().is_empty() {
        return parse(&BTreeMap::new());
    }
    let values: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(&text).map_err(|error| SettingsError::Shape {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
    let (mut texts, mut given) = (BTreeMap::new(), String::new());
    for (name, value) in values {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        // The platform's own differ from one start of a job to the next.
        if !name.starts_with("sagemaker_") {
            given.push_str(&format!("{name}={text}\n"));
        }
        texts.insert(name, text);
    }
    let mut settings = parse(&texts)?;
    settings.given = given;
    Ok(settings)
}

/// Reads a configuration file of at most [`TRAINING_CONFIG_BYTES_MAX`] bytes; an absent one is empty.
pub(in crate::train) fn read_bounded(path: &Path) -> Result<String, SettingsError> {
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
