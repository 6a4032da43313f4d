//! Class labels and categories: text, whole numbers or booleans, as the training data had them.

use std::fmt;

use serde::ser::{Serialize, Serializer};

use super::cbor::{EXACT_INTEGER_MAX, FALSE, Head, TRUE, Writer};
use super::form::Form;
use super::item::{Item, Wrong};

/// The name of a class, or of a category of a feature.
///
/// A whole number written as a float (`1.0`) is the integer: many tools hold labels in float columns. Other
/// floats are no labels; no classifier is trained on them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Anything else.
    Text(String),
}

impl Label {
    /// The whole number that a float is; none if it has a fraction or is beyond 2^53, where floats are not exact.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "compared with 2^53 and found whole first"
    )]
    pub fn of_whole(number: f64) -> Option<Self> {
        let is_exact = number.fract() == 0.0 && number.abs() <= EXACT_INTEGER_MAX as f64;
        is_exact.then_some(Self::Integer(number as i64))
    }
}

impl fmt::Display for Label {
    /// As a line of CSV has it: text bare, whole numbers without a point, booleans as pandas writes them.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(true) => formatter.write_str("True"),
            Self::Boolean(false) => formatter.write_str("False"),
            Self::Integer(number) => number.fmt(formatter),
            Self::Text(text) => formatter.write_str(text),
        }
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl Form for Label {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        match item.head() {
            Head::Simple(code @ (FALSE | TRUE)) => Ok(Self::Boolean(code == TRUE)),
            Head::Text(_) => item.string_of_own().map(Self::Text),
            Head::Positive(number) => i64::try_from(number)
                .map(Self::Integer)
                .map_err(|_| item.wrong(format!("the label {number} is larger than 2^63 - 1"))),
            Head::Negative(number) => i64::try_from(number)
                .map(|number| Self::Integer(-1 - number))
                .map_err(|_| item.wrong("the label is less than -2^63".to_owned())),
            Head::Float(number) => Self::of_whole(number).ok_or_else(|| {
                item.wrong(format!(
                    "the label {number} is neither text nor a whole number"
                ))
            }),
            _ => Err(item.invalid("a label: text, a whole number or a boolean")),
        }
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Boolean(truth) => writer.flag(*truth),
            Self::Integer(number) => writer.integer(*number),
            Self::Text(text) => writer.text(text),
        }
    }
}
