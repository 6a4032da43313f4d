//! Open Inference V2: rows as one tensor of all features, or as one tensor a feature.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::ignore;
use super::reading::{Kind, Reading, integers_as_floats, seed};
use super::record::Record;
use crate::codec::{DecodeError, Shape};

/// The data types of the protocol. All are read as JSON gives them: numbers, texts or booleans.
const DATATYPES: [&str; 13] = [
    "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16",
    "FP32", "FP64", "BYTES",
];

/// An input of a request.
#[derive(Debug, Default)]
pub(in crate::codec) struct Tensor {
    name: String,
    shape: Vec<usize>,
    datatype: Option<String>,
    cells: Flat,
    binary: bool,
}

/// The cells of a tensor in row-major order, however its lists are nested.
#[derive(Debug, Default)]
pub(super) struct Flat {
    /// NaN where the cell is missing or a text.
    numbers: Vec<f64>,
    /// Texts with their places, which increase.
    texts: Vec<(usize, String)>,
}

/// An object in a list under `inputs`.
pub(super) struct TensorOrRecord<'r, 'a, 'd>(pub(super) &'r mut Reading<'a, 'd>);

seed!(TensorOrRecord);

impl<'de> Visitor<'de> for TensorOrRecord<'_, '_, '_> {
    type Value = Kind;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a tensor or a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kind, A::Error> {
        let mut key = map.next_key::<String>()?;
        let of_tensor = |key: &str| {
            ["name", "shape", "datatype", "data", "parameters"].contains(&key)
                && self.0.names_no_feature(key)
        };
        if key.as_deref().is_none_or(of_tensor) {
            self.0.settle(Shape::Tensors)?;
            let mut tensor = Tensor::default();
            while let Some(name) = key {
                tensor.field(&name, &mut map)?;
                key = map.next_key()?;
            }
            self.0.tensors.push(tensor);
            return Ok(Kind::Tensor);
        }
        let mut record = Record::default();
        while let Some(name) = key {
            record.field(self.0, &name, &mut map)?;
            key = map.next_key()?;
        }
        record.end(self.0)?;
        self.0.end_row()?;
        Ok(Kind::Row)
    }
}

impl Tensor {
    /// A tensor of one dimension.
    pub(super) fn column(name: String, cells: Flat) -> Self {
        Self {
            name,
            shape: vec![cells.numbers.len()],
            datatype: None,
            cells,
            binary: false,
        }
    }

    fn field<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "name" => self.name = map.next_value()?,
            "shape" => self.shape = map.next_value()?,
            "datatype" => self.datatype = Some(map.next_value()?),
            "data" => map.next_value_seed(&mut self.cells)?,
            "parameters" => {
                let parameters: std::collections::BTreeMap<String, serde::de::IgnoredAny> =
                    map.next_value()?;
                self.binary = parameters.contains_key("binary_data_size");
            }
            _ => ignore(map)?,
        }
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        let name = &self.name;
        if self.binary {
            return Err(format!(
                "input \"{name}\" has its data in binary: send \"data\" as JSON"
            ));
        }
        if let Some(datatype) = &self.datatype
            && !DATATYPES.contains(&datatype.as_str())
        {
            let known = DATATYPES.join(", ");
            return Err(format!(
                "input \"{name}\" has the datatype \"{datatype}\", none of {known}"
            ));
        }
        let size = self
            .shape
            .iter()
            .try_fold(1usize, |size, &length| size.checked_mul(length));
        let (shape, found) = (&self.shape, self.cells.numbers.len());
        if size != Some(found) {
            return Err(format!(
                "input \"{name}\" has {found} cells, which do not fill the shape {shape:?}"
            ));
        }
        Ok(())
    }

    /// Whether this tensor alone has a cell for every feature of every row.
    fn holds_rows_of(&self, features: usize) -> bool {
        match self.shape.as_slice() {
            [_] => features == 1 || self.cells.numbers.len() == features,
            [_, columns] => *columns == features,
            _ => false,
        }
    }

    /// How many rows there are, if this tensor is a column.
    fn column_len(&self) -> Option<usize> {
        match self.shape.as_slice() {
            [rows] | [rows, 1] => Some(*rows),
            _ => None,
        }
    }
}

/// Turns the tensors of a request into rows.
pub(super) fn finish(reading: &mut Reading<'_, '_>) -> Result<(), DecodeError> {
    let tensors = std::mem::take(&mut reading.tensors);
    let refused = |reason| DecodeError::syntax("JSON of a known shape", reason);
    for tensor in &tensors {
        tensor.check().map_err(refused)?;
    }
    let features = reading.design.schema().features();
    match tensors.as_slice() {
        [] => Ok(()),
        [one] if one.holds_rows_of(features) => push_rows(one, reading),
        [one] if features > 1 => Err(refused(format!(
            "input \"{}\" has the shape {:?}, not [rows, {features}]",
            one.name, one.shape
        ))),
        columns => push_columns(columns, reading),
    }
}

fn push_rows(tensor: &Tensor, reading: &mut Reading<'_, '_>) -> Result<(), DecodeError> {
    let features = reading.design.schema().features();
    let mut cells = tensor.cells.cells();
    for _ in 0..tensor.cells.numbers.len() / features {
        for cell in cells.by_ref().take(features) {
            push(cell, reading)?;
        }
        reading.design.end_row()?;
    }
    Ok(())
}

fn push_columns(columns: &[Tensor], reading: &mut Reading<'_, '_>) -> Result<(), DecodeError> {
    let refused = |reason| DecodeError::syntax("JSON of a known shape", reason);
    let mut rows = None;
    for column in columns {
        let len = column.column_len();
        let (name, shape) = (&column.name, &column.shape);
        let Some(len) = len else {
            return Err(refused(format!(
                "input \"{name}\" has the shape {shape:?}: of several inputs, each is one column"
            )));
        };
        let before = *rows.get_or_insert(len);
        if before != len {
            return Err(refused(format!(
                "input \"{name}\" has {len} rows, the inputs before it {before}"
            )));
        }
    }
    if reading.design.schema().has_names() {
        let names = columns.iter().map(|column| column.name.as_str());
        reading.design.set_header(names)?;
    }
    let mut cells: Vec<_> = columns.iter().map(|column| column.cells.cells()).collect();
    for _ in 0..rows.unwrap_or(0) {
        for column in &mut cells {
            if let Some(cell) = column.next() {
                push(cell, reading)?;
            }
        }
        reading.design.end_row()?;
    }
    Ok(())
}

/// A cell of a tensor: a text, or a number that is NaN if the cell is missing.
type FlatCell<'a> = (f64, Option<&'a str>);

fn push((number, text): FlatCell<'_>, reading: &mut Reading<'_, '_>) -> Result<(), DecodeError> {
    match text {
        Some(text) => reading.design.push_string(text)?,
        None if number.is_nan() => reading.design.push_missing()?,
        None => reading.design.push_number(number)?,
    }
    Ok(())
}

impl Flat {
    fn cells(&self) -> impl Iterator<Item = FlatCell<'_>> {
        let mut texts = self.texts.iter().peekable();
        self.numbers
            .iter()
            .enumerate()
            .map(move |(place, &number)| {
                let text = texts.next_if(|(at, _)| *at == place);
                (number, text.map(|(_, text)| text.as_str()))
            })
    }
}

impl<'de> DeserializeSeed<'de> for &mut Flat {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Flat {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("cells, or lists of cells")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut cells: A) -> Result<(), A::Error> {
        while cells.next_element_seed(&mut *self)?.is_some() {}
        Ok(())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.numbers.push(number);
        Ok(())
    }

    integers_as_floats!();

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.visit_f64(if value { 1.0 } else { 0.0 })
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.visit_f64(f64::NAN)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.texts.push((self.numbers.len(), text.to_owned()));
        self.visit_f64(f64::NAN)
    }
}
