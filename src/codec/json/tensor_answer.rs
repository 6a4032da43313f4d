//! Predictions as tensors of Open Inference: in JSON, or as bytes after it.

use serde_json::{Value as Json, json};

use super::answer::push_value;
use crate::artifact::Label;
use crate::codec::datatype::Datatype;
use crate::codec::predictions::{Field, Predictions, Value};
use crate::codec::{EncodeError, Encoded, RequestedOutput, ResponseOptions, packed};
use crate::text::Quoted;

/// The outputs of an Open Inference answer, named as MLServer's scikit-learn runtime names them.
const PREDICT: &str = "predict";
const PREDICT_PROBA: &str = "predict_proba";

/// An output of the answer.
struct Output<'p> {
    name: &'p str,
    /// None is the prediction itself.
    field: Option<Field>,
    /// Whether it is written as bytes after the JSON.
    is_binary: bool,
}

/// Writes the answer to an Open Inference request.
pub(in crate::codec) fn encode_tensors(
    predictions: &Predictions<'_>,
    options: &ResponseOptions,
) -> Result<Encoded, EncodeError> {
    let outputs = outputs(predictions, options)?;
    let (mut text, mut bytes) = (Vec::with_capacity(128), Vec::new());
    let model = json!(predictions.model_name);
    let head = format!(
        "{{\"model_name\":{model},\"model_version\":\"{}\"",
        crate::MODEL_VERSION
    );
    text.extend(head.as_bytes());
    if let Some(id) = &options.id {
        text.extend(format!(",\"id\":{}", json!(id)).as_bytes());
    }
    text.extend(b",\"outputs\":[");
    for (index, output) in outputs.iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        output.push(&mut text, &mut bytes, predictions);
    }
    text.extend(b"]}");
    if !outputs.iter().any(|output| output.is_binary) {
        return Ok(text.into());
    }
    let json_bytes = Some(text.len());
    text.append(&mut bytes);
    Ok(Encoded {
        body: text,
        json_bytes,
    })
}

/// The outputs that are asked for; else the fields that the server is set to, else the prediction.
fn outputs<'p>(
    predictions: &Predictions<'_>,
    options: &'p ResponseOptions,
) -> Result<Vec<Output<'p>>, EncodeError> {
    let by_default = |name, field| Output {
        name,
        field,
        is_binary: options.binary_outputs,
    };
    if !options.outputs.is_empty() {
        let requested = options.outputs.iter();
        return requested
            .map(|output| {
                Ok(Output {
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

impl Output<'_> {
    fn value<'s>(&self, predictions: &'s Predictions<'_>, row: usize) -> Value<'s> {
        match self.field {
            Some(field) => predictions.field(field, row),
            None => predictions.prediction(row),
        }
    }

    /// Appends what JSON says of the output to `text`, and its cells there or to `bytes`.
    fn push(&self, text: &mut Vec<u8>, bytes: &mut Vec<u8>, predictions: &Predictions<'_>) {
        let rows = predictions.rows();
        let first = (rows > 0).then(|| self.value(predictions, 0));
        let columns = first.and_then(|value| value.columns());
        let shape: Json = match columns {
            Some(columns) => json!([rows, columns]),
            None => json!([rows]),
        };
        let (name, datatype) = (json!(self.name), predictions.datatype(self.field));
        let head = format!("{{\"name\":{name},\"shape\":{shape},\"datatype\":\"{datatype}\",");
        text.extend(head.as_bytes());
        let values = (0..rows).map(|row| self.value(predictions, row));
        if self.is_binary {
            let start = bytes.len();
            values.for_each(|value| push_packed(bytes, &value, datatype));
            let size = bytes.len() - start;
            text.extend(format!("\"parameters\":{{\"binary_data_size\":{size}}}}}").as_bytes());
            return;
        }
        text.extend(b"\"data\":[");
        for (row, value) in values.enumerate() {
            if row > 0 {
                text.push(b',');
            }
            push_flat(text, &value);
        }
        text.extend(b"]}");
    }
}

/// A value as cells of a tensor: lists without brackets, so that the data are flat.
fn push_flat(text: &mut Vec<u8>, value: &Value<'_>) {
    let start = text.len();
    push_value(text, value);
    if value.columns().is_some() {
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
