//! One cell of a row, before it is encoded: what a client may send, in the types that an artifact can hold.

use std::fmt;

use super::cbor::{FALSE, Head, NULL, TRUE, Writer};
use super::form::Form;
use super::item::{Item, Wrong};
use super::label::Label;

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

impl Form for Cell {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        Ok(match item.head() {
            Head::Simple(NULL) => Self::Missing,
            Head::Simple(code @ (FALSE | TRUE)) => Self::Boolean(code == TRUE),
            Head::Text(_) => Self::Text(item.string_of_own()?),
            _ => Self::Number(item.float("a cell: a number, text, a boolean or null")?),
        })
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Missing => writer.null(),
            Self::Boolean(truth) => writer.flag(*truth),
            Self::Number(number) => writer.number(*number),
            Self::Text(text) => writer.text(text),
        }
    }
}
