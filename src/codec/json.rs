//! `application/json`: rows under `instances`, predictions under `predictions`.
//!
//! The numbers go from the text straight into the design matrix; no tree of JSON values is built.

use std::fmt;

use ndarray::Array1;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::design::Design;
use super::error::DecodeError;
use super::{Rows, Shape};

/// Reads `{"instances": [[…], …]}` or `{"instances": [{"features": […]}, …]}`.
///
/// # Errors
/// The body is no JSON of this shape, or a row or cell is not what the model takes.
pub fn decode(body: &[u8], width: usize) -> Result<Rows, DecodeError> {
    if body.trim_ascii().is_empty() {
        return Err(DecodeError::Empty { width });
    }
    let mut reading = Reading {
        design: Design::new(width),
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
    Ok(Rows {
        design: reading.design.finish()?,
        shape: reading.shape.unwrap_or(Shape::Predictions),
    })
}

/// What has been read so far.
struct Reading {
    design: Design,
    shape: Option<Shape>,
    /// The error to report: serde carries only text, this one has row, column and value.
    refused: Option<DecodeError>,
}

impl Reading {
    fn keep<T, E: Error>(&mut self, result: Result<T, DecodeError>) -> Result<T, E> {
        result.map_err(|error| {
            self.refused = Some(error);
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
struct Request<'a>(&'a mut Reading);

/// The list under `instances`.
struct Instances<'a>(&'a mut Reading);

/// One element of it.
struct Instance<'a>(&'a mut Reading);

/// The list under `features`.
struct Features<'a>(&'a mut Reading);

/// One number of a row.
struct Cell<'a>(&'a mut Reading);

macro_rules! seed {
    ($name:ident) => {
        impl<'de> DeserializeSeed<'de> for $name<'_> {
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

impl<'de> Visitor<'de> for Request<'_> {
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

impl<'de> Visitor<'de> for Instances<'_> {
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

impl<'de> Visitor<'de> for Instance<'_> {
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

impl<'de> Visitor<'de> for Features<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut cells: A) -> Result<(), A::Error> {
        while cells.next_element_seed(Cell(self.0))?.is_some() {}
        Ok(())
    }
}

impl<'de> Visitor<'de> for Cell<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        let pushed = self.0.design.push(number);
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
        let design = &self.0.design;
        let missing = DecodeError::Missing {
            row: design.row(),
            column: design.column(),
        };
        self.0.keep(Err(missing))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let error = self.0.design.not_a_number(text.as_bytes());
        self.0.keep(Err(error))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.visit_str(if value { "true" } else { "false" })
    }
}

/// `{"predictions":[1.5,2.5]}`. A prediction that overflowed is `null`: JSON has no infinity.
#[must_use]
pub fn encode_predictions(predictions: &Array1<f64>) -> Vec<u8> {
    encode(predictions, "", "")
}

/// `{"predictions":[{"score":1.5},{"score":2.5}]}`, as Linear Learner answers.
#[must_use]
pub fn encode_scores(predictions: &Array1<f64>) -> Vec<u8> {
    encode(predictions, "{\"score\":", "}")
}

fn encode(predictions: &Array1<f64>, before: &str, after: &str) -> Vec<u8> {
    let mut text = Vec::with_capacity(32 + predictions.len() * (20 + before.len()));
    text.extend(b"{\"predictions\":[");
    for (index, &prediction) in predictions.iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        text.extend(before.as_bytes());
        if prediction.is_finite() {
            text.extend(ryu::Buffer::new().format_finite(prediction).as_bytes());
        } else {
            text.extend(b"null");
        }
        text.extend(after.as_bytes());
    }
    text.extend(b"]}");
    text
}
