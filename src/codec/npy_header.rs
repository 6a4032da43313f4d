//! The header of NumPy's file format (numpy.lib.format, versions 1 to 3), in bodies and in foreign models alike.

use crate::text::Quoted;

/// What a file begins with.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// What the header says of the data behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NpyHeader {
    /// The type of the elements, such as `<f8`.
    pub descr: String,
    /// Whether the first index runs fastest.
    pub is_fortran: bool,
    /// The lengths, one per dimension.
    pub shape: Vec<usize>,
}

impl NpyHeader {
    /// The header, and the data behind it.
    ///
    /// # Errors
    /// The bytes do not begin with a header of an array whose elements have a simple type, as text.
    pub fn read(file: &[u8]) -> Result<(Self, &[u8]), String> {
        let rest = file
            .strip_prefix(MAGIC)
            .ok_or("it does not begin with \\x93NUMPY")?;
        let (length, rest) = match rest {
            [1, _, a, b, rest @ ..] => (usize::from(u16::from_le_bytes([*a, *b])), rest),
            [2 | 3, _, a, b, c, d, rest @ ..] => {
                (u32::from_le_bytes([*a, *b, *c, *d]) as usize, rest)
            }
            [version, ..] => return Err(format!("version {version} of the format is not known")),
            [] => return Err("it ends inside its header".to_owned()),
        };
        let (header, data) = rest
            .split_at_checked(length)
            .ok_or("it ends inside its header")?;
        let text = std::str::from_utf8(header).map_err(|_| "its header is not text")?;
        Ok((Self::parse(text)?, data))
    }

    /// Reads `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`.
    fn parse(text: &str) -> Result<Self, String> {
        let missing = |key: &str| {
            format!(
                "its header has no {key}: {}",
                Quoted::of(text.trim().as_bytes())
            )
        };
        let value = |key: &str| {
            let (_, rest) = text.split_once(&format!("'{key}':"))?;
            Some(rest.trim_start())
        };
        let descr = value("descr")
            .and_then(|rest| rest.strip_prefix('\'')?.split('\'').next())
            .ok_or_else(|| missing("'descr' of a simple type"))?;
        let order = value("fortran_order").and_then(|rest| rest.split([',', '}']).next());
        let is_fortran = match order.map(str::trim) {
            Some("True") => true,
            Some("False") => false,
            _ => return Err(missing("'fortran_order'")),
        };
        let shape = value("shape")
            .and_then(|rest| rest.strip_prefix('(')?.split(')').next())
            .ok_or_else(|| missing("'shape'"))?;
        let shape = shape
            .split(',')
            .map(str::trim)
            .filter(|length| !length.is_empty())
            .map(|length| length.parse().map_err(|_| missing("'shape' of numbers")))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            descr: descr.to_owned(),
            is_fortran,
            shape,
        })
    }

    /// Bytes of the data if an element takes `element` bytes; none if that is more than a number holds.
    #[must_use]
    pub fn bytes(&self, element: usize) -> Option<usize> {
        let lengths = self.shape.iter();
        lengths.copied().try_fold(element, usize::checked_mul)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_with_and_without_spaces_are_read() {
        let header =
            NpyHeader::parse("{'descr': '>f4', 'fortran_order': True, 'shape': (3, 4), }  \n");
        assert_eq!(
            header,
            Ok(NpyHeader {
                descr: ">f4".to_owned(),
                is_fortran: true,
                shape: vec![3, 4],
            })
        );
        let one = NpyHeader::parse("{'descr':'|u1','fortran_order':False,'shape':(5,)}").unwrap();
        assert_eq!((one.descr.as_str(), one.shape), ("|u1", vec![5]));
    }

    #[test]
    fn a_header_that_is_none_is_refused() {
        for text in [
            "",
            "{}",
            "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '<f8', 'shape': (1,)}",
            "{'descr': '<f8', 'fortran_order': 1, 'shape': (1,)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
        ] {
            assert!(NpyHeader::parse(text).is_err(), "{text}");
        }
    }
}
