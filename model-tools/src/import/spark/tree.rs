//! The files of a saved model of Spark: folders within folders, as they lie on a disk, in a zip or in a tar archive.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use crate::import::archive::{ArchiveError, Files};
use crate::import::container::is_tar;
use crate::import::limits::{
    FOREIGN_BYTES_MAX, SPARK_FILES_MAX, SPARK_FOLDER_LEVELS_MAX, SPARK_FOLDERS_MAX,
};

/// The folder that says what a model is, and the one with its numbers.
const METADATA: &str = "metadata";
const DATA: &str = "data";

/// How the names of the files begin that Spark writes a table in. Others (`_SUCCESS`, `.part-….crc`) are about them.
const PART: &str = "part-";

/// Why the files of a model cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TreeError {
    #[error(transparent)]
    Zip(#[from] ArchiveError),
    #[error("the tar archive is damaged: {0}")]
    Tar(std::io::Error),
    #[error(
        "it holds more than {SPARK_FILES_MAX} files, or {mebibytes} MiB of them: extract the model and give its folder",
        mebibytes = FOREIGN_BYTES_MAX >> 20
    )]
    TooLarge,
    #[error("several models of Spark lie side by side in it: give the folder of one")]
    Several,
    #[error("it has no file {0}")]
    Missing(String),
}

/// The files of a model, by their paths.
pub(super) struct Tree {
    files: BTreeMap<String, Vec<u8>>,
}

/// A folder in a [`Tree`].
#[derive(Clone)]
pub(super) struct Folder<'t> {
    tree: &'t Tree,
    /// Its path, which ends with a slash unless it is the root.
    path: String,
}

/// Whether a path is of a file that a model consists of: `…/metadata/part-00000`, `…/data/part-00000….parquet`.
fn is_part(path: &str) -> bool {
    folder_of_part(path).is_some()
}

/// The folder of the model that a file belongs to, and whether it is the one that says what the model is.
fn folder_of_part(path: &str) -> Option<(&str, bool)> {
    let (folder, name) = path.rsplit_once('/')?;
    let (model, kind) = folder.rsplit_once('/').unwrap_or(("", folder));
    let is_known = name.starts_with(PART) && matches!(kind, METADATA | DATA);
    is_known.then_some((model, kind == METADATA))
}

/// Whether bytes are a zip or tar archive of a saved model.
pub(in crate::import) fn detect(bytes: &[u8]) -> bool {
    let says_what = |path: &str| folder_of_part(path).is_some_and(|(_, says_what)| says_what);
    if bytes.starts_with(b"PK\x03\x04") {
        return Files::open(bytes)
            .is_ok_and(|files| files.names().iter().any(|name| says_what(name)));
    }
    is_tar(bytes) && names_of_tar(bytes).iter().any(|name| says_what(name))
}

/// The names of a tar archive's first files, as far as they can be read.
fn names_of_tar(bytes: &[u8]) -> Vec<String> {
    let mut archive = tar::Archive::new(bytes);
    let entries = archive.entries().into_iter().flatten();
    entries
        .take(SPARK_FILES_MAX)
        .map_while(Result::ok)
        .map(|entry| name(&entry.path_bytes()))
        .collect()
}

fn name(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"./").unwrap_or(bytes);
    String::from_utf8_lossy(bytes).into_owned()
}

/// The files of a model in a folder, put into a tar archive; none if the folder is not of Spark. One that MLflow saved
/// has the model in the folder `sparkml`.
pub(in crate::import) fn pack(folder: &Path) -> std::io::Result<Option<Vec<u8>>> {
    let places = [folder.to_owned(), folder.join("sparkml")];
    let Some(root) = places.iter().find(|place| place.join(METADATA).is_dir()) else {
        return Ok(None);
    };
    let mut archive = tar::Builder::new(Vec::new());
    archive.mode(tar::HeaderMode::Deterministic);
    let (mut waiting, mut files, mut seen) = (vec![(root.clone(), String::new(), 0)], 0, 0);
    while let Some((folder, path, level)) = waiting.pop() {
        let mut entries: Vec<_> = std::fs::read_dir(&folder)?
            .take(SPARK_FILES_MAX)
            .collect::<Result<_, _>>()?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let path = format!("{path}{}", entry.file_name().to_string_lossy());
            seen += 1;
            if seen > SPARK_FOLDERS_MAX || files > SPARK_FILES_MAX {
                return Err(std::io::Error::other(
                    "it holds more files than a model does",
                ));
            }
            if entry.path().is_dir() && level < SPARK_FOLDER_LEVELS_MAX {
                waiting.push((entry.path(), format!("{path}/"), level + 1));
            } else if is_part(&path) {
                files += 1;
                archive.append_path_with_name(entry.path(), &path)?;
            }
        }
    }
    archive.into_inner().map(Some)
}

impl Tree {
    /// Reads an archive that [`detect`] knows.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, TreeError> {
        let files = match is_tar(bytes) {
            true => of_tar(bytes)?,
            false => of_zip(bytes)?,
        };
        Ok(Self { files })
    }

    /// The folder of the outermost model.
    pub(super) fn root(&self) -> Result<Folder<'_>, TreeError> {
        let models = self.files.keys().filter_map(|path| folder_of_part(path));
        let mut models: Vec<&str> = models
            .filter(|(_, says_what)| *says_what)
            .map(|(model, _)| model)
            .collect();
        models.sort_unstable_by_key(|model| (level(model), *model));
        models.dedup();
        match models.as_slice() {
            [first, second, ..] if level(first) == level(second) => Err(TreeError::Several),
            [first, ..] => Ok(Folder {
                tree: self,
                path: match *first {
                    "" => String::new(),
                    path => format!("{path}/"),
                },
            }),
            [] => Err(TreeError::Missing(format!("{METADATA}/{PART}00000"))),
        }
    }
}

/// How deep a folder lies.
fn level(path: &str) -> usize {
    match path {
        "" => 0,
        path => 1 + path.matches('/').count(),
    }
}

fn of_zip(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, TreeError> {
    let mut archive = Files::open(bytes)?;
    let mut files = BTreeMap::new();
    for name in archive.names() {
        if is_part(&name) {
            let content = archive.read(&name)?;
            files.insert(name, content);
        }
    }
    Ok(files)
}

fn of_tar(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, TreeError> {
    let (mut files, mut left) = (BTreeMap::new(), FOREIGN_BYTES_MAX);
    let mut archive = tar::Archive::new(bytes);
    for entry in archive.entries().map_err(TreeError::Tar)? {
        let entry = entry.map_err(TreeError::Tar)?;
        let name = name(&entry.path_bytes());
        if !entry.header().entry_type().is_file() || !is_part(&name) {
            continue;
        }
        let mut content = Vec::new();
        let read = entry.take(left as u64 + 1).read_to_end(&mut content);
        let count = read.map_err(TreeError::Tar)?;
        left = left.checked_sub(count).ok_or(TreeError::TooLarge)?;
        files.insert(name, content);
        if files.len() > SPARK_FILES_MAX {
            return Err(TreeError::TooLarge);
        }
    }
    Ok(files)
}

impl<'t> Folder<'t> {
    /// The folder with this name in this one.
    pub(super) fn inner(&self, name: &str) -> Self {
        Self {
            tree: self.tree,
            path: format!("{}{name}/", self.path),
        }
    }

    /// The text that says what the model is.
    pub(super) fn metadata(&self) -> Result<&'t [u8], TreeError> {
        let mut parts = self.parts(METADATA);
        parts.next().ok_or_else(|| self.missing(METADATA))
    }

    /// The files of the table with the model's numbers, at least one.
    pub(super) fn data(&self) -> Result<Vec<&'t [u8]>, TreeError> {
        let parts: Vec<_> = self.parts(DATA).collect();
        match parts.is_empty() {
            true => Err(self.missing(DATA)),
            false => Ok(parts),
        }
    }

    fn missing(&self, folder: &str) -> TreeError {
        let path: String = format!("{}{folder}/{PART}00000", self.path)
            .escape_default()
            .take(200)
            .collect();
        TreeError::Missing(path)
    }

    fn parts(&self, folder: &str) -> impl Iterator<Item = &'t [u8]> + use<'t> {
        let start = format!("{}{folder}/{PART}", self.path);
        let files = self.tree.files.range(start.clone()..);
        files
            .take_while(move |(path, _)| path.starts_with(&start))
            .map(|(_, content)| content.as_slice())
            .filter(|content| !content.is_empty())
    }
}
