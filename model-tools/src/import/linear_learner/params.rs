//! The arrays of an MXNet file of parameters, by their names.
//!
//! Layout (apache/mxnet, src/ndarray/ndarray.cc and the files that MXNet 1.9.1 writes), all little-endian: 0x112 and 0 as
//! 64 bits; the count of arrays and the arrays; the count of names, and each name after its length. An array is a magic
//! number, from version 2 on the kind of storage, the shape, the device, the type and the numbers.

use std::collections::HashMap;

use super::LinearLearnerError;

use crate::import::limits::{MXNET_ARRAYS_MAX, MXNET_DIMENSIONS_MAX, MXNET_NAME_BYTES_MAX};

/// The first eight bytes.
const LIST_MAGIC: u64 = 0x112;

/// How arrays begin: without and with a kind of storage, and with the shapes of numpy.
const VERSION_1: u32 = 0xF993_FAC8;
const VERSION_2: u32 = 0xF993_FAC9;
const VERSION_3: u32 = 0xF993_FACA;

/// An array of numbers.
#[derive(Debug, Clone)]
pub(super) struct Array {
    pub(super) shape: Vec<usize>,
    pub(super) numbers: Vec<f64>,
    /// Whether its numbers have 32 bits or fewer.
    pub(super) is_single: bool,
}

/// The arrays of a file, without the `arg:` or `aux:` before their names.
pub(super) fn read(bytes: &[u8]) -> Result<HashMap<String, Array>, LinearLearnerError> {
    let mut input = Input(bytes);
    if input.u64()? != LIST_MAGIC {
        return Err(damaged(
            "it does not begin as MXNet's files of parameters do",
        ));
    }
    input.u64()?;
    let count = input.count(MXNET_ARRAYS_MAX)?;
    let mut arrays = Vec::new();
    for _ in 0..count {
        arrays.push(input.array()?);
    }
    if input.count(MXNET_ARRAYS_MAX)? != count {
        return Err(damaged("it does not have a name for each array"));
    }
    let mut named = HashMap::new();
    for array in arrays {
        let name = input.name()?;
        let plain = name
            .strip_prefix("arg:")
            .or_else(|| name.strip_prefix("aux:"));
        named.insert(plain.unwrap_or(&name).to_owned(), array);
    }
    if !input.0.is_empty() {
        return Err(damaged("bytes follow its end"));
    }
    Ok(named)
}

fn damaged(reason: &'static str) -> LinearLearnerError {
    LinearLearnerError::Parameters(reason)
}

/// What is left to read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], LinearLearnerError> {
        self.0
            .split_off(..count)
            .ok_or_else(|| damaged("it ends too early"))
    }

    fn u32(&mut self) -> Result<u32, LinearLearnerError> {
        let bytes = self.take(4)?.first_chunk();
        Ok(bytes.copied().map_or(0, u32::from_le_bytes))
    }

    fn u64(&mut self) -> Result<u64, LinearLearnerError> {
        let bytes = self.take(8)?.first_chunk();
        Ok(bytes.copied().map_or(0, u64::from_le_bytes))
    }

    fn count(&mut self, most: u64) -> Result<usize, LinearLearnerError> {
        let count = Some(self.u64()?).filter(|count| *count <= most);
        let count = count.and_then(|count| usize::try_from(count).ok());
        count.ok_or_else(|| damaged("it has more arrays than a linear model"))
    }

    fn name(&mut self) -> Result<String, LinearLearnerError> {
        let length = Some(self.u64()?).filter(|length| *length <= MXNET_NAME_BYTES_MAX);
        let length = length.and_then(|length| usize::try_from(length).ok());
        let bytes = self.take(length.ok_or_else(|| damaged("a name in it is too long"))?)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| damaged("a name in it is not UTF-8"))
    }

    fn array(&mut self) -> Result<Array, LinearLearnerError> {
        match self.u32()? {
            VERSION_1 => {}
            VERSION_2 | VERSION_3 if self.u32()? == 0 => {}
            VERSION_2 | VERSION_3 => {
                return Err(damaged("an array in it is sparse, which is not supported"));
            }
            _ => {
                return Err(damaged(
                    "an array in it is of a version that is not supported",
                ));
            }
        }
        let dimensions = self.u32()?;
        if dimensions == 0 || dimensions > MXNET_DIMENSIONS_MAX {
            return Err(damaged("an array in it has no dimensions, or too many"));
        }
        let mut shape = Vec::new();
        for _ in 0..dimensions {
            let length = usize::try_from(self.u64()?);
            shape.push(length.map_err(|_| damaged("an array in it is too large"))?);
        }
        self.take(8)?; // the kind and number of the device that it lay on
        let kind = self.u32()?;
        let count = shape
            .iter()
            .try_fold(1_usize, |count, length| count.checked_mul(*length));
        let numbers = self.numbers(
            kind,
            count.ok_or_else(|| damaged("an array in it is too large"))?,
        )?;
        Ok(Array {
            shape,
            numbers,
            is_single: kind != 1,
        })
    }

    /// Numbers of MXNet's types 0 (float32), 1 (float64) and 2 (float16).
    fn numbers(&mut self, kind: u32, count: usize) -> Result<Vec<f64>, LinearLearnerError> {
        let width = match kind {
            0 => 4,
            1 => 8,
            2 => 2,
            _ => {
                return Err(damaged(
                    "an array in it is of whole numbers, and weights are none",
                ));
            }
        };
        let bytes = count
            .checked_mul(width)
            .ok_or_else(|| damaged("an array in it is too large"))?;
        let bytes = self.take(bytes)?;
        Ok(match kind {
            0 => bytes
                .as_chunks()
                .0
                .iter()
                .map(|four| f64::from(f32::from_le_bytes(*four)))
                .collect(),
            1 => bytes
                .as_chunks()
                .0
                .iter()
                .map(|eight| f64::from_le_bytes(*eight))
                .collect(),
            _ => bytes
                .as_chunks()
                .0
                .iter()
                .map(|two| half::f16::from_le_bytes(*two).to_f64())
                .collect(),
        })
    }
}
