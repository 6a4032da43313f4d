//! Sums as bytes, so that a job that was stopped goes on from them: every bit of every number is kept.

use crate::table::Table;

/// Bytes of a byte of a whole number that say something.
const BITS: u32 = 7;

/// Writes whole numbers in as few bytes as they need, and numbers in eight.
#[derive(Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// A whole number: seven bits per byte, the lowest first, the eighth bit where more follow (LEB128).
    pub fn whole(&mut self, mut number: u64) {
        while number >= 1 << BITS {
            self.0.push(number.to_le_bytes()[0] | 1 << BITS);
            number >>= BITS;
        }
        self.0.push(number.to_le_bytes()[0]);
    }

    /// A number, the lowest byte first.
    pub fn number(&mut self, number: f64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    /// Numbers, whose count the reader knows.
    pub fn numbers(&mut self, numbers: &[f64]) {
        self.0.reserve(size_of_val(numbers));
        for &number in numbers {
            self.number(number);
        }
    }

    /// A count, and then as many numbers.
    pub fn list(&mut self, numbers: &[f64]) {
        self.whole(numbers.len() as u64);
        self.numbers(numbers);
    }

    /// Bytes with their count before them.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.whole(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// What was written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Reads what a [`Writer`] wrote. What is cut short or too long gives `None`.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads these bytes from their beginning.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// A whole number.
    #[inline(never)]
    pub fn whole(&mut self) -> Option<u64> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            let bits = u64::from(byte & !(1 << BITS));
            if shift > 63 || bits << shift >> shift != bits {
                return None;
            }
            number |= bits << shift;
            if byte >> BITS == 0 {
                return Some(number);
            }
            shift += BITS;
        }
    }

    /// A count of things of at least this many bytes each, so that nothing is allocated for what is not there.
    pub fn count(&mut self, bytes_each: usize) -> Option<usize> {
        let count = usize::try_from(self.whole()?).ok()?;
        (count <= self.0.len() / bytes_each.max(1)).then_some(count)
    }

    /// A number.
    pub fn number(&mut self) -> Option<f64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(f64::from_le_bytes(*number))
    }

    /// So many numbers.
    #[inline(never)]
    pub fn numbers(&mut self, count: usize) -> Option<Vec<f64>> {
        let bytes = self.take(count.checked_mul(size_of::<f64>())?)?;
        let (numbers, _) = bytes.as_chunks();
        Some(
            numbers
                .iter()
                .map(|bytes| f64::from_le_bytes(*bytes))
                .collect(),
        )
    }

    /// A count, and as many numbers.
    pub fn list(&mut self) -> Option<Vec<f64>> {
        let count = self.count(size_of::<f64>())?;
        self.numbers(count)
    }

    /// A count, and as many bytes.
    pub fn bytes(&mut self) -> Option<&'a [u8]> {
        let count = self.count(1)?;
        self.take(count)
    }

    /// So many bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    /// The value, if nothing is left to be read.
    pub fn at_end<T>(&self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }
}

impl Table {
    /// Writes the cells; the reader knows the shape.
    pub(crate) fn save(&self, to: &mut Writer) {
        to.numbers(self.cells());
    }

    /// Reads the cells of a table of this shape.
    pub(crate) fn restore(from: &mut Reader<'_>, rows: usize, width: usize) -> Option<Self> {
        let cells = from.numbers(rows.checked_mul(width)?)?;
        Some(Self::from_cells(width, cells))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let mut writer = Writer::default();
        let wholes = [0, 1, 127, 128, 300, 1 << 40, u64::MAX];
        wholes.iter().for_each(|&whole| writer.whole(whole));
        writer.list(&[0.1, -0.0, f64::INFINITY, f64::from_bits(3)]);
        writer.bytes(b"abc");
        let bytes = writer.into_bytes();
        let read = |bytes: &[u8]| {
            let mut reader = Reader::new(bytes);
            for whole in wholes {
                if reader.whole()? != whole {
                    return None;
                }
            }
            let list = reader.list()?;
            assert_eq!(list[1].to_bits(), (-0.0f64).to_bits());
            assert_eq!(list[3].to_bits(), 3);
            let text = reader.bytes()?.to_vec();
            reader.at_end(text)
        };
        assert_eq!(read(&bytes).as_deref(), Some(&b"abc"[..]));
        for end in 0..bytes.len() {
            assert_eq!(read(&bytes[..end]), None, "cut after {end} bytes");
        }
        assert_eq!(read(&[&bytes[..], b"x"].concat()), None);
        assert_eq!(Reader::new(&[0xff; 10]).whole(), None, "more than 64 bits");
    }
}
