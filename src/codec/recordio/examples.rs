//! Labels of records, and how many features they have.

use super::{Numbers, VALUES, doubles, floats, frame, integers, push_varints};
use crate::codec::error::DecodeError;
use crate::codec::example::Example;
use crate::protobuf::{Field, Fields};

/// The fields of a record that hold features and labels.
const FEATURES: u64 = 1;
const LABEL: u64 = 2;

/// Gives the example of each record.
pub(in crate::codec) fn examples(
    body: &[u8],
    each: &mut dyn FnMut(Example),
) -> Result<(), DecodeError> {
    let mut rest = body;
    let mut row = 0;
    while !rest.is_empty() {
        row += 1;
        let refused =
            |reason: &str| DecodeError::syntax("RecordIO-protobuf", format!("row {row}: {reason}"));
        let (record, after) = frame(rest).map_err(refused)?;
        rest = after;
        each(example(record).map_err(refused)?);
    }
    Ok(())
}

fn example(record: &[u8]) -> Result<Example, &'static str> {
    let mut example = Example {
        label: None,
        width: 0,
    };
    for field in Fields::of(record) {
        let (number @ (FEATURES | LABEL), Field::Bytes(entry)) = field? else {
            continue;
        };
        let Some(tensor) = values(entry)? else {
            continue;
        };
        if number == FEATURES {
            example.width = tensor.width();
        } else if let Some(label) = tensor.numbers.first() {
            example.label = Some(*label);
        }
    }
    Ok(example)
}

/// A tensor of numbers.
struct Tensor {
    numbers: Vec<f64>,
    keys: Vec<u64>,
    shape: Vec<u64>,
}

impl Tensor {
    fn width(&self) -> u64 {
        let last = self
            .keys
            .iter()
            .max()
            .map_or(0, |last| last.saturating_add(1));
        match self.shape.as_slice() {
            [length] => *length,
            _ if self.keys.is_empty() => self.numbers.len() as u64,
            _ => last,
        }
    }
}

/// The tensor of an entry that is called `values`.
fn values(entry: &[u8]) -> Result<Option<Tensor>, &'static str> {
    let (mut key, mut value) = (&[][..], &[][..]);
    for field in Fields::of(entry) {
        match field? {
            (1, Field::Bytes(bytes)) => key = bytes,
            (2, Field::Bytes(bytes)) => value = bytes,
            _ => {}
        }
    }
    if key != VALUES {
        return Ok(None);
    }
    for field in Fields::of(value) {
        let (read, tensor): (Numbers, &[u8]) = match field? {
            (2, Field::Bytes(tensor)) => (floats, tensor),
            (3, Field::Bytes(tensor)) => (doubles, tensor),
            (7, Field::Bytes(tensor)) => (integers, tensor),
            _ => continue,
        };
        return self::tensor(tensor, read).map(Some);
    }
    Ok(None)
}

fn tensor(bytes: &[u8], read: Numbers) -> Result<Tensor, &'static str> {
    let mut tensor = Tensor {
        numbers: Vec::new(),
        keys: Vec::new(),
        shape: Vec::new(),
    };
    for field in Fields::of(bytes) {
        match field? {
            (1, payload) => read(payload, &mut tensor.numbers)?,
            (2, payload) => push_varints(payload, &mut tensor.keys)?,
            (3, payload) => push_varints(payload, &mut tensor.shape)?,
            _ => {}
        }
    }
    Ok(tensor)
}
