//! Class labels and categories: text, whole numbers or booleans, as the training data had them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use super::number::EXACT_INTEGER_MAX;

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

impl<'de> Deserialize<'de> for Label {
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LabelVisitor)
    }
}

struct LabelVisitor;

impl Visitor<'_> for LabelVisitor {
    type Value = Label;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a label: text, a whole number or a boolean")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Label, E> {
        Ok(Label::Boolean(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Label, E> {
        Ok(Label::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Label, E> {
        i64::try_from(value)
            .map(Label::Integer)
            .map_err(|_| E::custom(format_args!("the label {value} is larger than 2^63 - 1")))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Label, E> {
        Label::of_whole(value).ok_or_else(|| {
            E::custom(format_args!(
                "the label {value} is neither text nor a whole number"
            ))
        })
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Label, E> {
        Ok(Label::Text(value.to_owned()))
    }
}
