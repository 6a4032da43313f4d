//! Why the transport itself refuses a request: it is not HTTP, too large, too slow, or one too many.

use super::coding;
use super::status::Status;
use crate::account::Shortage;
use crate::limits::{
    CHUNK_LINE_BYTES_MAX, COMPRESSED_PARTS_MAX, COMPRESSION_RATIO_MAX, HEAD_BYTES_MAX, HEADERS_MAX,
    LINGER_BYTES_MAX, TARGET_BYTES_MAX, TRAILER_BYTES_MAX, ZSTD_WINDOW_BYTES_MAX,
};

/// Why the transport refuses a request. Its text is fit for the client: nothing of the request is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It breaks a rule of the protocol.
    #[error("the request is not HTTP/1.1: {0}")]
    Malformed(&'static str),
    /// The client stopped sending in the middle of it.
    #[error("the connection ended inside a request")]
    CutShort,
    /// Its head or body took too long.
    #[error("the {0} did not arrive in time")]
    TooSlow(&'static str),
    /// Its body has more bytes than a body may have.
    #[error(
        "the body has more than {0} bytes: send fewer rows per request, or raise SAGELET_BODY_BYTES"
    )]
    BodyTooLarge(usize),
    /// Its request line is too long.
    #[error("the request line has more than {TARGET_BYTES_MAX} bytes")]
    TargetTooLong,
    /// It expects something else than `100-continue`.
    #[error(
        "the Expect header asks for something other than 100-continue: send that, or no Expect header"
    )]
    Expectation,
    /// Its head is too long.
    #[error("the head has more than {HEAD_BYTES_MAX} bytes or more than {HEADERS_MAX} fields")]
    HeadTooLarge,
    /// The fields after its chunks are too long.
    #[error("the trailers have more than {TRAILER_BYTES_MAX} bytes")]
    TrailersTooLarge,
    /// The line before one of its chunks is too long.
    #[error("a chunk's size line has more than {CHUNK_LINE_BYTES_MAX} bytes")]
    ChunkLineTooLong,
    /// Its body has a transfer coding that is not spoken here.
    #[error(
        "the body has a transfer coding other than chunked: use chunked, or send Content-Length"
    )]
    TransferCoding,
    /// Its body has a content coding that is not read here.
    #[error(
        "the body's Content-Encoding is not read: use one of {}, or none",
        coding::READABLE
    )]
    ContentCoding,
    /// Its compressed body cannot be decompressed.
    #[error(
        "the body is not what its Content-Encoding says: it is damaged, cut short or followed by other bytes"
    )]
    Compression,
    /// Its compressed body is much smaller than what it holds.
    #[error(
        "the body holds more than {COMPRESSION_RATIO_MAX} times its bytes: send it uncompressed"
    )]
    CompressionRatio,
    /// Its compressed body has too many parts.
    #[error(
        "the body has more than {COMPRESSED_PARTS_MAX} gzip members or zstd frames: send fewer and larger ones"
    )]
    CompressionMembers,
    /// Its zstd window is too large.
    #[error(
        "the zstd window of the body is larger than {} MiB: compress at level 19 at most, and without --long",
        ZSTD_WINDOW_BYTES_MAX >> 20
    )]
    CompressionWindow,
    /// Its version of HTTP is not spoken here.
    #[error("the version is neither HTTP/1.1 nor HTTP/1.0")]
    Version,
    /// The queue of the compute threads is full.
    #[error("all compute threads are busy and their queue is full: try again")]
    Busy,
    /// There is not enough memory for it.
    #[error(transparent)]
    Memory(Shortage),
    /// The service panicked on it.
    #[error("the server failed on this request; its log says where")]
    Panicked,
}

impl Refusal {
    /// The status of the answer.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::Malformed(_)
            | Self::CutShort
            | Self::ChunkLineTooLong
            | Self::Compression
            | Self::CompressionMembers
            | Self::CompressionWindow => Status::BadRequest,
            Self::TooSlow(_) => Status::RequestTimeout,
            Self::Memory(shortage) if !shortage.is_final() => Status::ServiceUnavailable,
            Self::BodyTooLarge(_) | Self::CompressionRatio | Self::Memory(_) => {
                Status::ContentTooLarge
            }
            Self::TargetTooLong => Status::UriTooLong,
            Self::ContentCoding => Status::UnsupportedMediaType,
            Self::Expectation => Status::ExpectationFailed,
            Self::HeadTooLarge | Self::TrailersTooLarge => Status::HeaderFieldsTooLarge,
            Self::Panicked => Status::InternalServerError,
            Self::TransferCoding => Status::NotImplemented,
            Self::Busy => Status::ServiceUnavailable,
            Self::Version => Status::VersionNotSupported,
        }
    }

    /// How many bytes that the client still sends are read and dropped, so that it sees the answer: all of a body
    /// that is in order, for as long as [`LINGER`](crate::limits::LINGER) allows; few of anything else.
    pub(super) fn linger_bytes(self) -> usize {
        match self {
            Self::BodyTooLarge(_)
            | Self::Memory(_)
            | Self::ContentCoding
            | Self::TransferCoding
            | Self::Expectation => usize::MAX,
            _ => LINGER_BYTES_MAX,
        }
    }

    /// The header field that tells the client what to do next.
    pub(super) fn field(self) -> Option<(&'static str, &'static str)> {
        match self {
            _ if self.status() == Status::ServiceUnavailable => Some(("Retry-After", "1")),
            Self::ContentCoding => Some(("Accept-Encoding", coding::READABLE)),
            _ => None,
        }
    }
}
