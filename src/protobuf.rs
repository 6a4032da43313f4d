//! The wire format of protocol buffers (protobuf.dev/programming-guides/encoding): fields of a message, one after the
//! other, read in the bytes where they lie and written without a schema.

/// Why bytes are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.reason())]
pub enum WireError {
    /// The message ends inside of a number.
    Truncated,
    /// A number of more than ten bytes.
    Number,
    /// A length that is more than what follows.
    Length,
    /// A group, or a wire type that never was.
    WireType,
    /// The field holds something else than what is asked for.
    Type,
    /// A text that is not UTF-8.
    Utf8,
}

impl WireError {
    /// What is wrong, in a few words.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Truncated => "a message ends inside a number",
            Self::Number => "a number has more than 64 bits",
            Self::Length => "a field is longer than its message",
            Self::WireType => "a field is of a wire type that no longer exists",
            Self::Type => "a field is of another type than its number says",
            Self::Utf8 => "a text is not UTF-8",
        }
    }
}

impl From<WireError> for &'static str {
    fn from(error: WireError) -> Self {
        error.reason()
    }
}

/// The value of one field, by its wire type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field<'a> {
    /// A number of up to 64 bits.
    Varint(u64),
    /// Eight bytes, the least significant first.
    Fixed64([u8; 8]),
    /// A message, a text, bytes or a packed list.
    Bytes(&'a [u8]),
    /// Four bytes, the least significant first.
    Fixed32([u8; 4]),
}

/// The fields of a message, each with its number. It ends after the first error.
#[derive(Debug, Clone)]
pub struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// The fields of this message.
    #[must_use]
    pub fn of(message: &'a [u8]) -> Self {
        Self(message)
    }

    fn field(&mut self) -> Result<(u64, Field<'a>), WireError> {
        let key = varint(&mut self.0)?;
        let field = match key & 7 {
            0 => Field::Varint(varint(&mut self.0)?),
            1 => Field::Fixed64(self.fixed()?),
            2 => {
                let length = usize::try_from(varint(&mut self.0)?).unwrap_or(usize::MAX);
                let split = self.0.split_at_checked(length);
                let (bytes, rest) = split.ok_or(WireError::Length)?;
                self.0 = rest;
                Field::Bytes(bytes)
            }
            5 => Field::Fixed32(self.fixed()?),
            _ => return Err(WireError::WireType),
        };
        Ok((key >> 3, field))
    }

    fn fixed<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], WireError> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(WireError::Truncated)?;
        self.0 = rest;
        Ok(*bytes)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Field<'a>), WireError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

/// Reads a number: seven bits a byte, the lowest first, at most ten bytes.
///
/// # Errors
/// The bytes end before it does, or it has more than 64 bits.
pub fn varint(bytes: &mut &[u8]) -> Result<u64, WireError> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or(WireError::Truncated)?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(WireError::Number)
}

/// Numbers one after the other. It ends after the first error.
pub fn packed_varints(mut bytes: &[u8]) -> impl Iterator<Item = Result<u64, WireError>> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let number = varint(&mut bytes);
        if number.is_err() {
            bytes = &[];
        }
        Some(number)
    })
}

impl<'a> Field<'a> {
    /// The bytes of a message, a text, bytes or a packed list.
    ///
    /// # Errors
    /// It is a number.
    pub fn bytes(self) -> Result<&'a [u8], WireError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(WireError::Type),
        }
    }

    /// A text.
    ///
    /// # Errors
    /// It is a number, or not UTF-8.
    pub fn text(self) -> Result<&'a str, WireError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| WireError::Utf8)
    }

    /// A whole number with a sign.
    ///
    /// # Errors
    /// It is of another wire type.
    pub fn integer(self) -> Result<i64, WireError> {
        match self {
            Self::Varint(number) => Ok(number.cast_signed()),
            _ => Err(WireError::Type),
        }
    }

    /// Whole numbers that are packed into one field, or one that has a field of its own.
    ///
    /// # Errors
    /// It is of another wire type, or ends inside of a number.
    pub fn push_integers(self, into: &mut Vec<i64>) -> Result<(), WireError> {
        let Self::Bytes(bytes) = self else {
            into.push(self.integer()?);
            return Ok(());
        };
        for number in packed_varints(bytes) {
            into.push(number?.cast_signed());
        }
        Ok(())
    }

    /// Floats of 32 bits, packed or single.
    ///
    /// # Errors
    /// It is of another wire type.
    pub fn push_floats(self, into: &mut Vec<f64>) -> Result<(), WireError> {
        match self {
            Self::Fixed32(bytes) => into.push(f32::from_le_bytes(bytes).into()),
            Self::Bytes(bytes) => {
                let floats = bytes.as_chunks().0.iter();
                into.extend(floats.map(|four| f64::from(f32::from_le_bytes(*four))));
            }
            _ => return Err(WireError::Type),
        }
        Ok(())
    }

    /// Floats of 64 bits, packed or single.
    ///
    /// # Errors
    /// It is of another wire type.
    pub fn push_doubles(self, into: &mut Vec<f64>) -> Result<(), WireError> {
        match self {
            Self::Fixed64(bytes) => into.push(f64::from_le_bytes(bytes)),
            Self::Bytes(bytes) => {
                let doubles = bytes.as_chunks().0.iter();
                into.extend(doubles.map(|eight| f64::from_le_bytes(*eight)));
            }
            _ => return Err(WireError::Type),
        }
        Ok(())
    }
}

/// Writes a number.
pub fn push_varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        let [low, ..] = number.to_le_bytes();
        bytes.push(low | 0x80);
        number >>= 7;
    }
    let [low, ..] = number.to_le_bytes();
    bytes.push(low);
}

/// Writes a field that is a message, a text, bytes or a packed list.
pub fn push_bytes(bytes: &mut Vec<u8>, field: u64, content: &[u8]) {
    push_varint(bytes, field << 3 | 2);
    push_varint(bytes, content.len() as u64);
    bytes.extend_from_slice(content);
}

/// Writes a field that is a whole number with a sign.
pub fn push_integer(bytes: &mut Vec<u8>, field: u64, number: i64) {
    push_varint(bytes, field << 3);
    push_varint(bytes, number.cast_unsigned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_were_written() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            push_varint(&mut bytes, number);
            assert_eq!(varint(&mut bytes.as_slice()), Ok(number));
        }
    }

    #[test]
    fn fields_come_back_as_they_were_written() {
        let mut message = Vec::new();
        push_integer(&mut message, 3, -7);
        push_bytes(&mut message, 900, b"text");
        let fields: Vec<_> = Fields::of(&message).map(Result::unwrap).collect();
        assert_eq!(fields.len(), 2);
        assert_eq!((fields[0].0, fields[0].1.integer()), (3, Ok(-7)));
        assert_eq!((fields[1].0, fields[1].1.text()), (900, Ok("text")));
        assert_eq!(fields[0].1.text(), Err(WireError::Type));
    }

    #[test]
    fn what_is_cut_short_or_too_long_is_an_error() {
        assert_eq!(varint(&mut [0x80; 3].as_slice()), Err(WireError::Truncated));
        assert_eq!(varint(&mut [0xff; 11].as_slice()), Err(WireError::Number));
        let only = |bytes: &[u8]| Fields::of(bytes).next().unwrap().unwrap_err();
        assert_eq!(only(&[0x0a, 0x05, 0x01]), WireError::Length);
        assert_eq!(only(&[0x0b]), WireError::WireType);
        assert_eq!(only(&[0x0d, 1, 2]), WireError::Truncated);
        let mut integers = Vec::new();
        let packed = Field::Bytes(&[1, 0x80]);
        assert_eq!(
            packed.push_integers(&mut integers),
            Err(WireError::Truncated)
        );
    }
}
