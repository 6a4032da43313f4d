//! Several files that are a model together: a scaler, a model, lists of column names, an encoder of labels.

use super::unwrap::{self, NameList, Root, Unwrapped};
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

/// Reads the estimators under `keys` of several files, or all of them if it is known how they belong together. Files
/// that no key names are not read.
pub(crate) fn read_files(
    members: &[Member],
    keys: &[String],
    in_order: bool,
) -> Result<Imported, ImportError> {
    let (mut trees, mut lists, mut ignored) = (Vec::new(), Vec::new(), Vec::new());
    let mut left = OBJECTS_MAX;
    for member in members {
        let named = keys.iter().any(|key| is_in(key, &member.name));
        if let Some(names) = member
            .format
            .is_none()
            .then(|| names::of_json(&member.bytes))
            .flatten()
        {
            let path = member.name.clone();
            lists.push(NameList {
                path,
                names,
                is_chosen: false,
            });
            continue;
        }
        if !keys.is_empty() && !named {
            ignored.push(format!("\"{}\", which no key names", member.name));
            continue;
        }
        let in_file = |error: ImportError| ImportError::File {
            file: member.name.clone(),
            error: Box::new(error),
        };
        match Tree::read(member) {
            Ok(tree) if tree.root().objects().len() > left => {
                return Err(in_file(ImportError::TooManyObjects));
            }
            Ok(tree) => {
                left -= tree.root().objects().len();
                trust::refuse_dangerous(tree.globals())
                    .map_err(|dangerous| in_file(ImportError::Dangerous(dangerous)))?;
                ignored.extend(trust::unknown(tree.globals()));
                trees.push((member.name.as_str(), tree));
            }
            // Of an archive it may be a file that has nothing to do with the model.
            Err(error) if !in_order && !named => {
                ignored.push(format!("\"{}\": {error}", member.name))
            }
            Err(error) => return Err(in_file(error)),
        }
    }
    let roots: Vec<_> = trees
        .iter()
        .map(|(file, tree)| Root {
            file,
            value: tree.root(),
        })
        .collect();
    let unwrapped: Unwrapped<'_> = unwrap::unwrap_files(&roots, lists, keys, in_order)?;
    let mut imported = convert_unwrapped(unwrapped)?;
    imported.ignored.extend(ignored);
    Ok(imported)
}

/// Whether a key leads into a file.
fn is_in(key: &str, file: &str) -> bool {
    let inner = key.strip_prefix(file);
    inner.is_some_and(|inner| inner.is_empty() || inner.starts_with('.'))
}
