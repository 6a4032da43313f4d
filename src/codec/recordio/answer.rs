//! Predictions as records whose `label` holds the fields, as Linear Learner and XGBoost answer.

use super::{ALIGNMENT, MAGIC};
use crate::artifact::Label;
use crate::codec::EncodeError;
use crate::codec::field::{Field, Value};
use crate::codec::output::Output;
use crate::codec::predictions::Predictions;
use crate::protobuf::push_bytes;

/// One record a row. Without selected fields: `score`, and the `predicted_label` of a classifier. Numbers are
/// 32-bit floats, which is what the readers of these answers look for; labels that are text are bytes.
pub(in crate::codec) fn encode(
    predictions: &Predictions<'_>,
    output: &mut Output<'_>,
) -> Result<(), EncodeError> {
    if let Some(numbers) = predictions.numbers()
        && !numbers.is_empty()
    {
        return encode_numbers(numbers, predictions, output);
    }
    for row in 0..predictions.rows() {
        push_frame(output.row()?, &record(predictions, row));
    }
    Ok(())
}

/// Writes records of one number each, which differ in that number only.
fn encode_numbers(
    numbers: &[f64],
    predictions: &Predictions<'_>,
    output: &mut Output<'_>,
) -> Result<(), EncodeError> {
    let mut record = record(predictions, 0);
    for number in numbers {
        // The number is what a record ends with.
        if let Some(last) = record.last_chunk_mut() {
            *last = float(*number);
        }
        push_frame(output.row()?, &record);
    }
    Ok(())
}

fn push_frame(bytes: &mut Vec<u8>, record: &[u8]) {
    bytes.extend(MAGIC.to_le_bytes());
    // A record has at most the 10,000 probabilities and labels of a row.
    let length = u32::try_from(record.len()).unwrap_or(u32::MAX);
    bytes.extend(length.to_le_bytes());
    bytes.extend(record);
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
}

fn record(predictions: &Predictions<'_>, row: usize) -> Vec<u8> {
    let mut record = Vec::new();
    for &field in predictions.selected {
        push_label(&mut record, field.name(), &predictions.field(field, row));
    }
    if predictions.selected.is_empty() {
        push_label(&mut record, "score", &predictions.score(row));
        if predictions.has_classes() {
            let label = predictions.field(Field::PredictedLabel, row);
            push_label(&mut record, Field::PredictedLabel.name(), &label);
        }
    }
    record
}

/// An entry of `map<string, Value> label = 2`.
fn push_label(record: &mut Vec<u8>, name: &str, value: &Value<'_>) {
    let mut entry = Vec::new();
    push_bytes(&mut entry, 1, name.as_bytes());
    push_bytes(&mut entry, 2, &message(value));
    push_bytes(record, 2, &entry);
}

/// A `Value`: `Float32Tensor float32_tensor = 2` or `Bytes bytes = 9`.
fn message(value: &Value<'_>) -> Vec<u8> {
    let mut message = Vec::new();
    match value {
        Value::None => push_floats(&mut message, &[f64::NAN]),
        Value::Number(number) => push_floats(&mut message, &[*number]),
        Value::Numbers(numbers) => push_floats(&mut message, &numbers.to_vec()),
        Value::Opposites(number) => push_floats(&mut message, &[-number, *number]),
        Value::Label(label) => push_labels(&mut message, std::slice::from_ref(*label)),
        Value::Labels(labels) => push_labels(&mut message, labels),
        Value::Bits(bits) => {
            let numbers: Vec<f64> = bits.iter().map(|&bit| f64::from(u8::from(bit))).collect();
            push_floats(&mut message, &numbers);
        }
        Value::Table(table) => {
            let numbers: Vec<f64> = table.iter().copied().collect();
            push_floats(&mut message, &numbers);
        }
        Value::Names(names, places) => {
            let labels: Vec<Label> = Value::names(names, places).cloned().collect();
            push_labels(&mut message, &labels);
        }
    }
    message
}

fn push_floats(message: &mut Vec<u8>, numbers: &[f64]) {
    let packed: Vec<u8> = numbers.iter().flat_map(|&number| float(number)).collect();
    let mut tensor = Vec::new();
    push_bytes(&mut tensor, 1, &packed);
    push_bytes(message, 2, &tensor);
}

/// The bytes of a number.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the format has 32-bit floats"
)]
fn float(number: f64) -> [u8; 4] {
    (number as f32).to_le_bytes()
}

fn push_labels(message: &mut Vec<u8>, labels: &[Label]) {
    let numbers: Option<Vec<f64>> = labels.iter().map(number).collect();
    if let Some(numbers) = numbers {
        return push_floats(message, &numbers);
    }
    let mut texts = Vec::new();
    for label in labels {
        push_bytes(&mut texts, 1, label.to_string().as_bytes());
    }
    push_bytes(message, 9, &texts);
}

#[expect(clippy::cast_precision_loss, reason = "the format has 32-bit floats")]
fn number(label: &Label) -> Option<f64> {
    match label {
        Label::Integer(number) => Some(*number as f64),
        Label::Boolean(value) => Some(f64::from(u8::from(*value))),
        Label::Text(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use crate::account::Account;
    use crate::codec::{Format, Predictions, ResponseOptions, encode};

    #[test]
    fn records_of_one_number_are_those_of_each_row_alone() {
        let encoded = |numbers: &[f64]| {
            let shape = (numbers.len(), 1);
            let values = Array2::from_shape_vec(shape, numbers.to_vec()).unwrap();
            let (predictions, options) =
                (Predictions::of_values(values), ResponseOptions::default());
            let account = &mut Account::unlimited();
            encode(Format::RecordIo, &predictions, &options, account)
                .unwrap()
                .body
        };
        let numbers = [1.5, -0.0, 1e300, f64::MIN_POSITIVE];
        let each: Vec<_> = numbers
            .iter()
            .flat_map(|&number| encoded(&[number]))
            .collect();
        assert_eq!(encoded(&numbers), each);
        assert!(each.windows(4).any(|bytes| bytes == 1.5_f32.to_le_bytes()));
    }
}
