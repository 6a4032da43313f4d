//! Plain decimal numbers such as `-12.5`, which nearly every cell of a text is: read in one pass, and exactly.
//!
//! Digits are read eight at a time, without a branch for each. A number of few digits is the quotient of two floats that
//! are exact (W. D. Clinger, "How to read floating point numbers accurately", 1990); one of up to 19 is a product with
//! a reciprocal of 128 bits (D. Lemire, "Number parsing at a gigabyte per second", 2021). Both are rounded once, so
//! each is the float that std reads.

use crate::artifact::EXACT_INTEGER_MAX;

/// Significant digits that cannot overflow 64 bits.
const DIGITS_MAX: usize = 19;

/// Decimals for which the reciprocal of their power of five, cut off at 128 bits, tells every rounding.
const DECIMALS_MAX: usize = 27;

/// The powers of ten from 10^0 that are floats exactly.
const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// The powers of ten by which up to eight digits shift what stands before them.
const SHIFTS: [u64; 9] = [
    1,
    10,
    100,
    1_000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
];

/// For each number of decimals from 1 on the reciprocal of its power of five: the upper 128 bits, rounded up, in two halves.
static RECIPROCALS: [(u64, u64); DECIMALS_MAX + 1] = reciprocals();

/// The number at the start of `text`, and what follows it. `None` for what std has to read: exponents, more digits
/// than `DIGITS_MAX`, words, blanks; and whole numbers that are no float exactly.
#[inline]
#[must_use]
pub fn leading(text: &[u8]) -> Option<(f64, &[u8])> {
    let is_negative = text.first() == Some(&b'-');
    let unsigned = text.get(usize::from(is_negative)..)?;
    let (whole, mut rest) = digits(0, unsigned);
    let mut count = unsigned.len() - rest.len();
    if count == 0 {
        return None;
    }
    let (mut mantissa, mut decimals) = (whole, 0);
    if let [b'.', fraction @ ..] = rest {
        (mantissa, rest) = digits(whole, fraction);
        decimals = fraction.len() - rest.len();
        count += decimals;
    }
    if matches!(rest, [b'e' | b'E', ..]) {
        return None;
    }
    let magnitude = if mantissa <= EXACT_INTEGER_MAX && count <= DIGITS_MAX {
        #[expect(clippy::cast_precision_loss, reason = "compared with 2^53 first")]
        let exact = mantissa as f64;
        exact / POWERS_OF_TEN.get(decimals)?
    } else if count <= DIGITS_MAX || count - leading_zeros(unsigned) <= DIGITS_MAX {
        quotient(mantissa, decimals)?
    } else {
        return None;
    };
    let sign = u64::from(is_negative) << 63;
    Some((f64::from_bits(magnitude.to_bits() | sign), rest))
}

/// Adds the digits at the start of `text` to a number; beyond `DIGITS_MAX` it means nothing.
#[inline]
fn digits(mut number: u64, mut text: &[u8]) -> (u64, &[u8]) {
    while let Some(eight) = text.first_chunk() {
        let (digits, count) = digits_of_eight(u64::from_le_bytes(*eight));
        let shift = SHIFTS.get(count).copied().unwrap_or(1);
        number = number.wrapping_mul(shift).wrapping_add(digits);
        text = text.get(count..).unwrap_or_default();
        if count < 8 {
            return (number, text);
        }
    }
    while let [digit @ b'0'..=b'9', rest @ ..] = text {
        number = number
            .wrapping_mul(10)
            .wrapping_add(u64::from(digit - b'0'));
        text = rest;
    }
    (number, text)
}

/// The number that the digits among eight bytes make up to the first byte that is none, and how many there are. The
/// first byte is the lowest.
#[inline]
fn digits_of_eight(bytes: u64) -> (u64, usize) {
    const LOW: u64 = 0x0000_00ff_0000_00ff;
    let digits = bytes ^ 0x3030_3030_3030_3030;
    // The upper bit of each byte that is no digit; what is added to it may carry into later bytes only.
    let others = (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080;
    let bits = if others == 0 {
        64
    } else {
        others.trailing_zeros() & !7
    };
    // The digits move to the end, behind zeros.
    let digits = digits.checked_shl(64 - bits).unwrap_or(0);
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let outer = (pairs & LOW).wrapping_mul(100 + (1_000_000 << 32));
    let inner = ((pairs >> 16) & LOW).wrapping_mul(1 + (10_000 << 32));
    (outer.wrapping_add(inner) >> 32, (bits / 8) as usize)
}

/// How many digits of a number stand before the first that is not 0.
#[cold]
fn leading_zeros(unsigned: &[u8]) -> usize {
    let zeros = unsigned
        .iter()
        .take_while(|byte| matches!(byte, b'0' | b'.'));
    zeros.filter(|&&byte| byte == b'0').count()
}

/// The float nearest to `mantissa` divided by ten to the power of `decimals`, by Lemire's algorithm; `None` if there
/// are no decimals, or too many for it.
#[inline]
fn quotient(mantissa: u64, decimals: usize) -> Option<f64> {
    if mantissa == 0 || !(1..=DECIMALS_MAX).contains(&decimals) {
        return None;
    }
    let &(upper, lower) = RECIPROCALS.get(decimals)?;
    let zeros = mantissa.leading_zeros();
    let (mut high, mut low) = product(mantissa << zeros, upper);
    // 55 bits decide. Where those behind them are all ones, the lower half of the reciprocal may carry.
    if high & 0x1ff == 0x1ff {
        let (carry, _) = product(mantissa << zeros, lower);
        let (sum, overflows) = low.overflowing_add(carry);
        (high, low) = (high + u64::from(overflows), sum);
    }
    let top = high >> 63;
    let mut bits = high >> (top + 9);
    // Exactly between two floats, which only few decimals can be: the even one.
    if low <= 1 && decimals <= 4 && bits & 3 == 1 && bits << (top + 9) == high {
        bits &= !1;
    }
    bits = (bits + (bits & 1)) >> 1;
    // The exponent in base 2: 217706 / 2^16 is log2(10), rounded.
    let power = ((decimals as u64 * 217_706).wrapping_neg().cast_signed() >> 16) + 63;
    let exponent = (power + 1_023 - i64::from(zeros)).cast_unsigned() + top;
    // The highest bit of the 53 is added to the exponent, and rounding up to 2^53 to the next one.
    Some(f64::from_bits(((exponent - 1) << 52) + bits))
}

/// The two halves of a product: the higher, and the lower.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the halves are meant")]
fn product(left: u64, right: u64) -> (u64, u64) {
    let product = u128::from(left) * u128::from(right);
    ((product >> 64) as u64, product as u64)
}

#[expect(clippy::indexing_slicing, reason = "computed by the compiler")]
const fn reciprocals() -> [(u64, u64); DECIMALS_MAX + 1] {
    let mut table = [(0, 0); DECIMALS_MAX + 1];
    let (mut power_of_five, mut decimals) = (5_u128, 1);
    while decimals <= DECIMALS_MAX {
        table[decimals] = reciprocal(power_of_five);
        power_of_five *= 5;
        decimals += 1;
    }
    table
}

/// The reciprocal of a number below 2^63: its upper 128 bits, rounded up.
#[expect(clippy::cast_possible_truncation, reason = "the halves are meant")]
const fn reciprocal(number: u128) -> (u64, u64) {
    let (mut quotient, mut remainder) = (0_u128, 1_u128);
    // Long division, bit by bit, until the quotient has 128 bits.
    while quotient >> 127 == 0 {
        remainder <<= 1;
        quotient <<= 1;
        if remainder >= number {
            remainder -= number;
            quotient += 1;
        }
    }
    let rounded = quotient + 1;
    ((rounded >> 64) as u64, rounded as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::leading;

    /// The number, if it is all of the text.
    fn whole(text: &str) -> Option<f64> {
        leading(text.as_bytes()).and_then(|(number, rest)| rest.is_empty().then_some(number))
    }

    #[test]
    fn what_follows_the_number_is_left() {
        assert_eq!(leading(b"-1.50,2"), Some((-1.5, &b",2"[..])));
        assert_eq!(leading(b"7\r"), Some((7.0, &b"\r"[..])));
        assert_eq!(leading(b"7."), Some((7.0, &b""[..])));
    }

    #[test]
    fn what_is_no_plain_decimal_is_left_to_std() {
        for text in [
            "",
            "-",
            ".5",
            "+1",
            " 1",
            "1e5",
            "1.5E-3",
            "nan",
            "inf",
            "9007199254740993",
            "0.12345678901234567891",
            "0.0000000000000000000000000001234567890123456789",
            "12345678901234567890",
        ] {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    #[test]
    fn the_sign_of_zero_is_kept() {
        assert_eq!(whole("-0.0").map(f64::to_bits), Some((-0.0_f64).to_bits()));
        assert_eq!(whole("0").map(f64::to_bits), Some(0.0_f64.to_bits()));
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_std_reads_to_the_bit(text in "-?[0-9]{1,12}(\\.[0-9]{0,24})?") {
            let expected: f64 = text.parse().unwrap();
            if let Some(number) = whole(&text) {
                prop_assert_eq!(number.to_bits(), expected.to_bits());
            } else {
                // Never because it is short.
                prop_assert!(text.len() > 19, "{} was not read", text);
            }
        }

        #[test]
        fn numbers_between_two_floats_are_rounded_as_std_does(
            mantissa in (1_u64 << 52)..(1 << 53),
            halves in 0_u32..12,
            off in -1_i128..=1,
            decimals in 0_u32..5,
        ) {
            // Half a unit of the last bit beyond a float, exactly or nearly.
            let odd = u128::from(mantissa * 2 + 1) * 10_u128.pow(decimals);
            let digits = (odd >> (1 + halves % 4)).saturating_add_signed(off).to_string();
            let (units, fraction) = digits.split_at(digits.len().saturating_sub(decimals as usize));
            let text = format!("{units}.{fraction}");
            if let Some(number) = whole(&text) {
                prop_assert_eq!(number.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{}", text);
            }
        }

        #[test]
        fn cells_of_17_digits_are_read_without_std(number in -1e3_f64..1e3) {
            let text = format!("{number:.16}");
            if number.abs() >= 1e-3 && number.abs() < 100.0 {
                prop_assert_eq!(whole(&text).map(f64::to_bits), text.parse().ok().map(f64::to_bits), "{}", text);
            }
        }

        #[test]
        fn floats_as_they_are_printed_are_read_or_left(number in any::<f64>()) {
            if let Some(read) = whole(&number.to_string()) {
                prop_assert_eq!(read.to_bits(), number.to_bits());
            }
        }
    }
}
