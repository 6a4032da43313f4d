//! A cell as a format carries it, before a layout has looked at it.

use crate::artifact;

/// A cell of a row. It keeps the type that its format gave it until the layout of a model decides what it means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Nothing: `null` in JSON.
    Missing,
    /// A boolean of a format that has booleans.
    Boolean(bool),
    /// A whole number, exactly.
    Integer(i128),
    /// A number; NaN is missing.
    Number(f64),
    /// Text without a type: it may mean a number, a category or nothing.
    Text {
        /// Its bytes, without quotes or escapes. They need not be UTF-8.
        text: &'a [u8],
        /// Where it stood.
        origin: Origin,
    },
}

/// Where a text stood, which says how much of it may be trimmed and which marks mean a missing cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A cell of CSV without quotes.
    Csv,
    /// A cell of CSV in quotes.
    QuotedCsv,
    /// A text of JSON, or of any other format that quotes every text.
    Json,
}

impl<'a> Cell<'a> {
    /// A text of JSON, or of any other format that quotes every text.
    #[must_use]
    pub fn json(text: &'a str) -> Self {
        Self::Text {
            text: text.as_bytes(),
            origin: Origin::Json,
        }
    }

    /// A cell of CSV without quotes.
    #[must_use]
    pub fn csv(text: &'a [u8]) -> Self {
        Self::Text {
            text,
            origin: Origin::Csv,
        }
    }
}

impl<'a> From<&'a artifact::Cell> for Cell<'a> {
    /// A cell of a verification row means what the same cell of a JSON request means.
    fn from(cell: &'a artifact::Cell) -> Self {
        match cell {
            artifact::Cell::Missing => Self::Missing,
            artifact::Cell::Boolean(value) => Self::Boolean(*value),
            artifact::Cell::Number(number) => Self::Number(*number),
            artifact::Cell::Text(text) => Self::json(text),
        }
    }
}
