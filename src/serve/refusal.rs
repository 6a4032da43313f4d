//! Why a request that reached the handler is refused, and with which status.

use super::web::Response;
use crate::account::Shortage;
use crate::codec::{Accept, ContentTypeError, EncodeError};
use crate::score::{ScoreError, Unexplained};
use crate::transport::{self, Status};

/// Why a request gets no answer of the kind it asked for.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("there is nothing at {0}: predictions are at /invocations, health at /ping")]
    UnknownPath(String),
    #[error("{path} does not take {method}: use {allowed}")]
    Method {
        path: String,
        method: String,
        allowed: String,
    },
    #[error("no model is loaded: {0}")]
    NoModel(String),
    #[error("the model is still loading: try again")]
    Loading,
    #[error("there are several models: predictions are at /models/NAME/invoke")]
    SeveralModels,
    #[error("model not found: {0}")]
    UnknownModel(String),
    #[error("model {0} is already loaded")]
    LoadedAlready(String),
    #[error(
        "model {name} cannot be loaded: there is no folder {url}; check the url of the request"
    )]
    NoModelFolder { name: String, url: String },
    #[error("model {name} cannot be loaded: {reason}")]
    Unloadable { name: String, reason: String },
    #[error(
        "there is no room for model {name} of {bytes} bytes: the loaded models take {loaded} of {most} bytes. Unload one, or \
         raise SAGELET_MODELS_BYTES or SAGELET_MEMORY_BYTES"
    )]
    NoRoom {
        name: String,
        bytes: usize,
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
    Unexplained(#[from] Unexplained),
    #[error(transparent)]
    Answer(#[from] EncodeError),
    #[error(transparent)]
    Rows(#[from] ScoreError),
    #[error(transparent)]
    Memory(#[from] Shortage),
}

impl Refusal {
    pub(super) fn status(&self) -> Status {
        match self {
            Self::Memory(shortage)
            | Self::Rows(ScoreError::Memory(shortage))
            | Self::Answer(EncodeError::Memory(shortage)) => {
                transport::Refusal::Memory(*shortage).status()
            }
            Self::Rows(_)
            | Self::Unexplained(_)
            | Self::Body { .. }
            | Self::Parameter(_)
            | Self::Unloadable { .. }
            | Self::Answer(EncodeError::NoSuchOutput(..)) => Status::BadRequest,
            Self::UnknownPath(_)
            | Self::UnknownModel(_)
            | Self::NoModelFolder { .. }
            | Self::SeveralModels => Status::NotFound,
            Self::Method { .. } => Status::MethodNotAllowed,
            Self::NotAcceptable(_) | Self::Answer(_) => Status::NotAcceptable,
            Self::LoadedAlready(_) => Status::Conflict,
            Self::ContentType(_) => Status::UnsupportedMediaType,
            Self::NoModel(_) | Self::Loading => Status::ServiceUnavailable,
            Self::NoRoom { .. } => Status::InsufficientStorage,
        }
    }

    /// The answer; `reason` is the refusal's text.
    pub(super) fn response(&self, reason: &str) -> Response {
        let response = Response::error(self.status(), reason);
        match self {
            Self::Method { allowed, .. } => response.with("Allow", allowed.clone()),
            Self::Loading => response.with("Retry-After", "1"),
            Self::Memory(_)
            | Self::Rows(ScoreError::Memory(_))
            | Self::Answer(EncodeError::Memory(_))
                if self.status() == Status::ServiceUnavailable =>
            {
                response.with("Retry-After", "1")
            }
            _ => response,
        }
    }
}
