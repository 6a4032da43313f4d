//! The bytes of a pickle, taken from the front.

use super::error::Problem;
use crate::import::limits::LINE_BYTES_MAX;

/// What is left to read, and how much was read.
#[derive(Debug, Clone)]
pub(super) struct Input<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Input<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// How many bytes were taken.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.offset.min(self.bytes.len())
    }

    /// The next `count` bytes of `what`.
    pub(super) fn take(&mut self, count: usize, what: &'static str) -> Result<&'a [u8], Problem> {
        let truncated = Problem::Truncated(what);
        let Some(end) = self.offset.checked_add(count) else {
            return Err(truncated);
        };
        let Some(taken) = self.bytes.get(self.offset..end) else {
            return Err(truncated);
        };
        self.offset = end;
        Ok(taken)
    }

    /// The next bytes as an array.
    pub(super) fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Problem> {
        let taken = self.take(N, what)?;
        taken.try_into().map_err(|_| Problem::Truncated(what))
    }

    pub(super) fn byte(&mut self, what: &'static str) -> Result<u8, Problem> {
        self.array(what).map(u8::from_le_bytes)
    }

    pub(super) fn u32(&mut self, what: &'static str) -> Result<u32, Problem> {
        self.array(what).map(u32::from_le_bytes)
    }

    /// Bytes after their length, which takes `length_bytes` bytes (1, 2, 4 or 8, least significant first).
    pub(super) fn counted(
        &mut self,
        length_bytes: usize,
        what: &'static str,
    ) -> Result<&'a [u8], Problem> {
        let length = self.take(length_bytes, what)?;
        let length = length
            .iter()
            .rev()
            .fold(0_u64, |length, &byte| (length << 8) | u64::from(byte));
        let length = usize::try_from(length).map_err(|_| Problem::Truncated(what))?;
        self.take(length, what)
    }

    /// The bytes up to the end of the line, without it.
    pub(super) fn line(&mut self, what: &'static str) -> Result<&'a [u8], Problem> {
        let rest = self.bytes.get(self.offset..).unwrap_or_default();
        let head = rest.get(..=LINE_BYTES_MAX).unwrap_or(rest);
        match memchr::memchr(b'\n', head) {
            Some(length) => {
                let line = self.take(length, what)?;
                self.offset += 1;
                Ok(line)
            }
            None if head.len() > LINE_BYTES_MAX => Err(Problem::Line),
            None => Err(Problem::Truncated(what)),
        }
    }

    /// The bytes up to the end of the line, as a text.
    pub(super) fn text_line(&mut self, what: &'static str) -> Result<&'a str, Problem> {
        let line = self.line(what)?;
        std::str::from_utf8(line).map_err(|_| Problem::Argument(format!("{what} is not UTF-8")))
    }
}
