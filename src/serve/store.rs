//! The models of a multi-model endpoint, which the platform loads and unloads.
//!
//! A model's name is an opaque hash to the platform. Loading a name twice is 409, using or unloading one that
//! is not loaded is 404, and 507 makes the platform unload others and try again.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use super::loaded::{self, LoadError, LoadOptions, LoadedModel};
use super::refusal::Refusal;
use super::work::RowWork;
use crate::log;

/// The models that are loaded, by name.
type Loaded = BTreeMap<String, Arc<Entry>>;

/// The models that are loaded.
#[derive(Debug)]
pub(super) struct ModelStore {
    /// Directories that models may lie in: the platform's, and the one that local tests of other containers use.
    roots: [PathBuf; 2],
    bytes_most: usize,
    /// What is said about every model.
    options: LoadOptions,
    loaded: RwLock<Loaded>,
}

/// A loaded model. A request that uses it holds the lock for reading. Unloading waits for the lock, so that
/// the model's memory is free when the answer is sent.
#[derive(Debug)]
struct Entry {
    url: String,
    bytes: usize,
    work: RowWork,
    model: RwLock<Option<LoadedModel>>,
}

/// What is said of a loaded model.
pub(super) struct Listing {
    pub(super) name: String,
    pub(super) url: String,
}

impl ModelStore {
    pub(super) fn new(prefix: &Path, bytes_most: usize, options: LoadOptions) -> Self {
        Self {
            roots: [prefix.join("models"), prefix.join("model")],
            bytes_most,
            options,
            loaded: RwLock::default(),
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        let loaded = self.read();
        loaded.keys().cloned().collect()
    }

    /// Calls `use_model` with a loaded model, which stays loaded meanwhile.
    pub(super) fn with<T>(
        &self,
        name: &str,
        use_model: impl FnOnce(&LoadedModel) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let entry = self.entry(name)?;
        let model = entry.model.read().unwrap_or_else(PoisonError::into_inner);
        let model = model.as_ref();
        use_model(model.ok_or_else(|| Refusal::UnknownModel(name.to_owned()))?)
    }

    fn entry(&self, name: &str) -> Result<Arc<Entry>, Refusal> {
        let loaded = self.read();
        let entry = loaded.get(name).cloned();
        entry.ok_or_else(|| Refusal::UnknownModel(name.to_owned()))
    }

    /// Loads the model that lies in the directory `url`.
    pub(super) fn load(&self, name: &str, url: &str) -> Result<(), Refusal> {
        self.check_room(name, 0, &self.read())?;
        let directory = self.checked(name, url)?;
        let model = loaded::load(&directory, name, &self.options).map_err(|error| match error {
            LoadError::Memory { needed, .. } => self.no_room(name, needed, &self.read()),
            error => Refusal::Unloadable {
                name: name.to_owned(),
                reason: error.to_string(),
            },
        })?;
        let said = model.to_string();
        self.insert(name.to_owned(), url.to_owned(), model)?;
        log::info(format_args!("model {name} loaded {said}"));
        Ok(())
    }

    /// Adds a model, if there is room: others may have been added since it began to load.
    fn insert(&self, name: String, url: String, model: LoadedModel) -> Result<(), Refusal> {
        let bytes = model.bytes;
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        self.check_room(&name, bytes, &loaded)?;
        let aside = self.options.memory.set_aside(bytes);
        aside.map_err(|_| self.no_room(&name, bytes, &loaded))?;
        let entry = Entry {
            url,
            bytes,
            work: model.work,
            model: RwLock::new(Some(model)),
        };
        loaded.insert(name, Arc::new(entry));
        Ok(())
    }

    fn read(&self) -> RwLockReadGuard<'_, Loaded> {
        self.loaded.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a row of a loaded model costs.
    pub(super) fn row_work(&self, name: &str) -> Option<RowWork> {
        self.read().get(name).map(|entry| entry.work)
    }

    /// Whether the name is free, and there is room for a model of this size.
    fn check_room(&self, name: &str, bytes: usize, models: &Loaded) -> Result<(), Refusal> {
        if models.contains_key(name) {
            return Err(Refusal::LoadedAlready(name.to_owned()));
        }
        if bytes_of(models).saturating_add(bytes) > self.bytes_most {
            return Err(self.no_room(name, bytes, models));
        }
        Ok(())
    }

    fn no_room(&self, name: &str, bytes: usize, models: &Loaded) -> Refusal {
        let loaded = bytes_of(models);
        Refusal::NoRoom {
            name: name.to_owned(),
            bytes,
            loaded,
            most: self
                .bytes_most
                .min(loaded.saturating_add(self.options.memory.most())),
        }
    }

    /// The directory of a model, which must lie where models do, whatever links and dots the url has.
    fn checked(&self, name: &str, url: &str) -> Result<PathBuf, Refusal> {
        let refused = |reason: String| Refusal::Unloadable {
            name: name.to_owned(),
            reason,
        };
        let directory = Path::new(url)
            .canonicalize()
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound => Refusal::NoModelFolder {
                    name: name.to_owned(),
                    url: url.to_owned(),
                },
                _ => refused(format!("{url}: {error}")),
            })?;
        let roots = self
            .roots
            .iter()
            .filter_map(|root| root.canonicalize().ok());
        if roots.into_iter().any(|root| directory.starts_with(root)) {
            Ok(directory)
        } else {
            let root = self.roots[0].display();
            Err(refused(format!("{url} is not under {root}")))
        }
    }

    /// Unloads a model once no request uses it any more.
    pub(super) fn unload(&self, name: &str) -> Result<(), Refusal> {
        let entry = {
            let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
            let entry = loaded.remove(name);
            entry.ok_or_else(|| Refusal::UnknownModel(name.to_owned()))?
        };
        let mut model = entry.model.write().unwrap_or_else(PoisonError::into_inner);
        *model = None;
        self.options.memory.take_back(entry.bytes);
        log::info(format_args!("model {name} unloaded"));
        Ok(())
    }

    pub(super) fn describe(&self, name: &str) -> Result<Listing, Refusal> {
        let entry = self.entry(name)?;
        Ok(listing(name, &entry))
    }

    /// At most `limit` models in the order of their names, after the first `start`; and whether there are more.
    pub(super) fn page(&self, start: usize, limit: usize) -> (Vec<Listing>, bool) {
        let loaded = self.read();
        let page = loaded.iter().skip(start).take(limit);
        let page = page.map(|(name, entry)| listing(name, entry)).collect();
        (page, start.saturating_add(limit) < loaded.len())
    }
}

fn bytes_of(models: &Loaded) -> usize {
    models.values().map(|entry| entry.bytes).sum()
}

fn listing(name: &str, entry: &Entry) -> Listing {
    Listing {
        name: name.to_owned(),
        url: entry.url.clone(),
    }
}
