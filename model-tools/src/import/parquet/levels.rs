//! Small whole numbers, packed in bits or as runs of one: levels, and places in a dictionary.

use super::ParquetError;
use super::thrift::varint;

const ENDED: ParquetError = ParquetError::Damaged("its levels end too early");

/// How many bits a number up to this one takes.
pub(super) fn width(most: u8) -> u32 {
    u8::BITS - most.leading_zeros()
}

/// Reads `count` numbers of `width` bits, at most 32. The caller has compared `count` with its bound.
pub(super) fn read(bytes: &[u8], width: u32, count: usize) -> Result<Vec<u32>, ParquetError> {
    if width > u32::BITS {
        return Err(ParquetError::Damaged("its levels are too wide"));
    }
    let mut numbers = Vec::with_capacity(count);
    let mut rest = bytes;
    while numbers.len() < count {
        let (head, after) = varint(rest).ok_or(ENDED)?;
        let left = count - numbers.len();
        let length = usize::try_from(head >> 1).map_err(|_| ENDED)?;
        rest = match head & 1 {
            0 => run(after, width, length.min(left), &mut numbers)?,
            _ => packed(after, width, length, left, &mut numbers)?,
        };
    }
    Ok(numbers)
}

/// One number that stands `length` times.
fn run<'a>(
    bytes: &'a [u8],
    width: u32,
    length: usize,
    numbers: &mut Vec<u32>,
) -> Result<&'a [u8], ParquetError> {
    let (value, rest) = bytes
        .split_at_checked(width.div_ceil(8) as usize)
        .ok_or(ENDED)?;
    let value = value
        .iter()
        .rev()
        .fold(0, |value, byte| (value << 8) | u32::from(*byte));
    numbers.resize(numbers.len() + length, value);
    Ok(rest)
}

/// Groups of eight numbers, the lowest bit first. The last group may hold more than are `left`.
fn packed<'a>(
    bytes: &'a [u8],
    width: u32,
    groups: usize,
    left: usize,
    numbers: &mut Vec<u32>,
) -> Result<&'a [u8], ParquetError> {
    let size = groups.checked_mul(width as usize).ok_or(ENDED)?;
    // Some writers leave out the bytes behind the last number.
    let (group, rest) = bytes.split_at_checked(size).unwrap_or((bytes, &[]));
    let count = groups.saturating_mul(8).min(left);
    let (mut bits, mut waiting, mut source) = (0_u64, 0, group.iter());
    for _ in 0..count {
        while waiting < width {
            bits |= u64::from(*source.next().ok_or(ENDED)?) << waiting;
            waiting += 8;
        }
        let value = bits & ((1 << width) - 1);
        numbers.push(u32::try_from(value).map_err(|_| ENDED)?);
        bits >>= width;
        waiting -= width;
    }
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_packed_numbers_follow_one_another() {
        // Three times 5; then the numbers 0 to 7 in three bits each, as the format's own description shows them.
        let bytes = [6, 5, 3, 0b1000_1000, 0b1100_0110, 0b1111_1010];
        assert_eq!(
            read(&bytes, 3, 11).unwrap(),
            [5, 5, 5, 0, 1, 2, 3, 4, 5, 6, 7]
        );
        assert_eq!(read(&bytes, 3, 5).unwrap(), [5, 5, 5, 0, 1]);
        assert!(read(&bytes, 3, 12).is_err());
        assert!(read(&bytes, 33, 1).is_err());
    }

    #[test]
    fn numbers_of_no_bits_are_zero() {
        assert_eq!(read(&[10], 0, 5).unwrap(), [0; 5]);
        assert_eq!(read(&[3], 0, 8).unwrap(), [0; 8]);
    }

    /// A run may say that it is longer than anything.
    #[test]
    fn a_run_is_cut_at_what_is_asked_for() {
        let bytes = [0xfe, 0xff, 0xff, 0xff, 0x0f, 1];
        assert_eq!(read(&bytes, 1, 3).unwrap(), [1; 3]);
    }
}
