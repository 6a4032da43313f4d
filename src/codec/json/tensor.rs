//! Open Inference V2: rows as one tensor of all columns, or as one tensor per column.

use std::borrow::Cow;

use super::Reader;
use super::cursor::{Cursor, Elements};
use super::error::ReadError;
use super::series::{self, Series};
use crate::codec::Shape;
use crate::codec::datatype::Datatype;
use crate::codec::packed::PackedCells;
use crate::text::Quoted;

/// Dimensions of the largest tensor that is rows.
const DIMENSIONS_MAX: usize = 2;

/// The keys of a tensor.
const KEYS: [&str; 5] = ["name", "shape", "datatype", "data", "parameters"];

/// An input of a request.
#[derive(Debug)]
struct Tensor<'t> {
    name: Cow<'t, str>,
    /// One length per dimension; two more than any rows have are not kept.
    shape: Vec<u64>,
    datatype: Datatype,
    data: Data<'t>,
}

/// Where the cells of an input are.
#[derive(Debug)]
enum Data<'t> {
    /// Under `data`.
    Listed(Cursor<'t>),
    /// In the bytes after the JSON.
    Packed(&'t [u8]),
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
        tensors.push(Tensor::read(cursor, &mut reader.packed)?);
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

/// The keys of an input as they are found.
#[derive(Default)]
struct Found<'t> {
    name: Option<Cow<'t, str>>,
    shape: Option<Vec<u64>>,
    datatype: Option<Datatype>,
    data: Option<Cursor<'t>>,
    binary_bytes: Option<u64>,
}

impl<'t> Found<'t> {
    /// Takes what stands under a key. False if the key had been there before.
    fn field(&mut self, key: &str, cursor: &mut Cursor<'t>) -> Result<bool, ReadError> {
        Ok(match key {
            "name" => self.name.replace(cursor.text()?).is_none(),
            "shape" => self.shape.replace(read_shape(cursor)?).is_none(),
            "datatype" => self.datatype.replace(read_datatype(cursor)?).is_none(),
            "data" => {
                let is_first = self.data.replace(cursor.fork()).is_none();
                cursor.skip()?;
                is_first
            }
            "parameters" => {
                self.binary_bytes = read_parameters(cursor)?;
                true
            }
            _ => {
                cursor.skip()?;
                true
            }
        })
    }

    /// The input; its bytes are taken from the start of `packed`.
    fn tensor<'x, 'b: 'x>(self, packed: &mut Option<&'b [u8]>) -> Result<Tensor<'x>, ReadError>
    where
        't: 'x,
    {
        let shown = Quoted::of(self.name.as_deref().unwrap_or_default().as_bytes());
        let lacks = |key: &str| ReadError::contradiction(format!("input {shown} has no \"{key}\""));
        let data = match (self.data, self.binary_bytes) {
            (Some(data), None) => Data::Listed(data),
            (None, Some(bytes)) => Data::Packed(take(packed, bytes, &shown)?),
            (None, None) => return Err(lacks("data")),
            (Some(_), Some(_)) => {
                return Err(ReadError::contradiction(format!(
                    "input {shown} has \"data\" and \"binary_data_size\": send one of them"
                )));
            }
        };
        Ok(Tensor {
            name: self
                .name
                .ok_or_else(|| ReadError::contradiction("an input has no \"name\""))?,
            shape: self.shape.ok_or_else(|| lacks("shape"))?,
            datatype: self.datatype.ok_or_else(|| lacks("datatype"))?,
            data,
        })
    }
}

/// The bytes of an input, from the start of those that no input before it has taken.
fn take<'b>(
    packed: &mut Option<&'b [u8]>,
    bytes: u64,
    shown: &Quoted,
) -> Result<&'b [u8], ReadError> {
    let Some(left) = packed else {
        return Err(ReadError::contradiction(format!(
            "input {shown} has its data in binary, but the request does not say where the JSON ends: send the header \
             Inference-Header-Content-Length to /v2/models/NAME/infer"
        )));
    };
    let taken = usize::try_from(bytes)
        .ok()
        .and_then(|bytes| left.split_at_checked(bytes));
    let Some((taken, rest)) = taken else {
        let left = left.len();
        return Err(ReadError::contradiction(format!(
            "input {shown} has a \"binary_data_size\" of {bytes}, but the body goes on for {left} only"
        )));
    };
    *packed = Some(rest);
    Ok(taken)
}

impl<'t> Tensor<'t> {
    fn read<'x: 't, 'b: 't>(
        cursor: &mut Cursor<'x>,
        packed: &mut Option<&'b [u8]>,
    ) -> Result<Self, ReadError> {
        let mut found = Found::default();
        let mut fields = cursor.object()?;
        while let Some(key) = fields.next_key(cursor)? {
            if !found.field(&key, cursor)? {
                return Err(ReadError::contradiction(format!(
                    "an input has \"{key}\" twice"
                )));
            }
        }
        found.tensor(packed)
    }

    /// The cells, in rows of `columns`.
    fn series(&self, columns: usize) -> Series<'t> {
        let name = self.name.clone();
        match &self.data {
            Data::Packed(bytes) => Series::packed(name, PackedCells::new(bytes, self.datatype)),
            Data::Listed(cursor) => {
                let may_nest = self.shape.len() == DIMENSIONS_MAX;
                Series::tensor(name, cursor.fork(), (columns, may_nest), self.datatype)
            }
        }
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

/// The parameter `binary_data_size`. Others change nothing, except those that name memory of the client's machine.
fn read_parameters(cursor: &mut Cursor<'_>) -> Result<Option<u64>, ReadError> {
    let mut binary_bytes = None;
    let mut parameters = cursor.object()?;
    while let Some(key) = parameters.next_key(cursor)? {
        match &*key {
            "binary_data_size" => binary_bytes = Some(cursor.index()?),
            "shared_memory_region" => {
                return Err(ReadError::contradiction(
                    "an input has its data in shared memory: send them in the request",
                ));
            }
            _ => cursor.skip()?,
        }
    }
    Ok(binary_bytes)
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
