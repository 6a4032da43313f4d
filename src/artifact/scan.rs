//! Structural check of CBOR bytes before anything is built from them.
//!
//! CBOR may have trailing bytes, NaN, two equal map keys, tags and typed arrays (RFC 8746). This pass refuses all of
//! it, with the byte where it stands, and allocates nothing but a set of the keys of the maps it is inside of.

use std::collections::HashSet;

use super::cbor::{self, EMBEDDED_CBOR, FALSE, Head, NULL, NoHead};
use super::error::ArtifactError;
use super::item::Item;
use crate::limits::ARTIFACT_DEPTH_MAX;

/// Checks that `bytes` are exactly one CBOR item of the sort the format uses. `part` names them in errors.
pub(super) fn check<'a>(bytes: &'a [u8], part: &'static str) -> Result<Item<'a>, ArtifactError> {
    let mut scan = Scan {
        rest: bytes,
        length: bytes.len(),
        part,
    };
    scan.item(0)?;
    match scan.rest.len() {
        0 => Ok(Item::of(bytes)),
        count => Err(ArtifactError::Trailing {
            part,
            offset: scan.offset(),
            count,
        }),
    }
}

struct Scan<'a> {
    rest: &'a [u8],
    /// How many bytes there were at first.
    length: usize,
    part: &'static str,
}

impl<'a> Scan<'a> {
    fn offset(&self) -> usize {
        self.length - self.rest.len()
    }

    /// One item with all that is inside it; `false` if it was the break that ends an indefinite length.
    fn item(&mut self, depth: usize) -> Result<bool, ArtifactError> {
        let offset = self.offset();
        if depth > ARTIFACT_DEPTH_MAX {
            return Err(ArtifactError::TooDeep {
                part: self.part,
                offset,
            });
        }
        match self.head(offset)? {
            Head::Positive(_) | Head::Negative(_) | Head::Simple(FALSE..=NULL) => {}
            Head::Simple(code) => {
                return Err(self.malformed(offset, format!("the simple value {code}")));
            }
            Head::Float(value) if value.is_finite() => {}
            Head::Float(value) => {
                return Err(ArtifactError::NotFinite {
                    value,
                    part: self.part,
                    offset,
                });
            }
            Head::Bytes(length) => drop(self.string(length, offset)?),
            Head::Text(length) => drop(self.text(length, offset)?),
            Head::Array(length) => self.array(length, depth)?,
            Head::Map(length) => self.map(length, depth)?,
            Head::Tag(EMBEDDED_CBOR) if self.part == "envelope" => return self.item(depth + 1),
            Head::Tag(tag) => {
                return Err(
                    self.malformed(offset, format!("tag {tag}, which the format does not use,"))
                );
            }
            Head::Break => return Ok(false),
        }
        Ok(true)
    }

    fn array(&mut self, length: Option<usize>, depth: usize) -> Result<(), ArtifactError> {
        let mut index = 0;
        while length.is_none_or(|length| index < length) {
            let offset = self.offset();
            if !self.item(depth + 1)? {
                return self.end(length, offset);
            }
            index += 1;
        }
        Ok(())
    }

    fn map(&mut self, length: Option<usize>, depth: usize) -> Result<(), ArtifactError> {
        let mut keys = HashSet::new();
        while length.is_none_or(|length| keys.len() < length) {
            let offset = self.offset();
            let key = match self.head(offset)? {
                Head::Text(length) => self.text(length, offset)?,
                Head::Break => return self.end(length, offset),
                _ => return Err(self.malformed(offset, "a map key that is no text".to_owned())),
            };
            if !keys.insert(key) {
                return Err(ArtifactError::DuplicateKey {
                    key: key.to_owned(),
                    part: self.part,
                    offset,
                });
            }
            let offset = self.offset();
            if !self.item(depth + 1)? {
                return Err(self.malformed(
                    offset,
                    format!("a break in place of the value of \"{key}\""),
                ));
            }
        }
        Ok(())
    }

    /// A break ends an array or map only if its length was not given.
    fn end(&self, length: Option<usize>, offset: usize) -> Result<(), ArtifactError> {
        match length {
            None => Ok(()),
            Some(length) => Err(self.malformed(offset, format!("a break inside {length} items"))),
        }
    }

    fn text(&mut self, length: Option<usize>, offset: usize) -> Result<&'a str, ArtifactError> {
        let bytes = self.string(length, offset)?;
        std::str::from_utf8(bytes)
            .map_err(|_| self.malformed(offset, "a text that is not UTF-8".to_owned()))
    }

    /// The content of a byte or text string, whose length is compared with what is there.
    fn string(&mut self, length: Option<usize>, offset: usize) -> Result<&'a [u8], ArtifactError> {
        let Some(length) = length else {
            return Err(self.malformed(offset, "a string in pieces of unknown number".to_owned()));
        };
        let content = cbor::content(&mut self.rest, length);
        content.map_err(|reason| self.no_item(reason, offset))
    }

    fn head(&mut self, offset: usize) -> Result<Head, ArtifactError> {
        let head = Head::take(&mut self.rest);
        head.map_err(|reason| self.no_item(reason, offset))
    }

    fn no_item(&self, reason: NoHead, offset: usize) -> ArtifactError {
        match reason {
            NoHead::Truncated => ArtifactError::Truncated {
                part: self.part,
                offset: self.length,
            },
            NoHead::Malformed => {
                self.malformed(offset, "a byte that begins no CBOR item".to_owned())
            }
        }
    }

    fn malformed(&self, offset: usize, what: String) -> ArtifactError {
        ArtifactError::Malformed {
            what,
            part: self.part,
            offset,
        }
    }
}
