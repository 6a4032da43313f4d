//! What requests are answered from: the model or models, the settings, and what is counted.

use std::path::Path;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use super::loaded::{self, LoadedModel};
use super::metrics::Metrics;
use super::refusal::Refusal;
use super::settings::Settings;
use super::store::ModelStore;
use crate::log;
use crate::transport::{self, Counters};

/// What requests are answered from.
#[derive(Debug)]
pub struct App {
    pub(super) settings: Settings,
    pub(super) models: Models,
    pub(super) metrics: Metrics,
    pub(super) counters: Arc<Counters>,
    pub(super) started: Instant,
    /// The same by the clock on the wall.
    pub(super) started_at: SystemTime,
    pub(super) compute_threads: usize,
}

/// What is served.
#[derive(Debug)]
pub(super) enum Models {
    /// One model, which never changes, so that requests share it without a lock; or the reason why there is
    /// none.
    One(Box<Result<LoadedModel, String>>),
    /// Models that the platform loads and unloads.
    Several(ModelStore),
}

impl App {
    /// Loads the artifact that the settings name, or the one in `<prefix>/model`, and logs what came of it. A server of several models begins
    /// with none.
    #[must_use]
    pub fn load(
        prefix: &Path,
        settings: Settings,
        transport: &transport::Settings,
        counters: Arc<Counters>,
    ) -> Self {
        let models = if settings.multi_model {
            log::info(format_args!(
                "{} serves models that are loaded by request",
                crate::PRODUCER
            ));
            Models::Several(ModelStore::new(prefix, settings.models_bytes))
        } else {
            Models::One(Box::new(load(prefix, &settings)))
        };
        Self {
            settings,
            models,
            metrics: Metrics::default(),
            counters,
            started: Instant::now(),
            started_at: SystemTime::now(),
            compute_threads: transport.compute_threads,
        }
    }

    /// The one model of a server of one.
    pub(super) fn model(&self) -> Result<&LoadedModel, Refusal> {
        match &self.models {
            Models::One(model) => model
                .as_ref()
                .as_ref()
                .map_err(|reason| Refusal::NoModel(reason.clone())),
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
            Models::One(model) => model
                .iter()
                .map(|_| self.settings.model_name.clone())
                .collect(),
            Models::Several(store) => store.names(),
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

fn load(prefix: &Path, settings: &Settings) -> Result<LoadedModel, String> {
    let name = &settings.model_name;
    let model = match &settings.model {
        Some(path) => loaded::read(path.clone(), name),
        None => loaded::load(&prefix.join("model"), name),
    };
    let model = model.map_err(|error| error.to_string());
    match &model {
        Ok(loaded) => log::info(format_args!("{} loaded {loaded}", crate::PRODUCER)),
        Err(reason) => log::error(format_args!(
            "{} has no model to serve: {reason}",
            crate::PRODUCER
        )),
    }
    model
}
