//! `/models…`: the models of a multi-model endpoint, which the platform loads and unloads.
//!
//! A model's name is an opaque hash to the platform. Loading a name twice is 409, using or unloading one that
//! is not loaded 404, and 507 makes the platform unload others and try again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rouille::{Request, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::app::App;
use super::placement::{self, Loaded};
use super::refusal::Refusal;
use super::response;
use super::routes::{Trace, path, refused};
use crate::limits::MODELS_LISTED_MAX;
use crate::{log, serve::invocations};

/// The models that are loaded.
#[derive(Debug)]
pub(super) struct Models {
    /// Directories that models may lie in: the platform's, and the one that local tests of other containers use.
    roots: [PathBuf; 2],
    bytes_most: usize,
    loaded: RwLock<BTreeMap<String, Arc<Entry>>>,
}

/// A loaded model. Whoever uses it holds the lock for reading; unloading waits for the lock, so that its
/// memory is free when the answer is sent.
#[derive(Debug)]
struct Entry {
    url: String,
    bytes: usize,
    model: RwLock<Option<Loaded>>,
}

/// The body of a request to load a model.
#[derive(Deserialize)]
struct Load {
    model_name: String,
    url: String,
}

/// Answers a request under `/models`.
pub(super) fn answer(
    app: &App,
    models: &Models,
    segments: &[&str],
    request: &Request,
    body: &[u8],
    trace: &mut Trace,
) -> Result<Response, Refusal> {
    let name = segments.first().map(|name| decoded(name));
    match (name, segments, request.method()) {
        (None, _, "POST") => models.load(body),
        (None, _, "GET") => Ok(models.list(request)),
        (None, _, method) => Err(refused(path(request), method, "GET, POST")),
        (Some(name), [_], "GET") => models.describe(&name),
        (Some(name), [_], "DELETE") => models.unload(&name),
        (Some(_), [_], method) => Err(refused(path(request), method, "GET, DELETE")),
        (Some(name), [_, "invoke"], "POST") => models.with(&name, |loaded| {
            invocations::answer(app, loaded, request, body, trace)
        }),
        (Some(_), [_, "invoke"], method) => Err(refused(path(request), method, "POST")),
        _ => Err(Refusal::UnknownPath(path(request).to_owned())),
    }
}

/// A segment of a path without its percent-encoding.
pub(super) fn decoded(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment)
        .decode_utf8_lossy()
        .into_owned()
}

impl Models {
    pub(super) fn new(prefix: &Path, bytes_most: usize) -> Self {
        Self {
            roots: [prefix.join("models"), prefix.join("model")],
            bytes_most,
            loaded: RwLock::default(),
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        loaded.keys().cloned().collect()
    }

    /// Calls `use_model` with a loaded model, which stays loaded meanwhile.
    pub(super) fn with<T>(
        &self,
        name: &str,
        use_model: impl FnOnce(&Loaded) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let entry = self.entry(name)?;
        let model = entry.model.read().unwrap_or_else(PoisonError::into_inner);
        let model = model.as_ref();
        use_model(model.ok_or_else(|| Refusal::UnknownModel(name.to_owned()))?)
    }

    fn entry(&self, name: &str) -> Result<Arc<Entry>, Refusal> {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        let entry = loaded.get(name).cloned();
        entry.ok_or_else(|| Refusal::UnknownModel(name.to_owned()))
    }

    fn load(&self, body: &[u8]) -> Result<Response, Refusal> {
        let Load { model_name, url } =
            serde_json::from_slice(body).map_err(|error| Refusal::Body {
                expected: "{\"model_name\": …, \"url\": …}",
                reason: error.to_string(),
            })?;
        self.check_room(&model_name, 0)?;
        let directory = self.checked(&model_name, &url)?;
        let model =
            placement::load(&directory, &model_name).map_err(|error| Refusal::Unloadable {
                name: model_name.clone(),
                reason: error.to_string(),
            })?;
        log::info(format_args!("model {model_name} loaded {model}"));
        self.insert(model_name, url, model)?;
        Ok(response::json(&json!({ "status": "Workers scaled" })))
    }

    fn insert(&self, name: String, url: String, model: Loaded) -> Result<(), Refusal> {
        self.check_room(&name, model.artifact.bytes)?;
        let entry = Entry {
            url,
            bytes: model.artifact.bytes,
            model: RwLock::new(Some(model)),
        };
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        if loaded.contains_key(&name) {
            return Err(Refusal::LoadedAlready(name));
        }
        loaded.insert(name, Arc::new(entry));
        Ok(())
    }

    /// Whether the name is free, and there is room for a model of this size.
    fn check_room(&self, name: &str, bytes: usize) -> Result<(), Refusal> {
        let models = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        if models.contains_key(name) {
            return Err(Refusal::LoadedAlready(name.to_owned()));
        }
        let loaded: usize = models.values().map(|entry| entry.bytes).sum();
        if loaded + bytes > self.bytes_most {
            return Err(Refusal::NoRoom {
                name: name.to_owned(),
                loaded,
                most: self.bytes_most,
            });
        }
        Ok(())
    }

    /// The directory of a model, which must lie where models do, whatever links and dots the url has.
    fn checked(&self, name: &str, url: &str) -> Result<PathBuf, Refusal> {
        let refused = |reason: String| Refusal::Unloadable {
            name: name.to_owned(),
            reason,
        };
        let directory = Path::new(url)
            .canonicalize()
            .map_err(|error| refused(format!("{url}: {error}")))?;
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

    fn unload(&self, name: &str) -> Result<Response, Refusal> {
        let entry = {
            let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
            let entry = loaded.remove(name);
            entry.ok_or_else(|| Refusal::UnknownModel(name.to_owned()))?
        };
        let mut model = entry.model.write().unwrap_or_else(PoisonError::into_inner);
        *model = None;
        log::info(format_args!("model {name} unloaded"));
        let status = format!("Model \"{name}\" unregistered");
        Ok(response::json(&json!({ "status": status })))
    }

    fn describe(&self, name: &str) -> Result<Response, Refusal> {
        let entry = self.entry(name)?;
        Ok(response::json(&description(name, &entry)))
    }

    /// A page of the models in the order of their names; `nextPageToken` says where the next one begins.
    fn list(&self, request: &Request) -> Response {
        let number = |name| request.get_param(name).and_then(|text| text.parse().ok());
        let limit = number("limit").unwrap_or(MODELS_LISTED_MAX);
        let limit = limit.clamp(1, MODELS_LISTED_MAX);
        let start = number("next_page_token").unwrap_or(0);
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        let page = loaded.iter().skip(start).take(limit);
        let page: Vec<_> = page.map(|(name, entry)| description(name, entry)).collect();
        let mut list = json!({ "models": page });
        let next = start.saturating_add(limit);
        if let (true, Some(fields)) = (next < loaded.len(), list.as_object_mut()) {
            fields.insert("nextPageToken".to_owned(), next.to_string().into());
        }
        response::json(&list)
    }
}

fn description(name: &str, entry: &Entry) -> Value {
    json!({ "modelName": name, "modelUrl": entry.url })
}
