//! One record: an object with the names of the features, or with a vector of all of them.

use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};

use super::ignore;
use super::reading::{Cell, Reading, seed};
use crate::codec::Shape;

/// What the fields of a record have been so far.
#[derive(Debug, Default)]
pub(super) struct Record {
    form: Option<Form>,
    /// The first field that is neither a feature nor holds the features.
    other: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `{"age": 50, "bmi": 21.6}`
    Named,
    /// `{"features": [50, 21.6]}` or `{"data": {"features": {"values": [50, 21.6]}}}`
    Vector,
}

impl Record {
    /// Reads the value of one field.
    pub(super) fn field<'de, A: MapAccess<'de>>(
        &mut self,
        reading: &mut Reading<'_, '_>,
        key: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        if self.form != Some(Form::Vector) && reading.design.select(key) {
            self.begin(Form::Named, Shape::Predictions, reading)?;
            return map.next_value_seed(Cell(reading));
        }
        match (self.form, key) {
            (Some(Form::Named), unknown) => {
                let error = reading.design.unknown_field(unknown);
                reading.keep(Err(error))
            }
            (None, "features") => {
                self.begin(Form::Vector, Shape::Scores, reading)?;
                map.next_value_seed(Vector(reading))
            }
            (None, "data") => {
                if map.next_value_seed(Data(reading))? {
                    self.begin(Form::Vector, Shape::Scores, reading)?;
                }
                Ok(())
            }
            (Some(Form::Vector), "features") => {
                Err(A::Error::custom("\"features\" beside another list of them"))
            }
            (_, other) => {
                self.other.get_or_insert_with(|| other.to_owned());
                ignore(map)
            }
        }
    }

    fn begin<E: Error>(
        &mut self,
        form: Form,
        shape: Shape,
        reading: &mut Reading<'_, '_>,
    ) -> Result<(), E> {
        if self.form.replace(form).is_some() {
            return Ok(());
        }
        reading.settle(shape)
    }

    /// Whether a field belonged to the row.
    pub(super) fn is_begun(&self) -> bool {
        self.form.is_some()
    }

    /// Checks that there was nothing in the record that a row of names cannot have. Other fields of a record
    /// with a vector (`configuration`, an identifier, …) are no part of the row.
    pub(super) fn end<E: Error>(self, reading: &mut Reading<'_, '_>) -> Result<(), E> {
        match (self.form, self.other) {
            (Some(Form::Named), Some(other)) => {
                let error = reading.design.unknown_field(&other);
                reading.keep(Err(error))
            }
            (Some(_), _) => Ok(()),
            (None, other) => {
                let row = reading.row();
                let other = other.map_or("nothing".to_owned(), |key| format!("\"{key}\""));
                Err(E::custom(format_args!(
                    "row {row} has {other} where \"features\", \"data\" or the names of the model's features are expected"
                )))
            }
        }
    }
}

/// What stands under `features`: a list, or `values` with the `keys` and `shape` of a sparse vector.
struct Vector<'r, 'a, 'd>(&'r mut Reading<'a, 'd>);

seed!(Vector);

impl<'de> Visitor<'de> for Vector<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of numbers, or an object with \"values\"")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut cells: A) -> Result<(), A::Error> {
        while cells.next_element_seed(Cell(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut values, mut keys, mut shape) = (None, None::<Vec<u64>>, None::<Vec<u64>>);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "values" => values = Some(map.next_value::<Vec<Option<f64>>>()?),
                "keys" => keys = map.next_value()?,
                "shape" => shape = map.next_value()?,
                _ => ignore(&mut map)?,
            }
        }
        let values = values.ok_or_else(|| A::Error::missing_field("values"))?;
        match keys {
            Some(keys) => sparse(self.0, &keys, &values, shape.as_deref()),
            None => values.iter().try_for_each(|value| match value {
                Some(number) => Cell(self.0).visit_f64(*number),
                None => Cell(self.0).visit_unit(),
            }),
        }
    }
}

fn sparse<E: Error>(
    reading: &mut Reading<'_, '_>,
    keys: &[u64],
    values: &[Option<f64>],
    shape: Option<&[u64]>,
) -> Result<(), E> {
    let (row, features) = (reading.row(), reading.design.schema().features());
    if keys.len() != values.len() {
        let (keys, values) = (keys.len(), values.len());
        return Err(E::custom(format_args!(
            "row {row} has {keys} keys and {values} values: one key for each"
        )));
    }
    if let Some(shape) = shape
        && shape != [features as u64]
    {
        return Err(E::custom(format_args!(
            "row {row} has the shape {shape:?}, not [{features}]"
        )));
    }
    for (&key, value) in keys.iter().zip(values) {
        let number = value.unwrap_or(f64::NAN);
        let set = reading.sparse.set(key, 0, number, reading.design);
        reading.keep(set)?;
    }
    let pushed = reading.sparse.push(reading.design);
    reading.keep(pushed)
}

/// What stands under `data`: an object with one vector, by any name. False if it is no list or object, and so
/// nothing that features are in.
struct Data<'r, 'a, 'd>(&'r mut Reading<'a, 'd>);

seed!(Data);

impl<'de> Visitor<'de> for Data<'_, '_, '_> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with \"features\" under \"data\"")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, cells: A) -> Result<bool, A::Error> {
        Vector(self.0).visit_seq(cells).map(|()| true)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let Some(_) = map.next_key::<String>()? else {
            return Err(A::Error::missing_field("features"));
        };
        map.next_value_seed(Vector(self.0))?;
        match map.next_key::<String>()? {
            None => Ok(true),
            Some(other) => Err(A::Error::custom(format_args!(
                "\"{other}\" beside the features under \"data\""
            ))),
        }
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(false)
    }
}
