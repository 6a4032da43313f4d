//! Bytes to rows and predictions to bytes: one file or folder per format. It knows what rows are, and no model.

mod accept;
mod csv;
mod datatype;
mod error;
#[cfg(feature = "train")]
mod example;
#[cfg(feature = "train")]
mod examples;
mod explanations;
mod field;
mod json;
mod jsonlines;
mod libsvm;
mod media;
mod npy;
mod npy_header;
mod npz;
mod output;
mod packed;
mod piece;
mod predictions;
mod recordio;
#[cfg(test)]
mod tests;

pub use accept::Accept;
#[cfg(feature = "train")]
pub(crate) use csv::whole_records;
pub use csv::{StreamError, first_record, read_records, read_stream};
pub use datatype::Datatype;
pub use error::{DecodeError, EncodeError};
#[cfg(feature = "train")]
pub(crate) use examples::examples;
pub use explanations::Explanations;
pub use field::Field;
pub use media::{ContentType, ContentTypeError, Header, Indexing, RowDefaults, TensorBody};
pub use npy_header::NpyHeader;
pub use piece::Piece;
pub use predictions::Predictions;

use std::borrow::Cow;

use crate::account::Account;
use crate::rows::RowBuilder;
use crate::text::without_mark;
use output::Output;

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
    /// `application/x-npz`; rows only.
    Npz,
}

/// How an answer is to be written, as the body says beside its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResponseOptions {
    /// How predictions are arranged, where the answer is JSON.
    pub shape: Shape,
    /// The `id` of an Open Inference request, for its answer.
    pub id: Option<String>,
    /// The `outputs` that an Open Inference request asks for; none means the prediction.
    pub outputs: Vec<RequestedOutput>,
    /// Whether outputs are bytes after the JSON that do not say it themselves (`binary_data_output`).
    pub binary_outputs: bool,
}

/// An output that an Open Inference request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedOutput {
    /// Its name.
    pub name: String,
    /// Whether it is to be bytes after the JSON (`binary_data`).
    pub is_binary: Option<bool>,
}

/// An answer as it is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Encoded {
    /// The whole answer.
    pub body: Vec<u8>,
    /// How many of its bytes are JSON, if tensors follow as bytes.
    pub json_bytes: Option<usize>,
}

impl Encoded {
    /// The media type: the format's own, unless there are tensors as bytes.
    #[must_use]
    pub fn media_type(&self, format: Format) -> Cow<'static, str> {
        match self.json_bytes {
            None => format.media_type().into(),
            Some(bytes) => format!("{};{}={bytes}", media::TENSORS, media::JSON_BYTES).into(),
        }
    }
}

/// How predictions are arranged in a JSON answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shape {
    /// `{"predictions": [1.5, 2.5]}`, the answer to rows without a wrapper of their own.
    #[default]
    Predictions,
    /// `{"predictions": [{"score": 1.5}, …]}`, the answer to `{"instances": [{"features": […]}, …]}`.
    Scores,
    /// `{"predictions": [1.5, …], "explanations": [{"contributions": […], …}, …]}`, the answer of KServe's explainers.
    Explanations,
    /// `{"model_name": …, "outputs": [{"name": "predict", …}]}`, the answer to Open Inference tensors.
    Tensors,
}

/// What the first bytes of a file of training data say of its columns.
#[cfg(feature = "train")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileHead {
    /// The first record has a cell per column, and may be a header.
    Record,
    /// The first line is a JSON object with a key per column, or a list with an item per column.
    Line,
    /// The header of an array has its shape.
    Shape,
    /// Nothing: the rows are sparse.
    Nothing,
    /// Training does not read such a file: why, and what to do.
    NotRead(&'static str),
}

impl Format {
    /// Every format, in the order in which errors list them.
    pub const ALL: [Self; 7] = [
        Self::Csv,
        Self::Json,
        Self::JsonLines,
        Self::Npy,
        Self::RecordIo,
        Self::LibSvm,
        Self::Npz,
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
            Self::Npz => "application/x-npz",
        }
    }

    /// What the first bytes of a file of training data in this format say of its columns.
    #[cfg(feature = "train")]
    pub(crate) fn file_head(self) -> FileHead {
        match self {
            Self::Csv => FileHead::Record,
            Self::Json | Self::JsonLines => FileHead::Line,
            Self::Npy => FileHead::Shape,
            Self::LibSvm | Self::RecordIo => FileHead::Nothing,
            Self::Npz => FileHead::NotRead(
                "is an npz archive, which training does not read: save the rows as one array with numpy.save",
            ),
        }
    }

    /// The format of the answer to rows in this one, where nobody asks for another.
    #[must_use]
    pub fn answer(self) -> Self {
        match self {
            Self::LibSvm => Self::Csv,
            Self::Npz => Self::Npy,
            other => other,
        }
    }
}

impl ContentType {
    /// Reads the rows of a body of this type into `builder`, and ends them. There is at least one.
    ///
    /// # Errors
    /// The first thing in `body` that is no row of the builder's layout, with its place.
    pub fn read(
        self,
        body: &[u8],
        mut builder: RowBuilder<'_>,
    ) -> Result<ResponseOptions, DecodeError> {
        let first = builder.row();
        let options = self.read_rows(body, &mut builder)?;
        if builder.row() == first {
            let cells = builder.layout().cells();
            return Err(DecodeError::Empty { cells });
        }
        builder.finish()?;
        Ok(options)
    }

    fn read_rows(
        self,
        body: &[u8],
        builder: &mut RowBuilder<'_>,
    ) -> Result<ResponseOptions, DecodeError> {
        let text = || without_mark(body);
        match self.format {
            Format::Json => {
                return match self.tensors {
                    Some(form) => json::read_tensors(body, form, builder),
                    None => json::read(text(), builder),
                };
            }
            Format::JsonLines => return jsonlines::read(text(), builder),
            Format::Csv => {
                builder.reserve(self.charset.copied_bytes(text()))?;
                csv::read(&self.charset.utf8(text()), self.csv_options(), builder)?;
            }
            Format::LibSvm => libsvm::read(text(), self.indexing(), builder)?,
            Format::Npy => npy::read(body, builder)?,
            Format::Npz => npz::read(body, builder)?,
            Format::RecordIo => recordio::read(body, builder)?,
        }
        Ok(ResponseOptions::default())
    }
}

/// The lines of a text, without their LF.
fn lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = (!body.is_empty()).then_some(body);
    std::iter::from_fn(move || {
        let text = rest?;
        match memchr::memchr(b'\n', text) {
            Some(end) => {
                rest = text.get(end + 1..);
                text.get(..end)
            }
            None => rest.take(),
        }
    })
}

/// Writes predictions in a format, arranged as the options say. The bytes are reserved in `account` before they are
/// written.
///
/// # Errors
/// The format cannot hold what is to be written, or there is not enough memory for it.
pub fn encode(
    format: Format,
    predictions: &Predictions<'_>,
    options: &ResponseOptions,
    account: &mut Account,
) -> Result<Encoded, EncodeError> {
    // What nearly all rows take; the room for a row is what it takes at most.
    let expected = predictions.rows().saturating_mul(match format {
        Format::Csv | Format::LibSvm | Format::Npy | Format::Npz => 20,
        Format::Json | Format::JsonLines => 24,
        Format::RecordIo => 48,
    });
    let mut output = Output::new(expected, predictions.row_bytes_max(), account)?;
    let mut json_bytes = None;
    match format {
        Format::Csv | Format::LibSvm => csv::encode(predictions, &mut output)?,
        Format::Json if options.shape == Shape::Tensors => {
            json_bytes = json::encode_tensors(predictions, options, &mut output)?;
        }
        Format::Json => json::encode(predictions, options.shape, &mut output)?,
        Format::JsonLines => jsonlines::encode(predictions, &mut output)?,
        Format::Npy | Format::Npz => npy::encode(predictions, &mut output)?,
        Format::RecordIo => recordio::encode(predictions, &mut output)?,
    }
    Ok(Encoded {
        body: output.into_bytes(),
        json_bytes,
    })
}
