//! Numbers as text and as categories: what counts as one, and when two are the same.

use super::cell::Cell;
use super::decimal;

/// What a text says where a number is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TextNumber {
    /// A number.
    Number(f64),
    /// `nan` in any case.
    Nan,
    /// A word for infinity, or a number beyond the largest float.
    NotFinite,
    /// No number.
    None,
}

/// Reads a text as a number: spaces and tabs around it, a sign, decimals, an exponent; `true`, `True` and `TRUE`
/// are 1, the same for false are 0. Hexadecimal, `_` and a decimal comma are no numbers.
#[must_use]
pub fn read(text: &[u8]) -> TextNumber {
    let text = trim(text);
    if let Some((number, [])) = decimal::leading(text) {
        return TextNumber::Number(number);
    }
    if let Some(value) = boolean(text) {
        return TextNumber::Number(f64::from(u8::from(value)));
    }
    let parsed = std::str::from_utf8(text).ok().map(str::parse::<f64>);
    match parsed {
        Some(Ok(number)) if number.is_nan() => TextNumber::Nan,
        Some(Ok(number)) if number.is_infinite() => TextNumber::NotFinite,
        Some(Ok(number)) => TextNumber::Number(number),
        _ => TextNumber::None,
    }
}

/// The number that a text spells as a cell with a type, whole numbers exactly; none if it spells none.
#[must_use]
pub fn number_cell(text: &[u8]) -> Option<Cell<'static>> {
    match read(text) {
        TextNumber::Number(number) => Some(match whole(trim(text)) {
            Some(whole) if number != 0.0 => Cell::Integer(whole),
            _ => Cell::Number(number),
        }),
        TextNumber::Nan => Some(Cell::Missing),
        TextNumber::NotFinite => Some(Cell::Number(f64::INFINITY)),
        TextNumber::None => None,
    }
}

/// The text without spaces and tabs around it.
pub(super) fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// The boolean that a text spells: `true`, `True`, `TRUE` and the same for false.
pub(super) fn boolean(text: &[u8]) -> Option<bool> {
    match text {
        b"true" | b"True" | b"TRUE" => Some(true),
        b"false" | b"False" | b"FALSE" => Some(false),
        _ => None,
    }
}

/// A number as categories compare it: whole numbers by their digits, others by their float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum NumberKey {
    Whole(i128),
    Float(u64),
}

/// Whole floats below this are exactly an `i128`.
const WHOLE_FLOAT_MAX: f64 = 1e38;

impl NumberKey {
    /// The key of a float; none if it is not finite.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "compared with the largest first, and found whole"
    )]
    pub(super) fn of(number: f64) -> Option<Self> {
        if !number.is_finite() {
            None
        } else if number.fract() == 0.0 && number.abs() < WHOLE_FLOAT_MAX {
            Some(Self::Whole(number as i128))
        } else {
            Some(Self::Float(number.to_bits()))
        }
    }

    /// The key of a number that a text spells; none if it spells none.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let text = trim(text);
        if boolean(text).is_some() {
            return None;
        }
        if let Some(whole) = whole(text) {
            return Some(Self::Whole(whole));
        }
        match read(text) {
            TextNumber::Number(number) => Self::of(number),
            _ => None,
        }
    }

    /// The boolean that 1 and 0 stand for.
    pub(super) fn boolean(self) -> Option<bool> {
        match self {
            Self::Whole(0) => Some(false),
            Self::Whole(1) => Some(true),
            _ => None,
        }
    }
}

/// The whole number that a text spells (`3`, `-3.0`, `3e2`), by its digits; none if it spells none, or one of
/// more digits than an `i128` has.
fn whole(text: &[u8]) -> Option<i128> {
    let (is_negative, unsigned) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let exponent_at = unsigned.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (mantissa, exponent) = match exponent_at {
        Some(at) => (unsigned.get(..at)?, exponent(unsigned.get(at + 1..)?)?),
        None => (unsigned, 0),
    };
    let point = mantissa.iter().position(|&byte| byte == b'.');
    let (units, fraction) = match point {
        Some(at) => (mantissa.get(..at)?, mantissa.get(at + 1..)?),
        None => (mantissa, &[][..]),
    };
    if units.is_empty() && fraction.is_empty() {
        return None;
    }
    let zeros = fraction.iter().rev().take_while(|&&byte| byte == b'0');
    let fraction = fraction.get(..fraction.len() - zeros.count())?;
    let shift = exponent - i32::try_from(fraction.len()).ok()?;
    let digits = units
        .iter()
        .chain(fraction)
        .try_fold(0i128, |number, &byte| {
            let digit = byte.is_ascii_digit().then(|| i128::from(byte - b'0'))?;
            number.checked_mul(10)?.checked_add(digit)
        })?;
    let magnitude = shifted(digits, shift)?;
    Some(if is_negative { -magnitude } else { magnitude })
}

fn exponent(text: &[u8]) -> Option<i32> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// `number` times ten to the power of `shift`, if that is whole and fits.
fn shifted(number: i128, shift: i32) -> Option<i128> {
    if number == 0 {
        return Some(0);
    }
    let power = 10i128.checked_pow(shift.unsigned_abs())?;
    if shift >= 0 {
        number.checked_mul(power)
    } else {
        (number % power == 0).then(|| number / power)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_compared_by_their_digits() {
        let key = |text: &str| NumberKey::read(text.as_bytes());
        for same in ["3", "3.0", " 3 ", "+3", "3.", "0.3e1", "30e-1", "003"] {
            assert_eq!(key(same), Some(NumberKey::Whole(3)), "{same}");
        }
        let large = key("9007199254740993").unwrap();
        assert_ne!(Some(large), key("9007199254740992"));
        assert_eq!(large, NumberKey::Whole(9_007_199_254_740_993));
        assert_eq!(key("-0"), NumberKey::of(0.0));
        assert_eq!(key("1.5"), NumberKey::of(1.5));
        assert_eq!(key("1e400"), None);
        for none in [
            "", ".", "a", "1_0", "0x10", "true", "1,5", "-", "1e", "nan", "inf",
        ] {
            assert_eq!(key(none), None, "{none:?}");
        }
    }

    #[test]
    fn a_text_is_a_number_by_one_rule() {
        let number = TextNumber::Number;
        let cases = [
            ("5", number(5.0)),
            (" +5.0e0\t", number(5.0)),
            (".5", number(0.5)),
            ("true", number(1.0)),
            ("FALSE", number(0.0)),
            ("NaN", TextNumber::Nan),
            ("-nan", TextNumber::Nan),
            ("inf", TextNumber::NotFinite),
            ("1e999", TextNumber::NotFinite),
            ("tRUE", TextNumber::None),
            ("0x1F", TextNumber::None),
            ("1_000", TextNumber::None),
            ("1,5", TextNumber::None),
            ("", TextNumber::None),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text.as_bytes()), expected, "{text:?}");
        }
    }
}
