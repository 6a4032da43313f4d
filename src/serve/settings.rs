//! How requests are answered: formats and contents of answers, several models, the log.

use std::path::PathBuf;
use std::time::Duration;

use super::trust::TrustedKeys;
use crate::codec::{Accept, Field, RowDefaults};
use crate::limits::{BATCH_PAYLOAD_MB, BATCH_PAYLOADS_MB_MAX, MODELS_BYTES_MAX, SLOW};
use crate::log;
use crate::score::INTERVAL_LEVEL;

/// How requests are answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The answer's format for clients that accept anything; `None` is the format of the request.
    pub accept: Option<Accept>,
    /// Fields of an answer; empty is the prediction alone.
    pub fields: Vec<Field>,
    /// How many contributions of each score an answer has, the largest ones; `None` is all.
    pub largest_contributions: Option<usize>,
    /// The share of all cases that intervals hold.
    pub interval_level: f64,
    /// What the content type of rows leaves open.
    pub rows: RowDefaults,
    /// Whether JSON answers to rows that are not JSON have an object with the score for each row.
    pub json_scores: bool,
    /// Megabytes that a batch job is told to send at once.
    pub batch_payload_mb: usize,
    /// Whether `X-Amzn-SageMaker-Custom-Attributes` of a request are set on its answer.
    pub echo_custom_attributes: bool,
    /// The probability, or the score of a model without probabilities, from which on a classifier of two labels predicts
    /// the second, and one of any number of labels each; `None` is what the artifact says.
    pub threshold: Option<f64>,
    /// Whether models are loaded and unloaded by request.
    pub multi_model: bool,
    /// The artifact to serve; `None` is the one in the model directory.
    pub model: Option<PathBuf>,
    /// Whose signature a model needs; `None` is that it needs none.
    pub model_key: Option<TrustedKeys>,
    /// Bytes of artifacts that may be loaded at once if models are loaded by request.
    pub models_bytes: usize,
    /// What KServe and Open Inference requests call the one model.
    pub model_name: String,
    /// The log calls a request slow that takes longer.
    pub slow: Duration,
    /// How the log is written.
    pub log: log::Settings,
}

impl Settings {
    /// The megabytes that a batch job is told to send at once, where a body may have so many bytes: the platform's
    /// usual size if nothing is set.
    #[must_use]
    pub fn batch_payload_mb_for(body_bytes: Option<usize>) -> usize {
        body_bytes.map_or(BATCH_PAYLOAD_MB, |bytes| {
            (bytes >> 20).clamp(1, BATCH_PAYLOADS_MB_MAX)
        })
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            accept: None,
            fields: Vec::new(),
            largest_contributions: None,
            interval_level: INTERVAL_LEVEL,
            rows: RowDefaults::default(),
            json_scores: false,
            batch_payload_mb: BATCH_PAYLOAD_MB,
            echo_custom_attributes: false,
            threshold: None,
            multi_model: false,
            model: None,
            model_key: None,
            models_bytes: MODELS_BYTES_MAX,
            model_name: crate::MODEL_NAME.to_owned(),
            slow: SLOW,
            log: log::Settings::default(),
        }
    }
}
