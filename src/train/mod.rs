//! `sagelet train`: the training contract. Settings and CSV files in, an artifact or a failure file out.

mod channel;
mod fit;
mod hyperparameters;

pub use channel::ChannelError;
pub use fit::FitError;
pub use hyperparameters::SettingsError;

use std::path::{Path, PathBuf};

use crate::artifact::{Artifact, ArtifactError, write_atomically};
use crate::limits::FAILURE_CHARS_MAX;
use crate::log;

/// Why no model was trained.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A hyperparameter.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The training data.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// The fit.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// The artifact, or writing it.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// A directory to write to.
    #[error("cannot make the directory {path}: {source}")]
    Directory {
        /// The directory.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Trains a model from what is under `prefix` and writes `<prefix>/model/model.cbor`. On failure, the reason
/// is in `<prefix>/output/failure` too, where the platform looks for it.
///
/// # Errors
/// Anything that keeps a model from being trained and written.
pub fn run(prefix: &Path) -> Result<(), TrainError> {
    let trained = train(prefix);
    if let Err(error) = &trained {
        report(prefix, &error.to_string());
    }
    trained
}

fn train(prefix: &Path) -> Result<(), TrainError> {
    let settings = hyperparameters::read(&prefix.join("input/config/hyperparameters.json"))?;
    let data = channel::read(&prefix.join("input/data"))?;
    log::info(format_args!(
        "training on {} rows of {} features",
        data.rows(),
        data.features()
    ));
    let document = fit::linear_regression(&data, &settings)?;
    for (name, value) in &document.metrics {
        // The form that the platform's metric definitions (regular expressions over the log) can pick up.
        log::info(format_args!("{name}={value};"));
    }
    let (artifact, bytes) = Artifact::seal(document)?;
    let directory = make_directory(prefix.join("model"))?;
    let path = directory.join("model.cbor");
    write_atomically(&path, &bytes, true)?;
    log::info(format_args!(
        "wrote {}: {} bytes, sha256 {}",
        path.display(),
        artifact.bytes,
        artifact.digest
    ));
    Ok(())
}

/// Writes the failure file. If that fails too, the log is all there is.
fn report(prefix: &Path, reason: &str) {
    let text: String = reason.chars().take(FAILURE_CHARS_MAX).collect();
    let written = make_directory(prefix.join("output")).and_then(|directory| {
        Ok(write_atomically(
            &directory.join("failure"),
            text.as_bytes(),
            true,
        )?)
    });
    if let Err(error) = written {
        log::error(format_args!(
            "the failure file could not be written: {error}"
        ));
    }
}

fn make_directory(path: PathBuf) -> Result<PathBuf, TrainError> {
    match std::fs::create_dir_all(&path) {
        Ok(()) => Ok(path),
        Err(source) => Err(TrainError::Directory { path, source }),
    }
}
