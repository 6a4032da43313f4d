//! The datatypes of Open Inference tensors, and which cells they hold.

use std::fmt;

use crate::artifact::Label;
use crate::rows::Cell;

/// A datatype of the protocol.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Datatype {
    /// Booleans.
    Bool,
    /// Whole numbers from the first to the second.
    Integer(&'static str, i128, i128),
    /// Numbers up to this size.
    Float(&'static str, f64),
    /// Texts.
    Bytes,
}

impl Datatype {
    /// 64-bit whole numbers.
    pub const INT64: Self = Self::Integer("INT64", i64::MIN as i128, i64::MAX as i128);
    /// 64-bit floats.
    pub const FP64: Self = Self::Float("FP64", f64::MAX);

    /// Every datatype.
    pub const ALL: [Self; 13] = [
        Self::Bool,
        Self::Integer("UINT8", 0, u8::MAX as i128),
        Self::Integer("UINT16", 0, u16::MAX as i128),
        Self::Integer("UINT32", 0, u32::MAX as i128),
        Self::Integer("UINT64", 0, u64::MAX as i128),
        Self::Integer("INT8", i8::MIN as i128, i8::MAX as i128),
        Self::Integer("INT16", i16::MIN as i128, i16::MAX as i128),
        Self::Integer("INT32", i32::MIN as i128, i32::MAX as i128),
        Self::INT64,
        // The largest 16-bit float.
        Self::Float("FP16", 65_504.0),
        Self::Float("FP32", f32::MAX as f64),
        Self::FP64,
        Self::Bytes,
    ];

    /// The name that the protocol gives it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "BOOL",
            Self::Integer(name, ..) | Self::Float(name, _) => name,
            Self::Bytes => "BYTES",
        }
    }

    /// The datatype of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|datatype| datatype.name() == name)
    }

    /// The datatype of a list of labels: text, if they are of several sorts.
    #[must_use]
    pub fn of_labels(labels: &[Label]) -> Self {
        let all = |is: fn(&Label) -> bool| labels.iter().all(is);
        if all(|label| matches!(label, Label::Integer(_))) {
            Self::INT64
        } else if all(|label| matches!(label, Label::Boolean(_))) {
            Self::Bool
        } else {
            Self::Bytes
        }
    }

    /// A cell as this datatype has it; none if it cannot hold the cell. A missing cell is one of any datatype.
    pub(super) fn check(self, cell: Cell<'_>) -> Option<Cell<'_>> {
        match (self, cell) {
            (_, Cell::Missing) | (Self::Bytes, Cell::Text { .. }) => Some(cell),
            (Self::Bool, Cell::Boolean(_)) => Some(cell),
            (Self::Bool, cell) => match whole(cell)? {
                0 => Some(Cell::Boolean(false)),
                1 => Some(Cell::Boolean(true)),
                _ => None,
            },
            (Self::Integer(_, least, most), cell) => {
                let number = whole(cell)?;
                (least..=most)
                    .contains(&number)
                    .then_some(Cell::Integer(number))
            }
            #[expect(clippy::cast_precision_loss, reason = "compared with floats")]
            (Self::Float(_, most), Cell::Integer(number)) => {
                ((number as f64).abs() <= most).then_some(cell)
            }
            (Self::Float(_, most), Cell::Number(number)) => (number.abs() <= most).then_some(cell),
            _ => None,
        }
    }
}

impl fmt::Display for Datatype {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The whole number that a cell is.
fn whole(cell: Cell<'_>) -> Option<i128> {
    match cell {
        Cell::Integer(number) => Some(number),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole, and far below the largest"
        )]
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < 1e38 => {
            Some(number as i128)
        }
        _ => None,
    }
}
