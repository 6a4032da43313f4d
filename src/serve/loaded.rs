//! A model with the artifact that it came from: the one `.cbor` file in the model directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::names::Names;
use super::statistics::Statistics;
use super::trust::{Signer, TrustError, TrustedKeys};
use super::work::RowWork;
use crate::account::Memory;
use crate::artifact::{self, Artifact, ArtifactError};
use crate::model::{Model, ModelError};

/// Why there is no model to serve.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    /// The directory cannot be listed.
    #[error("cannot read the model directory {path}: {source}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No artifact.
    #[error(
        "there is no .cbor artifact in {path} (found: {found}); \
         `sagelet train` writes one, `model-tools convert` makes one of another format"
    )]
    None {
        /// The directory.
        path: PathBuf,
        /// What is there instead.
        found: Names,
    },
    /// More than one artifact.
    #[error(
        "there are several artifacts in {path}: {found}; leave one, or name one after \"serve\""
    )]
    Several {
        /// The directory.
        path: PathBuf,
        /// Their names.
        found: Names,
    },
    /// The artifact failed a check.
    #[error("{path}: {source}")]
    Artifact {
        /// The artifact.
        path: PathBuf,
        /// The check.
        source: ArtifactError,
    },
    /// The model needs a signature, and has none that is trusted.
    #[error("{path}: {source}")]
    Trust {
        /// The artifact.
        path: PathBuf,
        /// The reason.
        source: TrustError,
    },
    /// Loading takes more memory than there is.
    #[error(
        "{path}: loading it takes up to {needed} bytes of memory, and {most} are allowed for models and requests: \
         give the container more"
    )]
    Memory {
        /// The artifact.
        path: PathBuf,
        /// Bytes that loading may take.
        needed: usize,
        /// Bytes that there are.
        most: usize,
    },
    /// The threshold that is set decides for no label of the model.
    #[error("{path}: SAGELET_THRESHOLD={at}: {source}; unset it for this model")]
    Threshold {
        /// The artifact.
        path: PathBuf,
        /// The threshold.
        at: f64,
        /// The reason.
        source: ArtifactError,
    },
    /// The artifact makes no model.
    #[error("{path}: {source}")]
    Model {
        /// The artifact.
        path: PathBuf,
        /// The reason.
        source: ModelError,
    },
}

/// What is said about every model that is loaded.
#[derive(Debug, Clone)]
pub(super) struct LoadOptions {
    /// What models and requests share.
    pub(super) memory: Memory,
    /// The probability or score from which on labels are predicted, if it is not the artifact's own.
    pub(super) threshold: Option<f64>,
    /// Whose signature a model needs, if it needs one.
    pub(super) trust: Option<Arc<TrustedKeys>>,
}

/// A model ready to serve, and the artifact it came from.
#[derive(Debug)]
pub(super) struct LoadedModel {
    /// The model.
    pub(super) model: Model,
    /// The artifact that it was made from.
    pub(super) artifact: Artifact,
    /// The artifact's file.
    pub(super) path: PathBuf,
    /// What requests call it.
    pub(super) name: String,
    /// What its requests were, since it was loaded.
    pub(super) statistics: Statistics,
    /// What a row of it costs.
    pub(super) work: RowWork,
    /// Bytes of memory that model and artifact take together.
    pub(super) bytes: usize,
    /// The threshold that is set, if it is not the artifact's own.
    threshold: Option<f64>,
    /// The trusted key that it is signed by, if it needs one.
    signer: Option<Signer>,
}

impl std::fmt::Display for LoadedModel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let document = &self.artifact.document;
        write!(
            formatter,
            "{}: {}, {} features, {} verification rows replayed, sha256 {}",
            self.path.display(),
            document.model.kind(),
            document.features.len(),
            document.verification.rows.len(),
            self.artifact.digest,
        )?;
        if let Some(signer) = self.signer {
            write!(formatter, ", {signer}")?;
        }
        match self.threshold {
            Some(at) => write!(formatter, ", threshold {at} (SAGELET_THRESHOLD)"),
            None => Ok(()),
        }
    }
}

/// Finds, reads, checks and verifies the one artifact in `directory`. Requests call the model `name`.
pub(super) fn load(
    directory: &Path,
    name: &str,
    options: &LoadOptions,
) -> Result<LoadedModel, LoadError> {
    read(find(directory)?, name, options)
}

/// Reads, checks and verifies an artifact. Requests call the model `name`.
pub(super) fn read(
    path: PathBuf,
    name: &str,
    options: &LoadOptions,
) -> Result<LoadedModel, LoadError> {
    let LoadOptions {
        memory,
        threshold,
        trust,
    } = options;
    let refused = |source| LoadError::Artifact {
        path: path.clone(),
        source,
    };
    let mut account = memory.held();
    let bytes = artifact::read_bounded(&path).map_err(refused)?;
    let needed = artifact::loading_bytes(&bytes);
    account.reserve(needed).map_err(|_| LoadError::Memory {
        path: path.clone(),
        needed,
        most: memory.most(),
    })?;
    // Before anything is built from what somebody else may have written.
    let signer = trust.as_ref().map(|keys| keys.signer(&bytes));
    let signer = signer.transpose().map_err(|source| LoadError::Trust {
        path: path.clone(),
        source,
    })?;
    let artifact = Artifact::from_bytes(&bytes).map_err(refused)?;
    drop(bytes);
    let mut model = Model::load(&artifact.document).map_err(|source| LoadError::Model {
        path: path.clone(),
        source,
    })?;
    if let &Some(at) = threshold {
        let decided = model.decide_at(&artifact.document, at);
        decided.map_err(|source| LoadError::Threshold {
            path: path.clone(),
            at,
            source,
        })?;
    }
    let bytes = artifact.document.memory_bytes() + model.memory_bytes();
    Ok(LoadedModel {
        work: RowWork::of(&model),
        bytes,
        model,
        artifact,
        path,
        name: name.to_owned(),
        statistics: Statistics::default(),
        threshold: *threshold,
        signer,
    })
}

fn find(directory: &Path) -> Result<PathBuf, LoadError> {
    let path = directory.to_owned();
    let (artifacts, others) = match list(directory) {
        Ok(names) => names,
        Err(source) => return Err(LoadError::Directory { path, source }),
    };
    match (artifacts.count, artifacts.first.first()) {
        (1, Some(name)) => Ok(path.join(name)),
        (0, _) => Err(LoadError::None {
            path,
            found: others,
        }),
        _ => Err(LoadError::Several {
            path,
            found: artifacts,
        }),
    }
}

/// Artifacts and other files of a directory, without dotfiles: archives made on a Mac bring `._model.cbor` along.
fn list(directory: &Path) -> std::io::Result<(Names, Names)> {
    let (mut artifacts, mut others) = (Names::default(), Names::default());
    for entry in directory.read_dir()? {
        let name = entry?.file_name();
        let shown = name.to_string_lossy();
        if shown.starts_with('.') {
            continue;
        }
        if shown.ends_with(".cbor") {
            artifacts.add(name);
        } else {
            others.add(name);
        }
    }
    Ok((artifacts, others))
}
