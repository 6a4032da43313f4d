//! Reading of numbers: an integer stands for the float of the same value.
//!
//! Many CBOR encoders write 3.0 as the integer 3, which ciborium refuses where an `f64` is wanted.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A float read from a float or an integer.
#[derive(Clone, Copy)]
struct Number(f64);

struct NumberVisitor;

/// Integers up to 2^53 are floats exactly.
const EXACT_INTEGER_MAX: u64 = 1 << 53;

impl Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Number, E> {
        Ok(Number(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "compared with 2^53 first")]
    fn visit_u64<E: Error>(self, value: u64) -> Result<Number, E> {
        if value > EXACT_INTEGER_MAX {
            return Err(E::custom(format_args!(
                "the integer {value} is too large to be a float exactly"
            )));
        }
        Ok(Number(value as f64))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Number, E> {
        let Number(magnitude) = self.visit_u64(value.unsigned_abs())?;
        Ok(Number(if value < 0 { -magnitude } else { magnitude }))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

/// Reads one number.
pub(super) fn one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Number::deserialize(deserializer).map(|number| number.0)
}

/// Reads a list of numbers.
pub(super) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
    Vec::<Number>::deserialize(deserializer).map(unwrap)
}

/// Reads a list of lists of numbers.
pub(super) fn table<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<f64>>, D::Error> {
    let rows = Vec::<Vec<Number>>::deserialize(deserializer)?;
    Ok(rows.into_iter().map(unwrap).collect())
}

/// Reads a map from names to numbers.
pub(super) fn map<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<std::collections::BTreeMap<String, f64>, D::Error> {
    let map = std::collections::BTreeMap::<String, Number>::deserialize(deserializer)?;
    Ok(map
        .into_iter()
        .map(|(name, number)| (name, number.0))
        .collect())
}

fn unwrap(numbers: Vec<Number>) -> Vec<f64> {
    numbers.into_iter().map(|number| number.0).collect()
}
