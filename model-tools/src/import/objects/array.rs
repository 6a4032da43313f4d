//! Arrays of numpy as they lie in files, and the numbers and texts in them.

use sagelet::text::Quoted;

use super::{Id, Node, Objects};
use crate::import::limits::DIMENSIONS_MAX;
use crate::shown::quoted;

/// An array: its elements lie undecoded in another node, and are decoded where they are needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Array {
    /// The type of the elements.
    pub(crate) dtype: Dtype,
    /// Its lengths, one a dimension.
    pub(crate) shape: Vec<usize>,
    /// Which index runs fastest in the data.
    pub(crate) order: Order,
    /// Bytes, or for [`Kind::Object`] a list of the elements.
    pub(crate) data: Id,
}

/// Which index runs fastest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// The last one: row by row, `C`.
    Rows,
    /// The first one: column by column, `F` for Fortran.
    Columns,
}

/// The type of an array's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dtype {
    /// What an element is.
    pub(crate) kind: Kind,
    /// Bytes of an element.
    pub(crate) bytes: usize,
    /// Whether an element's bytes begin with the most significant one.
    pub(crate) big_endian: bool,
}

/// What an element is, with numpy's letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `b`
    Bool,
    /// `i`
    Integer,
    /// `u`
    Unsigned,
    /// `f`
    Float,
    /// `U`: UTF-32, padded with zeros.
    Text,
    /// `S`: bytes, padded with zeros.
    Bytes,
    /// `O`: a reference to any object.
    Object,
    /// Complex numbers, times, records: nothing that a linear model is made of.
    Other(char),
}

/// Why an array is none, or its elements are not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ArrayError {
    /// Not a numpy type.
    #[error("{0} is not a numpy type")]
    Dtype(Quoted),
    /// More dimensions than numpy has, or more elements than memory.
    #[error("an array of the shape {0:?} is too large")]
    Shape(Vec<usize>),
    /// Shape and data disagree.
    #[error(
        "an array of the shape {shape:?} of {dtype} needs {expected} {unit}, there are {found}"
    )]
    Length {
        /// The shape.
        shape: Vec<usize>,
        /// The type.
        dtype: String,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
        /// `bytes` or `objects`.
        unit: &'static str,
    },
    /// The file was read without it.
    #[error(
        "an array of {0} bytes was left out when the file was read, as no model needs one of that size"
    )]
    LeftOut(usize),
    /// The elements are something else.
    #[error("an array of {dtype} does not hold {wanted}")]
    Wanted {
        /// The type.
        dtype: String,
        /// `numbers`, `texts`.
        wanted: &'static str,
    },
}

impl Dtype {
    /// Reads a type such as `f8`, `<f8`, `>i4`, `|b1`, `U3` or `O`.
    pub(crate) fn parse(text: &str) -> Result<Self, ArrayError> {
        let refused = || ArrayError::Dtype(quoted(text));
        let mut characters = text.chars();
        let mut letter = characters.next().ok_or_else(refused)?;
        let big_endian = letter == '>';
        if matches!(letter, '<' | '>' | '=' | '|') {
            letter = characters.next().ok_or_else(refused)?;
        }
        if !letter.is_ascii_alphabetic() && letter != '?' {
            return Err(refused());
        }
        let digits: String = characters.take_while(char::is_ascii_digit).collect();
        let count: usize = if digits.is_empty() {
            0
        } else {
            digits.parse().map_err(|_| refused())?
        };
        Self::new(letter, count, big_endian).ok_or_else(refused)
    }

    fn new(letter: char, count: usize, big_endian: bool) -> Option<Self> {
        let (kind, bytes) = match letter {
            'b' | '?' => (Kind::Bool, 1),
            'i' => (Kind::Integer, count),
            'u' => (Kind::Unsigned, count),
            'f' => (Kind::Float, count),
            'U' => (Kind::Text, count.checked_mul(4)?),
            'S' => (Kind::Bytes, count),
            'O' => (Kind::Object, 8),
            other => (Kind::Other(other), count),
        };
        (bytes > 0).then_some(Self {
            kind,
            bytes,
            big_endian,
        })
    }

    /// The type as numpy writes it, such as `<f8`.
    pub(crate) fn name(self) -> String {
        let order = match (self.bytes, self.big_endian) {
            (0 | 1, _) => '|',
            (_, true) => '>',
            (_, false) => '<',
        };
        match self.kind {
            Kind::Bool => "bool".to_owned(),
            Kind::Integer => format!("{order}i{}", self.bytes),
            Kind::Unsigned => format!("{order}u{}", self.bytes),
            Kind::Float => format!("{order}f{}", self.bytes),
            Kind::Text => format!("{order}U{}", self.bytes / 4),
            Kind::Bytes => format!("|S{}", self.bytes),
            Kind::Object => "object".to_owned(),
            Kind::Other(letter) => format!("{order}{letter}{}", self.bytes),
        }
    }
}

impl Array {
    /// An array whose shape fits its data.
    pub(crate) fn new(
        objects: &Objects,
        dtype: Dtype,
        shape: Vec<usize>,
        order: Order,
        data: Id,
    ) -> Result<Self, ArrayError> {
        let count = element_count(&shape)?;
        let (expected, found, unit) = match (objects.get(data), dtype.kind) {
            (Node::List(elements), Kind::Object) => (count, elements.len(), "objects"),
            (Node::Bytes(bytes), kind) if kind != Kind::Object => {
                let expected = count.checked_mul(dtype.bytes);
                let expected = expected.ok_or_else(|| ArrayError::Shape(shape.clone()))?;
                (expected, bytes.len(), "bytes")
            }
            (Node::LeftOut(found), kind) if kind != Kind::Object => {
                let expected = count.checked_mul(dtype.bytes);
                let expected = expected.ok_or_else(|| ArrayError::Shape(shape.clone()))?;
                (expected, *found, "bytes")
            }
            _ => (count, 0, "elements"),
        };
        if expected != found {
            return Err(ArrayError::Length {
                shape,
                dtype: dtype.name(),
                expected,
                found,
                unit,
            });
        }
        Ok(Self {
            dtype,
            shape,
            order,
            data,
        })
    }

    /// How many elements there are.
    pub(crate) fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// The elements as floats, row by row whatever the order in the file. Integers up to 2^53 are exact.
    pub(crate) fn floats(&self, objects: &Objects) -> Result<Vec<f64>, ArrayError> {
        self.refuse_left_out(objects)?;
        let numbers = match (objects.get(self.data), self.dtype.kind) {
            (Node::Bytes(bytes), _) => self.numbers(bytes),
            (Node::List(elements), _) => elements
                .iter()
                .map(|&element| objects.value(element).number())
                .collect(),
            _ => None,
        };
        let numbers = numbers.ok_or_else(|| self.wanted("numbers"))?;
        Ok(self.row_by_row(numbers))
    }

    /// The elements of an array of whole numbers, row by row; none of another array, or if one is beyond 64 bits with
    /// a sign.
    pub(crate) fn integers(&self, objects: &Objects) -> Option<Vec<i64>> {
        let Node::Bytes(bytes) = objects.get(self.data) else {
            return None;
        };
        let big_endian = self.dtype.big_endian;
        let elements = bytes.chunks_exact(self.dtype.bytes);
        let numbers: Option<Vec<_>> = match (self.dtype.kind, self.dtype.bytes) {
            (Kind::Integer, 1 | 2 | 4 | 8) => Some(
                elements
                    .map(|element| signed(element, big_endian))
                    .collect(),
            ),
            (Kind::Unsigned, 1 | 2 | 4 | 8) => elements
                .map(|element| i64::try_from(unsigned(element, big_endian)).ok())
                .collect(),
            _ => None,
        };
        numbers.map(|numbers| self.row_by_row(numbers))
    }

    /// The elements as texts, row by row.
    pub(crate) fn texts(&self, objects: &Objects) -> Result<Vec<String>, ArrayError> {
        self.refuse_left_out(objects)?;
        let texts = match objects.get(self.data) {
            Node::Bytes(bytes) => self.decoded_texts(bytes),
            Node::List(elements) => elements
                .iter()
                .map(|&element| objects.value(element).text().map(str::to_owned))
                .collect(),
            _ => None,
        };
        let texts = texts.ok_or_else(|| self.wanted("texts"))?;
        Ok(self.row_by_row(texts))
    }

    fn refuse_left_out(&self, objects: &Objects) -> Result<(), ArrayError> {
        match objects.get(self.data) {
            Node::LeftOut(bytes) => Err(ArrayError::LeftOut(*bytes)),
            _ => Ok(()),
        }
    }

    fn wanted(&self, wanted: &'static str) -> ArrayError {
        ArrayError::Wanted {
            dtype: self.dtype.name(),
            wanted,
        }
    }

    fn numbers(&self, bytes: &[u8]) -> Option<Vec<f64>> {
        let decode = decoder(self.dtype)?;
        bytes
            .chunks_exact(self.dtype.bytes)
            .map(|element| decode(element, self.dtype.big_endian))
            .collect()
    }

    fn decoded_texts(&self, bytes: &[u8]) -> Option<Vec<String>> {
        let elements = bytes.chunks_exact(self.dtype.bytes);
        match self.dtype.kind {
            Kind::Text => elements
                .map(|element| utf32(element, self.dtype.big_endian))
                .collect(),
            Kind::Bytes => elements.map(padded_utf8).collect(),
            _ => None,
        }
    }

    /// Puts elements that lie column by column in the order of rows.
    pub(crate) fn row_by_row<T: Clone>(&self, elements: Vec<T>) -> Vec<T> {
        if self.order == Order::Rows || self.shape.len() < 2 {
            return elements;
        }
        let mut index = vec![0; self.shape.len()];
        let mut ordered = Vec::with_capacity(elements.len());
        for _ in 0..elements.len() {
            ordered.extend(elements.get(column_major(&index, &self.shape)).cloned());
            advance(&mut index, &self.shape);
        }
        ordered
    }
}

/// The product of the lengths, if it is an array's.
fn element_count(shape: &[usize]) -> Result<usize, ArrayError> {
    if shape.len() > DIMENSIONS_MAX {
        return Err(ArrayError::Shape(shape.iter().take(8).copied().collect()));
    }
    shape
        .iter()
        .try_fold(1_usize, |count, &length| count.checked_mul(length))
        .ok_or_else(|| ArrayError::Shape(shape.to_vec()))
}

fn column_major(index: &[usize], shape: &[usize]) -> usize {
    let dimensions = index.iter().zip(shape).rev();
    dimensions.fold(0, |offset, (&position, &length)| offset * length + position)
}

fn advance(index: &mut [usize], shape: &[usize]) {
    for (position, &length) in index.iter_mut().zip(shape).rev() {
        *position += 1;
        if *position < length {
            return;
        }
        *position = 0;
    }
}

type Decoder = fn(&[u8], bool) -> Option<f64>;

fn decoder(dtype: Dtype) -> Option<Decoder> {
    match (dtype.kind, dtype.bytes) {
        (Kind::Float, 8) => Some(|bytes, big| Some(f64::from_bits(unsigned(bytes, big)))),
        (Kind::Float, 4) => Some(|bytes, big| {
            let bits = u32::try_from(unsigned(bytes, big)).ok()?;
            Some(f64::from(f32::from_bits(bits)))
        }),
        (Kind::Float, 2) => Some(|bytes, big| {
            let bits = u16::try_from(unsigned(bytes, big)).ok()?;
            Some(half::f16::from_bits(bits).to_f64())
        }),
        (Kind::Bool, 1) => {
            Some(|bytes, _| bytes.first().map(|&byte| f64::from(u8::from(byte != 0))))
        }
        (Kind::Unsigned, 1 | 2 | 4 | 8) => Some(|bytes, big| Some(unsigned(bytes, big) as f64)),
        (Kind::Integer, 1 | 2 | 4 | 8) => Some(|bytes, big| Some(signed(bytes, big) as f64)),
        _ => None,
    }
}

/// Up to eight bytes as a number without sign.
fn unsigned(bytes: &[u8], big_endian: bool) -> u64 {
    let join = |number: u64, &byte: &u8| (number << 8) | u64::from(byte);
    if big_endian {
        bytes.iter().fold(0, join)
    } else {
        bytes.iter().rev().fold(0, join)
    }
}

/// Up to eight bytes as a number with sign.
fn signed(bytes: &[u8], big_endian: bool) -> i64 {
    let unused_bits = 64 - 8 * u32::try_from(bytes.len().min(8)).unwrap_or(8);
    let number = unsigned(bytes, big_endian).cast_signed();
    number.wrapping_shl(unused_bits).wrapping_shr(unused_bits)
}

fn utf32(element: &[u8], big_endian: bool) -> Option<String> {
    let codes = element
        .chunks_exact(4)
        .map(|bytes| u32::try_from(unsigned(bytes, big_endian)).ok());
    let text: Option<String> = codes.map(|code| char::from_u32(code?)).collect();
    text.map(|text| text.trim_end_matches('\0').to_owned())
}

fn padded_utf8(element: &[u8]) -> Option<String> {
    let end = element
        .iter()
        .rposition(|&byte| byte != 0)
        .map_or(0, |last| last + 1);
    let text = element.get(..end)?;
    std::str::from_utf8(text).ok().map(str::to_owned)
}
