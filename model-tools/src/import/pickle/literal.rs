//! Instructions that stand for one value by themselves: constants, numbers, texts, bytes, empty containers.

use super::error::Problem;
use super::input::Input;
use super::opcode as op;
use crate::import::objects::Node;

/// The value of the instruction, or nothing if it is of another sort.
pub(super) fn read(code: u8, input: &mut Input<'_>) -> Result<Option<Node>, Problem> {
    let node = match code {
        op::NONE => Node::None,
        op::NEWTRUE => Node::Bool(true),
        op::NEWFALSE => Node::Bool(false),
        op::INT | op::LONG | op::BININT | op::BININT1 | op::BININT2 | op::LONG1 | op::LONG4 => {
            integer(code, input)?
        }
        op::FLOAT => decimal_float(input.text_line("a float")?)?,
        op::BINFLOAT => Node::Float(f64::from_be_bytes(input.array("a float")?)),
        op::UNICODE => Node::Text(raw_unicode_escape(input.line("a text")?)?.into()),
        op::SHORT_BINUNICODE => utf8(input.counted(1, "a text")?)?,
        op::BINUNICODE => utf8(input.counted(4, "a text")?)?,
        op::BINUNICODE8 => utf8(input.counted(8, "a text")?)?,
        op::STRING => Node::Bytes(quoted(input.line("a string")?)?.into()),
        op::SHORT_BINSTRING | op::SHORT_BINBYTES => bytes(input.counted(1, "bytes")?),
        op::BINSTRING | op::BINBYTES => bytes(input.counted(4, "bytes")?),
        op::BINBYTES8 | op::BYTEARRAY8 => bytes(input.counted(8, "bytes")?),
        op::LEFT_OUT => left_out(input)?,
        op::EMPTY_LIST => Node::List(Vec::new()),
        op::EMPTY_TUPLE => Node::Tuple(Vec::new()),
        op::EMPTY_SET => Node::Set(Vec::new()),
        op::EMPTY_DICT => Node::Dict(Vec::new()),
        _ => return Ok(None),
    };
    Ok(Some(node))
}

/// Bytes that were left behind, of which only the number is known.
fn left_out(input: &mut Input<'_>) -> Result<Node, Problem> {
    const WHAT: &str = "the length of what was left out";
    let length = u64::from_le_bytes(input.array(WHAT)?);
    let length = usize::try_from(length).map_err(|_| Problem::Truncated(WHAT))?;
    Ok(Node::LeftOut(length))
}

fn bytes(bytes: &[u8]) -> Node {
    Node::Bytes(bytes.into())
}

fn utf8(bytes: &[u8]) -> Result<Node, Problem> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Node::Text(text.into())),
        Err(_) => Err(Problem::Argument("a text that is not UTF-8".to_owned())),
    }
}

fn integer(code: u8, input: &mut Input<'_>) -> Result<Node, Problem> {
    const WHAT: &str = "an integer";
    match code {
        op::BININT => Ok(Node::Integer(i32::from_le_bytes(input.array(WHAT)?).into())),
        op::BININT1 => Ok(Node::Integer(input.byte(WHAT)?.into())),
        op::BININT2 => Ok(Node::Integer(u16::from_le_bytes(input.array(WHAT)?).into())),
        op::LONG1 => Ok(twos_complement(input.counted(1, WHAT)?)),
        op::LONG4 => Ok(twos_complement(input.counted(4, WHAT)?)),
        op::LONG => {
            let line = input.text_line(WHAT)?;
            decimal_integer(line.strip_suffix('L').unwrap_or(line))
        }
        // Protocol 0 and 1 have no other way to write True and False.
        _ => match input.text_line(WHAT)? {
            "01" => Ok(Node::Bool(true)),
            "00" => Ok(Node::Bool(false)),
            line => decimal_integer(line),
        },
    }
}

fn twos_complement(bytes: &[u8]) -> Node {
    if bytes.len() > 8 {
        return Node::LargeInteger;
    }
    let negative = bytes.last().is_some_and(|&byte| byte & 0x80 != 0);
    let sign = if negative { -1 } else { 0 };
    let integer = bytes
        .iter()
        .rev()
        .fold(sign, |integer: i64, &byte| (integer << 8) | i64::from(byte));
    Node::Integer(integer)
}

fn decimal_integer(text: &str) -> Result<Node, Problem> {
    if let Ok(integer) = text.trim().parse() {
        return Ok(Node::Integer(integer));
    }
    let digits = text.trim().trim_start_matches('-');
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(Node::LargeInteger);
    }
    Err(Problem::Argument("an integer that is none".to_owned()))
}

fn decimal_float(text: &str) -> Result<Node, Problem> {
    match text.trim().parse() {
        Ok(number) => Ok(Node::Float(number)),
        Err(_) => Err(Problem::Argument("a float that is none".to_owned())),
    }
}

/// Python's raw-unicode-escape: Latin-1 in which `\uXXXX` and `\UXXXXXXXX` stand for characters.
fn raw_unicode_escape(line: &[u8]) -> Result<String, Problem> {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((&first, after)) = rest.split_first() {
        let digits = match (first, after.first()) {
            (b'\\', Some(b'u')) => 4,
            (b'\\', Some(b'U')) => 8,
            _ => {
                text.push(char::from(first));
                rest = after;
                continue;
            }
        };
        let character = after.get(1..=digits).and_then(hexadecimal);
        let character = character.and_then(char::from_u32).ok_or_else(bad_escape)?;
        text.push(character);
        rest = after.get(digits + 1..).unwrap_or_default();
    }
    Ok(text)
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    let all_digits = digits.iter().all(u8::is_ascii_hexdigit);
    let text = std::str::from_utf8(digits).ok().filter(|_| all_digits)?;
    u32::from_str_radix(text, 16).ok()
}

fn bad_escape() -> Problem {
    Problem::Argument("a text with an escape that is none".to_owned())
}

/// A string as Python 2 wrote it, in quotes and with escapes.
fn quoted(line: &[u8]) -> Result<Vec<u8>, Problem> {
    let inner = match line.trim_ascii() {
        [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => inner,
        _ => return Err(Problem::Argument("a string without quotes".to_owned())),
    };
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((&first, after)) = rest.split_first() {
        if first != b'\\' {
            bytes.push(first);
            rest = after;
            continue;
        }
        let (byte, length) = escape(after).ok_or_else(bad_escape)?;
        bytes.push(byte);
        rest = after.get(length..).unwrap_or_default();
    }
    Ok(bytes)
}

/// The byte that an escape stands for, and how many bytes it takes after the backslash.
fn escape(after: &[u8]) -> Option<(u8, usize)> {
    let byte = match after.first()? {
        b'x' => {
            let byte = hexadecimal(after.get(1..3)?)?;
            return Some((u8::try_from(byte).ok()?, 3));
        }
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        &quote @ (b'\'' | b'"' | b'\\') => quote,
        _ => return None,
    };
    Some((byte, 1))
}
