//! Bytes to rows and predictions to bytes: one file a format.

pub mod csv;
mod design;
mod error;
pub mod json;
pub mod media;

#[cfg(feature = "train")]
pub(crate) use design::Design;
pub use error::DecodeError;

use ndarray::{Array1, Array2};

/// Rows as a request had them.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// The cells, in the shape (rows, width), all finite.
    pub design: Array2<f64>,
    /// How the answer is to be written, where the request does not ask for anything else.
    pub shape: Shape,
}

/// How predictions are arranged in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// CSV: one prediction a line.
    Lines,
    /// JSON: `{"predictions": [1.5, 2.5]}`, the answer to `{"instances": [[…], …]}`.
    Predictions,
    /// JSON: `{"predictions": [{"score": 1.5}, …]}`, the answer to `{"instances": [{"features": […]}, …]}`.
    Scores,
}

/// A format that rows come in and predictions go out in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `text/csv`
    Csv,
    /// `application/json`
    Json,
}

impl Format {
    /// Every format, in the order in which errors list them.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Json];

    /// The media type, without parameters: a pipeline's next container and data capture compare it as it is.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Json => "application/json",
        }
    }

    /// Reads the rows of `body` for a model of `width` columns.
    ///
    /// # Errors
    /// The first thing in `body` that is not a row of `width` finite numbers, with its place.
    pub fn decode(self, body: &[u8], width: usize) -> Result<Rows, DecodeError> {
        match self {
            Self::Csv => csv::decode(body, width),
            Self::Json => json::decode(body, width),
        }
    }
}

/// Writes predictions in the given shape.
#[must_use]
pub fn encode(predictions: &Array1<f64>, shape: Shape) -> Vec<u8> {
    match shape {
        Shape::Lines => csv::encode(predictions),
        Shape::Predictions => json::encode_predictions(predictions),
        Shape::Scores => json::encode_scores(predictions),
    }
}

impl Shape {
    /// The format that has this shape.
    #[must_use]
    pub fn format(self) -> Format {
        match self {
            Self::Lines => Format::Csv,
            Self::Predictions | Self::Scores => Format::Json,
        }
    }
}
