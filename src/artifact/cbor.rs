//! The wire format of CBOR (RFC 8949): heads of items, read and written.

use half::f16;

/// Integers up to 2^53 are floats exactly.
pub(crate) const EXACT_INTEGER_MAX: u64 = 1 << 53;

/// CBOR tag 24: a byte string that holds CBOR.
pub(super) const EMBEDDED_CBOR: u64 = 24;

/// What begins an item, and how much of it there is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Head {
    /// A whole number from 0 on.
    Positive(u64),
    /// A whole number below 0: −1 less this.
    Negative(u64),
    /// Bytes, if their number is given.
    Bytes(Option<usize>),
    /// Bytes of UTF-8, if their number is given.
    Text(Option<usize>),
    /// A list of items, up to a break if their number is not given.
    Array(Option<usize>),
    /// A list of keys, each with its value.
    Map(Option<usize>),
    /// Says what the next item means.
    Tag(u64),
    /// `false`, `true`, `null` and others, by their codes.
    Simple(u8),
    /// A floating-point number of 16, 32 or 64 bits.
    Float(f64),
    /// The end of an array or map whose length was not given.
    Break,
}

/// The code of `false`. That of `true` is the next.
pub(super) const FALSE: u8 = 20;
/// The code of `true`.
pub(super) const TRUE: u8 = 21;
/// The code of `null`.
pub(super) const NULL: u8 = 22;

/// Why bytes begin no item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoHead {
    /// They end before the item does.
    Truncated,
    /// No item begins so.
    Malformed,
}

impl Head {
    /// Takes the head off the bytes of an item.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a number of so many bytes was read"
    )]
    pub(super) fn take(bytes: &mut &[u8]) -> Result<Self, NoHead> {
        let (&first, rest) = bytes.split_first().ok_or(NoHead::Truncated)?;
        let (major, minor) = (first >> 5, first & 31);
        let width = match minor {
            0..=23 | 31 => 0,
            24..=27 => 1 << (minor - 24),
            _ => return Err(NoHead::Malformed),
        };
        let (argument, rest) = rest.split_at_checked(width).ok_or(NoHead::Truncated)?;
        let number = match width {
            0 => u64::from(minor),
            _ => argument
                .iter()
                .fold(0, |number, &byte| number << 8 | u64::from(byte)),
        };
        let length = match minor {
            31 => None,
            _ => Some(usize::try_from(number).map_err(|_| NoHead::Malformed)?),
        };
        *bytes = rest;
        Ok(match (major, minor) {
            (0, 0..=27) => Self::Positive(number),
            (1, 0..=27) => Self::Negative(number),
            (2, _) => Self::Bytes(length),
            (3, _) => Self::Text(length),
            (4, _) => Self::Array(length),
            (5, _) => Self::Map(length),
            (6, 0..=27) => Self::Tag(number),
            (7, 0..=24) => Self::Simple(number as u8),
            (7, 25) => Self::Float(f16::from_bits(number as u16).into()),
            (7, 26) => Self::Float(f32::from_bits(number as u32).into()),
            (7, 27) => Self::Float(f64::from_bits(number)),
            (7, 31) => Self::Break,
            _ => return Err(NoHead::Malformed),
        })
    }
}

/// Takes the content of a string off the bytes after its head.
pub(super) fn content<'a>(bytes: &mut &'a [u8], length: usize) -> Result<&'a [u8], NoHead> {
    let (content, rest) = bytes.split_at_checked(length).ok_or(NoHead::Truncated)?;
    *bytes = rest;
    Ok(content)
}

/// Passes over an item and all that is inside it. False if it was a break.
pub(super) fn skip(bytes: &mut &[u8]) -> Result<bool, NoHead> {
    let items = match Head::take(bytes)? {
        Head::Break => return Ok(false),
        Head::Positive(_) | Head::Negative(_) | Head::Simple(_) | Head::Float(_) => {
            return Ok(true);
        }
        Head::Bytes(Some(length)) | Head::Text(Some(length)) => {
            content(bytes, length)?;
            return Ok(true);
        }
        Head::Bytes(None) | Head::Text(None) => return Err(NoHead::Malformed),
        Head::Array(length) => length,
        Head::Map(length) => length.map(|length| length.saturating_mul(2)),
        Head::Tag(_) => Some(1),
    };
    let mut passed = 0;
    while items.is_none_or(|items| passed < items) && skip(bytes)? {
        passed += 1;
    }
    Ok(true)
}

/// Writes items, each number in the fewest bytes that hold it.
#[derive(Debug, Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    /// What was written.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    fn head(&mut self, major: u8, number: u64) {
        let bytes = number.to_be_bytes();
        let (minor, width) = match number {
            0..=23 => (bytes[7], 0),
            24..=0xff => (24, 1),
            0x100..=0xffff => (25, 2),
            0x1_0000..=0xffff_ffff => (26, 4),
            _ => (27, 8),
        };
        self.0.push(major << 5 | minor);
        self.0
            .extend_from_slice(bytes.get(8 - width..).unwrap_or_default());
    }

    fn string(&mut self, major: u8, content: &[u8]) {
        self.head(major, content.len() as u64);
        self.0.extend_from_slice(content);
    }

    pub(super) fn whole(&mut self, number: u64) {
        self.head(0, number);
    }

    pub(super) fn index(&mut self, index: usize) {
        self.head(0, index as u64);
    }

    pub(super) fn integer(&mut self, number: i64) {
        match u64::try_from(number) {
            Ok(number) => self.head(0, number),
            Err(_) => self.head(1, number.unsigned_abs() - 1),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "what was lost is seen by the comparison"
    )]
    pub(super) fn number(&mut self, number: f64) {
        let is_same = |other: f64| other.to_bits() == number.to_bits();
        let (half, single) = (f16::from_f64(number), number as f32);
        if is_same(half.into()) {
            self.0.push(0xf9);
            self.0.extend_from_slice(&half.to_be_bytes());
        } else if is_same(single.into()) {
            self.0.push(0xfa);
            self.0.extend_from_slice(&single.to_be_bytes());
        } else {
            self.0.push(0xfb);
            self.0.extend_from_slice(&number.to_be_bytes());
        }
    }

    pub(super) fn flag(&mut self, flag: bool) {
        self.head(7, u64::from(if flag { TRUE } else { FALSE }));
    }

    pub(super) fn null(&mut self) {
        self.head(7, u64::from(NULL));
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.string(2, bytes);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.string(3, text.as_bytes());
    }

    /// The head of an array; its items follow.
    pub(super) fn array(&mut self, count: usize) {
        self.head(4, count as u64);
    }

    /// The head of a map; its keys and values follow.
    pub(super) fn map(&mut self, count: usize) {
        self.head(5, count as u64);
    }

    /// The tag of the item that follows.
    pub(super) fn tag(&mut self, tag: u64) {
        self.head(6, tag);
    }

    pub(super) fn numbers(&mut self, numbers: &[f64]) {
        self.array(numbers.len());
        numbers.iter().for_each(|&number| self.number(number));
    }

    pub(super) fn indices(&mut self, indices: &[usize]) {
        self.array(indices.len());
        indices.iter().for_each(|&index| self.index(index));
    }

    pub(super) fn texts(&mut self, texts: &[String]) {
        self.array(texts.len());
        texts.iter().for_each(|text| self.text(text));
    }

    /// The head of an array that ends at a [break](Self::end).
    pub(super) fn open_array(&mut self) {
        self.0.push(0x9f);
    }

    /// The head of a map that ends at a [break](Self::end).
    pub(super) fn open_map(&mut self) {
        self.0.push(0xbf);
    }

    /// Ends an array or map whose length was not given.
    pub(super) fn end(&mut self) {
        self.0.push(0xff);
    }

    /// A map whose keys are counted as they are written: at most 23, so that the head has one byte.
    pub(super) fn fields(&mut self) -> Fields<'_> {
        let head = self.0.len();
        self.map(0);
        Fields { writer: self, head }
    }
}

/// The entries of a map, as they are written.
pub(super) struct Fields<'w> {
    writer: &'w mut Writer,
    /// Where the head is, which counts them.
    head: usize,
}

impl Fields<'_> {
    /// Writes a key; its value follows.
    pub(super) fn key(&mut self, key: &str) -> &mut Writer {
        if let Some(head) = self.writer.0.get_mut(self.head) {
            *head += 1;
        }
        self.writer.text(key);
        self.writer
    }

    pub(super) fn text(&mut self, key: &str, text: &str) {
        self.key(key).text(text);
    }

    pub(super) fn number(&mut self, key: &str, number: f64) {
        self.key(key).number(number);
    }

    pub(super) fn numbers(&mut self, key: &str, numbers: &[f64]) {
        self.key(key).numbers(numbers);
    }

    /// Writes numbers, if there are any.
    pub(super) fn some_numbers(&mut self, key: &str, numbers: &[f64]) {
        if !numbers.is_empty() {
            self.numbers(key, numbers);
        }
    }

    /// Writes texts, if there are any.
    pub(super) fn some_texts(&mut self, key: &str, texts: &[String]) {
        if !texts.is_empty() {
            self.key(key).texts(texts);
        }
    }

    /// Writes a number, if there is one.
    pub(super) fn optional_number(&mut self, key: &str, number: Option<f64>) {
        if let Some(number) = number {
            self.number(key, number);
        }
    }

    /// Writes `true`, or nothing.
    pub(super) fn set_flag(&mut self, key: &str, flag: bool) {
        if flag {
            self.key(key).flag(flag);
        }
    }
}

#[cfg(test)]
mod tests {
    use ciborium::Value;
    use proptest::prelude::*;

    use super::*;

    /// Numbers at the edges of their widths, and any.
    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![
            any::<f64>().prop_filter("finite", |number| number.is_finite()),
            any::<f32>()
                .prop_map(f64::from)
                .prop_filter("finite", |number| number.is_finite()),
            (-70_000_i32..70_000).prop_map(|number| f64::from(number) / 8.0),
            Just(-0.0),
        ]
    }

    proptest! {
        /// An artifact has the bytes that it had when ciborium wrote it.
        #[test]
        fn items_are_written_as_ciborium_writes_them(
            number in number(), integer in any::<i64>(), small in -300_i64..300, text in ".{0,40}"
        ) {
            let mut writer = Writer::default();
            writer.array(6);
            writer.number(number);
            writer.integer(integer);
            writer.integer(small);
            writer.text(&text);
            writer.flag(true);
            writer.null();
            let value = Value::Array(vec![
                number.into(), integer.into(), small.into(), text.as_str().into(), true.into(), Value::Null,
            ]);
            let mut expected = Vec::new();
            ciborium::into_writer(&value, &mut expected).unwrap();
            prop_assert_eq!(&writer.into_bytes(), &expected);
            let mut rest = expected.as_slice();
            prop_assert_eq!(skip(&mut rest), Ok(true));
            prop_assert!(rest.is_empty());
        }

        /// Whatever the bytes, they are read to their end or refused.
        #[test]
        fn any_bytes_are_items_or_none(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut rest = bytes.as_slice();
            let _ = skip(&mut rest);
            prop_assert!(rest.len() <= bytes.len());
        }
    }
}
