//! One record: an object with the names of the columns, or with a vector of all of them.

use super::Reader;
use super::cursor::{Cursor, Kind};
use super::error::ReadError;
use crate::codec::Shape;
use crate::rows::{Cell, SparseRow, number_cell};
use crate::text::Quoted;

/// What the fields of a record have been so far.
#[derive(Debug, Default)]
pub(super) struct Record {
    form: Option<Form>,
    /// The first field that is neither a column nor holds the cells.
    other: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `{"age": 50, "bmi": 21.6}`
    Named,
    /// `{"features": [50, 21.6]}` or `{"data": {"features": {"values": [50, 21.6]}}}`
    Vector,
}

/// Reads a record that is a row.
pub(super) fn read(cursor: &mut Cursor<'_>, reader: &mut Reader<'_, '_>) -> Result<(), ReadError> {
    let mut record = Record::default();
    let mut fields = cursor.object()?;
    while let Some(key) = fields.next_key(cursor)? {
        record.field(&key, cursor, reader)?;
    }
    record.end(reader)
}

impl Record {
    /// Reads the value of one field.
    pub(super) fn field(
        &mut self,
        key: &str,
        cursor: &mut Cursor<'_>,
        reader: &mut Reader<'_, '_>,
    ) -> Result<(), ReadError> {
        let is_column = reader.builder.layout().column(key).is_some();
        match (self.form, key) {
            (None | Some(Form::Named), _) if is_column => {
                self.begin(Form::Named, Shape::Predictions, reader)?;
                reader.builder.select(key)?;
                Ok(reader.builder.push(cursor.cell()?)?)
            }
            (Some(Form::Named), unknown) => Ok(reader.builder.select(unknown)?),
            (None, "features") => {
                self.begin(Form::Vector, Shape::Scores, reader)?;
                vector(cursor, reader)
            }
            (None, "data") if cursor.kind()? != Kind::Scalar => {
                self.begin(Form::Vector, Shape::Scores, reader)?;
                data(cursor, reader)
            }
            (Some(Form::Vector), "features") => Err(twice("features", reader)),
            (Some(Form::Vector), "data") if cursor.kind()? != Kind::Scalar => {
                Err(ReadError::contradiction(format!(
                    "row {} has \"data\" beside other features",
                    reader.builder.row()
                )))
            }
            (_, other) => {
                self.other.get_or_insert_with(|| other.to_owned());
                cursor.skip()
            }
        }
    }

    fn begin(
        &mut self,
        form: Form,
        shape: Shape,
        reader: &mut Reader<'_, '_>,
    ) -> Result<(), ReadError> {
        match self.form.replace(form) {
            Some(_) => Ok(()),
            None => reader.answer_in(shape),
        }
    }

    /// Whether a field belonged to the row.
    pub(super) fn is_begun(&self) -> bool {
        self.form.is_some()
    }

    /// Ends the row. Beside names there may be no other fields; beside a vector there may (`configuration`, an
    /// identifier, …).
    pub(super) fn end(self, reader: &mut Reader<'_, '_>) -> Result<(), ReadError> {
        match (self.form, self.other) {
            (Some(Form::Named), Some(other)) => reader.builder.select(&other)?,
            (Some(_), _) => {}
            (None, other) => {
                let row = reader.builder.row();
                let found = other.map_or("no fields".to_owned(), |key| {
                    Quoted::of(key.as_bytes()).to_string()
                });
                return Err(ReadError::shape(format!(
                    "row {row} has {found} where \"features\" or names of the model's columns are expected"
                )));
            }
        }
        Ok(reader.builder.end_row()?)
    }
}

/// Reads what stands under `data`: an object with `features`.
fn data(cursor: &mut Cursor<'_>, reader: &mut Reader<'_, '_>) -> Result<(), ReadError> {
    if cursor.kind()? == Kind::Array {
        return Err(ReadError::contradiction(
            "\"data\" holds a list: a table with its columns is sent as {\"dataframe_split\": {\"columns\": […], \
             \"data\": […]}}",
        ));
    }
    let mut found = false;
    let mut fields = cursor.object()?;
    while let Some(key) = fields.next_key(cursor)? {
        if key != "features" || found {
            return Err(ReadError::shape(format!(
                "under \"data\" one \"features\" is read, not {}",
                Quoted::of(key.as_bytes())
            )));
        }
        vector(cursor, reader)?;
        found = true;
    }
    if found {
        return Ok(());
    }
    Err(ReadError::shape("\"data\" holds no \"features\""))
}

/// Reads what stands under `features`: a list, or `values` with the `keys` and `shape` of a sparse vector.
fn vector(cursor: &mut Cursor<'_>, reader: &mut Reader<'_, '_>) -> Result<(), ReadError> {
    if cursor.kind()? == Kind::Array {
        return list(cursor, reader);
    }
    let (mut values, mut keys, mut shape) = (None, None, None);
    let mut fields = cursor.object()?;
    while let Some(key) = fields.next_key(cursor)? {
        let place = match &*key {
            "values" => &mut values,
            "keys" => &mut keys,
            "shape" => &mut shape,
            _ => {
                cursor.skip()?;
                continue;
            }
        };
        if place.replace(cursor.fork()).is_some() {
            return Err(twice(&key, reader));
        }
        cursor.skip()?;
    }
    let Some(mut values) = values else {
        return Err(ReadError::contradiction(format!(
            "row {} has no \"values\"",
            reader.builder.row()
        )));
    };
    if let Some(shape) = shape {
        check_shape(shape, reader)?;
    }
    match keys {
        Some(keys) => sparse(keys, values, reader),
        None => list(&mut values, reader),
    }
}

fn twice(key: &str, reader: &Reader<'_, '_>) -> ReadError {
    ReadError::contradiction(format!("row {} has \"{key}\" twice", reader.builder.row()))
}

/// Reads a list of cells.
#[inline]
pub(super) fn list(cursor: &mut Cursor<'_>, reader: &mut Reader<'_, '_>) -> Result<(), ReadError> {
    let read = reader
        .builder
        .push_plain_row(|numbers| cursor.plain_list(numbers));
    if let Some(end) = read {
        cursor.move_to(end);
        return Ok(());
    }
    let mut cells = cursor.array()?;
    while cells.next(cursor)? {
        reader.builder.push(cursor.cell()?)?;
    }
    Ok(())
}

fn check_shape(mut cursor: Cursor<'_>, reader: &Reader<'_, '_>) -> Result<(), ReadError> {
    let (row, expected) = (reader.builder.row(), reader.builder.layout().cells());
    let mut lengths = cursor.array()?;
    let (mut first, mut count) = (0, 0);
    while lengths.next(&mut cursor)? {
        first = cursor.index()?;
        count += 1;
    }
    if count == 1 && first == expected as u64 {
        return Ok(());
    }
    Err(ReadError::contradiction(format!(
        "row {row} has a shape other than [{expected}]"
    )))
}

/// Reads values with their keys side by side.
fn sparse(
    mut keys: Cursor<'_>,
    mut values: Cursor<'_>,
    reader: &mut Reader<'_, '_>,
) -> Result<(), ReadError> {
    let row = reader.builder.row();
    let mut sparse = SparseRow::new(reader.builder.layout().cells());
    let (mut key_list, mut value_list) = (keys.array()?, values.array()?);
    loop {
        match (key_list.next(&mut keys)?, value_list.next(&mut values)?) {
            (true, true) => {}
            (false, false) => break,
            _ => {
                return Err(ReadError::contradiction(format!(
                    "row {row} has more \"keys\" than \"values\", or fewer: one key for each value"
                )));
            }
        }
        let key = keys.index()?;
        let cell = match values.cell()? {
            Cell::Missing => Cell::Missing,
            Cell::Boolean(value) => Cell::Boolean(value),
            Cell::Integer(number) => Cell::Integer(number),
            Cell::Number(number) => Cell::Number(number),
            Cell::Text { text, .. } => number_cell(text).ok_or_else(|| {
                let text = Quoted::of(text);
                ReadError::contradiction(format!(
                    "row {row}: {text} among the values of a sparse row, which are numbers"
                ))
            })?,
        };
        sparse.set(key, cell);
    }
    Ok(reader.builder.push_sparse(&mut sparse, 0)?)
}
