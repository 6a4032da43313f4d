//! What has been read of a body, and the lists and cells that every shape is made of.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::record::Record;
use super::tensor::{Tensor, TensorOrRecord};
use super::{DecodeError, Shape, ignore};
use crate::codec::sparse::SparseRow;
use crate::model::{Design, RowError};

/// What has been read so far.
pub(in crate::codec) struct Reading<'a, 'd> {
    pub(super) design: &'a mut Design<'d>,
    pub(super) shape: Option<Shape>,
    pub(super) id: Option<String>,
    pub(super) outputs: Vec<String>,
    pub(super) tensors: Vec<Tensor>,
    pub(super) sparse: SparseRow,
    /// The rows of a `dataframe_split` were passed over, because its columns had no names yet.
    pub(super) split_before_columns: bool,
    /// The names of the columns are known from a first reading.
    pub(super) columns_known: bool,
    /// The error to report: serde carries only text, this one has row, column and value.
    refused: Option<DecodeError>,
}

/// A seed whose visitor takes any value.
macro_rules! seed {
    ($name:ident) => {
        impl<'de> serde::de::DeserializeSeed<'de> for $name<'_, '_, '_> {
            type Value = <Self as serde::de::Visitor<'de>>::Value;
            fn deserialize<D: serde::Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<Self::Value, D::Error> {
                deserializer.deserialize_any(self)
            }
        }
    };
}
pub(super) use seed;

/// Methods of a visitor for which a whole number is the nearest float: that is what a JSON number means to every
/// peer.
macro_rules! integers_as_floats {
    () => {
        #[expect(clippy::cast_precision_loss, reason = "the nearest is meant")]
        fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<(), E> {
            self.visit_f64(number as f64)
        }

        #[expect(clippy::cast_precision_loss, reason = "the nearest is meant")]
        fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<(), E> {
            self.visit_f64(number as f64)
        }
    };
}
pub(super) use integers_as_floats;

/// Reads one record, as a line of JSON Lines has it.
pub(in crate::codec) fn read_record(
    line: &[u8],
    reading: &mut Reading<'_, '_>,
) -> Result<(), DecodeError> {
    let ended = reading.design.row();
    reading.run(line, |reading, deserializer| {
        Item {
            reading,
            tensors: false,
        }
        .deserialize(deserializer)
        .map(drop)
    })?;
    if reading.design.row() == ended {
        reading.design.end_row()?; // a number alone
    }
    Ok(())
}

impl<'a, 'd> Reading<'a, 'd> {
    pub(in crate::codec) fn new(design: &'a mut Design<'d>) -> Self {
        Self {
            design,
            shape: None,
            id: None,
            outputs: Vec::new(),
            tensors: Vec::new(),
            sparse: SparseRow::default(),
            split_before_columns: false,
            columns_known: false,
            refused: None,
        }
    }

    /// The row being read, counted from 1.
    pub(in crate::codec) fn row(&self) -> usize {
        self.design.row()
    }

    /// Reads one JSON text with nothing behind it.
    pub(super) fn run<'t>(
        &mut self,
        text: &'t [u8],
        read: impl FnOnce(
            &mut Self,
            &mut serde_json::Deserializer<serde_json::de::SliceRead<'t>>,
        ) -> serde_json::Result<()>,
    ) -> Result<(), DecodeError> {
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        let read = read(self, &mut deserializer).and_then(|()| deserializer.end());
        match self.refused.take() {
            Some(refused) => Err(refused),
            None => read
                .map_err(|error| DecodeError::syntax("JSON of a known shape", error.to_string())),
        }
    }

    pub(super) fn keep<T, E: Error>(&mut self, result: Result<T, RowError>) -> Result<T, E> {
        result.map_err(|error| {
            self.refused = Some(error.into());
            E::custom("refused")
        })
    }

    pub(super) fn end_row<E: Error>(&mut self) -> Result<(), E> {
        let ended = self.design.end_row();
        self.keep(ended)
    }

    /// All rows of a request have one shape, since the answer has one.
    pub(super) fn settle<E: Error>(&mut self, shape: Shape) -> Result<(), E> {
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

    /// Whether no feature of the model has this name.
    pub(super) fn names_no_feature(&self, name: &str) -> bool {
        self.design.schema().feature(name).is_none()
    }
}

/// A list of rows; or, alone or for a model of one feature, a list of cells.
pub(super) struct Items<'r, 'a, 'd> {
    reading: &'r mut Reading<'a, 'd>,
    tensors: bool,
}

seed!(Items);

impl<'r, 'a, 'd> Items<'r, 'a, 'd> {
    pub(super) fn rows(reading: &'r mut Reading<'a, 'd>) -> Self {
        Self {
            reading,
            tensors: false,
        }
    }

    pub(super) fn rows_or_tensors(reading: &'r mut Reading<'a, 'd>) -> Self {
        Self {
            reading,
            tensors: true,
        }
    }
}

impl<'de> Visitor<'de> for Items<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut first = None;
        let single = self.reading.design.schema().features() == 1;
        while let Some(kind) = items.next_element_seed(Item {
            reading: self.reading,
            tensors: self.tensors,
        })? {
            if *first.get_or_insert(kind) != kind {
                return Err(A::Error::custom("rows beside what are no rows in one list"));
            }
            if kind == Kind::Cell && single {
                self.reading.end_row()?;
            }
        }
        if first == Some(Kind::Cell) && !single {
            self.reading.end_row()?;
        }
        Ok(())
    }
}

/// What an element of a list was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A row, which has ended.
    Row,
    /// A cell of a row.
    Cell,
    /// A tensor.
    Tensor,
}

/// An element of a list of rows.
struct Item<'r, 'a, 'd> {
    reading: &'r mut Reading<'a, 'd>,
    tensors: bool,
}

seed!(Item);

impl<'de> Visitor<'de> for Item<'_, '_, '_> {
    type Value = Kind;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a row: a list of cells, or an object with \"features\" or their names")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut cells: A) -> Result<Kind, A::Error> {
        self.reading.settle(Shape::Predictions)?;
        while cells.next_element_seed(Cell(self.reading))?.is_some() {}
        self.reading.end_row()?;
        Ok(Kind::Row)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kind, A::Error> {
        if self.tensors {
            return TensorOrRecord(self.reading).visit_map(map);
        }
        let mut record = Record::default();
        while let Some(key) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            record.field(self.reading, &key, &mut map)?;
        }
        record.end(self.reading)?;
        self.reading.end_row()?;
        Ok(Kind::Row)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Kind, E> {
        Cell(self.reading).visit_f64(number)?;
        Ok(Kind::Cell)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Kind, E> {
        Cell(self.reading).visit_u64(number)?;
        Ok(Kind::Cell)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Kind, E> {
        Cell(self.reading).visit_i64(number)?;
        Ok(Kind::Cell)
    }

    fn visit_unit<E: Error>(self) -> Result<Kind, E> {
        Cell(self.reading).visit_unit()?;
        Ok(Kind::Cell)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Kind, E> {
        Cell(self.reading).visit_str(text)?;
        Ok(Kind::Cell)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Kind, E> {
        Cell(self.reading).visit_bool(value)?;
        Ok(Kind::Cell)
    }
}

/// One cell of a row.
pub(super) struct Cell<'r, 'a, 'd>(pub(super) &'r mut Reading<'a, 'd>);

seed!(Cell);

impl<'de> Visitor<'de> for Cell<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        let pushed = self.0.design.push_number(number);
        self.0.keep(pushed)
    }

    integers_as_floats!();

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

/// The text under one key of an object.
pub(super) struct TextUnder(pub(super) &'static str);

impl<'de> DeserializeSeed<'de> for TextUnder {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TextUnder {
    type Value = Option<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an object with {:?}", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut text = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == self.0 {
                text = Some(map.next_value()?);
            } else {
                ignore(&mut map)?;
            }
        }
        Ok(text)
    }
}
