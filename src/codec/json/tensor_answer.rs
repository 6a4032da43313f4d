//! Predictions as tensors of Open Inference: in JSON, or as bytes after it.

use ndarray::ArrayView1;
use serde_json::{Value as Json, json};

use super::answer::push_value;
use crate::artifact::Label;
use crate::codec::datatype::Datatype;
use crate::codec::field::{Field, Value};
use crate::codec::output::Output;
use crate::codec::predictions::Predictions;
use crate::codec::{EncodeError, RequestedOutput, ResponseOptions, packed};
use crate::text::Quoted;

/// The outputs of an Open Inference answer, named as MLServer's scikit-learn runtime names them.
const PREDICT: &str = "predict";
const PREDICT_PROBA: &str = "predict_proba";

/// Bytes that a byte of text takes in JSON at most: `\u0000`.
const ESCAPED_BYTES_MAX: usize = 6;

/// Bytes of what JSON says of an output beside its name and its cells at most: shape, datatype, and size in bytes.
const TENSOR_HEAD_BYTES_MAX: usize = 256;

/// An output of the answer.
struct Tensor<'p> {
    name: &'p str,
    /// None is the prediction itself.
    field: Option<Field>,
    /// Whether it is written as bytes after the JSON.
    is_binary: bool,
}

/// Writes the answer to an Open Inference request. Returns how many of its bytes are JSON, if tensors follow as bytes.
pub(in crate::codec) fn encode_tensors(
    predictions: &Predictions<'_>,
    options: &ResponseOptions,
    output: &mut Output<'_>,
) -> Result<Option<usize>, EncodeError> {
    let tensors = tensors(predictions, options)?;
    let mut bytes = Vec::new();
    push_text(output, "{\"model_name\":", predictions.model_name)?;
    push_text(output, ",\"model_version\":", crate::MODEL_VERSION)?;
    if let Some(id) = &options.id {
        push_text(output, ",\"id\":", id)?;
    }
    output.row()?.extend(b",\"outputs\":[");
    for (index, tensor) in tensors.iter().enumerate() {
        if index > 0 {
            output.row()?.push(b',');
        }
        tensor.push(output, &mut bytes, predictions)?;
    }
    let text = output.row()?;
    text.extend(b"]}");
    if !tensors.iter().any(|tensor| tensor.is_binary) {
        return Ok(None);
    }
    let json_bytes = text.len();
    output.append(bytes)?;
    Ok(Some(json_bytes))
}

/// A key and its text, which may be long.
fn push_text(output: &mut Output<'_>, key: &str, value: &str) -> Result<(), EncodeError> {
    let text = output.with_room(key.len() + 2 + value.len() * ESCAPED_BYTES_MAX)?;
    text.extend(key.as_bytes());
    let written = serde_json::to_writer(text, value);
    debug_assert!(
        written.is_ok(),
        "text is JSON, and a Vec never refuses bytes"
    );
    Ok(())
}

/// The outputs that are asked for; else the fields that the server is set to, else the prediction.
fn tensors<'p>(
    predictions: &Predictions<'_>,
    options: &'p ResponseOptions,
) -> Result<Vec<Tensor<'p>>, EncodeError> {
    let by_default = |name, field| Tensor {
        name,
        field,
        is_binary: options.binary_outputs,
    };
    if !options.outputs.is_empty() {
        let requested = options.outputs.iter();
        return requested
            .map(|output| {
                Ok(Tensor {
                    name: &output.name,
                    field: field_of(output, predictions)?,
                    is_binary: output.is_binary.unwrap_or(options.binary_outputs),
                })
            })
            .collect();
    }
    if predictions.selected.is_empty() {
        return Ok(vec![by_default(PREDICT, None)]);
    }
    let selected = predictions.selected.iter();
    Ok(selected
        .map(|&field| by_default(field.name(), Some(field)))
        .collect())
}

fn field_of(
    output: &RequestedOutput,
    predictions: &Predictions<'_>,
) -> Result<Option<Field>, EncodeError> {
    let has_probabilities = predictions.has_probabilities();
    match output.name.as_str() {
        PREDICT => Ok(None),
        PREDICT_PROBA if has_probabilities => Ok(Some(Field::Probabilities)),
        unknown => {
            let field = Field::parse(unknown);
            if let Some(field) = field.filter(|field| field.explains()) {
                return Ok(Some(field));
            }
            let known = if has_probabilities {
                format!("{PREDICT}, {PREDICT_PROBA}")
            } else {
                PREDICT.to_owned()
            };
            let unknown = Quoted::of(unknown.as_bytes());
            Err(EncodeError::NoSuchOutput(unknown, known))
        }
    }
}

impl Tensor<'_> {
    fn value<'s>(&self, predictions: &'s Predictions<'_>, row: usize) -> Value<'s> {
        match self.field {
            Some(field) => predictions.field(field, row),
            None => predictions.prediction(row),
        }
    }

    /// Appends what JSON says of the output to the answer, and its cells there or to `bytes`.
    fn push(
        &self,
        output: &mut Output<'_>,
        bytes: &mut Vec<u8>,
        predictions: &Predictions<'_>,
    ) -> Result<(), EncodeError> {
        let rows = predictions.rows();
        let first = (rows > 0).then(|| self.value(predictions, 0));
        let lengths = first.map_or_else(Vec::new, |value| value.lengths());
        let shape: Json = json!([&[rows][..], &lengths].concat());
        let datatype = predictions.datatype(self.field);
        push_text(output, "{\"name\":", self.name)?;
        let head = format!(",\"shape\":{shape},\"datatype\":\"{datatype}\",");
        let text = output.with_room(TENSOR_HEAD_BYTES_MAX)?;
        text.extend(head.as_bytes());
        let values = (0..rows).map(|row| self.value(predictions, row));
        if self.is_binary {
            let start = bytes.len();
            for value in values {
                output.make_room(bytes)?;
                push_packed(bytes, &value, datatype);
            }
            let size = bytes.len() - start;
            let parameters = format!("\"parameters\":{{\"binary_data_size\":{size}}}}}");
            let text = output.with_room(TENSOR_HEAD_BYTES_MAX)?;
            text.extend(parameters.as_bytes());
            return Ok(());
        }
        text.extend(b"\"data\":[");
        for (row, value) in values.enumerate() {
            let text = output.row()?;
            if row > 0 {
                text.push(b',');
            }
            push_flat(text, &value);
        }
        output.row()?.extend(b"]}");
        Ok(())
    }
}

/// A value as cells of a tensor: lists without brackets, so that the data are flat.
fn push_flat(text: &mut Vec<u8>, value: &Value<'_>) {
    if let Value::Table(table) = value {
        let flat: Vec<f64> = table.iter().copied().collect();
        return push_flat(text, &Value::Numbers(ArrayView1::from(&flat)));
    }
    let start = text.len();
    push_value(text, value);
    if !value.lengths().is_empty() {
        text.remove(start);
        text.pop();
    }
}

/// A value as the bytes of its cells.
fn push_packed(bytes: &mut Vec<u8>, value: &Value<'_>, datatype: Datatype) {
    let mut push = |number: f64| bytes.extend(number.to_le_bytes());
    match value {
        Value::None => push(f64::NAN),
        Value::Number(number) => push(*number),
        Value::Numbers(numbers) => numbers.iter().for_each(|&number| push(number)),
        Value::Opposites(number) => {
            push(-number);
            push(*number);
        }
        Value::Label(label) => push_label(bytes, label, datatype),
        Value::Labels(labels) => labels
            .iter()
            .for_each(|label| push_label(bytes, label, datatype)),
        Value::Bits(bits) => bits
            .iter()
            .for_each(|&bit| bytes.extend(i64::from(bit).to_le_bytes())),
        Value::Table(table) => table.iter().for_each(|&number| push(number)),
        Value::Names(names, places) => {
            Value::names(names, places).for_each(|label| push_label(bytes, label, datatype));
        }
    }
}

fn push_label(bytes: &mut Vec<u8>, label: &Label, datatype: Datatype) {
    match (datatype, label) {
        (Datatype::Bytes, label) => packed::push_text(bytes, &label.to_string()),
        (_, Label::Integer(number)) => bytes.extend(number.to_le_bytes()),
        (_, Label::Boolean(value)) => bytes.push(u8::from(*value)),
        (_, Label::Text(text)) => packed::push_text(bytes, text),
    }
}
