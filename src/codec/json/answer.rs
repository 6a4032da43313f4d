//! Predictions as JSON, in the shape that goes with the request's.

use serde_json::json;

use crate::artifact::Label;
use crate::codec::predictions::{Field, Predictions, Value};
use crate::codec::{EncodeError, ResponseOptions, Shape};
use crate::text::Quoted;

/// The outputs of an Open Inference answer, named as MLServer's scikit-learn runtime names them.
const PREDICT: &str = "predict";
const PREDICT_PROBA: &str = "predict_proba";

/// Writes predictions in the shape that was asked for. A number that overflowed is `null`: JSON has no
/// infinity.
pub(in crate::codec) fn encode(
    predictions: &Predictions<'_>,
    options: &ResponseOptions,
) -> Result<Vec<u8>, EncodeError> {
    if options.shape == Shape::Tensors {
        return tensors(predictions, options);
    }
    let mut text = Vec::with_capacity(32 + predictions.rows() * 24);
    text.extend(b"{\"predictions\":[");
    for row in 0..predictions.rows() {
        if row > 0 {
            text.push(b',');
        }
        match options.shape {
            Shape::Predictions if predictions.selected.is_empty() => {
                push_value(&mut text, &predictions.prediction(row));
            }
            _ => push_object(&mut text, predictions, row),
        }
    }
    text.extend(b"]}");
    Ok(text)
}

/// The selected fields of a row; if there are none, score and label as Linear Learner gives them.
pub(in crate::codec) fn push_object(text: &mut Vec<u8>, predictions: &Predictions<'_>, row: usize) {
    let mut separator = b'{';
    let mut push = |name: &str, value: &Value<'_>| {
        text.push(separator);
        separator = b',';
        text.push(b'"');
        text.extend(name.as_bytes());
        text.extend(b"\":");
        push_value(text, value);
    };
    for &field in predictions.selected {
        push(field.name(), &predictions.field(field, row));
    }
    if predictions.selected.is_empty() {
        push("score", &predictions.score(row));
        if predictions.has_classes() {
            let label = predictions.field(Field::PredictedLabel, row);
            push(Field::PredictedLabel.name(), &label);
        }
    }
    text.push(b'}');
}

pub(in crate::codec) fn push_value(text: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::None => text.extend(b"null"),
        Value::Number(number) => push_number(text, *number),
        Value::Numbers(numbers) => push_list(text, numbers.iter(), |text, &number| {
            push_number(text, number)
        }),
        Value::Opposites(number) => {
            push_list(text, [-number, *number], push_number);
        }
        Value::Label(label) => push_label(text, label),
        Value::Labels(labels) => push_list(text, *labels, push_label),
    }
}

fn push_list<T>(
    text: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    push: impl Fn(&mut Vec<u8>, T),
) {
    text.push(b'[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        push(text, item);
    }
    text.push(b']');
}

pub(in crate::codec) fn push_label(text: &mut Vec<u8>, label: &Label) {
    let written = serde_json::to_writer(text, label);
    debug_assert!(
        written.is_ok(),
        "a label is JSON, and a Vec never refuses bytes"
    );
}

fn push_number(text: &mut Vec<u8>, number: f64) {
    if number.is_finite() {
        text.extend(ryu::Buffer::new().format_finite(number).as_bytes());
    } else {
        text.extend(b"null");
    }
}

/// The answer to an Open Inference request; its name and version of the model are put in front by the route.
fn tensors(
    predictions: &Predictions<'_>,
    options: &ResponseOptions,
) -> Result<Vec<u8>, EncodeError> {
    let fields = tensor_fields(predictions, &options.outputs)?;
    let mut text = Vec::with_capacity(128 + predictions.rows() * 24);
    text.extend(format!("{{\"model_name\":{}", json!(predictions.model_name)).as_bytes());
    if let Some(id) = &options.id {
        text.extend(format!(",\"id\":{}", json!(id)).as_bytes());
    }
    text.extend(b",\"outputs\":");
    push_list(&mut text, fields, |text, (name, field)| {
        push_tensor(text, predictions, &name, field);
    });
    text.push(b'}');
    Ok(text)
}

/// Which fields go into which outputs. `None` is the prediction itself.
fn tensor_fields(
    predictions: &Predictions<'_>,
    outputs: &[String],
) -> Result<Vec<(String, Option<Field>)>, EncodeError> {
    if !predictions.selected.is_empty() && outputs.is_empty() {
        let selected = predictions.selected.iter();
        return Ok(selected
            .map(|&field| (field.name().to_owned(), Some(field)))
            .collect());
    }
    let with_probabilities = predictions.has_probabilities();
    let of_name = |name: &String| match name.as_str() {
        PREDICT => Ok((name.clone(), None)),
        PREDICT_PROBA if with_probabilities => Ok((name.clone(), Some(Field::Probabilities))),
        _ if with_probabilities => Err(EncodeError::NoSuchOutput(
            Quoted::of(name.as_bytes()),
            format!("{PREDICT}, {PREDICT_PROBA}"),
        )),
        _ => Err(EncodeError::NoSuchOutput(
            Quoted::of(name.as_bytes()),
            PREDICT.to_owned(),
        )),
    };
    if outputs.is_empty() {
        return Ok(vec![(PREDICT.to_owned(), None)]);
    }
    outputs.iter().map(of_name).collect()
}

fn push_tensor(
    text: &mut Vec<u8>,
    predictions: &Predictions<'_>,
    name: &str,
    field: Option<Field>,
) {
    let value = |row| match field {
        Some(field) => predictions.field(field, row),
        None => predictions.prediction(row),
    };
    let rows = predictions.rows();
    let columns = if rows > 0 { value(0).columns() } else { None };
    let shape = columns.map_or(vec![rows], |columns| vec![rows, columns]);
    let datatype = predictions.datatype(field).name();
    let head = format!(
        "{{\"name\":{},\"shape\":{},\"datatype\":\"{datatype}\",\"data\":[",
        json!(name),
        json!(shape)
    );
    text.extend(head.as_bytes());
    for row in 0..rows {
        if row > 0 {
            text.push(b',');
        }
        push_flat(text, &value(row));
    }
    text.extend(b"]}");
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
