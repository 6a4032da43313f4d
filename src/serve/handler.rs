//! One request to its answer: by its route, with what is counted and logged about it.

use std::borrow::Cow;
use std::time::Instant;

use super::access_log::{self, AccessLine};
use super::app::App;
use super::body::Body;
use super::refusal::Refusal;
use super::route::{Route, is_get};
use super::web::{Request, Response};
use super::{execution_parameters, exposition, invocations, kserve, models, open_inference};
use crate::limits::REASON_CHARS_MAX;
use crate::text::{self, Unit};

/// Answers one request with its whole body.
#[must_use]
pub fn handle(app: &App, request: Request<'_>, body: &[u8]) -> Response {
    let body = Body {
        bytes: Cow::Borrowed(body),
        account: &mut app.memory.request(),
    };
    handle_route(app, &Route::of(request.path()), request, body)
}

/// Answers a request whose route is known.
pub(super) fn handle_route(
    app: &App,
    route: &Route,
    request: Request<'_>,
    body: Body<'_>,
) -> Response {
    let start = Instant::now();
    let body_bytes = body.bytes.len();
    let _in_flight = app.metrics.begin();
    let mut reason = None;
    let response = answer(app, route, request, body).unwrap_or_else(|refusal| {
        let text = text::bounded(&refusal, REASON_CHARS_MAX, Unit::Characters);
        refusal.response(reason.insert(text))
    });
    let line = AccessLine {
        request: Some(request),
        group: route.group(),
        status: response.status,
        rows: response.rows,
        duration: start.elapsed(),
        reason: reason.as_deref(),
    };
    app.metrics.answered(&line, body_bytes);
    access_log::write(&line, app.settings.slow);
    response
}

fn answer(
    app: &App,
    route: &Route,
    request: Request<'_>,
    body: Body<'_>,
) -> Result<Response, Refusal> {
    let method = request.method();
    let (is_get, takes_method) = (is_get(method), route.methods().contains(&method));
    match (route, app.store()) {
        (Route::Unknown(_), _)
        | (Route::Models | Route::Model(_) | Route::ModelInvoke(_), None) => {
            Err(Refusal::UnknownPath(request.path().to_owned()))
        }
        _ if !takes_method => Err(Refusal::Method {
            path: request.path().to_owned(),
            method: method.to_owned(),
            allowed: route.methods().join(", "),
        }),
        (Route::Version, _) => Ok(version()),
        (Route::Ping, _) => app.ready().map(|()| Response::empty()),
        (Route::Invocations, _) => invocations::answer(app, app.model()?, request, body),
        (Route::ExecutionParameters, _) => Ok(execution_parameters::answer(app)),
        (Route::Metrics, _) => Ok(exposition::answer(app, request)),
        (Route::Models, Some(store)) if is_get => Ok(models::list(store, request)),
        (Route::Models, Some(store)) => models::load(store, &body.bytes),
        (Route::Model(name), Some(store)) if is_get => models::describe(store, name),
        (Route::Model(name), Some(store)) => models::unload(store, name),
        (Route::ModelInvoke(name), Some(store)) => store.with(name, |loaded| {
            invocations::answer(app, loaded, request, body)
        }),
        (Route::KServe, _) => Ok(kserve::alive()),
        (Route::KServeModels, _) => Ok(kserve::models(app)),
        (Route::KServeModel(name), _) => kserve::model(app, name),
        (Route::KServePredict(name), _) => kserve::predict(app, name, request, body),
        (Route::KServeExplain(name), _) => kserve::explain(app, name, request, body),
        (Route::OpenInference, _) => Ok(open_inference::server()),
        (Route::OpenInferenceLive, _) => Ok(open_inference::live()),
        (Route::OpenInferenceReady, _) => open_inference::ready(app),
        (Route::OpenInferenceModel(name), _) => open_inference::metadata(app, name),
        (Route::OpenInferenceConfig(name), _) => open_inference::config(app, name),
        (Route::OpenInferenceStatistics(name), _) => open_inference::statistics(app, name),
        (Route::OpenInferenceModels, _) => Ok(open_inference::list(app)),
        (Route::OpenInferenceAllStatistics, _) => Ok(open_inference::all_statistics(app)),
        (Route::OpenInferenceIndex, _) => open_inference::index(app, &body.bytes),
        (Route::OpenInferenceModelReady(name), _) => open_inference::model_ready(app, name),
        (Route::OpenInferenceInfer(name), _) => open_inference::infer(app, name, request, body),
    }
}

/// `/version`
fn version() -> Response {
    Response::json(&serde_json::json!({ "name": "sagelet", "version": env!("CARGO_PKG_VERSION") }))
}
