//! What requests are answered from: the model or models, the settings, and what is counted.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Instant, SystemTime};

use super::loaded::{self, LoadOptions, LoadedModel};
use super::metrics::Metrics;
use super::refusal::Refusal;
use super::settings::Settings;
use super::store::ModelStore;
use super::work::RowWork;
use crate::account::Memory;
use crate::log;
use crate::score::Helpers;
use crate::transport::{self, Counters};

/// What requests are answered from.
#[derive(Debug)]
pub struct App {
    pub(super) settings: Settings,
    pub(super) models: Models,
    /// What requests and models may take together.
    pub(super) memory: Memory,
    pub(super) metrics: Metrics,
    pub(super) counters: Arc<Counters>,
    pub(super) started: Instant,
    /// The same by the clock on the wall.
    pub(super) started_at: SystemTime,
    pub(super) compute_threads: usize,
    /// Threads that large requests use beside their own.
    pub(super) helpers: Helpers,
}

/// What is served.
#[derive(Debug)]
pub(super) enum Models {
    /// One model, which never changes once it is loaded, so that requests share it without a lock; or the reason why
    /// there is none.
    One(Arc<OnceLock<Result<LoadedModel, String>>>),
    /// Models that the platform loads and unloads.
    Several(ModelStore),
}

/// What loads the one model of a server, on whatever thread.
pub(super) type Loader = Box<dyn FnOnce() + Send>;

impl App {
    /// Loads the artifact that the settings name, or the one in `<prefix>/model`, and logs what came of it. A server of
    /// several models begins with none.
    #[must_use]
    pub fn load(
        prefix: &Path,
        settings: Settings,
        transport: &transport::Settings,
        counters: Arc<Counters>,
    ) -> Self {
        let (app, loader) = Self::begin(prefix, settings, transport, counters);
        if let Some(load) = loader {
            load();
        }
        app
    }

    /// An application whose one model is still to be loaded.
    pub(super) fn begin(
        prefix: &Path,
        settings: Settings,
        transport: &transport::Settings,
        counters: Arc<Counters>,
    ) -> (Self, Option<Loader>) {
        let memory = Memory::new(transport.memory_bytes);
        let options = LoadOptions {
            memory,
            threshold: settings.threshold,
            trust: settings.model_key.clone().map(Arc::new),
        };
        let models = if settings.multi_model {
            log::info(format_args!(
                "{} serves models that are loaded by request",
                crate::PRODUCER
            ));
            Models::Several(ModelStore::new(
                prefix,
                settings.models_bytes,
                options.clone(),
            ))
        } else {
            Models::One(Arc::default())
        };
        let loader = match &models {
            Models::One(place) => Some(loader(place, prefix, &settings, options)),
            Models::Several(_) => None,
        };
        let app = Self {
            settings,
            models,
            memory,
            metrics: Metrics::default(),
            counters,
            started: Instant::now(),
            started_at: SystemTime::now(),
            compute_threads: transport.compute_threads,
            helpers: Helpers::of_cores(transport.compute_threads),
        };
        (app, loader)
    }

    /// The one model of a server of one.
    pub(super) fn model(&self) -> Result<&LoadedModel, Refusal> {
        match &self.models {
            Models::One(model) => match model.get() {
                Some(Ok(model)) => Ok(model),
                Some(Err(reason)) => Err(Refusal::NoModel(reason.clone())),
                None => Err(Refusal::Loading),
            },
            Models::Several(_) => Err(Refusal::SeveralModels),
        }
    }

    /// The models of a server of several.
    pub(super) fn store(&self) -> Option<&ModelStore> {
        match &self.models {
            Models::One(_) => None,
            Models::Several(store) => Some(store),
        }
    }

    /// Calls `use_model` with the model of this name.
    pub(super) fn with_model<T>(
        &self,
        name: &str,
        use_model: impl FnOnce(&LoadedModel) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        match &self.models {
            Models::One(_) if name == self.settings.model_name => use_model(self.model()?),
            Models::One(_) => Err(Refusal::UnknownModel(name.to_owned())),
            Models::Several(store) => store.with(name, use_model),
        }
    }

    /// The names of the models that can be used now.
    pub(super) fn model_names(&self) -> Vec<String> {
        match &self.models {
            Models::One(_) if self.model().is_ok() => vec![self.settings.model_name.clone()],
            Models::One(_) => Vec::new(),
            Models::Several(store) => store.names(),
        }
    }

    /// What a row costs that comes to the model of this name, or to the one model. None if there is no such model.
    pub(super) fn row_work(&self, name: Option<&str>) -> Option<RowWork> {
        match (&self.models, name) {
            (Models::One(_), _) => self.model().ok().map(|loaded| loaded.work),
            (Models::Several(store), Some(name)) => store.row_work(name),
            (Models::Several(_), None) => None,
        }
    }

    /// Whether requests can be answered. A server of several models can with none loaded.
    pub(super) fn ready(&self) -> Result<(), Refusal> {
        match &self.models {
            Models::One(_) => self.model().map(drop),
            Models::Several(_) => Ok(()),
        }
    }
}

fn loader(
    place: &Arc<OnceLock<Result<LoadedModel, String>>>,
    prefix: &Path,
    settings: &Settings,
    options: LoadOptions,
) -> Loader {
    let (place, directory) = (Arc::clone(place), prefix.join("model"));
    let (path, name) = (settings.model.clone(), settings.model_name.clone());
    Box::new(move || {
        place.get_or_init(|| load(path, &directory, &name, &options));
    })
}

fn load(
    path: Option<PathBuf>,
    directory: &Path,
    name: &str,
    options: &LoadOptions,
) -> Result<LoadedModel, String> {
    let model = match path {
        Some(path) => loaded::read(path, name, options),
        None => loaded::load(directory, name, options),
    };
    let model = model.map_err(|error| error.to_string()).and_then(|model| {
        let aside = options.memory.set_aside(model.bytes);
        aside.map_err(|shortage| format!("the model takes {} bytes: {shortage}", model.bytes))?;
        Ok(model)
    });
    match &model {
        Ok(loaded) => log::info(format_args!("{} loaded {loaded}", crate::PRODUCER)),
        Err(reason) => log::error(format_args!(
            "{} has no model to serve: {reason}",
            crate::PRODUCER
        )),
    }
    model
}
