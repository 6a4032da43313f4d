//! What every request is answered from.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::metrics::Metrics;
use super::models::Models;
use super::placement::{self, Loaded};
use super::refusal::Refusal;
use super::transport::{Counters, Settings};
use crate::config::Serving;
use crate::log;

/// The model or models, the settings, and what is counted.
#[derive(Debug)]
pub struct App {
    pub(super) serving: Serving,
    pub(super) hosted: Hosted,
    pub(super) metrics: Metrics,
    pub(super) counters: Arc<Counters>,
    pub(super) started: Instant,
    /// Bytes of one body, and requests that are worked on at once: what batch transform is told.
    pub(super) body_bytes: usize,
    pub(super) compute_threads: usize,
}

/// What is served.
#[derive(Debug)]
pub(super) enum Hosted {
    /// One model, which never changes, so that requests share it without a lock; or the reason why there is
    /// none.
    One(Box<Result<Loaded, String>>),
    /// Models that the platform loads and unloads.
    Several(Models),
}

impl App {
    /// Loads the artifact in `<prefix>/model`, and says in the log what came of it; with several models, none
    /// is loaded yet.
    #[must_use]
    pub fn load(
        prefix: &Path,
        serving: Serving,
        settings: &Settings,
        counters: Arc<Counters>,
    ) -> Self {
        let hosted = if serving.multi_model {
            log::info(format_args!(
                "{} serves models that are loaded by request",
                crate::PRODUCER
            ));
            Hosted::Several(Models::new(prefix, serving.models_bytes))
        } else {
            Hosted::One(Box::new(load(&prefix.join("model"), &serving.model_name)))
        };
        Self {
            serving,
            hosted,
            metrics: Metrics::default(),
            counters,
            started: Instant::now(),
            body_bytes: settings.body_bytes,
            compute_threads: settings.compute_threads,
        }
    }

    /// The one model of a server of one.
    pub(super) fn model(&self) -> Result<&Loaded, Refusal> {
        match &self.hosted {
            Hosted::One(model) => model
                .as_ref()
                .as_ref()
                .map_err(|reason| Refusal::NoModel(reason.clone())),
            Hosted::Several(_) => Err(Refusal::SeveralModels),
        }
    }

    /// Calls `use_model` with the model of this name.
    pub(super) fn with_model<T>(
        &self,
        name: &str,
        use_model: impl FnOnce(&Loaded) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        match &self.hosted {
            Hosted::One(_) if name == self.serving.model_name => use_model(self.model()?),
            Hosted::One(_) => Err(Refusal::UnknownModel(name.to_owned())),
            Hosted::Several(models) => models.with(name, use_model),
        }
    }

    /// The names of the models that can be used now.
    pub(super) fn model_names(&self) -> Vec<String> {
        match &self.hosted {
            Hosted::One(model) => model
                .iter()
                .map(|_| self.serving.model_name.clone())
                .collect(),
            Hosted::Several(models) => models.names(),
        }
    }

    /// Whether requests can be answered. A server of several models can with none loaded.
    pub(super) fn ready(&self) -> Result<(), Refusal> {
        match &self.hosted {
            Hosted::One(_) => self.model().map(drop),
            Hosted::Several(_) => Ok(()),
        }
    }
}

fn load(directory: &Path, name: &str) -> Result<Loaded, String> {
    let model = placement::load(directory, name).map_err(|error| error.to_string());
    match &model {
        Ok(loaded) => log::info(format_args!("{} loaded {loaded}", crate::PRODUCER)),
        Err(reason) => log::error(format_args!(
            "{} has no model to serve: {reason}",
            crate::PRODUCER
        )),
    }
    model
}
