//! `application/json`: rows in any of the shapes that model servers take, predictions in the matching one.
//!
//! | rows | as in | answer |
//! | --- | --- | --- |
//! | `{"instances": [[…], …]}` | TensorFlow Serving, KServe V1, MLflow | predictions |
//! | `{"instances": [{"features": […]}, …]}`, `{"data": {"features": {"values": […]}}}` | Linear Learner | scores |
//! | `{"instances": [{"age": 50, …}, …]}`, `{"dataframe_records": …}`, `{"dataframe_split": …}` | MLflow | predictions |
//! | `{"inputs": [[…], …]}`, `{"inputs": {"age": [50, …], …}}` | MLflow | predictions |
//! | `{"inputs": [{"name": …, "shape": …, "datatype": …, "data": …}]}` | Open Inference V2 | tensors |
//! | `[…]`, `[[…], …]`, `[{…}, …]`, one record alone | scikit-learn container | predictions |
//!
//! The numbers go from the text straight into the design matrix; no tree of JSON values is built.

mod answer;
mod nan;
mod reading;
mod record;
mod table;
mod tensor;

pub(super) use answer::{encode, push_object};
pub(super) use nan::without_nan;
pub(super) use reading::{Reading, read_record};

use std::fmt;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::error::DecodeError;
use super::{Asked, Shape};
use crate::model::Design;
use reading::{Items, TextUnder, seed};
use record::Record;
use table::{ColumnLists, Split};

/// Reads a body of any of the shapes.
pub(super) fn read(body: &[u8], design: &mut Design<'_>) -> Result<Asked, DecodeError> {
    if body.trim_ascii().is_empty() {
        return Ok(Asked::default()); // no rows, as any other format says it
    }
    let body = &*without_nan(body);
    let mut reading = Reading::new(design);
    reading.run(body, |reading, deserializer| {
        Request(reading).deserialize(deserializer)
    })?;
    if reading.split_before_columns {
        // The rows came before the names of their columns: now that these are known, read again.
        reading.split_before_columns = false;
        reading.columns_known = true;
        reading.run(body, |reading, deserializer| {
            Request(reading).deserialize(deserializer)
        })?;
    }
    tensor::finish(&mut reading)?;
    Ok(Asked {
        shape: reading.shape.unwrap_or_default(),
        id: reading.id,
        outputs: reading.outputs,
    })
}

/// The whole body.
struct Request<'r, 'a, 'd>(&'r mut Reading<'a, 'd>);

seed!(Request);

impl<'de> Visitor<'de> for Request<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of rows, or an object with \"instances\" or another known key")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, rows: A) -> Result<(), A::Error> {
        Items::rows(self.0).visit_seq(rows)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut found = None;
        let mut record = Record::default();
        while let Some(key) = map.next_key::<String>()? {
            let known = match key.as_str() {
                "instances" | "dataframe_records" | "dataframe_split" | "inputs" => key.as_str(),
                "id" | "outputs" if self.0.names_no_feature(&key) => {
                    about(self.0, &key, &mut map)?;
                    continue;
                }
                _ => {
                    record.field(self.0, &key, &mut map)?;
                    continue;
                }
            };
            if let Some(before) = found.replace(known.to_owned()) {
                return Err(A::Error::custom(format_args!(
                    "\"{before}\" and \"{known}\" in one request"
                )));
            }
            match known {
                "dataframe_split" => map.next_value_seed(Split(self.0))?,
                "inputs" => map.next_value_seed(Inputs(self.0))?,
                _ => map.next_value_seed(Items::rows(self.0))?,
            }
        }
        match found {
            Some(_) if record.is_begun() => Err(A::Error::custom("rows inside and outside a list")),
            Some(_) => Ok(()),
            None => {
                record.end(self.0)?;
                self.0.end_row()
            }
        }
    }
}

/// What an Open Inference request says beside its tensors.
fn about<'de, A: MapAccess<'de>>(
    reading: &mut Reading<'_, '_>,
    key: &str,
    map: &mut A,
) -> Result<(), A::Error> {
    if key == "id" {
        reading.id = map.next_value()?;
    } else {
        reading.outputs = map.next_value_seed(OutputNames)?;
    }
    Ok(())
}

/// What stands under `inputs`: rows, tensors, or columns by name.
struct Inputs<'r, 'a, 'd>(&'r mut Reading<'a, 'd>);

seed!(Inputs);

impl<'de> Visitor<'de> for Inputs<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("rows, tensors or columns under \"inputs\"")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<(), A::Error> {
        Items::rows_or_tensors(self.0).visit_seq(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, columns: A) -> Result<(), A::Error> {
        self.0.settle(Shape::Predictions)?;
        ColumnLists(self.0).visit_map(columns)
    }
}

/// The `outputs` of an Open Inference request: a list of objects with names.
struct OutputNames;

impl<'de> DeserializeSeed<'de> for OutputNames {
    type Value = Vec<String>;

    fn deserialize<D: serde::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Vec<String>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for OutputNames {
    type Value = Vec<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of outputs")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut outputs: A) -> Result<Vec<String>, A::Error> {
        let mut names = Vec::new();
        while let Some(fields) = outputs.next_element_seed(TextUnder("name"))? {
            names.extend(fields);
        }
        Ok(names)
    }
}

/// Passes over a value.
fn ignore<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}
