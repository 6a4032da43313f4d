//! `application/json`: rows under `instances`, predictions under `predictions`.
//!
//! The numbers go from the text straight into the design matrix; no tree of JSON values is built.

use std::fmt;

use ndarray::ArrayView1;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::error::DecodeError;
use super::{Rows, Shape};
use crate::artifact::Label;
use crate::model::{Design, Outputs, RowError, Schema};

/// Reads `{"instances": [[…], …]}` or `{"instances": [{"features": […]}, …]}`.
///
/// # Errors
/// The body is no JSON of this shape, or a row or cell is not what the model takes.
pub fn decode(body: &[u8], schema: &Schema) -> Result<Rows, DecodeError> {
    if body.trim_ascii().is_empty() {
        return Err(DecodeError::Empty {
            width: schema.features(),
        });
    }
    let mut reading = Reading {
        design: Design::new(schema),
        shape: None,
        refused: None,
    };
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let read = Request(&mut reading)
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
    if let Some(refused) = reading.refused {
        return Err(refused);
    }
    read.map_err(|error| DecodeError::Syntax {
        format: "JSON of a known shape",
        reason: error.to_string(),
    })?;
    let shape = reading.shape.unwrap_or(Shape::Predictions);
    super::finish(reading.design, schema.features(), shape)
}

/// What has been read so far.
struct Reading<'s> {
    design: Design<'s>,
    shape: Option<Shape>,
    /// The error to report: serde carries only text, this one has row, column and value.
    refused: Option<DecodeError>,
}

impl Reading<'_> {
    fn keep<T, E: Error>(&mut self, result: Result<T, RowError>) -> Result<T, E> {
        result.map_err(|error| {
            self.refused = Some(error.into());
            E::custom("refused")
        })
    }

    /// All rows of a request have one shape, since the answer has one.
    fn settle<E: Error>(&mut self, shape: Shape) -> Result<(), E> {
        match self.shape.replace(shape) {
            Some(before) if before != shape => {
                let row = self.design.row();
                Err(E::custom(format_args!(
                    "row {row} is of another shape than the rows before it"
                )))
            }
            _ => Ok(()),
        }
    }
}

/// The whole body.
struct Request<'a, 's>(&'a mut Reading<'s>);

/// The list under `instances`.
struct Instances<'a, 's>(&'a mut Reading<'s>);

/// One element of it.
struct Instance<'a, 's>(&'a mut Reading<'s>);

/// The list under `features`.
struct Features<'a, 's>(&'a mut Reading<'s>);

/// One number of a row.
struct Cell<'a, 's>(&'a mut Reading<'s>);

macro_rules! seed {
    ($name:ident) => {
        impl<'de> DeserializeSeed<'de> for $name<'_, '_> {
            type Value = ();
            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
                deserializer.deserialize_any(self)
            }
        }
    };
}

seed!(Request);
seed!(Instances);
seed!(Instance);
seed!(Features);
seed!(Cell);

impl<'de> Visitor<'de> for Request<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with \"instances\"")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut found = false;
        while let Some(key) = map.next_key::<String>()? {
            if key != "instances" {
                map.next_value::<IgnoredAny>()?;
            } else if found {
                return Err(A::Error::duplicate_field("instances"));
            } else {
                found = true;
                map.next_value_seed(Instances(self.0))?;
            }
        }
        if found {
            Ok(())
        } else {
            Err(A::Error::missing_field("instances"))
        }
    }
}

impl<'de> Visitor<'de> for Instances<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of rows under \"instances\"")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while rows.next_element_seed(Instance(self.0))?.is_some() {
            let ended = self.0.design.end_row();
            self.0.keep(ended)?;
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Instance<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a row: a list of numbers, or an object with \"features\"")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, cells: A) -> Result<(), A::Error> {
        self.0.settle(Shape::Predictions)?;
        Features(self.0).visit_seq(cells)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.0.settle(Shape::Scores)?;
        let mut found = false;
        while let Some(key) = map.next_key::<String>()? {
            if key != "features" {
                map.next_value::<IgnoredAny>()?;
            } else if found {
                return Err(A::Error::duplicate_field("features"));
            } else {
                found = true;
                map.next_value_seed(Features(self.0))?;
            }
        }
        if found {
            Ok(())
        } else {
            Err(A::Error::missing_field("features"))
        }
    }
}

impl<'de> Visitor<'de> for Features<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut cells: A) -> Result<(), A::Error> {
        while cells.next_element_seed(Cell(self.0))?.is_some() {}
        Ok(())
    }
}

impl<'de> Visitor<'de> for Cell<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        let pushed = self.0.design.push_number(number);
        self.0.keep(pushed)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "the nearest float is what a JSON number means to every peer"
    )]
    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.visit_f64(number as f64)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "the nearest float is what a JSON number means to every peer"
    )]
    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.visit_f64(number as f64)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        let pushed = self.0.design.push_missing();
        self.0.keep(pushed)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let pushed = self.0.design.push_string(text);
        self.0.keep(pushed)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        let pushed = self.0.design.push_boolean(value);
        self.0.keep(pushed)
    }
}

/// `{"predictions":[1.5,2.5]}`, `{"predictions":[[1.5,2.5]]}` for several targets, `{"predictions":["setosa"]}`.
/// A prediction that overflowed is `null`: JSON has no infinity.
#[must_use]
pub fn encode_predictions(outputs: &Outputs, labels: &[Label]) -> Vec<u8> {
    encode(outputs, |text, row| match outputs {
        Outputs::Values(values) => push_values(text, values.row(row)),
        Outputs::Classes(classes) => push_label(text, labels, classes.predicted.get(row)),
    })
}

/// `{"predictions":[{"score":1.5},{"score":2.5}]}`, as Linear Learner answers; with the `predicted_label` of a
/// classifier.
#[must_use]
pub fn encode_scores(outputs: &Outputs, labels: &[Label]) -> Vec<u8> {
    encode(outputs, |text, row| {
        text.extend(b"{\"score\":");
        match outputs {
            Outputs::Values(values) => push_values(text, values.row(row)),
            Outputs::Classes(classes) => {
                push_values(text, classes.scores.row(row));
                text.extend(b",\"predicted_label\":");
                push_label(text, labels, classes.predicted.get(row));
            }
        }
        text.push(b'}');
    })
}

fn encode(outputs: &Outputs, push: impl Fn(&mut Vec<u8>, usize)) -> Vec<u8> {
    let mut text = Vec::with_capacity(32 + outputs.rows() * 32);
    text.extend(b"{\"predictions\":[");
    for row in 0..outputs.rows() {
        if row > 0 {
            text.push(b',');
        }
        push(&mut text, row);
    }
    text.extend(b"]}");
    text
}

/// One number alone, several as a list.
fn push_values(text: &mut Vec<u8>, values: ArrayView1<'_, f64>) {
    if values.len() == 1 {
        return push_number(text, values.sum());
    }
    text.push(b'[');
    for (index, &value) in values.iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        push_number(text, value);
    }
    text.push(b']');
}

fn push_label(text: &mut Vec<u8>, labels: &[Label], class: Option<&usize>) {
    let label = class.and_then(|&class| labels.get(class));
    let written = serde_json::to_writer(&mut *text, &label);
    debug_assert!(
        written.is_ok(),
        "a label is JSON, and a Vec never refuses bytes"
    );
}

fn push_number(text: &mut Vec<u8>, number: f64) {
    if number.is_finite() {
        text.extend(ryu::Buffer::new().format_finite(number).as_bytes());
    } else {
        text.extend(b"null");
    }
}
