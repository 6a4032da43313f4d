//! The end of a file: which columns it has, how they are nested, and where their pages lie.

use super::ParquetError;
use super::thrift::{self, Node};
use crate::import::limits::{PARQUET_DEPTH_MAX, PARQUET_FOOTER_BYTES_MAX};

/// What a file begins and ends with.
const MAGIC: &[u8] = b"PAR1";

const DAMAGED: ParquetError = ParquetError::Damaged("its end does not describe a table");

/// What the end of a file says.
pub(super) struct Footer {
    /// The columns of the table.
    pub(super) schema: Vec<Column>,
    pub(super) leaves: Vec<Leaf>,
    /// Where values lie, with the leaf that they belong to.
    pub(super) chunks: Vec<(usize, Chunk)>,
}

/// A column, or a part of one.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) repetition: Repetition,
    /// The definition level of a value that is there.
    pub(super) definition: u8,
    /// The repetition level of a value that continues the list.
    pub(super) level: u8,
    /// Its first leaf, and how many it has.
    pub(super) first: usize,
    pub(super) count: usize,
    /// The parts of a group; none of a leaf.
    pub(super) parts: Vec<Column>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repetition {
    Required,
    Optional,
    Repeated,
}

/// A column that has values itself.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) kind: Kind,
    pub(super) definition_max: u8,
    pub(super) repetition_max: u8,
}

/// The types that Spark's models are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    Int32,
    Int64,
    Float,
    Double,
    Bytes,
}

/// The pages of a column in a group of rows.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) codec: i64,
    pub(super) values: usize,
    /// Where its pages begin in the file, and how many bytes they take.
    pub(super) start: usize,
    pub(super) bytes: usize,
}

impl Footer {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, ParquetError> {
        let end = bytes
            .strip_suffix(MAGIC)
            .filter(|_| bytes.starts_with(MAGIC));
        let end = end.ok_or(ParquetError::Damaged("it does not begin and end with PAR1"))?;
        let (rest, length) = end.split_last_chunk().ok_or(DAMAGED)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| DAMAGED)?;
        if length > PARQUET_FOOTER_BYTES_MAX {
            return Err(ParquetError::TooLarge);
        }
        let start = rest.len().checked_sub(length).ok_or(DAMAGED)?;
        let (footer, _) = thrift::read(rest.get(start..).unwrap_or_default())?;
        let mut schema = Schema {
            elements: footer.list(2).ok_or(DAMAGED)?.iter(),
            leaves: Vec::new(),
        };
        let root = schema.elements.next().and_then(|root| root.size(5));
        let columns = schema.parts(root.ok_or(DAMAGED)?, (0, 0), 0)?;
        let mut chunks = Vec::new();
        for group in footer.list(4).ok_or(DAMAGED)? {
            let own = group.list(1).ok_or(DAMAGED)?;
            if own.len() != schema.leaves.len() {
                return Err(DAMAGED);
            }
            for (leaf, chunk) in own.iter().enumerate() {
                chunks.push((leaf, Chunk::read(chunk)?));
            }
        }
        Ok(Self {
            schema: columns,
            leaves: schema.leaves,
            chunks,
        })
    }
}

struct Schema<'n, 'a> {
    elements: std::slice::Iter<'n, Node<'a>>,
    leaves: Vec<Leaf>,
}

impl Schema<'_, '_> {
    /// The next columns, which lie in a group of these levels of definition and repetition.
    fn parts(
        &mut self,
        count: usize,
        levels: (u8, u8),
        depth: usize,
    ) -> Result<Vec<Column>, ParquetError> {
        if depth > PARQUET_DEPTH_MAX {
            return Err(ParquetError::Damaged("its columns are nested too deeply"));
        }
        let mut parts = Vec::new();
        for _ in 0..count {
            parts.push(self.column(levels, depth)?);
        }
        Ok(parts)
    }

    fn column(
        &mut self,
        (definition, level): (u8, u8),
        depth: usize,
    ) -> Result<Column, ParquetError> {
        let element = self.elements.next().ok_or(DAMAGED)?;
        let repetition = match element.integer(3) {
            Some(0) => Repetition::Required,
            Some(1) => Repetition::Optional,
            Some(2) => Repetition::Repeated,
            _ => return Err(DAMAGED),
        };
        let definition = definition + u8::from(repetition != Repetition::Required);
        let level = level + u8::from(repetition == Repetition::Repeated);
        let first = self.leaves.len();
        let parts = match element.size(5) {
            Some(count) if count > 0 => self.parts(count, (definition, level), depth + 1)?,
            _ => {
                self.leaves.push(Leaf {
                    kind: kind(element.integer(1))?,
                    definition_max: definition,
                    repetition_max: level,
                });
                Vec::new()
            }
        };
        Ok(Column {
            name: String::from_utf8_lossy(element.bytes(4).unwrap_or_default()).into_owned(),
            repetition,
            definition,
            level,
            first,
            count: self.leaves.len() - first,
            parts,
        })
    }
}

fn kind(number: Option<i64>) -> Result<Kind, ParquetError> {
    Ok(match number.ok_or(DAMAGED)? {
        0 => Kind::Boolean,
        1 => Kind::Int32,
        2 => Kind::Int64,
        4 => Kind::Float,
        5 => Kind::Double,
        6 => Kind::Bytes,
        number => {
            return Err(ParquetError::Unknown {
                what: "columns of the type",
                number,
                remedy: "no model of Spark has such",
            });
        }
    })
}

impl Chunk {
    fn read(column: &Node<'_>) -> Result<Self, ParquetError> {
        let about = column.field(3).ok_or(DAMAGED)?;
        let data = about.size(9).ok_or(DAMAGED)?;
        let dictionary = about.size(11).filter(|start| *start > 0);
        Ok(Self {
            codec: about.integer(4).ok_or(DAMAGED)?,
            values: about.size(5).ok_or(DAMAGED)?,
            start: dictionary.map_or(data, |start| start.min(data)),
            bytes: about.size(7).ok_or(DAMAGED)?,
        })
    }
}
