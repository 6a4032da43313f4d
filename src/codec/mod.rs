//! Bytes to rows and predictions to bytes: one file a format.

mod accept;
pub mod csv;
mod datatype;
mod decimal;
mod error;
pub mod json;
pub mod jsonlines;
pub mod libsvm;
mod media;
pub mod npy;
mod predictions;
pub mod recordio;
mod sparse;
#[cfg(test)]
mod tests;

pub use accept::Accept;
pub use datatype::Datatype;
pub use error::{DecodeError, EncodeError};
pub use media::{ContentType, ContentTypeError};
pub use predictions::{Field, Predictions};

use ndarray::Array2;

use crate::model::{Design, Model, Outputs, Schema};

/// A format that rows come in or predictions go out in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `text/csv`
    Csv,
    /// `application/json`
    Json,
    /// `application/jsonlines`
    JsonLines,
    /// `application/x-npy`
    Npy,
    /// `application/x-recordio-protobuf`
    RecordIo,
    /// `text/libsvm`; rows only.
    LibSvm,
}

/// What a body says beside its rows: how its answer is to be written, if the request does not ask otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// How predictions are arranged, where the answer is JSON.
    pub shape: Shape,
    /// The `id` of an Open Inference request, for its answer.
    pub id: Option<String>,
    /// The `outputs` that an Open Inference request asks for; none means the prediction.
    pub outputs: Vec<String>,
}

/// How predictions are arranged in a JSON answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shape {
    /// `{"predictions": [1.5, 2.5]}`, the answer to rows without a wrapper of their own.
    #[default]
    Predictions,
    /// `{"predictions": [{"score": 1.5}, …]}`, the answer to `{"instances": [{"features": […]}, …]}`.
    Scores,
    /// `{"model_name": …, "outputs": [{"name": "predict", …}]}`, the answer to Open Inference tensors.
    Tensors,
}

/// All rows of a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// The design matrix, in the shape (rows, columns), all finite.
    pub design: Array2<f64>,
    /// What the body says beside its rows.
    pub asked: Asked,
}

impl Format {
    /// Every format, in the order in which errors list them.
    pub const ALL: [Self; 6] = [
        Self::Csv,
        Self::Json,
        Self::JsonLines,
        Self::Npy,
        Self::RecordIo,
        Self::LibSvm,
    ];

    /// The media type, without parameters: a pipeline's next container and data capture compare it as it is.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Json => "application/json",
            Self::JsonLines => "application/jsonlines",
            Self::Npy => "application/x-npy",
            Self::RecordIo => "application/x-recordio-protobuf",
            Self::LibSvm => "text/libsvm",
        }
    }

    /// The format of the answer to rows in this one, where nobody asks for another.
    #[must_use]
    pub fn answer(self) -> Self {
        match self {
            Self::LibSvm => Self::Csv,
            other => other,
        }
    }

    /// Reads the rows of a body in this format, without parameters, all at once.
    ///
    /// # Errors
    /// The first thing in `body` that is no row of this schema, with its place.
    pub fn decode(self, body: &[u8], schema: &Schema) -> Result<Rows, DecodeError> {
        let mut design = Design::new(schema);
        let asked = ContentType::of(self).read(body, &mut design)?;
        Ok(Rows {
            design: design.finish(),
            asked,
        })
    }
}

impl ContentType {
    /// Reads the rows of a body of this type into `design`. There is at least one.
    ///
    /// # Errors
    /// The first thing in `body` that is no row of the design's schema, with its place.
    pub fn read(&self, body: &[u8], design: &mut Design<'_>) -> Result<Asked, DecodeError> {
        let asked = match self.format {
            Format::Csv => {
                let text = self.charset.utf8(body)?;
                csv::read_body(&text, self.header, design)?;
                Asked::default()
            }
            Format::Json => json::read(body, design)?,
            Format::JsonLines => jsonlines::read(body, design)?,
            Format::Npy => npy::read(body, design)?,
            Format::RecordIo => recordio::read(body, design)?,
            Format::LibSvm => libsvm::read(body, design)?,
        };
        if design.rows() == 0 {
            let width = design.schema().features();
            return Err(DecodeError::Empty { width });
        }
        design.end()?;
        Ok(asked)
    }
}

/// Reads the rows of a body and predicts them, block by block.
///
/// # Errors
/// The first thing in `body` that is no row of the model, with its place.
pub fn predict(
    model: &Model,
    content_type: ContentType,
    body: &[u8],
) -> Result<(Outputs, Asked), DecodeError> {
    let mut outputs: Option<Outputs> = None;
    let mut sink = |block: &Array2<f64>| {
        let before = outputs.as_ref().map_or(0, Outputs::rows);
        let predicted = model.predict(block).map_err(|error| error.after(before))?;
        match &mut outputs {
            Some(outputs) => outputs.append(predicted),
            none => *none = Some(predicted),
        }
        Ok(())
    };
    let mut design = Design::passing_on(model.schema(), &mut sink);
    let asked = content_type.read(body, &mut design)?;
    let width = model.schema().features();
    Ok((outputs.ok_or(DecodeError::Empty { width })?, asked))
}

/// Writes predictions in a format, arranged as `asked`.
///
/// # Errors
/// The format cannot hold what is to be written.
pub fn encode(
    format: Format,
    predictions: &Predictions<'_>,
    asked: &Asked,
) -> Result<Vec<u8>, EncodeError> {
    match format {
        Format::Csv | Format::LibSvm => Ok(csv::encode(predictions)),
        Format::Json => json::encode(predictions, asked),
        Format::JsonLines => Ok(jsonlines::encode(predictions)),
        Format::Npy => npy::encode(predictions),
        Format::RecordIo => Ok(recordio::encode(predictions)),
    }
}
