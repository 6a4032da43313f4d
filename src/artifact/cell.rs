//! One cell of a row, before it is encoded: what a client may send, in the types that an artifact can hold.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use super::label::Label;
use super::number::Number;

/// A cell of a row.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Cell {
    /// Nothing: `null`, an empty cell, NaN.
    #[default]
    Missing,
    /// `true` or `false`.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

impl Cell {
    /// Whether there is nothing in the cell.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

impl Cell {
    /// Whether the cell, which an artifact names, is of this category: a number by its digits, as a float holds only
    /// some of the whole numbers past 2^53.
    #[must_use]
    pub fn stands_for(&self, category: &Label) -> bool {
        match (self, category) {
            (Self::Boolean(cell), Label::Boolean(category)) => cell == category,
            (Self::Number(cell), Label::Integer(category)) => {
                cell.to_string() == category.to_string()
            }
            (Self::Text(cell), Label::Text(category)) => cell == category,
            _ => false,
        }
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<&Label> for Cell {
    /// The cell of a category. A whole number past 2^53 becomes the nearest that a cell can hold.
    fn from(label: &Label) -> Self {
        match label {
            Label::Boolean(truth) => Self::Boolean(*truth),
            #[expect(
                clippy::cast_precision_loss,
                reason = "cells hold no larger whole numbers"
            )]
            Label::Integer(number) => Self::Number(*number as f64),
            Label::Text(text) => Self::Text(text.clone()),
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("null"),
            Self::Boolean(value) => value.fmt(formatter),
            Self::Number(number) => number.fmt(formatter),
            Self::Text(text) => write!(formatter, "{text:?}"),
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing => serializer.serialize_none(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Cell {
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CellVisitor)
    }
}

struct CellVisitor;

impl Visitor<'_> for CellVisitor {
    type Value = Cell;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a cell: a number, text, a boolean or null")
    }

    fn visit_unit<E: Error>(self) -> Result<Cell, E> {
        Ok(Cell::Missing)
    }

    fn visit_none<E: Error>(self) -> Result<Cell, E> {
        Ok(Cell::Missing)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Cell, E> {
        Ok(Cell::Boolean(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Cell, E> {
        Ok(Cell::Number(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Cell, E> {
        Number::from_u64(value).map(|number| Cell::Number(number.0))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Cell, E> {
        Number::from_i64(value).map(|number| Cell::Number(number.0))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Cell, E> {
        Ok(Cell::Text(value.to_owned()))
    }
}
