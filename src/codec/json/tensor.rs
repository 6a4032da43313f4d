//! Open Inference V2: rows as one tensor of all columns, or as one tensor per column.

use std::borrow::Cow;

use super::Reader;
use super::cursor::{Cursor, Elements};
use super::error::ReadError;
use super::series::{self, Series};
use crate::codec::Shape;
use crate::codec::datatype::Datatype;
use crate::text::Quoted;

/// Dimensions of the largest tensor that is rows.
const DIMENSIONS_MAX: usize = 2;

/// The keys of a tensor.
const KEYS: [&str; 5] = ["name", "shape", "datatype", "data", "parameters"];

/// An input of a request.
#[derive(Debug)]
struct Tensor<'t> {
    name: Cow<'t, str>,
    /// One length a dimension; two more than any rows have are not kept.
    shape: Vec<u64>,
    datatype: Option<Datatype>,
    data: Cursor<'t>,
}

/// Whether an object under `inputs` that begins with this key is a tensor.
pub(super) fn is_key(key: &str, reader: &Reader<'_, '_>) -> bool {
    KEYS.contains(&key) && reader.builder.layout().column(key).is_none()
}

/// Reads the list of tensors as rows. `list` is before its first element.
pub(super) fn read(
    mut list: Elements,
    cursor: &mut Cursor<'_>,
    reader: &mut Reader<'_, '_>,
) -> Result<(), ReadError> {
    reader.answer_in(Shape::Tensors)?;
    let mut tensors = Vec::new();
    let most = reader.builder.layout().columns().max(1);
    while list.next(cursor)? {
        if tensors.len() >= most {
            return Err(ReadError::contradiction(format!(
                "there are more inputs than the {most} columns of the model"
            )));
        }
        tensors.push(Tensor::read(cursor)?);
    }
    let named = tensors
        .iter()
        .all(|tensor| reader.builder.layout().column(&tensor.name).is_some());
    match tensors.as_slice() {
        [] => Ok(()),
        [_] if !named => tensors
            .into_iter()
            .try_for_each(|matrix| read_matrix(matrix, reader)),
        _ => read_columns(tensors, reader),
    }
}

impl<'t> Tensor<'t> {
    fn read(cursor: &mut Cursor<'t>) -> Result<Self, ReadError> {
        let (mut name, mut shape, mut datatype, mut data) = (None, None, None, None);
        let mut fields = cursor.object()?;
        while let Some(key) = fields.next_key(cursor)? {
            let repeated = match &*key {
                "name" => name.replace(cursor.text()?).is_some(),
                "shape" => shape.replace(read_shape(cursor)?).is_some(),
                "datatype" => datatype.replace(read_datatype(cursor)?).is_some(),
                "data" => {
                    let repeated = data.replace(cursor.fork()).is_some();
                    cursor.skip()?;
                    repeated
                }
                "parameters" => {
                    refuse_binary(cursor)?;
                    false
                }
                _ => {
                    cursor.skip()?;
                    false
                }
            };
            if repeated {
                return Err(ReadError::contradiction(format!(
                    "an input has \"{key}\" twice"
                )));
            }
        }
        let name = name.unwrap_or_default();
        let lacks = |key: &str| {
            let name = Quoted::of(name.as_bytes());
            ReadError::contradiction(format!("input {name} has no \"{key}\""))
        };
        Ok(Self {
            shape: shape.ok_or_else(|| lacks("shape"))?,
            data: data.ok_or_else(|| lacks("data"))?,
            datatype,
            name,
        })
    }

    /// The cells, in rows of `columns`.
    fn series(&self, columns: usize) -> Series<'t> {
        let may_nest = self.shape.len() == DIMENSIONS_MAX;
        Series::column(self.name.clone(), self.data.fork()).tensor(columns, may_nest, self.datatype)
    }

    fn refused(&self, reason: &str) -> ReadError {
        let name = Quoted::of(self.name.as_bytes());
        ReadError::contradiction(format!(
            "input {name} has the shape {:?}{reason}",
            self.shape
        ))
    }
}

fn read_shape(cursor: &mut Cursor<'_>) -> Result<Vec<u64>, ReadError> {
    let mut shape = Vec::new();
    let mut lengths = cursor.array()?;
    while lengths.next(cursor)? {
        let length = cursor.index()?;
        if shape.len() <= DIMENSIONS_MAX {
            shape.push(length);
        }
    }
    Ok(shape)
}

fn read_datatype(cursor: &mut Cursor<'_>) -> Result<Datatype, ReadError> {
    let name = cursor.text()?;
    Datatype::parse(&name).ok_or_else(|| {
        let known = Datatype::ALL.map(Datatype::name).join(", ");
        let name = Quoted::of(name.as_bytes());
        ReadError::contradiction(format!("an input has the datatype {name}, none of {known}"))
    })
}

fn refuse_binary(cursor: &mut Cursor<'_>) -> Result<(), ReadError> {
    let mut parameters = cursor.object()?;
    while let Some(key) = parameters.next_key(cursor)? {
        if key == "binary_data_size" {
            return Err(ReadError::contradiction(
                "an input has its data in binary: send \"data\" as JSON",
            ));
        }
        cursor.skip()?;
    }
    Ok(())
}

/// Reads the only tensor, which no column is named after: all columns of all rows.
fn read_matrix(tensor: Tensor<'_>, reader: &mut Reader<'_, '_>) -> Result<(), ReadError> {
    let columns = reader.builder.layout().cells();
    let rows = match tensor.shape.as_slice() {
        [rows, width] if *width == columns as u64 => *rows,
        [rows] if columns == 1 => *rows,
        [width] if *width == columns as u64 => 1,
        _ => return Err(tensor.refused(&format!(", not [rows, {columns}]"))),
    };
    let series = tensor.series(columns);
    let found = series::read_matrix(series, columns, reader)?;
    if Some(found as u64) == rows.checked_mul(columns as u64) {
        return Ok(());
    }
    Err(tensor.refused(&format!(", but {found} cells in its data")))
}

/// Reads tensors that are each named after a column.
fn read_columns(tensors: Vec<Tensor<'_>>, reader: &mut Reader<'_, '_>) -> Result<(), ReadError> {
    let mut columns = Vec::with_capacity(tensors.len());
    for tensor in &tensors {
        let is_column = matches!(tensor.shape.as_slice(), [_] | [_, 1]);
        let is_known = reader.builder.layout().column(&tensor.name).is_some();
        if is_known && !is_column {
            return Err(tensor.refused(", not [rows] or [rows, 1]: it is named after one column"));
        }
        columns.push(tensor.series(1));
    }
    let rows = series::read(columns, reader)?;
    let wrong = |tensor: &&Tensor<'_>| tensor.shape.first() != Some(&(rows as u64));
    match tensors.iter().find(wrong) {
        Some(tensor) => Err(tensor.refused(&format!(", but {rows} rows in its data"))),
        None => Ok(()),
    }
}
