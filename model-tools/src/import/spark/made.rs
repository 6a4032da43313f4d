//! What a column of Spark's table holds, and the numbers that stand for it in a vector.

use sagelet::artifact::{BinEncoding, Cell, Derived, Encoding, Label, Ordinal};

use super::SparkError;
use crate::import::linear::{Column, Conversion, Part};
use crate::shown::quoted;

/// What a missing cell is called where it is a category.
pub(super) const MISSING: &str = "";

/// What a column of Spark's table holds.
#[derive(Debug, Clone)]
pub(super) enum Made {
    Number(Column),
    Vector(Vec<Column>),
    /// The number of a category of a column of the rows.
    Index(Index),
    /// The number of the interval that a number falls into.
    Bin(Bin),
}

/// Categories of a column of the rows, in the order of their numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Index {
    pub(super) feature: usize,
    pub(super) labels: Vec<Label>,
    /// Whether every other text has the number after the last.
    pub(super) keeps: bool,
}

/// Intervals of a number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bin {
    pub(super) of: Column,
    /// Where an interval ends and the next begins, which it belongs to.
    pub(super) edges: Vec<f64>,
}

impl Index {
    /// The categories with the missing cell, which counts as a text that is not known.
    pub(super) fn with_missing(
        &self,
        conversion: &mut Conversion,
    ) -> Result<Vec<Label>, SparkError> {
        let missing = Label::Text(MISSING.to_owned());
        conversion.replace_missing(self.feature, Cell::from(&missing))?;
        Ok(self.labels.iter().cloned().chain([missing]).collect())
    }

    /// The number of a category as a column.
    pub(super) fn number(&self, conversion: &mut Conversion) -> Result<Column, SparkError> {
        let categories = match self.keeps {
            true => self.with_missing(conversion)?,
            false => self.labels.clone(),
        };
        let ordinal = Ordinal {
            categories,
            numbers: Vec::new(),
            unknown: self.keeps.then_some(self.labels.len() as f64),
        };
        conversion.encode(self.feature, Encoding::Ordinal(ordinal))?;
        Ok(Column::of(self.feature, Part::Code))
    }
}

impl Bin {
    /// The number of an interval as a column.
    pub(super) fn number(&self, conversion: &mut Conversion) -> Result<Column, SparkError> {
        let columns = self.columns(BinEncoding::Ordinal, conversion)?;
        Ok(columns.into_iter().next().unwrap_or_else(Column::zero))
    }

    /// The columns of all intervals, or the one of their number.
    pub(super) fn columns(
        &self,
        encode: BinEncoding,
        conversion: &mut Conversion,
    ) -> Result<Vec<Column>, SparkError> {
        let of = conversion.refer_exactly(std::slice::from_ref(&self.of))?;
        conversion.spend(self.edges.len())?;
        Ok(conversion.compute(Derived::Bins {
            of: of.first().copied().unwrap_or_default(),
            edges: self.edges.clone(),
            encode,
        }))
    }
}

/// The error about a column.
pub(super) fn refused(name: &str, reason: &str) -> SparkError {
    SparkError::Column(quoted(name), reason.to_owned())
}
