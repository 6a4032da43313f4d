//! Parquet, as Spark writes the numbers of its models: a table of nested columns, read as a whole.
//!
//! The values of a column lie together in pages, and beside each two small numbers say where in its row it belongs. The
//! file's end says where the pages are. Nothing is allocated from a number in the file before a bound was compared.

mod footer;
mod levels;
mod page;
mod record;
mod thrift;

use std::rc::Rc;

use self::footer::Footer;
use self::page::Cells;
use super::limits::{PARQUET_BYTES_MAX, PARQUET_VALUES_MAX};

/// Why a file is no table.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ParquetError {
    /// Bytes that contradict each other, or end too early.
    #[error("the Parquet file is damaged: {0}")]
    Damaged(&'static str),
    /// A form that Spark does not write its models in by itself.
    #[error("the Parquet file has {what} {number}, which is not read: {remedy}")]
    Unknown {
        /// What it is about.
        what: &'static str,
        /// The number that stands for it in the format.
        number: i64,
        /// What to do.
        remedy: &'static str,
    },
    /// More than a linear model has.
    #[error("the Parquet file holds more than {PARQUET_VALUES_MAX} values, or {mebibytes} MiB", mebibytes = PARQUET_BYTES_MAX >> 20)]
    TooLarge,
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(Rc<str>),
    List(Vec<Value>),
    Struct(Vec<Value>),
}

/// Rows of named columns.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) names: Vec<String>,
    pub(crate) rows: Vec<Vec<Value>>,
}

/// What may still be made of a file.
struct Budget {
    values: usize,
    bytes: usize,
}

impl Budget {
    fn values(&mut self, count: usize) -> Result<(), ParquetError> {
        let left = self.values.checked_sub(count);
        self.values = left.ok_or(ParquetError::TooLarge)?;
        Ok(())
    }

    fn bytes(&mut self, count: usize) -> Result<(), ParquetError> {
        let left = self.bytes.checked_sub(count);
        self.bytes = left.ok_or(ParquetError::TooLarge)?;
        Ok(())
    }
}

/// Reads a file.
///
/// # Errors
/// It is damaged, too large, or in a form that is not read.
pub(crate) fn read(bytes: &[u8]) -> Result<Table, ParquetError> {
    let mut budget = Budget {
        values: PARQUET_VALUES_MAX,
        bytes: PARQUET_BYTES_MAX,
    };
    let footer = Footer::read(bytes)?;
    let mut columns: Vec<Cells> = footer.leaves.iter().map(|_| Cells::default()).collect();
    for (leaf, chunk) in &footer.chunks {
        let leaf = footer.leaves.get(*leaf).zip(columns.get_mut(*leaf));
        let (leaf, cells) = leaf.ok_or(ParquetError::Damaged("a column too many"))?;
        page::read(bytes, chunk, leaf, cells, &mut budget)?;
    }
    record::assemble(&footer.schema, columns, &mut budget)
}

impl Table {
    /// The place of a column.
    fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|other| other == name)
    }

    /// The value of a column in the first row.
    pub(crate) fn first(&self, name: &str) -> Option<&Value> {
        self.rows.first()?.get(self.place(name)?)
    }
}

impl Value {
    /// A number, whole or not.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Integer(number) => Some(*number as f64),
            _ => None,
        }
    }

    /// A whole number that is not below 0.
    pub(crate) fn count(&self) -> Option<usize> {
        match self {
            Self::Integer(number) => usize::try_from(*number).ok(),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn truth(&self) -> Option<bool> {
        match self {
            Self::Boolean(truth) => Some(*truth),
            _ => None,
        }
    }

    pub(crate) fn fields(&self) -> Option<&[Value]> {
        match self {
            Self::Struct(fields) => Some(fields),
            _ => None,
        }
    }

    /// The elements of a list. Most writers wrap the list in a group, and each element in one.
    pub(crate) fn elements(&self) -> Option<Vec<&Value>> {
        let list = match self {
            Self::Struct(fields) => match fields.as_slice() {
                [Self::List(list)] => list,
                _ => return None,
            },
            Self::List(list) => list,
            _ => return None,
        };
        Some(list.iter().map(Self::unwrapped).collect())
    }

    /// What a group of one part holds, or the value itself.
    fn unwrapped(&self) -> &Self {
        match self {
            Self::Struct(fields) => match fields.as_slice() {
                [only] => only,
                _ => self,
            },
            _ => self,
        }
    }

    /// A list of numbers.
    pub(crate) fn numbers(&self) -> Option<Vec<f64>> {
        self.elements()?.into_iter().map(Self::number).collect()
    }

    /// A list of whole numbers that are not below 0.
    pub(crate) fn counts(&self) -> Option<Vec<usize>> {
        self.elements()?.into_iter().map(Self::count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str) -> Result<Table, ParquetError> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/parquet/");
        read(&std::fs::read(format!("{folder}{name}.parquet")).unwrap())
    }

    fn text(text: &str) -> Value {
        Value::Text(Rc::from(text))
    }

    /// A list as writers lay it out: a group around it, and one around each element.
    fn list(elements: Vec<Value>) -> Value {
        let wrapped = elements.into_iter().map(|value| Value::Struct(vec![value]));
        Value::Struct(vec![Value::List(wrapped.collect())])
    }

    fn vector(size: Value, values: Value) -> Value {
        Value::Struct(vec![size, values])
    }

    /// Both versions of pages, with and without dictionary and compression, in one group of rows and in several.
    #[test]
    fn tables_are_the_same_however_they_are_written() {
        let numbers = |values: &[f64]| list(values.iter().copied().map(Value::Number).collect());
        let empty = || list(Vec::new());
        let rows = [
            [
                text("a"),
                vector(
                    Value::Integer(2),
                    list(vec![Value::Number(1.5), Value::Null]),
                ),
                list(vec![list(vec![text("x")]), empty()]),
                Value::Boolean(true),
                Value::Integer(1),
                Value::Number(0.5),
            ],
            [
                text("b"),
                Value::Null,
                empty(),
                Value::Boolean(false),
                Value::Integer(-2),
                Value::Number(1.0),
            ],
            [
                Value::Null,
                vector(Value::Null, empty()),
                Value::Null,
                Value::Null,
                Value::Integer(3),
                Value::Null,
            ],
            [
                text("a"),
                vector(Value::Integer(0), Value::Null),
                list(vec![Value::Null, list(vec![text("y"), text("x")])]),
                Value::Boolean(true),
                Value::Integer(1 << 40),
                Value::Number(-2.0),
            ],
            [
                text(""),
                vector(Value::Integer(1), numbers(&[-0.5])),
                list(vec![list(vec![text("z"), text("z"), text("z")])]),
                Value::Boolean(true),
                Value::Integer(0),
                Value::Number(0.25),
            ],
        ];
        for name in [
            "version-1",
            "version-2",
            "version-2-gzip",
            "version-1-plain",
        ] {
            let table = table(name).unwrap();
            let names = ["name", "vector", "lists", "truth", "long", "float"];
            assert_eq!(table.names, names, "{name}");
            assert_eq!(table.rows, rows, "{name}");
        }
    }

    #[test]
    fn what_is_not_read_names_the_setting_that_writes_it_otherwise() {
        for (name, reason) in [
            (
                "refused-zstd",
                "the compression 6, which is not read: save the model with spark.sql.parquet.compression.codec set to snappy",
            ),
            (
                "refused-delta",
                "the encoding 5, which is not read: save the model with parquet.writer.version set to v1",
            ),
        ] {
            let error = table(name).unwrap_err().to_string();
            assert_eq!(error, format!("the Parquet file has {reason}"), "{name}");
        }
    }
}
