//! KServe V1: `/`, `/v1/models`, `/v1/models/NAME`, `/v1/models/NAME:predict`.

use rouille::{Request, Response};
use serde_json::json;

use super::app::App;
use super::models::decoded;
use super::refusal::Refusal;
use super::routes::{Trace, path, refused};
use super::{invocations, response};

/// Answers a request of the protocol.
pub(super) fn answer(
    app: &App,
    segments: &[&str],
    request: &Request,
    body: &[u8],
    trace: &mut Trace,
) -> Result<Response, Refusal> {
    let method = request.method();
    match (segments, method) {
        ([""], "GET") => Ok(response::json(&json!({ "status": "alive" }))),
        (["v1", "models"], "GET") => Ok(response::json(&json!({ "models": app.model_names() }))),
        (["v1", "models", model], _) => match model.rsplit_once(':') {
            Some((name, "predict")) if method == "POST" => app
                .with_model(&decoded(name), |loaded| {
                    invocations::answer_json(app, loaded, None, body, trace)
                }),
            Some((_, "predict")) => Err(refused(path(request), method, "POST")),
            Some(_) => Err(Refusal::UnknownPath(path(request).to_owned())),
            None if method == "GET" => app.with_model(&decoded(model), |loaded| {
                Ok(response::json(
                    &json!({ "name": loaded.name, "ready": true }),
                ))
            }),
            None => Err(refused(path(request), method, "GET")),
        },
        ([""] | ["v1", "models"], _) => Err(refused(path(request), method, "GET")),
        _ => Err(Refusal::UnknownPath(path(request).to_owned())),
    }
}
