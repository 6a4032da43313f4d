//! Predictions as JSON, in the shape that goes with the request's; tensors are in `tensor_answer.rs`.

use crate::artifact::Label;
use crate::codec::field::{Field, Value};
use crate::codec::output::Output;
use crate::codec::predictions::{Predictions, label_bytes_max};
use crate::codec::{EncodeError, Shape};

/// Writes predictions in this shape, which is not that of tensors. A number that overflowed is `null`: JSON has no
/// infinity.
pub(in crate::codec) fn encode(
    predictions: &Predictions<'_>,
    shape: Shape,
    output: &mut Output<'_>,
) -> Result<(), EncodeError> {
    output.row()?.extend(b"{\"predictions\":[");
    for row in 0..predictions.rows() {
        let text = output.row()?;
        if row > 0 {
            text.push(b',');
        }
        match shape {
            Shape::Predictions if predictions.selected.is_empty() => {
                push_value(text, &predictions.prediction(row));
            }
            Shape::Explanations => push_value(text, &predictions.prediction(row)),
            _ => push_object(text, predictions, row),
        }
    }
    if shape == Shape::Explanations {
        output.row()?.extend(b"],\"explanations\":[");
        for row in 0..predictions.rows() {
            let text = output.row()?;
            if row > 0 {
                text.push(b',');
            }
            push_object(text, predictions, row);
        }
    }
    output.row()?.push(b']');
    encode_names(predictions, output)?;
    output.row()?.push(b'}');
    Ok(())
}

/// The names of the columns that contributions are of, once for all rows.
fn encode_names(predictions: &Predictions<'_>, output: &mut Output<'_>) -> Result<(), EncodeError> {
    let explanations = &predictions.explanations;
    let is_selected = |field| predictions.selected.contains(&field);
    if explanations.names.is_empty()
        || !is_selected(Field::Contributions)
        || is_selected(Field::ContributionNames)
    {
        return Ok(());
    }
    output.row()?.extend(b",\"names\":[");
    for (place, name) in explanations.names.iter().enumerate() {
        let text = output.with_room(label_bytes_max(name))?;
        if place > 0 {
            text.push(b',');
        }
        push_label(text, name);
    }
    output.row()?.push(b']');
    Ok(())
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
        Value::Bits(bits) => push_list(text, bits.iter(), |text, &bit| {
            text.push(if bit { b'1' } else { b'0' });
        }),
        Value::Table(table) => push_list(text, table.outer_iter(), |text, row| {
            push_list(text, row, |text, &number| push_number(text, number));
        }),
        Value::Names(names, places) => {
            push_list(text, Value::names(names, places), push_label);
        }
    }
}

pub(super) fn push_list<T>(
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
        text.extend(zmij::Buffer::new().format_finite(number).as_bytes());
    } else {
        text.extend(b"null");
    }
}
