//! The protobuf wire format: fields of a message, one after the other, in the bytes where they lie.

/// The value of a field, by its wire type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Payload<'a> {
    Varint(u64),
    Fixed64([u8; 8]),
    Bytes(&'a [u8]),
    Fixed32([u8; 4]),
}

/// The fields of a message, each with its number. It ends after the first error.
pub(super) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn of(message: &'a [u8]) -> Self {
        Self(message)
    }

    fn field(&mut self) -> Result<(u64, Payload<'a>), &'static str> {
        let tag = varint(&mut self.0)?;
        let payload = match tag & 7 {
            0 => Payload::Varint(varint(&mut self.0)?),
            1 => Payload::Fixed64(self.fixed()?),
            2 => {
                let length = usize::try_from(varint(&mut self.0)?).unwrap_or(usize::MAX);
                let (bytes, rest) = self
                    .0
                    .split_at_checked(length)
                    .ok_or("a field is longer than its message")?;
                self.0 = rest;
                Payload::Bytes(bytes)
            }
            5 => Payload::Fixed32(self.fixed()?),
            _ => return Err("a field is of a wire type that no longer exists"),
        };
        Ok((tag >> 3, payload))
    }

    fn fixed<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], &'static str> {
        let (bytes, rest) = self
            .0
            .split_first_chunk()
            .ok_or("a message ends inside a number")?;
        self.0 = rest;
        Ok(*bytes)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Payload<'a>), &'static str>;

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

/// Reads a number of at most ten bytes of seven bits, the lowest first.
pub(super) fn varint(bytes: &mut &[u8]) -> Result<u64, &'static str> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes
            .split_first()
            .ok_or("a message ends inside a number")?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err("a number has more than 64 bits")
}

/// Numbers one after the other. It ends after the first error.
pub(super) fn packed_varints(mut bytes: &[u8]) -> impl Iterator<Item = Result<u64, &'static str>> {
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

/// Writes a number.
pub(super) fn push_varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

/// Writes a field that is a message, text or packed list.
pub(super) fn push_bytes(bytes: &mut Vec<u8>, number: u64, content: &[u8]) {
    push_varint(bytes, number << 3 | 2);
    push_varint(bytes, content.len() as u64);
    bytes.extend(content);
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
    fn what_is_cut_short_or_too_long_is_an_error() {
        assert!(varint(&mut [0x80; 3].as_slice()).is_err());
        assert!(varint(&mut [0xff; 11].as_slice()).is_err());
        let longer_than_the_message = [0x0a, 0x05, 0x01];
        assert!(Fields::of(&longer_than_the_message).any(|field| field.is_err()));
        let group = [0x0b];
        assert!(Fields::of(&group).any(|field| field.is_err()));
    }
}
