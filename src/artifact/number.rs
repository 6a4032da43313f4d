//! Reading of numbers: an integer stands for the float of the same value.
//!
//! Many CBOR encoders write 3.0 as the integer 3, which ciborium refuses where an `f64` is wanted.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

/// A float read from a float or an integer.
#[derive(Clone, Copy)]
pub(super) struct Number(pub(super) f64);

struct NumberVisitor;

/// Integers up to 2^53 are floats exactly.
pub(crate) const EXACT_INTEGER_MAX: u64 = 1 << 53;

impl Number {
    #[expect(clippy::cast_precision_loss, reason = "compared with 2^53 first")]
    pub(super) fn from_u64<E: Error>(value: u64) -> Result<Self, E> {
        if value > EXACT_INTEGER_MAX {
            return Err(E::custom(format_args!(
                "the integer {value} is too large to be a float exactly"
            )));
        }
        Ok(Self(value as f64))
    }

    pub(super) fn from_i64<E: Error>(value: i64) -> Result<Self, E> {
        let Self(magnitude) = Self::from_u64(value.unsigned_abs())?;
        Ok(Self(if value < 0 { -magnitude } else { magnitude }))
    }
}

impl Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Number, E> {
        Ok(Number(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Number, E> {
        Number::from_u64(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Number, E> {
        Number::from_i64(value)
    }
}

impl<'de> Deserialize<'de> for Number {
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

/// Reads a number.
#[inline(never)]
pub(super) fn one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Number::deserialize(deserializer).map(|number| number.0)
}

/// Reads a number or `null`.
#[inline(never)]
pub(super) fn option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Option::<Number>::deserialize(deserializer).map(|number| number.map(|number| number.0))
}

/// Reads a list of numbers or `null`.
#[inline(never)]
pub(super) fn optional_list<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<f64>>, D::Error> {
    Option::<Vec<Number>>::deserialize(deserializer).map(|list| list.map(unwrap))
}

/// Reads a list of numbers.
#[inline(never)]
pub(super) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
    Vec::<Number>::deserialize(deserializer).map(unwrap)
}

/// Reads a map from names to numbers.
#[inline(never)]
pub(super) fn map<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, f64>, D::Error> {
    let read = BTreeMap::<String, Number>::deserialize(deserializer)?;
    let mut map = BTreeMap::new();
    for (name, Number(number)) in read {
        map.insert(name, number);
    }
    Ok(map)
}

fn unwrap(numbers: Vec<Number>) -> Vec<f64> {
    numbers.into_iter().map(|number| number.0).collect()
}

/// A number, or a list of numbers.
enum Row {
    One(f64),
    Several(Vec<f64>),
}

struct RowVisitor;

impl<'de> Visitor<'de> for RowVisitor {
    type Value = Row;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number or a list of numbers")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Row, E> {
        Ok(Row::One(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Row, E> {
        Number::from_u64(value).map(|number| Row::One(number.0))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Row, E> {
        Number::from_i64(value).map(|number| Row::One(number.0))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Row, A::Error> {
        let mut numbers = Vec::new();
        while let Some(Number(number)) = list.next_element()? {
            numbers.push(number);
        }
        // What is loaded stays: a list that grew has up to half of its memory to spare.
        numbers.shrink_to_fit();
        Ok(Row::Several(numbers))
    }
}

impl<'de> Deserialize<'de> for Row {
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RowVisitor)
    }
}

/// Coefficients of one output, or of several.
pub(super) enum Coefficients {
    List(Vec<f64>),
    Table(Vec<Vec<f64>>),
}

struct CoefficientsVisitor;

impl<'de> Visitor<'de> for CoefficientsVisitor {
    type Value = Coefficients;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of numbers, or of lists of numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Coefficients, A::Error> {
        let (mut list, mut table) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next_element()? {
            match row {
                Row::One(number) => list.push(number),
                Row::Several(numbers) => table.push(numbers),
            }
        }
        list.shrink_to_fit();
        match (list.is_empty(), table.is_empty()) {
            (_, true) => Ok(Coefficients::List(list)),
            (true, false) => Ok(Coefficients::Table(table)),
            (false, false) => Err(A::Error::custom("numbers and lists stand in one list")),
        }
    }
}

impl<'de> Deserialize<'de> for Coefficients {
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(CoefficientsVisitor)
    }
}

/// Lists of numbers, of which one with a single number is written as that number.
pub(super) mod rows {
    use serde::ser::{SerializeSeq, Serializer};
    use serde::{Deserialize, Deserializer};

    use super::Row;

    #[inline(never)]
    pub(in crate::artifact) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Vec<f64>>, D::Error> {
        let rows = Vec::<Row>::deserialize(deserializer)?;
        Ok(rows
            .into_iter()
            .map(|row| match row {
                Row::One(number) => vec![number],
                Row::Several(numbers) => numbers,
            })
            .collect())
    }

    pub(in crate::artifact) fn serialize<S: Serializer>(
        rows: &[Vec<f64>],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(rows.len()))?;
        for row in rows {
            match row.as_slice() {
                [one] => list.serialize_element(one)?,
                several => list.serialize_element(several)?,
            }
        }
        list.end()
    }
}
