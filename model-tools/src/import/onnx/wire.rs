//! The wire format of protocol buffers, walked field by field without a schema.

use super::OnnxError;

/// The value of one field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Field<'a> {
    Varint(u64),
    Fixed64([u8; 8]),
    Bytes(&'a [u8]),
    Fixed32([u8; 4]),
}

/// The fields of a message, with their numbers.
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    fn read(&mut self) -> Option<(u64, Field<'a>)> {
        let key = varint(&mut self.bytes)?;
        let field = match key & 7 {
            0 => Field::Varint(varint(&mut self.bytes)?),
            1 => Field::Fixed64(*self.bytes.split_off(..8)?.first_chunk()?),
            2 => {
                let length = usize::try_from(varint(&mut self.bytes)?).ok()?;
                Field::Bytes(self.bytes.split_off(..length)?)
            }
            5 => Field::Fixed32(*self.bytes.split_off(..4)?.first_chunk()?),
            _ => return None, // groups, which nobody has written for twenty years
        };
        Some((key >> 3, field))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Field<'a>), OnnxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.bytes.is_empty() {
            return None;
        }
        let field = self.read();
        if field.is_none() {
            self.bytes = &[];
        }
        Some(field.ok_or(OnnxError::Damaged))
    }
}

/// Seven bits a byte, the least significant first; the last byte has its highest bit clear.
pub(super) fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.split_off_first()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

impl<'a> Field<'a> {
    pub(super) fn bytes(self) -> Result<&'a [u8], OnnxError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(OnnxError::Damaged),
        }
    }

    pub(super) fn text(self) -> Result<String, OnnxError> {
        let bytes = self.bytes()?;
        String::from_utf8(bytes.to_vec()).map_err(|_| OnnxError::Damaged)
    }

    pub(super) fn integer(self) -> Result<i64, OnnxError> {
        match self {
            Self::Varint(number) => Ok(number.cast_signed()),
            _ => Err(OnnxError::Damaged),
        }
    }

    /// Integers that are packed into one field, or one that has a field of its own.
    pub(super) fn integers(self, into: &mut Vec<i64>) -> Result<(), OnnxError> {
        let Self::Bytes(mut bytes) = self else {
            into.push(self.integer()?);
            return Ok(());
        };
        while !bytes.is_empty() {
            let number = varint(&mut bytes).ok_or(OnnxError::Damaged)?;
            into.push(number.cast_signed());
        }
        Ok(())
    }

    /// Floats of 32 bits, packed or single.
    pub(super) fn floats(self, into: &mut Vec<f64>) -> Result<(), OnnxError> {
        match self {
            Self::Fixed32(bytes) => into.push(f32::from_le_bytes(bytes).into()),
            Self::Bytes(bytes) => into.extend(
                bytes
                    .as_chunks()
                    .0
                    .iter()
                    .map(|four| f64::from(f32::from_le_bytes(*four))),
            ),
            _ => return Err(OnnxError::Damaged),
        }
        Ok(())
    }

    /// Floats of 64 bits, packed or single.
    pub(super) fn doubles(self, into: &mut Vec<f64>) -> Result<(), OnnxError> {
        match self {
            Self::Fixed64(bytes) => into.push(f64::from_le_bytes(bytes)),
            Self::Bytes(bytes) => into.extend(
                bytes
                    .as_chunks()
                    .0
                    .iter()
                    .map(|eight| f64::from_le_bytes(*eight)),
            ),
            _ => return Err(OnnxError::Damaged),
        }
        Ok(())
    }
}
