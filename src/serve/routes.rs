//! Which path answers what: a plain function from a request to a response.
//!
//! | path | for |
//! | --- | --- |
//! | `/ping`, `/invocations`, `/execution-parameters` | SageMaker hosting and batch transform |
//! | `/models`, `/models/NAME`, `/models/NAME/invoke` | SageMaker multi-model endpoints |
//! | `/metrics` | Prometheus, and SageMaker's detailed observability |
//! | `/`, `/v1/models…` | KServe V1 |
//! | `/v2…` | Open Inference V2 |

use std::time::Instant;

use rouille::{Request, Response};

use super::app::{App, Hosted};
use super::metrics::Route;
use super::refusal::Refusal;
use super::{execution_parameters, invocations, kserve, models, open_inference, response};
use crate::log::{self, Answered, Level};

/// What is known of a request when it has been answered.
#[derive(Debug)]
pub(super) struct Trace {
    pub(super) route: Route,
    pub(super) rows: usize,
    reason: Option<String>,
}

/// Answers one request. `body` is the request's whole body; the `data` of `request` is not read.
#[must_use]
pub fn handle(app: &App, request: &Request, body: &[u8]) -> Response {
    let start = Instant::now();
    let _in_flight = app.metrics.begin();
    let mut trace = Trace {
        route: Route::Other,
        rows: 0,
        reason: None,
    };
    let answer = route(app, request, body, &mut trace).unwrap_or_else(|refusal| {
        trace.reason = Some(refusal.to_string());
        refusal.response()
    });
    let duration = start.elapsed();
    app.metrics
        .answered(&trace, answer.status_code, body.len(), duration);
    say(app, request, &trace, answer.status_code, duration);
    answer
}

fn route(
    app: &App,
    request: &Request,
    body: &[u8],
    trace: &mut Trace,
) -> Result<Response, Refusal> {
    let path = path(request);
    let method = request.method();
    trace.route = Route::of(path);
    match (path, method) {
        // The guide's text says POST where its health checks send GET: both are answered.
        ("/ping", "GET" | "HEAD" | "POST") => app.ready().map(|()| response::empty()),
        ("/ping", _) => Err(refused(path, method, "GET, HEAD, POST")),
        ("/invocations", "POST") => invocations::answer(app, app.model()?, request, body, trace),
        ("/invocations", _) => Err(refused(path, method, "POST")),
        ("/execution-parameters", "GET") => Ok(execution_parameters::answer(app)),
        ("/metrics", "GET") => Ok(response::content(
            super::metrics::MEDIA_TYPE,
            app.metrics.text(app).into_bytes(),
        )),
        ("/execution-parameters" | "/metrics", _) => Err(refused(path, method, "GET")),
        _ => route_model(app, request, body, trace),
    }
}

/// The paths that have the names of models in them.
fn route_model(
    app: &App,
    request: &Request,
    body: &[u8],
    trace: &mut Trace,
) -> Result<Response, Refusal> {
    let segments: Vec<&str> = path(request).split('/').skip(1).collect();
    match (segments.as_slice(), &app.hosted) {
        (["models", rest @ ..], Hosted::Several(store)) => {
            models::answer(app, store, rest, request, body, trace)
        }
        ([""] | ["v1", ..], _) => kserve::answer(app, &segments, request, body, trace),
        (["v2", rest @ ..], _) => open_inference::answer(app, rest, request, body, trace),
        _ => Err(Refusal::UnknownPath(path(request).to_owned())),
    }
}

/// The path, without a query.
pub(super) fn path(request: &Request) -> &str {
    let url = request.raw_url();
    let end = memchr::memchr(b'?', url.as_bytes()).unwrap_or(url.len());
    url.get(..end).unwrap_or(url)
}

/// The refusal of a method that a path does not take.
pub(super) fn refused(path: &str, method: &str, allowed: &'static str) -> Refusal {
    Refusal::Method {
        path: path.to_owned(),
        method: method.to_owned(),
        allowed,
    }
}

/// One line a request. Successful pings and scrapes, which come every few seconds for ever, say nothing.
fn say(app: &App, request: &Request, trace: &Trace, status: u16, duration: std::time::Duration) {
    if status < 400 && trace.route.is_probe() {
        return;
    }
    let slow = duration >= app.serving.slow;
    log::answered(&Answered {
        level: match status {
            500.. => Level::Error,
            400.. => Level::Warning,
            _ if slow => Level::Warning,
            _ => Level::Info,
        },
        method: request.method(),
        path: path(request),
        status,
        rows: trace.rows,
        duration,
        inference_id: request.header("X-Amzn-SageMaker-Inference-Id"),
        reason: match &trace.reason {
            Some(reason) => Some(reason),
            None if slow => Some("slow"),
            None => None,
        },
    });
}
