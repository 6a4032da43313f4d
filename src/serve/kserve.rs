//! KServe V1: health, models and predictions.

use serde_json::json;

use super::app::App;
use super::body::Body;
use super::invocations;
use super::refusal::Refusal;
use super::web::Response;

/// `/`
pub(super) fn alive() -> Response {
    Response::json(&json!({ "status": "alive" }))
}

/// `/v1/models`
pub(super) fn models(app: &App) -> Response {
    Response::json(&json!({ "models": app.model_names() }))
}

/// `/v1/models/NAME`
pub(super) fn model(app: &App, name: &str) -> Result<Response, Refusal> {
    app.with_model(name, |loaded| {
        let state = json!({ "name": loaded.name, "ready": true });
        Ok(Response::json(&state))
    })
}

/// `/v1/models/NAME:predict`
pub(super) fn predict(app: &App, name: &str, body: Body<'_>) -> Result<Response, Refusal> {
    app.with_model(name, |loaded| invocations::answer_json(app, loaded, body))
}
