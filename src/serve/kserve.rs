//! KServe V1: health, models, predictions and explanations.

use serde_json::json;

use super::app::App;
use super::body::Body;
use super::invocations;
use super::refusal::Refusal;
use super::selection::Selection;
use super::web::{Request, Response};
use crate::codec::Shape;

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
pub(super) fn predict(
    app: &App,
    name: &str,
    request: Request<'_>,
    body: Body<'_>,
) -> Result<Response, Refusal> {
    let selection = Selection::of(app, request)?;
    app.with_model(name, |loaded| {
        invocations::answer_json(app, loaded, (None, &selection), body)
    })
}

/// `/v1/models/NAME:explain`
pub(super) fn explain(
    app: &App,
    name: &str,
    request: Request<'_>,
    body: Body<'_>,
) -> Result<Response, Refusal> {
    let selection = Selection::of(app, request)?.of_explanations();
    let shape = Some(Shape::Explanations);
    app.with_model(name, |loaded| {
        invocations::answer_json(app, loaded, (shape, &selection), body)
    })
}
