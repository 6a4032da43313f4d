//! `application/json`: rows in any of the shapes that model servers take, predictions in the matching one.
//!
//! | rows | as in | answer |
//! | --- | --- | --- |
//! | `{"instances": [[…], …]}` | TensorFlow Serving, KServe V1, MLflow | predictions |
//! | `{"instances": [{"features": […]}, …]}`, `{"data": {"features": {"values": […]}}}` | Linear Learner | scores |
//! | `{"instances": [{"age": 50, …}, …]}`, `{"dataframe_records": …}`, `{"dataframe_split": …}` | MLflow | predictions |
//! | `{"inputs": [[…], …]}`, `{"inputs": {"age": [50, …], …}}` | MLflow | predictions |
//! | `{"inputs": [{"name": …, "shape": …, "datatype": …, "data": …}]}` | Open Inference V2 | tensors |
//! | `[…]`, `[[…], …]`, `[{…}, …]`, one record alone | scikit-learn container | predictions |
//!
//! The cells go from the text straight into rows: no tree of JSON values is built, and nothing is copied.

mod answer;
mod body;
mod cursor;
mod error;
mod lists;
mod outputs;
mod record;
mod rows;
mod series;
mod table;
mod tensor;
mod tensor_answer;

pub(super) use answer::{encode, push_object};
pub(super) use lists::{after_list, lists, read_lists};
pub(super) use tensor_answer::encode_tensors;

use super::error::DecodeError;
use super::{ResponseOptions, Shape, TensorBody};
use crate::rows::RowBuilder;
use cursor::Cursor;
use error::ReadError;
use rows::Element;

/// What reading a body has found so far.
pub(super) struct Reader<'r, 'l> {
    builder: &'r mut RowBuilder<'l>,
    shape: Option<Shape>,
    options: ResponseOptions,
    /// The body is a request of Open Inference: `id`, `outputs` and `parameters` are no columns.
    is_open_inference: bool,
    /// Tensors after the JSON that have not been read; none if the client did not say where the JSON ends.
    packed: Option<&'r [u8]>,
}

impl<'r, 'l> Reader<'r, 'l> {
    pub(super) fn new(builder: &'r mut RowBuilder<'l>) -> Self {
        Self {
            builder,
            shape: None,
            options: ResponseOptions::default(),
            is_open_inference: false,
            packed: None,
        }
    }

    /// The number of the row being read.
    pub(super) fn row(&self) -> usize {
        self.builder.row()
    }

    /// The shape of the answer, if the rows say it.
    pub(super) fn shape(&self) -> Option<Shape> {
        self.shape
    }

    /// All rows of a request have one shape, since the answer has one.
    fn answer_in(&mut self, shape: Shape) -> Result<(), ReadError> {
        match self.shape.replace(shape) {
            Some(before) if before != shape => Err(ReadError::contradiction(format!(
                "row {} is of another shape than the rows before it",
                self.builder.row()
            ))),
            _ => Ok(()),
        }
    }
}

/// Reads a body of any of the shapes.
pub(super) fn read(
    body: &[u8],
    builder: &mut RowBuilder<'_>,
) -> Result<ResponseOptions, DecodeError> {
    read_text(body, Reader::new(builder))
}

/// Reads the body of an Open Inference request.
pub(super) fn read_tensors(
    body: &[u8],
    form: TensorBody,
    builder: &mut RowBuilder<'_>,
) -> Result<ResponseOptions, DecodeError> {
    let mut reader = Reader::new(builder);
    reader.is_open_inference = true;
    let Some(json_bytes) = form.json_bytes else {
        return read_text(body, reader);
    };
    let (text, packed) = body.split_at_checked(json_bytes).ok_or_else(|| {
        let found = body.len();
        let reason = format!(
            "the body has {found} bytes, fewer than the {json_bytes} of JSON that its header promises: send the \
             length of the JSON alone"
        );
        DecodeError::Contradiction { reason }
    })?;
    reader.packed = Some(packed);
    read_text(text, reader)
}

fn read_text(text: &[u8], mut reader: Reader<'_, '_>) -> Result<ResponseOptions, DecodeError> {
    if !text.trim_ascii().is_empty() {
        body::read(text, &mut reader).map_err(|error| error.locate(text))?;
    }
    match reader.packed {
        Some(rest) if !rest.is_empty() => {
            let left = rest.len();
            return Err(DecodeError::Contradiction {
                reason: format!(
                    "bytes follow the last input ({left} of them): give each input its \"binary_data_size\""
                ),
            });
        }
        _ => {}
    }
    Ok(ResponseOptions {
        shape: reader.shape.unwrap_or_default(),
        ..reader.options
    })
}

/// Reads a line of JSON Lines: what may stand in a list under `instances`, or a cell alone.
pub(super) fn read_line(line: &[u8], reader: &mut Reader<'_, '_>) -> Result<(), DecodeError> {
    let row = reader.row();
    let mut cursor = Cursor::new(line);
    let element = rows::element(&mut cursor, reader);
    let element = element.and_then(|element| cursor.end().map(|()| element));
    match element.map_err(|error| error.in_row(row))? {
        Element::Row => Ok(()),
        Element::Cell => Ok(reader.builder.end_row()?),
    }
}
