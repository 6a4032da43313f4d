//! Thrift's compact protocol, in which Parquet describes itself: structs of numbered fields.

use super::ParquetError;
use crate::import::limits::{PARQUET_DEPTH_MAX, PARQUET_NODES_MAX};

const ENDED: ParquetError = ParquetError::Damaged("its description ends too early");

/// A value of a description.
#[derive(Debug)]
pub(super) enum Node<'a> {
    /// A boolean, a floating point number or a map: nothing here needs more of them than what a boolean says.
    Other(bool),
    Integer(i64),
    Bytes(&'a [u8]),
    List(Vec<Node<'a>>),
    /// Fields with their numbers.
    Struct(Vec<(i64, Node<'a>)>),
}

impl<'a> Node<'a> {
    pub(super) fn field(&self, number: i64) -> Option<&Self> {
        let Self::Struct(fields) = self else {
            return None;
        };
        let field = fields.iter().find(|(own, _)| *own == number);
        field.map(|(_, node)| node)
    }

    pub(super) fn integer(&self, number: i64) -> Option<i64> {
        match self.field(number)? {
            Self::Integer(integer) => Some(*integer),
            _ => None,
        }
    }

    /// A number of bytes or values, or a place in the file.
    pub(super) fn size(&self, number: i64) -> Option<usize> {
        usize::try_from(self.integer(number)?).ok()
    }

    pub(super) fn truth(&self, number: i64) -> Option<bool> {
        match self.field(number)? {
            Self::Other(truth) => Some(*truth),
            _ => None,
        }
    }

    pub(super) fn bytes(&self, number: i64) -> Option<&'a [u8]> {
        match self.field(number)? {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(super) fn list(&self, number: i64) -> Option<&[Self]> {
        match self.field(number)? {
            Self::List(list) => Some(list),
            _ => None,
        }
    }
}

/// Reads a struct at the beginning of bytes, and gives how many bytes it takes.
pub(super) fn read(bytes: &[u8]) -> Result<(Node<'_>, usize), ParquetError> {
    let mut reader = Reader {
        rest: bytes,
        left: PARQUET_NODES_MAX,
    };
    let node = reader.fields(0)?;
    Ok((node, bytes.len() - reader.rest.len()))
}

struct Reader<'a> {
    rest: &'a [u8],
    /// Nodes that may still be made.
    left: usize,
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8, ParquetError> {
        let (first, rest) = self.rest.split_first().ok_or(ENDED)?;
        self.rest = rest;
        Ok(*first)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], ParquetError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(ENDED)?;
        self.rest = rest;
        Ok(taken)
    }

    fn unsigned(&mut self) -> Result<u64, ParquetError> {
        let (value, rest) = varint(self.rest).ok_or(ENDED)?;
        self.rest = rest;
        Ok(value)
    }

    fn integer(&mut self) -> Result<i64, ParquetError> {
        let value = self.unsigned()?;
        // Zigzag: the sign is the last bit.
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    fn count(&mut self) -> Result<usize, ParquetError> {
        usize::try_from(self.unsigned()?).map_err(|_| ENDED)
    }

    fn node(&mut self, kind: u8, depth: usize) -> Result<Node<'a>, ParquetError> {
        self.left = self.left.checked_sub(1).ok_or(ParquetError::TooLarge)?;
        if depth > PARQUET_DEPTH_MAX {
            return Err(ParquetError::Damaged(
                "its description is nested too deeply",
            ));
        }
        Ok(match kind {
            1 | 2 => Node::Other(kind == 1),
            3 => Node::Integer(i64::from(self.byte()?.cast_signed())),
            4..=6 => Node::Integer(self.integer()?),
            7 => {
                self.take(8)?;
                Node::Other(false)
            }
            8 => {
                let length = self.count()?;
                Node::Bytes(self.take(length)?)
            }
            9 | 10 => self.list(depth)?,
            11 => self.map(depth)?,
            12 => self.fields(depth + 1)?,
            _ => return Err(ParquetError::Damaged("its description has an unknown type")),
        })
    }

    fn fields(&mut self, depth: usize) -> Result<Node<'a>, ParquetError> {
        let (mut fields, mut number) = (Vec::new(), 0_i64);
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Ok(Node::Struct(fields));
            }
            number = match head >> 4 {
                0 => self.integer()?,
                step => number.wrapping_add(i64::from(step)),
            };
            fields.push((number, self.node(head & 0x0f, depth)?));
        }
    }

    fn list(&mut self, depth: usize) -> Result<Node<'a>, ParquetError> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.count()?,
            count => usize::from(count),
        };
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(self.element(head & 0x0f, depth)?);
        }
        Ok(Node::List(list))
    }

    /// An element of a list or map, where booleans take a byte.
    fn element(&mut self, kind: u8, depth: usize) -> Result<Node<'a>, ParquetError> {
        match kind {
            1 | 2 => {
                let kind = self.byte()?;
                self.node(if kind == 1 { 1 } else { 2 }, depth + 1)
            }
            kind => self.node(kind, depth + 1),
        }
    }

    fn map(&mut self, depth: usize) -> Result<Node<'a>, ParquetError> {
        let count = self.count()?;
        if count > 0 {
            let kinds = self.byte()?;
            for _ in 0..count {
                self.element(kinds >> 4, depth)?;
                self.element(kinds & 0x0f, depth)?;
            }
        }
        Ok(Node::Other(false))
    }
}

/// A number of seven bits a byte at the beginning of bytes, and what follows it.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (place, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f).checked_shl(7 * u32::try_from(place).ok()?)?;
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(place + 1..)?));
        }
    }
    None
}
