//! Cells that lie side by side in bytes, all of one type: arrays of NumPy, tensors of Open Inference.

use half::f16;

use super::datatype::Datatype;
use crate::rows::{Cell, Origin};

/// Bytes before a text in a tensor of `BYTES`: its length.
const TEXT_PREFIX_BYTES: usize = 4;

/// A type whose cells all have the same number of bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct PackedType {
    /// Bytes of a cell, at least one.
    pub(super) bytes: usize,
    /// NumPy's letter for it: `f`, `i`, `u` or `b`.
    kind: u8,
    is_big_endian: bool,
    read: CellReader,
}

/// A function from the bytes of a cell, and whether the most significant comes first, to the cell.
type CellReader = fn(&[u8], bool) -> Cell<'static>;

macro_rules! cell_reader {
    ($type:ty, $cell:ident) => {
        |bytes, is_big_endian| {
            let bytes = bytes.try_into().unwrap_or_default();
            let number = if is_big_endian {
                <$type>::from_be_bytes(bytes)
            } else {
                <$type>::from_le_bytes(bytes)
            };
            Cell::$cell(number.into())
        }
    };
}

impl PackedType {
    /// The type of NumPy's kind (`f`, `i`, `u`, `b`) with this many bytes.
    pub(super) fn of_kind(kind: u8, bytes: usize, is_big_endian: bool) -> Option<Self> {
        let read: CellReader = match (kind, bytes) {
            (b'f', 8) => cell_reader!(f64, Number),
            (b'f', 4) => cell_reader!(f32, Number),
            (b'f', 2) => cell_reader!(f16, Number),
            (b'i', 8) => cell_reader!(i64, Integer),
            (b'i', 4) => cell_reader!(i32, Integer),
            (b'i', 2) => cell_reader!(i16, Integer),
            (b'i', 1) => cell_reader!(i8, Integer),
            (b'u', 8) => cell_reader!(u64, Integer),
            (b'u', 4) => cell_reader!(u32, Integer),
            (b'u', 2) => cell_reader!(u16, Integer),
            (b'u', 1) => cell_reader!(u8, Integer),
            (b'b', 1) => |bytes, _| Cell::Boolean(bytes != [0]),
            _ => return None,
        };
        Some(Self {
            bytes,
            kind,
            is_big_endian,
            read,
        })
    }

    /// The type of a tensor's cells; none for texts, whose lengths differ.
    pub(super) fn of_tensor(datatype: Datatype) -> Option<Self> {
        let (kind, bytes) = match datatype.name() {
            "BOOL" => (b'b', 1),
            "UINT8" => (b'u', 1),
            "UINT16" => (b'u', 2),
            "UINT32" => (b'u', 4),
            "UINT64" => (b'u', 8),
            "INT8" => (b'i', 1),
            "INT16" => (b'i', 2),
            "INT32" => (b'i', 4),
            "INT64" => (b'i', 8),
            "FP16" => (b'f', 2),
            "FP32" => (b'f', 4),
            "FP64" => (b'f', 8),
            _ => return None,
        };
        Self::of_kind(kind, bytes, false)
    }

    /// Reads cells that are floats, each finite, as many as there is room for; none if the bytes are anything else.
    #[inline]
    pub(super) fn plain(self, bytes: &[u8], numbers: &mut [f64]) -> Option<()> {
        if bytes.len() != numbers.len() * self.bytes || self.is_big_endian {
            return None;
        }
        match (self.kind, self.bytes) {
            (b'f', 8) => plain(bytes, numbers, f64::from_le_bytes),
            (b'f', 4) => plain(bytes, numbers, |bytes| f32::from_le_bytes(bytes).into()),
            _ => None,
        }
    }

    /// The cell of these bytes, which are as many as a cell has.
    #[inline]
    pub(super) fn cell(self, bytes: &[u8]) -> Cell<'static> {
        (self.read)(bytes, self.is_big_endian)
    }
}

/// Reads finite numbers of `N` bytes each.
#[inline]
fn plain<const N: usize>(
    bytes: &[u8],
    numbers: &mut [f64],
    read: impl Fn([u8; N]) -> f64,
) -> Option<()> {
    let (cells, _) = bytes.as_chunks::<N>();
    let mut are_finite = true;
    for (number, cell) in numbers.iter_mut().zip(cells) {
        *number = read(*cell);
        are_finite &= number.is_finite();
    }
    are_finite.then_some(())
}

/// The cells of a tensor, one after the other.
#[derive(Clone, Copy)]
pub(super) struct PackedCells<'b> {
    rest: &'b [u8],
    /// None for texts with their lengths before them.
    cells: Option<PackedType>,
}

impl std::fmt::Debug for PackedCells<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} bytes", self.rest.len())
    }
}

impl<'b> PackedCells<'b> {
    /// The cells in `bytes`.
    pub(super) fn new(bytes: &'b [u8], datatype: Datatype) -> Self {
        Self {
            rest: bytes,
            cells: PackedType::of_tensor(datatype),
        }
    }

    /// The next cell; `Ok(None)` after the last. The error is the number of bytes that are no whole cell.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<Cell<'b>>, usize> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let Some(cells) = self.cells else {
            return self.next_text().map(Some).ok_or(self.rest.len());
        };
        let (cell, rest) = self
            .rest
            .split_at_checked(cells.bytes)
            .ok_or(self.rest.len())?;
        self.rest = rest;
        Ok(Some(cells.cell(cell)))
    }

    fn next_text(&mut self) -> Option<Cell<'b>> {
        let (length, rest) = self.rest.split_first_chunk::<TEXT_PREFIX_BYTES>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (text, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        let origin = Origin::Json;
        Some(Cell::Text { text, origin })
    }
}

/// Appends a text of a tensor of `BYTES`, with its length before it.
pub(super) fn push_text(bytes: &mut Vec<u8>, text: &str) {
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    bytes.extend(length.to_le_bytes());
    bytes.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(datatype: &str, bytes: &[u8]) -> Result<Vec<String>, usize> {
        let mut cells = PackedCells::new(bytes, Datatype::parse(datatype).unwrap());
        let next = || cells.next().transpose();
        std::iter::from_fn(next)
            .map(|cell| Ok(format!("{:?}", cell?)))
            .collect()
    }

    #[test]
    fn every_datatype_is_read_from_its_bytes() {
        for (datatype, bytes, expected) in [
            (
                "FP16",
                &[0x00, 0xc0, 0xff, 0x7b][..],
                "Number(-2.0), Number(65504.0)",
            ),
            ("FP32", &[0, 0, 0xc0, 0x3f], "Number(1.5)"),
            ("FP64", &[0, 0, 0, 0, 0, 0, 0xf8, 0x3f], "Number(1.5)"),
            ("INT8", &[0xff, 1], "Integer(-1), Integer(1)"),
            ("UINT8", &[0xff], "Integer(255)"),
            ("INT16", &[0xfe, 0xff], "Integer(-2)"),
            ("UINT16", &[0xfe, 0xff], "Integer(65534)"),
            ("INT32", &[0xfe, 0xff, 0xff, 0xff], "Integer(-2)"),
            ("UINT32", &[0xfe, 0xff, 0xff, 0xff], "Integer(4294967294)"),
            ("INT64", &[0xff; 8], "Integer(-1)"),
            ("UINT64", &[0xff; 8], "Integer(18446744073709551615)"),
            ("BOOL", &[0, 1], "Boolean(false), Boolean(true)"),
        ] {
            assert_eq!(
                cells(datatype, bytes).unwrap().join(", "),
                expected,
                "{datatype}"
            );
        }
    }

    #[test]
    fn a_text_has_its_length_before_it_and_what_is_cut_short_is_no_cell() {
        let mut bytes = Vec::new();
        push_text(&mut bytes, "größe");
        push_text(&mut bytes, "");
        assert_eq!(cells("BYTES", &bytes).unwrap().len(), 2);
        for (datatype, bytes, left) in [
            ("BYTES", &[1, 0, 0][..], 3),
            ("BYTES", &[2, 0, 0, 0, b'a'], 5),
            ("BYTES", &[0xff, 0xff, 0xff, 0xff, b'a'], 5),
            ("FP32", &[0, 0, 0, 0, 1], 1),
        ] {
            assert_eq!(cells(datatype, bytes), Err(left), "{bytes:?}");
        }
    }
}
