//! Plain decimal numbers such as `-12.5`, which nearly every cell of a text is: read in one pass, and exactly.

use crate::artifact::EXACT_INTEGER_MAX;

/// Digits that cannot overflow 64 bits.
const DIGITS_MAX: usize = 19;

/// The powers of ten from 10^0 that are floats exactly and that so few digits can ask for.
const POWERS_OF_TEN: [f64; DIGITS_MAX + 1] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19,
];

/// The number at the start of `text`, and what follows it. `None` for what std has to read: exponents, many
/// digits, words, blanks.
///
/// The quotient of two floats that are exact is rounded once, so it is the float nearest to the number, as std
/// reads it (W. D. Clinger, "How to read floating point numbers accurately", 1990).
#[inline]
#[must_use]
pub fn leading(text: &[u8]) -> Option<(f64, &[u8])> {
    let (is_negative, unsigned) = match text {
        [b'-', unsigned @ ..] => (true, unsigned),
        _ => (false, text),
    };
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
    if count > DIGITS_MAX || mantissa > EXACT_INTEGER_MAX || matches!(rest, [b'e' | b'E', ..]) {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "compared with 2^53 first")]
    let magnitude = mantissa as f64 / POWERS_OF_TEN.get(decimals)?;
    Some((if is_negative { -magnitude } else { magnitude }, rest))
}

/// Adds the digits at the start of `text` to a number; beyond [`DIGITS_MAX`] it means nothing.
#[inline]
fn digits(mut number: u64, mut text: &[u8]) -> (u64, &[u8]) {
    while let [digit @ b'0'..=b'9', rest @ ..] = text {
        number = number
            .wrapping_mul(10)
            .wrapping_add(u64::from(digit - b'0'));
        text = rest;
    }
    (number, text)
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
            "0.1234567890123456789",
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
        fn what_is_read_is_what_std_reads_to_the_bit(text in "-?[0-9]{1,12}(\\.[0-9]{0,10})?") {
            let expected: f64 = text.parse().unwrap();
            if let Some(number) = whole(&text) {
                prop_assert_eq!(number.to_bits(), expected.to_bits());
            } else {
                // Never because it is short.
                prop_assert!(text.len() > 15, "{} was not read", text);
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
