//! Pages: the levels and values of a column, compressed, with a dictionary or without.

use std::io::Read as _;
use std::rc::Rc;

use super::footer::{Chunk, Kind, Leaf};
use super::thrift::{self, Node};
use super::{Budget, ParquetError, Value, levels};
use crate::import::limits::PARQUET_PAGE_BYTES_MAX;

const HEADER: ParquetError = ParquetError::Damaged("a page does not say what it is");
const ENDED: ParquetError = ParquetError::Damaged("a page ends too early");

/// What a column holds: a pair of levels for each value that is there or missing, and those that are there.
#[derive(Debug, Default)]
pub(super) struct Cells {
    pub(super) definitions: Vec<u8>,
    pub(super) repetitions: Vec<u8>,
    pub(super) values: Vec<Value>,
}

/// Reads the pages of a chunk.
pub(super) fn read(
    file: &[u8],
    chunk: &Chunk,
    leaf: &Leaf,
    cells: &mut Cells,
    budget: &mut Budget,
) -> Result<(), ParquetError> {
    let rest = file.get(chunk.start..).ok_or(ENDED)?;
    let mut rest = rest.get(..chunk.bytes).ok_or(ENDED)?;
    let mut reader = Reader {
        leaf,
        cells,
        budget,
        codec: chunk.codec,
        dictionary: None,
    };
    let mut left = chunk.values;
    while left > 0 {
        let (header, length) = thrift::read(rest)?;
        let size = header.size(3).ok_or(HEADER)?;
        let page = rest.get(length..).and_then(|rest| rest.get(..size));
        let page = page.ok_or(ENDED)?;
        let read = reader.page(&header, page)?;
        left = left.checked_sub(read).ok_or(HEADER)?;
        rest = rest.get(length + size..).ok_or(ENDED)?;
    }
    Ok(())
}

struct Reader<'r> {
    leaf: &'r Leaf,
    cells: &'r mut Cells,
    budget: &'r mut Budget,
    codec: i64,
    dictionary: Option<Vec<Value>>,
}

impl Reader<'_> {
    /// Reads a page, and gives how many values it has, missing ones included.
    fn page(&mut self, header: &Node<'_>, page: &[u8]) -> Result<usize, ParquetError> {
        let size = header.size(2).ok_or(HEADER)?;
        match header.integer(1) {
            Some(0) => {
                let about = header.field(5).ok_or(HEADER)?;
                self.data(about, page, size)
            }
            Some(2) => {
                let count = header.field(7).and_then(|about| about.size(1));
                let count = count.ok_or(HEADER)?;
                let page = self.decompress(page, size)?;
                self.budget.values(count)?;
                self.dictionary = Some(plain(&page, self.leaf.kind, count, self.budget)?);
                Ok(0)
            }
            Some(3) => {
                let about = header.field(8).ok_or(HEADER)?;
                self.data_of_version_2(about, page, size)
            }
            // Where values lie is known without the index.
            Some(1) => Ok(0),
            _ => Err(HEADER),
        }
    }

    /// Levels with their lengths, then values, compressed together.
    fn data(&mut self, about: &Node<'_>, page: &[u8], size: usize) -> Result<usize, ParquetError> {
        let count = about.size(1).ok_or(HEADER)?;
        self.budget.values(count)?;
        let page = self.decompress(page, size)?;
        let mut rest = page.as_slice();
        let mut levels_of = |most: u8, encoding: Option<i64>| {
            if most == 0 {
                return Ok(vec![0; count]);
            }
            if encoding != Some(3) {
                return Err(unknown_encoding(encoding));
            }
            let (length, after) = rest.split_first_chunk().ok_or(ENDED)?;
            let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| ENDED)?;
            let (levels, after) = after.split_at_checked(length).ok_or(ENDED)?;
            rest = after;
            bounded_levels(levels, most, count)
        };
        let repetitions = levels_of(self.leaf.repetition_max, about.integer(4))?;
        let definitions = levels_of(self.leaf.definition_max, about.integer(3))?;
        let encoding = about.integer(2);
        self.add(repetitions, definitions, rest, encoding)?;
        Ok(count)
    }

    /// Levels without compression, whose lengths stand in the header, then values.
    fn data_of_version_2(
        &mut self,
        about: &Node<'_>,
        page: &[u8],
        size: usize,
    ) -> Result<usize, ParquetError> {
        let count = about.size(1).ok_or(HEADER)?;
        self.budget.values(count)?;
        let definition = about.size(5).ok_or(HEADER)?;
        let repetition = about.size(6).ok_or(HEADER)?;
        let (repetitions, rest) = page.split_at_checked(repetition).ok_or(ENDED)?;
        let (definitions, rest) = rest.split_at_checked(definition).ok_or(ENDED)?;
        let size = size.checked_sub(repetition + definition).ok_or(HEADER)?;
        let values = match about.truth(7) {
            Some(false) => rest.to_vec(),
            _ => self.decompress(rest, size)?,
        };
        let levels_of = |bytes, most| match most {
            0 => Ok(vec![0; count]),
            most => bounded_levels(bytes, most, count),
        };
        let repetitions = levels_of(repetitions, self.leaf.repetition_max)?;
        let definitions = levels_of(definitions, self.leaf.definition_max)?;
        self.add(repetitions, definitions, &values, about.integer(4))?;
        Ok(count)
    }

    fn add(
        &mut self,
        repetitions: Vec<u8>,
        definitions: Vec<u8>,
        bytes: &[u8],
        encoding: Option<i64>,
    ) -> Result<(), ParquetError> {
        let most = self.leaf.definition_max;
        let count = definitions.iter().filter(|level| **level == most).count();
        let values = match encoding {
            Some(0) => plain(bytes, self.leaf.kind, count, self.budget)?,
            Some(2 | 8) => self.of_dictionary(bytes, count)?,
            Some(3) if self.leaf.kind == Kind::Boolean => {
                let bytes = bytes.get(4..).ok_or(ENDED)?;
                let bits = levels::read(bytes, 1, count)?;
                bits.into_iter()
                    .map(|bit| Value::Boolean(bit == 1))
                    .collect()
            }
            encoding => return Err(unknown_encoding(encoding)),
        };
        self.cells.repetitions.extend(repetitions);
        self.cells.definitions.extend(definitions);
        self.cells.values.extend(values);
        Ok(())
    }

    fn of_dictionary(&mut self, bytes: &[u8], count: usize) -> Result<Vec<Value>, ParquetError> {
        const NO_DICTIONARY: ParquetError =
            ParquetError::Damaged("a value is not in the dictionary");
        if count == 0 {
            return Ok(Vec::new());
        }
        let dictionary = self.dictionary.as_deref().ok_or(NO_DICTIONARY)?;
        let (width, places) = bytes.split_first().ok_or(ENDED)?;
        let places = levels::read(places, u32::from(*width), count)?;
        let value = |place: u32| dictionary.get(place as usize).cloned();
        let values: Option<Vec<Value>> = places.into_iter().map(value).collect();
        values.ok_or(NO_DICTIONARY)
    }

    /// A page as it was before compression, which took `size` bytes.
    fn decompress(&mut self, page: &[u8], size: usize) -> Result<Vec<u8>, ParquetError> {
        const DAMAGED: ParquetError = ParquetError::Damaged("a page cannot be decompressed");
        if size > PARQUET_PAGE_BYTES_MAX {
            return Err(ParquetError::TooLarge);
        }
        self.budget.bytes(size)?;
        let bytes = match self.codec {
            0 => page.to_vec(),
            1 => {
                // The decoder makes as much room as the page itself says.
                if snap::raw::decompress_len(page).ok() != Some(size) {
                    return Err(DAMAGED);
                }
                let decoded = snap::raw::Decoder::new().decompress_vec(page);
                decoded.map_err(|_| DAMAGED)?
            }
            2 => {
                let mut bytes = Vec::new();
                let decoder = flate2::read::MultiGzDecoder::new(page);
                let read = decoder.take(size as u64 + 1).read_to_end(&mut bytes);
                read.map_err(|_| DAMAGED)?;
                bytes
            }
            number => {
                return Err(ParquetError::Unknown {
                    what: "the compression",
                    number,
                    remedy: "save the model with spark.sql.parquet.compression.codec set to snappy",
                });
            }
        };
        if bytes.len() == size {
            Ok(bytes)
        } else {
            Err(DAMAGED)
        }
    }
}

fn unknown_encoding(encoding: Option<i64>) -> ParquetError {
    ParquetError::Unknown {
        what: "the encoding",
        number: encoding.unwrap_or(-1),
        remedy: "save the model with parquet.writer.version set to v1",
    }
}

/// Levels of which none is above `most`.
fn bounded_levels(bytes: &[u8], most: u8, count: usize) -> Result<Vec<u8>, ParquetError> {
    let levels = levels::read(bytes, levels::width(most), count)?;
    let level = |level| u8::try_from(level).ok().filter(|level| *level <= most);
    let levels: Option<Vec<u8>> = levels.into_iter().map(level).collect();
    levels.ok_or(ParquetError::Damaged("a level is too high"))
}

/// Values one after the other.
fn plain(
    bytes: &[u8],
    kind: Kind,
    count: usize,
    budget: &mut Budget,
) -> Result<Vec<Value>, ParquetError> {
    let values = match kind {
        Kind::Boolean => bytes
            .iter()
            .flat_map(|byte| (0..8).map(move |bit| Value::Boolean(byte >> bit & 1 == 1)))
            .take(count)
            .collect(),
        Kind::Int32 => fixed(bytes, count, |bytes| {
            Value::Integer(i64::from(i32::from_le_bytes(bytes)))
        }),
        Kind::Int64 => fixed(bytes, count, |bytes| {
            Value::Integer(i64::from_le_bytes(bytes))
        }),
        Kind::Float => fixed(bytes, count, |bytes| {
            Value::Number(f64::from(f32::from_le_bytes(bytes)))
        }),
        Kind::Double => fixed(bytes, count, |bytes| {
            Value::Number(f64::from_le_bytes(bytes))
        }),
        Kind::Bytes => texts(bytes, count, budget)?,
    };
    if values.len() == count {
        Ok(values)
    } else {
        Err(ENDED)
    }
}

fn fixed<const N: usize>(bytes: &[u8], count: usize, value: fn([u8; N]) -> Value) -> Vec<Value> {
    let chunks = bytes.chunks_exact(N).take(count);
    chunks
        .filter_map(|chunk| chunk.try_into().ok())
        .map(value)
        .collect()
}

fn texts(bytes: &[u8], count: usize, budget: &mut Budget) -> Result<Vec<Value>, ParquetError> {
    let mut values = Vec::new();
    let mut rest = bytes;
    for _ in 0..count {
        let (length, after) = rest.split_first_chunk().ok_or(ENDED)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| ENDED)?;
        let (text, after) = after.split_at_checked(length).ok_or(ENDED)?;
        budget.bytes(length)?;
        values.push(Value::Text(Rc::from(String::from_utf8_lossy(text))));
        rest = after;
    }
    Ok(values)
}
