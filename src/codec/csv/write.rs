//! Predictions as CSV.

use crate::artifact::Label;
use crate::codec::EncodeError;
use crate::codec::field::Value;
use crate::codec::output::Output;
use crate::codec::predictions::Predictions;

/// One row's prediction per line, several numbers with commas between, each line ended. Numbers have the shortest
/// form that reads back to the same number; text is quoted where RFC 4180 asks for it. Of selected fields, a
/// list is one cell that holds a JSON list.
pub(in crate::codec) fn encode(
    predictions: &Predictions<'_>,
    output: &mut Output<'_>,
) -> Result<(), EncodeError> {
    if let Some(numbers) = predictions.numbers() {
        for &number in numbers {
            let text = output.row()?;
            push_number(text, number);
            text.push(b'\n');
        }
        return Ok(());
    }
    for row in 0..predictions.rows() {
        let text = output.row()?;
        if predictions.selected.is_empty() {
            push_cells(text, &predictions.prediction(row));
        }
        for (index, &field) in predictions.selected.iter().enumerate() {
            if index > 0 {
                text.push(b',');
            }
            push_cell(text, &predictions.field(field, row));
        }
        text.push(b'\n');
    }
    Ok(())
}

/// A value, a list as several cells.
fn push_cells(text: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::Numbers(numbers) => {
            for (index, &number) in numbers.iter().enumerate() {
                if index > 0 {
                    text.push(b',');
                }
                push_number(text, number);
            }
        }
        Value::Bits(bits) => {
            for (index, &bit) in bits.iter().enumerate() {
                if index > 0 {
                    text.push(b',');
                }
                text.push(digit(bit));
            }
        }
        _ => push_cell(text, value),
    }
}

fn digit(bit: bool) -> u8 {
    if bit { b'1' } else { b'0' }
}

/// A value as one cell.
fn push_cell(text: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::None => push_number(text, f64::NAN),
        Value::Number(number) => push_number(text, *number),
        Value::Label(label) => push_text(text, &label.to_string()),
        Value::Numbers(numbers) => push_list(text, numbers.iter(), |list, &number| {
            push_number(list, number);
        }),
        Value::Opposites(number) => push_list(text, [-number, *number].iter(), |list, &number| {
            push_number(list, number);
        }),
        Value::Labels(labels) => push_list(text, labels.iter(), push_json),
        Value::Bits(bits) => push_list(text, bits.iter(), |list, &bit| list.push(digit(bit))),
        Value::Table(table) => push_list(text, table.outer_iter(), |list, row| {
            push_items(list, row.iter(), |list, &number| push_number(list, number));
        }),
        Value::Names(names, places) => push_list(text, Value::names(names, places), push_json),
    }
}

/// `"[0.4, 0.6]"`, as the platform's XGBoost container writes lists.
fn push_list<T>(
    text: &mut Vec<u8>,
    items: impl Iterator<Item = T>,
    push: impl Fn(&mut Vec<u8>, T),
) {
    let mut list = Vec::new();
    push_items(&mut list, items, push);
    push_text(text, &String::from_utf8_lossy(&list));
}

fn push_items<T>(
    list: &mut Vec<u8>,
    items: impl Iterator<Item = T>,
    push: impl Fn(&mut Vec<u8>, T),
) {
    list.push(b'[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            list.extend(b", ");
        }
        push(list, item);
    }
    list.push(b']');
}

fn push_json(list: &mut Vec<u8>, label: &Label) {
    let written = serde_json::to_writer(list, label);
    debug_assert!(
        written.is_ok(),
        "a label is JSON, and a Vec never refuses bytes"
    );
}

/// A field of text, in quotes where it holds a comma, a quote or a line end (RFC 4180, section 2).
fn push_text(text: &mut Vec<u8>, field: &str) {
    if !field.contains([',', '"', '\n', '\r']) {
        return text.extend(field.as_bytes());
    }
    text.push(b'"');
    text.extend(field.replace('"', "\"\"").as_bytes());
    text.push(b'"');
}

fn push_number(text: &mut Vec<u8>, number: f64) {
    if number.is_nan() {
        text.extend(b"nan");
    } else if number.is_infinite() {
        text.extend(if number > 0.0 {
            b"inf".as_slice()
        } else {
            b"-inf"
        });
    } else {
        text.extend(zmij::Buffer::new().format_finite(number).as_bytes());
    }
}
