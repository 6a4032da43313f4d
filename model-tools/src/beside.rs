//! Files beside a model that rows may have to go through first: a scaler that nobody names predicts wrongly without a
//! sign of it.

use std::path::Path;

use crate::import::Source;
use crate::limits::FOLDER_FILES_MAX;

/// How files of objects are called.
const ENDS: [&str; 6] = ["pkl", "pickle", "joblib", "sav", "dill", "skops"];

/// What is in the name of a file that changes columns.
const WORDS: [&str; 8] = [
    "scaler",
    "preprocess",
    "transformer",
    "encoder",
    "imputer",
    "vectorizer",
    "column_trans",
    "pca",
];

/// What to say of files beside a model that may belong before it; none of a model that changes columns itself, or that
/// is not scikit-learn's.
pub(crate) fn hint(path: &str, source: &Source) -> Option<String> {
    let class = source.imported.document.provenance.get("class")?;
    let is_whole = ["Pipeline", "SearchCV"]
        .iter()
        .any(|end| class.ends_with(end));
    let is_file =
        source.format.holds_objects() && source.layers.iter().all(|layer| !layer.contains(':'));
    let path = Path::new(path);
    if is_whole || !is_file || !path.is_file() {
        return None;
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?;
    let own = path.file_name()?.to_string_lossy().into_owned();
    let mut names: Vec<String> = entries
        .take(FOLDER_FILES_MAX)
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| *name != own && changes_columns(name))
        .collect();
    names.sort();
    let first = names.first()?;
    let shown: String = first.escape_debug().take(100).collect();
    Some(format!(
        "{shown} lies beside it: if rows go through that first, give both: model-tools convert {shown} {own} -o …"
    ))
}

fn changes_columns(name: &str) -> bool {
    let name = name.to_lowercase();
    let is_of_objects = name
        .rsplit_once('.')
        .is_some_and(|(_, end)| ENDS.contains(&end));
    is_of_objects && WORDS.iter().any(|word| name.contains(word))
}
