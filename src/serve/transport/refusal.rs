//! Requests that the transport answers itself, because they are not HTTP, too large, too slow or too many.

use crate::limits::{
    CHUNK_LINE_BYTES_MAX, HEAD_BYTES_MAX, HEADERS_MAX, TARGET_BYTES_MAX, TRAILER_BYTES_MAX,
};

/// Why a request does not reach the handler. The connection is closed after the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("the request is not HTTP/1.1: {0}")]
    Malformed(&'static str),
    #[error("the connection ended inside a request")]
    CutShort,
    #[error("the {0} did not arrive in time")]
    TooSlow(&'static str),
    #[error("the body has more than {0} bytes")]
    BodyTooLarge(usize),
    #[error("the request line has more than {TARGET_BYTES_MAX} bytes")]
    TargetTooLong,
    #[error("of Expect, only 100-continue is known")]
    Expectation,
    #[error("the head has more than {HEAD_BYTES_MAX} bytes or more than {HEADERS_MAX} fields")]
    HeadTooLarge,
    #[error("the trailers have more than {TRAILER_BYTES_MAX} bytes")]
    TrailersTooLarge,
    #[error("a chunk's size line has more than {CHUNK_LINE_BYTES_MAX} bytes")]
    ChunkLineTooLong,
    #[error("of transfer codings, only chunked is known")]
    TransferCoding,
    #[error("HTTP/1.1 and HTTP/1.0 are the versions spoken here")]
    Version,
    #[error("all compute threads are busy and the queue is full: try again")]
    Busy,
    #[error("the bodies of the requests at hand use all the memory set aside for them: try again")]
    BodiesTooLarge,
    #[error("the server failed on this request; its log says where")]
    Panicked,
}

impl Refusal {
    /// The status code: chosen here and nowhere else in the transport.
    pub(super) fn status(self) -> u16 {
        match self {
            Self::Malformed(_) | Self::CutShort | Self::ChunkLineTooLong => 400,
            Self::TooSlow(_) => 408,
            Self::BodyTooLarge(_) => 413,
            Self::TargetTooLong => 414,
            Self::Expectation => 417,
            Self::HeadTooLarge | Self::TrailersTooLarge => 431,
            Self::Panicked => 500,
            Self::TransferCoding => 501,
            Self::Busy | Self::BodiesTooLarge => 503,
            Self::Version => 505,
        }
    }

    /// The answer, without the headers that every answer has.
    pub(super) fn response(self) -> rouille::Response {
        let mut response = crate::serve::error_response(self.status(), &self.to_string());
        if self.status() == 503 {
            response.headers.push(("Retry-After".into(), "1".into()));
        }
        response
    }
}
