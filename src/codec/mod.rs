//! Bytes to rows and predictions to bytes: one file a format.

pub mod csv;
mod error;
pub mod json;
pub mod media;

pub use error::DecodeError;

use ndarray::Array2;

use crate::artifact::Label;
use crate::model::{Design, Outputs, Schema};

/// Rows as a request had them.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// The design matrix, in the shape (rows, columns), all finite.
    pub design: Array2<f64>,
    /// How the answer is to be written, where the request does not ask for anything else.
    pub shape: Shape,
}

/// The finished matrix, which must have rows.
fn finish(design: Design<'_>, features: usize, shape: Shape) -> Result<Rows, DecodeError> {
    if design.rows() == 0 {
        return Err(DecodeError::Empty { width: features });
    }
    Ok(Rows {
        design: design.finish(),
        shape,
    })
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

    /// Reads the rows of `body` for a model that takes rows of this schema.
    ///
    /// # Errors
    /// The first thing in `body` that is no such row, with its place.
    pub fn decode(self, body: &[u8], schema: &Schema) -> Result<Rows, DecodeError> {
        match self {
            Self::Csv => csv::decode(body, schema),
            Self::Json => json::decode(body, schema),
        }
    }
}

/// Writes predictions in the given shape. `labels` are the classes of a classifier.
#[must_use]
pub fn encode(outputs: &Outputs, labels: &[Label], shape: Shape) -> Vec<u8> {
    match shape {
        Shape::Lines => csv::encode(outputs, labels),
        Shape::Predictions => json::encode_predictions(outputs, labels),
        Shape::Scores => json::encode_scores(outputs, labels),
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
