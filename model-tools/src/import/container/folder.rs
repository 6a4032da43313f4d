//! Folders: of MLflow, where a file says which other one is the model, and of any other kind.

use std::path::{Path, PathBuf};

use super::{File, decompressed, listed};
use crate::error::Error;
use crate::import::limits::{ARCHIVE_ENTRIES_MAX, DESCRIPTION_BYTES_MAX, FOREIGN_BYTES_MAX};
use crate::input::Input;
use crate::limits::MODEL_BYTES_MAX;

/// The file that makes a folder one of MLflow's.
const DESCRIPTION: &str = "MLmodel";

/// Names of the model's file that MLflow has used for scikit-learn, the newest first.
const MODEL_NAMES: [&str; 2] = ["model.skops", "model.pkl"];

/// What is in a folder.
pub(crate) enum Folder {
    /// The file of the model in a folder that MLflow saved.
    Mlflow(PathBuf),
    /// The files that may be models, in the order of their names, and the bytes of all as they lie there.
    Files(Vec<File>, Vec<u8>),
}

/// Looks for models in a folder, not in those within it.
///
/// # Errors
/// There is none, or the folder is of MLflow with a model of another library.
pub(crate) fn folder(
    folder: &Path,
    rank: impl Fn(&[u8]) -> Option<usize>,
) -> Result<Folder, Error> {
    if folder.join(DESCRIPTION).is_file() {
        return mlflow(folder).map(Folder::Mlflow);
    }
    let mut files = Vec::new();
    let (names, mut all, mut left) = (names(folder)?, Vec::new(), FOREIGN_BYTES_MAX);
    for name in &names {
        let path = folder.join(name);
        // Larger ones are data, not models.
        let Ok(input) = Input::read(&path.to_string_lossy(), left.min(MODEL_BYTES_MAX)) else {
            continue;
        };
        let Ok((content, _)) = decompressed(&input.bytes) else {
            continue;
        };
        left = left.saturating_sub(content.len());
        if let Some(rank) = rank(&content) {
            let (name, bytes) = (name.clone(), content.to_vec());
            files.push(File { name, rank, bytes });
            all.extend_from_slice(&input.bytes);
        }
    }
    if files.is_empty() {
        return Err(refused(
            folder,
            format!(
                "no file in the folder is a model of a known format, and there is no file MLmodel of MLflow; it holds {}",
                listed(&names)
            ),
        ));
    }
    Ok(Folder::Files(files, all))
}

fn refused(folder: &Path, reason: impl Into<String>) -> Error {
    Error::Refused {
        input: folder.display().to_string(),
        reason: reason.into(),
    }
}

/// The names of the files in a folder, sorted.
fn names(folder: &Path) -> Result<Vec<String>, Error> {
    let failed = |source| Error::Read {
        input: folder.display().to_string(),
        source,
    };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let is_file = entry.path().is_file();
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_file && !name.starts_with('.') {
            names.push(name);
        }
        if names.len() > ARCHIVE_ENTRIES_MAX {
            let reason =
                format!("more than {ARCHIVE_ENTRIES_MAX} files: give the model's files themselves");
            return Err(refused(folder, reason));
        }
    }
    names.sort();
    Ok(names)
}

fn mlflow(folder: &Path) -> Result<PathBuf, Error> {
    let description = folder.join(DESCRIPTION);
    let description = Input::read(&description.to_string_lossy(), DESCRIPTION_BYTES_MAX)?;
    let named = String::from_utf8_lossy(&description.bytes)
        .lines()
        .find_map(named_model);
    let names = named.iter().map(String::as_str).chain(MODEL_NAMES);
    let mut files = names.map(|name| folder.join(name));
    files.find(|file| file.is_file()).ok_or_else(|| {
        refused(
            folder,
            "a folder of MLflow without model.skops or model.pkl: its model is not of scikit-learn",
        )
    })
}

/// The file that the line `pickled_model: …` names. It lies in the folder itself.
fn named_model(line: &str) -> Option<String> {
    let name = line.trim().strip_prefix("pickled_model:")?.trim();
    let name = name.trim_matches(['"', '\'']);
    let plain = !name.is_empty() && !name.contains(['/', '\\']) && name != "..";
    plain.then(|| name.to_owned())
}
