//! `sagelet train`: the training contract. Settings and data files in, an artifact or a failure file out.
//!
//! ```text
//! settings, channels -> look at the first file -> roles of columns -> categories -> schema
//!         -> chunks -> decoder -> blocks -> solver (passes) -> document, metrics -> artifact, output/data
//! ```

mod channel;
mod checkpoint;
mod decode;
mod failure;
mod fit;
mod header;
mod job;
mod memory;
mod outcome;
mod part;
mod passes;
mod progress;
mod settings;
mod table;
mod workers;

pub use channel::ChannelError;
pub use decode::ExampleError;
pub use fit::FitError;
pub use settings::SettingsError;
pub use table::TableError;

use std::path::{Path, PathBuf};

use crate::artifact::ArtifactError;
use crate::codec::DecodeError;
use crate::log;
use crate::model::ModelError;
use crate::rows::RowError;
use job::Job;

/// Where the platform keeps what a job saves on its way.
const CHECKPOINTS: &str = "checkpoints";

/// Why no model was trained.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A hyperparameter.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The files of a channel.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// The columns of the data.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A row. Its number is that of its line in the file.
    #[error("{path}: {source}{}", remedy(.source))]
    Example {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        source: ExampleError,
    },
    /// Data without rows.
    #[error("the training channel has no rows")]
    NoRows,
    /// More columns than there is memory for.
    #[error(
        "a fit of {columns} columns takes up to {needed} bytes of memory, and {most} are allowed: give the container \
         more, or train on fewer columns (a category makes several)"
    )]
    Memory {
        /// Columns of the design matrix.
        columns: usize,
        /// Bytes that it takes.
        needed: u64,
        /// Bytes that there are.
        most: u64,
    },
    /// The fit.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// The fitted model does not load.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The artifact, or writing it.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// A directory to write to.
    #[error("cannot make the directory {path}: {source}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// What helps against an error of a row, where a setting does.
fn remedy(error: &ExampleError) -> &'static str {
    let ExampleError::Row(DecodeError::Row(error)) = error else {
        return "";
    };
    match error {
        RowError::Missing { .. } => {
            " (hyperparameter missing says what stands in for missing cells: mean, median, constant, indicator)"
        }
        RowError::NotANumber { .. } => {
            " (hyperparameters: categories, if the column holds categories; missing_values, if the text means a \
             missing cell; header=present, if the line names the columns)"
        }
        _ => "",
    }
}

/// Trains a model from what is under `prefix` and writes `<prefix>/model/model.cbor`. On failure, the reason
/// is in `<prefix>/output/failure` too, where the platform looks for it, also if the system ends the process.
///
/// # Errors
/// Anything that keeps a model from being trained and written.
pub fn run(prefix: &Path) -> Result<(), TrainError> {
    forget(prefix);
    failure::expect(prefix);
    let trained = train(prefix);
    match &trained {
        Ok(()) => failure::remove(prefix),
        Err(error) => failure::write(prefix, &error.to_string()),
    }
    trained
}

fn train(prefix: &Path) -> Result<(), TrainError> {
    let settings = settings::read(&prefix.join("input/config/hyperparameters.json"))?;
    for note in &settings.notes {
        log::info(format_args!("{note}"));
    }
    channel::check_hosts(prefix)?;
    let job = Job::open(prefix, &settings)?;
    let schema = job.schema()?;
    let (fitted, channels) = job.fit(&schema)?;
    job.write(&schema, &fitted, &channels)?;
    checkpoint::clear(&prefix.join(CHECKPOINTS));
    Ok(())
}

/// Takes away what a job before this one left in the same container: a job that fails must not leave the model of
/// another.
fn forget(prefix: &Path) {
    for path in ["output/data/training.json", "model/model.cbor"] {
        // What is not there need not be taken away; what cannot be, is written over.
        let _ = std::fs::remove_file(prefix.join(path));
    }
    for directory in ["output", "output/data", "model", CHECKPOINTS] {
        checkpoint::remove_temporary(&prefix.join(directory));
    }
}

fn make_directory(path: PathBuf) -> Result<PathBuf, TrainError> {
    match std::fs::create_dir_all(&path) {
        Ok(()) => Ok(path),
        Err(source) => Err(TrainError::Directory { path, source }),
    }
}
