//! `application/x-recordio-protobuf`: protobuf records of the platform's built-in algorithms, in RecordIO frames.
//!
//! ```text
//! frame    magic u32 LE, length u32 LE, record, zeros up to a multiple of 4
//! Record   map<string, Value> features = 1, map<string, Value> label = 2, …
//! Value    Float32Tensor = 2 | Float64Tensor = 3 | Int32Tensor = 7 | Bytes = 9
//! tensor   repeated values = 1 [packed], repeated uint64 keys = 2, repeated uint64 shape = 3
//! ```

mod answer;
#[cfg(feature = "train")]
mod examples;

pub(super) use answer::encode;
#[cfg(feature = "train")]
pub(super) use examples::examples;

use super::error::DecodeError;
use super::packed::PackedType;
use crate::limits::RECORD_NUMBERS_SPARE_MAX;
use crate::protobuf::{Field, Fields, WireError, packed_varints};
use crate::rows::{Cell, RowBuilder, RowError, SparseRow};

/// What every frame begins with.
const MAGIC: u32 = 0xced7_230a;

/// Frames are padded to this many bytes.
const ALIGNMENT: usize = 4;

/// Bits of the length; those above say that a record goes on in the next frame, which nobody writes.
const LENGTH_MASK: u32 = (1 << 29) - 1;

/// The entry of `features` that holds them.
const VALUES: &[u8] = b"values";

/// Reads one row per record: a dense or sparse tensor of floats or integers. Labels are ignored.
pub(super) fn read(body: &[u8], builder: &mut RowBuilder<'_>) -> Result<(), DecodeError> {
    let mut sparse = SparseRow::new(builder.layout().cells());
    let mut rest = body;
    while !rest.is_empty() {
        let row = builder.row();
        let refused =
            |reason: &str| DecodeError::syntax("RecordIO-protobuf", format!("row {row}: {reason}"));
        let (record, after) = frame(rest).map_err(refused)?;
        rest = after;
        push_record(record, builder, &mut sparse).map_err(|error| match error {
            Refusal::Syntax(reason) => refused(reason),
            Refusal::Row(error) => error.into(),
        })?;
        builder.end_row()?;
    }
    Ok(())
}

/// The place behind the first frame that ends behind a position; `None` if one of those before is none.
pub(super) fn after_record(bytes: &[u8], from: usize) -> Option<usize> {
    let mut rest = bytes;
    while bytes.len() - rest.len() <= from {
        (_, rest) = frame(rest).ok()?;
    }
    Some(bytes.len() - rest.len())
}

/// Why a record is no row.
enum Refusal {
    Syntax(&'static str),
    Row(RowError),
}

impl From<&'static str> for Refusal {
    fn from(reason: &'static str) -> Self {
        Self::Syntax(reason)
    }
}

impl From<WireError> for Refusal {
    fn from(error: WireError) -> Self {
        Self::Syntax(error.reason())
    }
}

impl From<RowError> for Refusal {
    fn from(error: RowError) -> Self {
        Self::Row(error)
    }
}

/// The record of the first frame, and what follows the frame.
fn frame(bytes: &[u8]) -> Result<(&[u8], &[u8]), &'static str> {
    let [a, b, c, d, e, f, g, h, rest @ ..] = bytes else {
        return Err("the body ends inside the head of a frame");
    };
    if u32::from_le_bytes([*a, *b, *c, *d]) != MAGIC {
        return Err("the frame does not begin with the magic number ced7230a");
    }
    let length = u32::from_le_bytes([*e, *f, *g, *h]);
    if length & !LENGTH_MASK != 0 {
        return Err("the record is split over several frames");
    }
    let (record, rest) = rest
        .split_at_checked(length as usize)
        .ok_or("the body ends inside a record")?;
    let padding = record.len().next_multiple_of(ALIGNMENT) - record.len();
    // The last frame may lack its padding.
    Ok((record, rest.get(padding..).unwrap_or_default()))
}

fn push_record(
    record: &[u8],
    builder: &mut RowBuilder<'_>,
    sparse: &mut SparseRow<'static>,
) -> Result<(), Refusal> {
    for field in Fields::of(record) {
        let (1, Field::Bytes(entry)) = field? else {
            continue;
        };
        let (mut key, mut value) = (&[][..], None);
        for field in Fields::of(entry) {
            match field? {
                (1, Field::Bytes(bytes)) => key = bytes,
                (2, Field::Bytes(bytes)) => value = Some(bytes),
                _ => {}
            }
        }
        if key == VALUES {
            return push_value(value.ok_or("\"values\" is empty")?, builder, sparse);
        }
    }
    Err("there is no \"values\" among the features".into())
}

fn push_value(
    value: &[u8],
    builder: &mut RowBuilder<'_>,
    sparse: &mut SparseRow<'static>,
) -> Result<(), Refusal> {
    for field in Fields::of(value) {
        match field? {
            (2, Field::Bytes(tensor)) if push_plain(tensor, 4, builder) => return Ok(()),
            (3, Field::Bytes(tensor)) if push_plain(tensor, 8, builder) => return Ok(()),
            (2, Field::Bytes(tensor)) => return push_tensor(tensor, floats, builder, sparse),
            (3, Field::Bytes(tensor)) => return push_tensor(tensor, doubles, builder, sparse),
            (7, Field::Bytes(tensor)) => return push_tensor(tensor, integers, builder, sparse),
            (9, _) => return Err("\"values\" holds bytes, not numbers".into()),
            _ => {}
        }
    }
    Err("\"values\" holds no tensor".into())
}

/// Reads a tensor that is nothing but packed finite floats of so many bytes, one for each column. False if it is anything
/// else.
fn push_plain(tensor: &[u8], bytes: usize, builder: &mut RowBuilder<'_>) -> bool {
    let mut fields = Fields::of(tensor);
    let (Some(Ok((1, Field::Bytes(packed)))), None) = (fields.next(), fields.next()) else {
        return false;
    };
    let floats = PackedType::of_kind(b'f', bytes, false);
    let read = builder.push_plain_row(|numbers| floats?.plain(packed, numbers));
    read.is_some()
}

const TOO_MANY_NUMBERS: &str = "a tensor has far more numbers than the model has columns";

/// Reads the numbers of one occurrence of `values`, packed or one alone.
type Numbers = fn(Field<'_>, &mut Vec<f64>) -> Result<(), &'static str>;

fn floats(payload: Field<'_>, numbers: &mut Vec<f64>) -> Result<(), &'static str> {
    match payload {
        Field::Fixed32(bytes) => numbers.push(f32::from_le_bytes(bytes).into()),
        Field::Bytes(packed) => {
            let (chunks, rest) = packed.as_chunks::<4>();
            if !rest.is_empty() {
                return Err("a float is cut short");
            }
            numbers.extend(
                chunks
                    .iter()
                    .map(|bytes| f64::from(f32::from_le_bytes(*bytes))),
            );
        }
        _ => return Err("a value is no float"),
    }
    Ok(())
}

fn doubles(payload: Field<'_>, numbers: &mut Vec<f64>) -> Result<(), &'static str> {
    match payload {
        Field::Fixed64(bytes) => numbers.push(f64::from_le_bytes(bytes)),
        Field::Bytes(packed) => {
            let (chunks, rest) = packed.as_chunks::<8>();
            if !rest.is_empty() {
                return Err("a double is cut short");
            }
            numbers.extend(chunks.iter().map(|bytes| f64::from_le_bytes(*bytes)));
        }
        _ => return Err("a value is no double"),
    }
    Ok(())
}

fn integers(payload: Field<'_>, numbers: &mut Vec<f64>) -> Result<(), &'static str> {
    // An int32 is written as the 64 bits of its sign extension: its lower half is the number.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "protobuf's own rule for int32"
    )]
    let number = |bits: u64| f64::from(bits as i32);
    match payload {
        Field::Varint(bits) => numbers.push(number(bits)),
        Field::Bytes(packed) => {
            for bits in packed_varints(packed) {
                numbers.push(number(bits?));
            }
        }
        _ => return Err("a value is no integer"),
    }
    Ok(())
}

fn push_tensor(
    tensor: &[u8],
    read: Numbers,
    builder: &mut RowBuilder<'_>,
    sparse: &mut SparseRow<'static>,
) -> Result<(), Refusal> {
    let (mut values, mut keys, mut shape) = (Vec::new(), Vec::new(), Vec::new());
    let columns = builder.layout().cells();
    for field in Fields::of(tensor) {
        let field = field?;
        // A number has at most ten bytes, and mostly more than one.
        if let (1..=3, Field::Bytes(packed)) = &field
            && packed.len() > 10 * (columns + RECORD_NUMBERS_SPARE_MAX)
        {
            return Err(TOO_MANY_NUMBERS.into());
        }
        match field {
            (1, payload) => read(payload, &mut values)?,
            (2, payload) => push_varints(payload, &mut keys)?,
            (3, payload) => push_varints(payload, &mut shape)?,
            _ => {}
        }
        // Eight bytes are kept of what is one byte in the body: no more of them than a row can have.
        if values.len().max(keys.len()).max(shape.len()) > columns + RECORD_NUMBERS_SPARE_MAX {
            return Err(TOO_MANY_NUMBERS.into());
        }
    }
    if keys.is_empty() && !(values.is_empty() && shape == [columns as u64]) {
        for number in values {
            builder.push(Cell::Number(number))?;
        }
        return Ok(());
    }
    if keys.len() != values.len() {
        return Err("there are not as many keys as values".into());
    }
    if let [length] = shape.as_slice()
        && *length != columns as u64
    {
        return Err(RowError::Width {
            row: builder.row(),
            found: usize::try_from(*length).unwrap_or(usize::MAX),
            expected: columns,
        }
        .into());
    }
    sparse.clear();
    for (key, number) in keys.into_iter().zip(values) {
        sparse.set(key, Cell::Number(number));
    }
    Ok(builder.push_sparse(sparse, 0)?)
}

fn push_varints(payload: Field<'_>, numbers: &mut Vec<u64>) -> Result<(), &'static str> {
    match payload {
        Field::Varint(number) => numbers.push(number),
        Field::Bytes(packed) => {
            for number in packed_varints(packed) {
                numbers.push(number?);
            }
        }
        _ => return Err("a key or length is no integer"),
    }
    Ok(())
}
