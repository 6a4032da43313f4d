//! Which path answers what: a plain function from a request to a response.

use std::path::Path;

use rouille::{Request, Response, ResponseBody};

use super::placement::{self, Loaded};
use crate::codec::{
    self, Accept, ContentType, ContentTypeError, DecodeError, EncodeError, Format, Predictions,
};
use crate::log;

/// What every request is answered from. Never changes once it is made, so requests share it without a lock.
#[derive(Debug)]
pub struct App {
    /// The model, or the reason why there is none.
    model: Result<Loaded, String>,
}

/// Why a request gets no prediction. Status codes are chosen in [`Refusal::status`] and nowhere else.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("there is nothing at {0}: the paths are /ping and /invocations")]
    UnknownPath(String),
    #[error("{path} does not take {method}: use {allowed}")]
    Method {
        path: &'static str,
        method: String,
        allowed: &'static str,
    },
    #[error("no model is loaded: {0}")]
    NoModel(String),
    #[error(transparent)]
    ContentType(#[from] ContentTypeError),
    #[error("none of {0:?} can be written: accept one of {possible}", possible = Accept::possible())]
    NotAcceptable(String),
    #[error(transparent)]
    Answer(#[from] EncodeError),
    #[error(transparent)]
    Rows(#[from] DecodeError),
}

impl App {
    /// Loads the artifact in `directory`, and says in the log what came of it.
    #[must_use]
    pub fn load(directory: &Path) -> Self {
        let model = placement::load(directory).map_err(|error| error.to_string());
        match &model {
            Ok(loaded) => log::info(format_args!(
                "{} loaded {}: {}, {} features, {} verification rows replayed, sha256 {}",
                crate::PRODUCER,
                loaded.path.display(),
                loaded.artifact.document.model.kind(),
                loaded.artifact.document.features.len(),
                loaded.artifact.document.verification.rows.len(),
                loaded.artifact.digest,
            )),
            Err(reason) => log::error(format_args!(
                "{} has no model to serve: {reason}",
                crate::PRODUCER
            )),
        }
        Self { model }
    }

    fn loaded(&self) -> Result<&Loaded, Refusal> {
        self.model
            .as_ref()
            .map_err(|reason| Refusal::NoModel(reason.clone()))
    }
}

/// Answers one request. `body` is the request's whole body; the `data` of `request` is not read.
#[must_use]
pub fn handle(app: &App, request: &Request, body: &[u8]) -> Response {
    route(app, request, body).unwrap_or_else(|refusal| refusal.response())
}

fn route(app: &App, request: &Request, body: &[u8]) -> Result<Response, Refusal> {
    let path = request.raw_url().split('?').next().unwrap_or_default();
    match (path, request.method()) {
        // The guide's text says POST where its health checks send GET: both are answered.
        ("/ping", "GET" | "HEAD" | "POST") => ping(app),
        ("/ping", method) => Err(Refusal::method("/ping", method, "GET, HEAD, POST")),
        ("/invocations", "POST") => invoke(app, request, body),
        ("/invocations", method) => Err(Refusal::method("/invocations", method, "POST")),
        (path, _) => Err(Refusal::UnknownPath(path.to_owned())),
    }
}

fn ping(app: &App) -> Result<Response, Refusal> {
    app.loaded()
        .map(|_| response(200, Vec::new(), ResponseBody::empty()))
}

fn invoke(app: &App, request: &Request, body: &[u8]) -> Result<Response, Refusal> {
    let loaded = app.loaded()?;
    let content_type = content_type(request)?;
    let format = answer_format(request, content_type.format.answer())?;
    let (outputs, asked) = codec::predict(&loaded.model, content_type, body)?;
    log::info(format_args!("Invoked with {} records", outputs.rows()));
    let predictions = Predictions::new(&loaded.model, outputs, &[]);
    let answer = codec::encode(format, &predictions, &asked)?;
    Ok(response(
        200,
        vec![("Content-Type".into(), format.media_type().into())],
        ResponseBody::from_data(answer),
    ))
}

/// The type of the request's body; CSV, the guide's own, where the client names none.
fn content_type(request: &Request) -> Result<ContentType, Refusal> {
    match request.header("Content-Type") {
        None => Ok(ContentType::of(Format::Csv)),
        Some(header) => Ok(ContentType::parse(header)?),
    }
}

fn answer_format(request: &Request, default: Format) -> Result<Format, Refusal> {
    let Some(accept) = request.header("Accept") else {
        return Ok(default);
    };
    let chosen = Accept::parse(accept).choose(default);
    chosen.ok_or_else(|| Refusal::NotAcceptable(accept.to_owned()))
}

impl Refusal {
    fn method(path: &'static str, method: &str, allowed: &'static str) -> Self {
        Self::Method {
            path,
            method: method.to_owned(),
            allowed,
        }
    }

    fn status(&self) -> u16 {
        match self {
            Self::Rows(_) => 400,
            Self::UnknownPath(_) => 404,
            Self::Method { .. } => 405,
            Self::NotAcceptable(_) | Self::Answer(_) => 406,
            Self::ContentType(_) => 415,
            Self::NoModel(_) => 503,
        }
    }

    fn response(&self) -> Response {
        let mut refused = error_response(self.status(), &self.to_string());
        if let Self::Method { allowed, .. } = self {
            refused.headers.push(("Allow".into(), (*allowed).into()));
        }
        refused
    }
}

/// `{"error": "<reason>"}`: what the platform passes on to the caller as `OriginalMessage`.
pub(crate) fn error_response(status: u16, reason: &str) -> Response {
    let body = serde_json::json!({ "error": reason }).to_string();
    let headers = vec![("Content-Type".into(), "application/json".into())];
    response(status, headers, ResponseBody::from_string(body))
}

fn response(
    status_code: u16,
    headers: Vec<(
        std::borrow::Cow<'static, str>,
        std::borrow::Cow<'static, str>,
    )>,
    data: ResponseBody,
) -> Response {
    Response {
        status_code,
        headers,
        data,
        upgrade: None,
    }
}
