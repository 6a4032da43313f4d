//! Several files that are a model together: a scaler, a model, lists of column names, an encoder of labels.

use super::candidates::{NameList, Root};
use super::unwrap;
use super::{convert_unwrapped, pickle};
use crate::import::limits::OBJECTS_MAX;
use crate::import::objects::Value;
use crate::import::opened::Member;
use crate::import::pickle::Pickle;
use crate::import::skops::Skops;
use crate::import::trust::{self, Named};
use crate::import::{ImportError, Imported, SKOPS, names};

/// The objects of a file.
enum Tree {
    Pickle(Pickle),
    Skops(Skops),
}

impl Tree {
    fn read(member: &Member) -> Result<Self, ImportError> {
        Ok(match member.format {
            Some(format) if format.name == SKOPS => Self::Skops(Skops::read(&member.bytes)?),
            _ => Self::Pickle(pickle(&member.bytes)?),
        })
    }

    fn root(&self) -> Value<'_> {
        match self {
            Self::Pickle(pickle) => pickle.root(),
            Self::Skops(skops) => skops.root(),
        }
    }

    fn globals(&self) -> &[Named] {
        match self {
            Self::Pickle(pickle) => &pickle.globals,
            Self::Skops(skops) => &skops.globals,
        }
    }
}

/// What was read of several files so far.
struct Files<'a> {
    keys: &'a [String],
    in_order: bool,
    /// The objects of each file, with its name.
    trees: Vec<(&'a str, Tree)>,
    /// Files of column names.
    lists: Vec<NameList>,
    /// What to say of other files.
    ignored: Vec<String>,
    /// Objects that may still be read.
    left: usize,
}

impl<'a> Files<'a> {
    fn add(&mut self, member: &'a Member) -> Result<(), ImportError> {
        let name = member.name.as_str();
        if member.format.is_none() {
            self.lists
                .extend(names::of_json(&member.bytes).map(|names| NameList {
                    path: name.to_owned(),
                    names,
                    is_chosen: false,
                }));
            return Ok(());
        }
        let is_named = self.keys.iter().any(|key| is_in(key, name));
        if !self.keys.is_empty() && !is_named {
            self.ignored.push(format!("\"{name}\", which no key names"));
            return Ok(());
        }
        match Tree::read(member) {
            Ok(tree) => self
                .add_tree(name, tree)
                .map_err(|error| in_file(name, error)),
            // Of an archive it may be a file that has nothing to do with the model.
            Err(error) if !self.in_order && !is_named => {
                self.ignored.push(format!("\"{name}\": {error}"));
                Ok(())
            }
            Err(error) => Err(in_file(name, error)),
        }
    }

    fn add_tree(&mut self, name: &'a str, tree: Tree) -> Result<(), ImportError> {
        let count = tree.root().objects().len();
        self.left = self
            .left
            .checked_sub(count)
            .ok_or(ImportError::TooManyObjects)?;
        trust::refuse_dangerous(tree.globals()).map_err(ImportError::Dangerous)?;
        self.ignored.extend(trust::unknown(tree.globals()));
        self.trees.push((name, tree));
        Ok(())
    }
}

fn in_file(file: &str, error: ImportError) -> ImportError {
    ImportError::File {
        file: file.to_owned(),
        error: Box::new(error),
    }
}

/// Reads the estimators under `keys` of several files, or all of them if it is known how they belong together. Files
/// that no key names are not read.
pub(crate) fn read_files(
    members: &[Member],
    keys: &[String],
    in_order: bool,
) -> Result<Imported, ImportError> {
    let mut files = Files {
        keys,
        in_order,
        trees: Vec::new(),
        lists: Vec::new(),
        ignored: Vec::new(),
        left: OBJECTS_MAX,
    };
    members.iter().try_for_each(|member| files.add(member))?;
    let roots = files.trees.iter().map(|(file, tree)| Root {
        file,
        value: tree.root(),
    });
    let roots: Vec<_> = roots.collect();
    let unwrapped = unwrap::unwrap_files(&roots, files.lists, keys, in_order)?;
    let mut imported = convert_unwrapped(unwrapped)?;
    imported.ignored.extend(files.ignored);
    Ok(imported)
}

/// Whether a key leads into a file.
fn is_in(key: &str, file: &str) -> bool {
    let inner = key.strip_prefix(file);
    inner.is_some_and(|inner| inner.is_empty() || inner.starts_with('.'))
}
