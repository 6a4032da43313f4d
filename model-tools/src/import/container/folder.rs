//! Model folders of MLflow: which file in one is the model.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::input::Input;

/// The file that makes a folder one of MLflow's.
const DESCRIPTION: &str = "MLmodel";

/// Bytes of that file: a signature of a thousand columns takes 100 KiB.
const DESCRIPTION_BYTES_MAX: usize = 4 << 20;

/// Names of the model's file that MLflow has used for scikit-learn, the newest first.
const MODEL_NAMES: [&str; 2] = ["model.skops", "model.pkl"];

/// The file of the model in a folder that MLflow saved.
///
/// # Errors
/// The folder is no such one, or its model is of another library.
pub(crate) fn model_file(folder: &Path) -> Result<PathBuf, Error> {
    let refused = |reason: &str| Error::Refused {
        input: folder.display().to_string(),
        reason: reason.to_owned(),
    };
    let description = folder.join(DESCRIPTION);
    if !description.is_file() {
        return Err(refused(
            "a folder without the file MLmodel, so not one of MLflow: give the model's file itself",
        ));
    }
    let description = Input::read(&description.to_string_lossy(), DESCRIPTION_BYTES_MAX)?;
    let named = String::from_utf8_lossy(&description.bytes)
        .lines()
        .find_map(named_model);
    let names = named.iter().map(String::as_str).chain(MODEL_NAMES);
    let mut files = names.map(|name| folder.join(name));
    files.find(|file| file.is_file()).ok_or_else(|| {
        refused(
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
