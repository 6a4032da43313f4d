//! Whose signature a model needs, to be served.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use crate::artifact::{self, ArtifactError, KeyError, PublicKey};
use crate::limits::MODEL_KEY_FILE_BYTES_MAX;

/// The public keys of those who may sign models.
#[derive(Debug, Clone, PartialEq)]
pub enum TrustedKeys {
    /// Keys that the setting itself holds.
    Given(Vec<PublicKey>),
    /// A file with such keys, read again for each model that is loaded.
    File(PathBuf),
}

/// Why a model is not trusted.
#[derive(Debug, thiserror::Error)]
pub(super) enum TrustError {
    /// The file of keys cannot be read.
    #[error("cannot read the keys of SAGELET_MODEL_KEY in {path}: {source}")]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    /// The file holds something else.
    #[error("SAGELET_MODEL_KEY: {path}: {source}")]
    Keys { path: PathBuf, source: KeyError },
    /// The artifact has no signature, or not one by these keys.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
}

/// The key that a model is signed by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signer {
    algorithm: &'static str,
    /// Its place among the trusted keys, from 1 on.
    number: usize,
    keys: usize,
}

impl std::fmt::Display for Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            algorithm,
            number,
            keys,
        } = self;
        write!(formatter, "signed by key {number} of {keys} ({algorithm})")
    }
}

impl TrustedKeys {
    /// Reads a setting: public keys, or the absolute path of a file that holds some.
    ///
    /// # Errors
    /// It is neither; the error is what would have been valid.
    pub fn parse(value: &str) -> Result<Self, &'static str> {
        // The base64 of a key begins with M.
        if value.starts_with('/') {
            return Ok(Self::File(PathBuf::from(value)));
        }
        let keys = PublicKey::parse_all(value).map_err(|error| match error {
            KeyError::NoKey => {
                "public keys of Ed25519 or P-256 (PEM, or the base64 between its lines), or the absolute path of a \
                 file of them"
            }
            _ => error.expected(),
        })?;
        Ok(Self::Given(keys))
    }

    /// Which of the keys an artifact is signed by.
    pub(super) fn signer(&self, artifact: &[u8]) -> Result<Signer, TrustError> {
        let from_file;
        let keys = match self {
            Self::Given(keys) => keys,
            Self::File(path) => {
                from_file = read(path)?;
                &from_file
            }
        };
        let place = artifact::signer(artifact, keys)?;
        Ok(Signer {
            algorithm: keys.get(place).map_or("", PublicKey::algorithm),
            number: place + 1,
            keys: keys.len(),
        })
    }
}

fn read(path: &PathBuf) -> Result<Vec<PublicKey>, TrustError> {
    let mut text = String::new();
    File::open(path)
        .and_then(|file| {
            file.take(MODEL_KEY_FILE_BYTES_MAX)
                .read_to_string(&mut text)
        })
        .map_err(|source| TrustError::File {
            path: path.clone(),
            source,
        })?;
    PublicKey::parse_all(&text).map_err(|source| TrustError::Keys {
        path: path.clone(),
        source,
    })
}
