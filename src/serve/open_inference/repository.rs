//! The models as a list: names, states and statistics.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::MODEL_VERSION;
use crate::serve::app::App;
use crate::serve::refusal::Refusal;
use crate::serve::web::Response;

/// The body of a request for the index, which may be empty.
#[derive(Default, Deserialize)]
struct IndexRequest {
    /// Whether to list only models that can be used.
    #[serde(default)]
    ready: bool,
}

/// `/v2/models`
pub(in crate::serve) fn list(app: &App) -> Response {
    Response::json(&json!({ "models": app.model_names() }))
}

/// `POST /v2/repository/index`
pub(in crate::serve) fn index(app: &App, body: &[u8]) -> Result<Response, Refusal> {
    let request = match body.trim_ascii() {
        [] => IndexRequest::default(),
        body => serde_json::from_slice(body).map_err(|error| Refusal::Body {
            expected: "{\"ready\": true}",
            reason: error.to_string(),
        })?,
    };
    let entry = |name: &str, state: &str, reason: &str| -> Value {
        json!({ "name": name, "version": MODEL_VERSION, "state": state, "reason": reason })
    };
    let names = app.model_names();
    let mut models: Vec<_> = names.iter().map(|name| entry(name, "READY", "")).collect();
    if let (Err(refusal), false) = (app.ready(), request.ready) {
        let reason = refusal.to_string();
        models.push(entry(&app.settings.model_name, "UNAVAILABLE", &reason));
    }
    Ok(Response::json(&models.into()))
}

/// `/v2/models/NAME/stats`
pub(in crate::serve) fn statistics(app: &App, name: &str) -> Result<Response, Refusal> {
    app.with_model(name, |loaded| {
        let statistics = loaded.statistics.json(&loaded.name);
        Ok(Response::json(&json!({ "model_stats": [statistics] })))
    })
}

/// `/v2/models/stats`
pub(in crate::serve) fn all_statistics(app: &App) -> Response {
    let names = app.model_names();
    // A model that was unloaded meanwhile is left out.
    let models: Vec<Value> = names
        .iter()
        .filter_map(|name| {
            let statistics = app.with_model(name, |loaded| Ok(loaded.statistics.json(name)));
            statistics.ok()
        })
        .collect();
    Response::json(&json!({ "model_stats": models }))
}
