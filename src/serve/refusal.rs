//! Why a request is refused. Status codes are chosen here and nowhere else.

use rouille::{Response, ResponseBody};

use super::response::{self, Headers};
use crate::codec::{Accept, ContentTypeError, EncodeError};
use crate::score::ScoreError;

/// Why a request gets no answer of the kind it asked for.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("there is nothing at {0}: predictions are at /invocations, health at /ping")]
    UnknownPath(String),
    #[error("{path} does not take {method}: use {allowed}")]
    Method {
        path: String,
        method: String,
        allowed: &'static str,
    },
    #[error("no model is loaded: {0}")]
    NoModel(String),
    #[error("there are several models: predictions are at /models/NAME/invoke")]
    SeveralModels,
    #[error("model not found: {0}")]
    UnknownModel(String),
    #[error("model {0} is already loaded")]
    LoadedAlready(String),
    #[error("model {name} cannot be loaded: {reason}")]
    Unloadable { name: String, reason: String },
    #[error(
        "there is no room for model {name}: models of {loaded} bytes are loaded, {most} are possible \
         (SAGELET_MODELS_BYTES)"
    )]
    NoRoom {
        name: String,
        loaded: usize,
        most: usize,
    },
    #[error("the body is not of the form {expected}: {reason}")]
    Body {
        expected: &'static str,
        reason: String,
    },
    #[error("{0}")]
    Parameter(String),
    #[error(transparent)]
    ContentType(#[from] ContentTypeError),
    #[error("none of {0:?} can be written: accept one of {possible}", possible = Accept::possible())]
    NotAcceptable(String),
    #[error(transparent)]
    Answer(#[from] EncodeError),
    #[error(transparent)]
    Rows(#[from] ScoreError),
}

impl Refusal {
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::Rows(_)
            | Self::Body { .. }
            | Self::Parameter(_)
            | Self::Unloadable { .. }
            | Self::Answer(EncodeError::NoSuchOutput(..)) => 400,
            Self::UnknownPath(_) | Self::UnknownModel(_) | Self::SeveralModels => 404,
            Self::Method { .. } => 405,
            Self::NotAcceptable(_) | Self::Answer(_) => 406,
            Self::LoadedAlready(_) => 409,
            Self::ContentType(_) => 415,
            Self::NoModel(_) => 503,
            Self::NoRoom { .. } => 507,
        }
    }

    pub(super) fn response(&self) -> Response {
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
    let headers: Headers = vec![("Content-Type".into(), "application/json".into())];
    response::with(status, headers, ResponseBody::from_string(body))
}
