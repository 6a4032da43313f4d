//! `application/x-npy`: one NumPy array (numpy.lib.format, versions 1 to 3).

use std::ops::Range;

use super::datatype::Datatype;
use super::error::{DecodeError, EncodeError};
use super::field::{Field, Value};
use super::npy_header::{MAGIC, NpyHeader};
use super::output::Output;
use super::packed::PackedType;
use super::predictions::Predictions;
use crate::artifact::Label;
use crate::rows::{Cell, RowBuilder};
use crate::text::Quoted;

/// Where the header must end, so that the data are aligned.
const ALIGNMENT: usize = 64;

/// An array in a body or in an archive, as long as its header says.
#[derive(Debug)]
pub(super) struct Array<'b> {
    pub(super) shape: Vec<usize>,
    is_fortran: bool,
    cells: PackedType,
    data: &'b [u8],
}

impl<'b> Array<'b> {
    /// Reads the header of an array of floats, integers or booleans.
    ///
    /// # Errors
    /// The bytes are no such array, as text.
    pub(super) fn parse(bytes: &'b [u8]) -> Result<Self, String> {
        let (header, data) = NpyHeader::read(bytes)?;
        let cells = cells_of(&header)?;
        if header.bytes(cells.bytes) != Some(data.len()) {
            let (shape, found) = (&header.shape, data.len());
            return Err(format!("{found} bytes do not fill the shape {shape:?}"));
        }
        Ok(Self {
            cells,
            shape: header.shape,
            is_fortran: header.is_fortran,
            data,
        })
    }

    /// How many cells it has.
    pub(super) fn len(&self) -> usize {
        self.data.len() / self.cells.bytes
    }

    /// The cell at a place, in the order of the bytes; none behind the last.
    #[inline]
    pub(super) fn cell(&self, place: usize) -> Option<Cell<'static>> {
        let start = place.checked_mul(self.cells.bytes)?;
        let bytes = self.data.get(start..)?.get(..self.cells.bytes)?;
        Some(self.cells.cell(bytes))
    }

    /// How many rows an array of the shape (rows, columns) has, and how many bytes each; `None` for any other shape.
    pub(super) fn rows(&self) -> Option<(usize, usize)> {
        match self.shape.as_slice() {
            [rows, columns] => Some((*rows, columns * self.cells.bytes)),
            _ => None,
        }
    }

    /// The bytes of a row's cells; none if they do not lie side by side.
    fn cells_of_row(&self, row: usize, columns: usize) -> Option<&'b [u8]> {
        let bytes = columns * self.cells.bytes;
        let rows = self.data.get(row * bytes..)?;
        (!self.is_fortran).then_some(rows.get(..bytes)?)
    }

    /// Reads the cells as rows: (rows, columns); or one row, or one column for a model of one. NaN is a missing cell.
    pub(super) fn read(&self, builder: &mut RowBuilder<'_>) -> Result<(), DecodeError> {
        let width = builder.layout().cells();
        let (rows, columns) = match self.shape.as_slice() {
            [rows, columns] => (*rows, *columns),
            [cells] if width == 1 => (*cells, 1),
            [cells] => (1, *cells),
            shape => {
                let dimensions = shape.len();
                return Err(refused(format!(
                    "the array has {dimensions} dimensions, not the shape (rows, {width})"
                )));
            }
        };
        self.read_table(0..rows, (rows, columns), builder)
    }

    /// Reads some rows of an array of the shape (rows, columns).
    pub(super) fn read_rows(
        &self,
        rows: Range<usize>,
        builder: &mut RowBuilder<'_>,
    ) -> Result<(), DecodeError> {
        match self.shape.as_slice() {
            [all, columns] => self.read_table(rows, (*all, *columns), builder),
            _ => self.read(builder),
        }
    }

    fn read_table(
        &self,
        some: Range<usize>,
        (rows, columns): (usize, usize),
        builder: &mut RowBuilder<'_>,
    ) -> Result<(), DecodeError> {
        for row in some {
            let cells = || self.cells_of_row(row, columns);
            let plain = builder.push_plain_row(|numbers| self.cells.plain(cells()?, numbers));
            if plain.is_some() {
                builder.end_row()?;
                continue;
            }
            for column in 0..columns {
                let place = if self.is_fortran {
                    column * rows + row
                } else {
                    row * columns + column
                };
                builder.push(self.cell(place).unwrap_or(Cell::Missing))?;
            }
            builder.end_row()?;
        }
        Ok(())
    }
}

fn refused(reason: String) -> DecodeError {
    DecodeError::syntax("an npy array", reason)
}

/// Reads an array of floats, integers or booleans, in C or Fortran order.
pub(super) fn read(body: &[u8], builder: &mut RowBuilder<'_>) -> Result<(), DecodeError> {
    if body.is_empty() {
        return Ok(());
    }
    Array::parse(body).map_err(refused)?.read(builder)
}

/// The type of the cells.
fn cells_of(header: &NpyHeader) -> Result<PackedType, String> {
    let descr = Quoted::of(header.descr.as_bytes());
    let unknown = || format!("the data type {descr} is not known");
    let [order @ (b'<' | b'>' | b'|' | b'='), kind, bytes @ ..] = header.descr.as_bytes() else {
        return Err(unknown());
    };
    let bytes = std::str::from_utf8(bytes).ok().and_then(|n| n.parse().ok());
    let bytes = bytes.ok_or_else(unknown)?;
    PackedType::of_kind(*kind, bytes, *order == b'>').ok_or_else(|| {
        let kind = char::from(*kind).escape_default();
        format!("the data type {kind}{bytes} is none of f2, f4, f8, i1 to i8, u1 to u8, b1")
    })
}

/// Writes the predictions as one array: floats in the shape (rows,) or (rows, columns), labels in the shape
/// (rows,) as integers, booleans or text.
pub(super) fn encode(
    predictions: &Predictions<'_>,
    output: &mut Output<'_>,
) -> Result<(), EncodeError> {
    let field = match predictions.selected {
        [] => None,
        [field] => Some(*field),
        several => {
            let names: Vec<_> = several.iter().map(|field| field.name()).collect();
            return Err(EncodeError::OneArray {
                media_type: super::Format::Npy.media_type(),
                fields: names.join(", "),
            });
        }
    };
    let rows = predictions.rows();
    let value = |row| match field {
        Some(field) => predictions.field(field, row),
        None => predictions.prediction(row),
    };
    let kind = match predictions.datatype(field) {
        Datatype::Integer(..) => Kind::Integer,
        Datatype::Bool => Kind::Boolean,
        Datatype::Bytes if field == Some(Field::ContributionNames) => {
            Kind::Text(longest(&predictions.explanations.names))
        }
        Datatype::Bytes => Kind::Text(longest(predictions.labels)),
        Datatype::Float(..) => Kind::Float,
    };
    let lengths = if rows > 0 {
        value(0).lengths()
    } else {
        Vec::new()
    };
    let shape = match lengths.as_slice() {
        [] => format!("({rows},)"),
        [columns] => format!("({rows}, {columns})"),
        [lists, columns, ..] => format!("({rows}, {lists}, {columns})"),
    };
    let header = header(&kind.descr(), &shape);
    output.with_room(header.len())?.extend(header);
    for row in 0..rows {
        kind.push(output.row()?, &value(row));
    }
    Ok(())
}

/// What the cells of an answer are.
enum Kind {
    Float,
    Integer,
    Boolean,
    /// So many characters.
    Text(usize),
}

fn longest(labels: &[Label]) -> usize {
    let lengths = labels.iter().map(|label| label.to_string().chars().count());
    lengths.max().unwrap_or(0).max(1)
}

fn header(descr: &str, shape: &str) -> Vec<u8> {
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    let prefix = MAGIC.len() + 4;
    let length = (prefix + text.len() + 1).next_multiple_of(ALIGNMENT) - prefix;
    while text.len() + 1 < length {
        text.push(' ');
    }
    text.push('\n');
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    // Two numbers of at most 20 digits: far below the 65,535 bytes that this version has room for.
    bytes.extend(u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes
}

impl Kind {
    fn descr(&self) -> String {
        match self {
            Self::Float => "<f8".to_owned(),
            Self::Integer => "<i8".to_owned(),
            Self::Boolean => "|b1".to_owned(),
            Self::Text(length) => format!("<U{length}"),
        }
    }

    fn push(&self, bytes: &mut Vec<u8>, value: &Value<'_>) {
        match value {
            Value::None => bytes.extend(f64::NAN.to_le_bytes()),
            Value::Number(number) => bytes.extend(number.to_le_bytes()),
            Value::Numbers(numbers) => numbers
                .iter()
                .for_each(|number| bytes.extend(number.to_le_bytes())),
            Value::Opposites(number) => {
                bytes.extend((-number).to_le_bytes());
                bytes.extend(number.to_le_bytes());
            }
            Value::Label(label) => self.push_label(bytes, label),
            Value::Labels(labels) => labels
                .iter()
                .for_each(|label| self.push_label(bytes, label)),
            Value::Bits(bits) => bits
                .iter()
                .for_each(|&bit| bytes.extend(i64::from(bit).to_le_bytes())),
            Value::Table(table) => table
                .iter()
                .for_each(|number| bytes.extend(number.to_le_bytes())),
            Value::Names(names, places) => {
                Value::names(names, places).for_each(|label| self.push_label(bytes, label));
            }
        }
    }

    fn push_label(&self, bytes: &mut Vec<u8>, label: &Label) {
        match (self, label) {
            (Self::Text(length), label) => {
                let text = label.to_string();
                let padding = std::iter::repeat('\0');
                for character in text.chars().chain(padding).take(*length) {
                    bytes.extend(u32::from(character).to_le_bytes());
                }
            }
            (_, Label::Integer(number)) => bytes.extend(number.to_le_bytes()),
            (_, Label::Boolean(value)) => bytes.push(u8::from(*value)),
            (_, Label::Text(_)) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_is_no_number_is_refused() {
        for descr in ["O", "<U3", "<c16", "<f16", "<f", ""] {
            let header = NpyHeader {
                descr: descr.to_owned(),
                is_fortran: false,
                shape: vec![1],
            };
            assert!(cells_of(&header).is_err(), "{descr}");
        }
    }

    #[test]
    fn the_header_of_an_answer_ends_where_data_are_aligned() {
        let bytes = header("<f8", "(3,)");
        assert_eq!(bytes.len() % ALIGNMENT, 0);
        assert_eq!(bytes.last(), Some(&b'\n'));
    }
}
