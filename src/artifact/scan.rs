//! Structural check of CBOR bytes before anything is built from them.
//!
//! ciborium alone accepts trailing bytes and NaN, takes the last of two equal map keys, skips tags, and
//! reads a typed array (RFC 8746) as numbers that nobody wrote. This pass refuses all of it, with the byte
//! where it stands, and allocates nothing but the keys of the maps it is inside of.

use std::collections::HashSet;

use ciborium_ll::{Decoder, Header};

use super::error::ArtifactError;
use crate::limits::ARTIFACT_DEPTH_MAX;

type Bytes<'a> = Decoder<&'a [u8]>;

/// Checks that `bytes` are exactly one CBOR item of the sort the format uses. `part` names them in errors.
pub(super) fn check(bytes: &[u8], part: &'static str) -> Result<(), ArtifactError> {
    let mut scan = Scan {
        decoder: Decoder::from(bytes),
        bytes,
        part,
    };
    scan.item(0)?;
    let offset = scan.decoder.offset();
    match bytes.len().saturating_sub(offset) {
        0 => Ok(()),
        count => Err(ArtifactError::Trailing {
            part,
            offset,
            count,
        }),
    }
}

/// What ciborium says, without the wrapping that its errors print.
pub(super) fn plain(error: &ciborium::de::Error<std::io::Error>) -> String {
    match error {
        ciborium::de::Error::Semantic(_, reason) => reason.clone(),
        other => other.to_string(),
    }
}

struct Scan<'a> {
    decoder: Bytes<'a>,
    bytes: &'a [u8],
    part: &'static str,
}

impl Scan<'_> {
    /// One item with all that is inside it; `false` if it was the break that ends an indefinite length.
    fn item(&mut self, depth: usize) -> Result<bool, ArtifactError> {
        let offset = self.decoder.offset();
        if depth > ARTIFACT_DEPTH_MAX {
            return Err(ArtifactError::TooDeep {
                part: self.part,
                offset,
            });
        }
        match self.pull()? {
            Header::Positive(_) | Header::Negative(_) => {}
            Header::Simple(20..=22) => {} // false, true, null
            Header::Simple(code) => {
                return Err(self.malformed(offset, format!("the simple value {code}")));
            }
            Header::Float(value) if value.is_finite() => {}
            Header::Float(value) => {
                return Err(ArtifactError::NotFinite {
                    value,
                    part: self.part,
                    offset,
                });
            }
            Header::Bytes(length) => drop(self.string(length, offset)?),
            Header::Text(length) => drop(self.text(length, offset)?),
            Header::Array(length) => self.array(length, depth)?,
            Header::Map(length) => self.map(length, depth)?,
            Header::Tag(24) if self.part == "envelope" => return self.item(depth + 1),
            Header::Tag(tag) => {
                return Err(
                    self.malformed(offset, format!("tag {tag}, which the format does not use,"))
                );
            }
            Header::Break => return Ok(false),
        }
        Ok(true)
    }

    fn array(&mut self, length: Option<usize>, depth: usize) -> Result<(), ArtifactError> {
        let mut index = 0;
        while length.is_none_or(|length| index < length) {
            let offset = self.decoder.offset();
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
            let offset = self.decoder.offset();
            let key = match self.pull()? {
                Header::Text(length) => self.text(length, offset)?,
                Header::Break => return self.end(length, offset),
                _ => return Err(self.malformed(offset, "a map key that is no text".to_owned())),
            };
            if !keys.insert(key.clone()) {
                return Err(ArtifactError::DuplicateKey {
                    key,
                    part: self.part,
                    offset,
                });
            }
            let offset = self.decoder.offset();
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

    fn text(&mut self, length: Option<usize>, offset: usize) -> Result<String, ArtifactError> {
        let bytes = self.string(length, offset)?;
        String::from_utf8(bytes)
            .map_err(|_| self.malformed(offset, "a text that is not UTF-8".to_owned()))
    }

    /// The content of a byte or text string, whose length is compared with what is there before it is read.
    fn string(&mut self, length: Option<usize>, offset: usize) -> Result<Vec<u8>, ArtifactError> {
        let Some(length) = length else {
            return Err(self.malformed(offset, "a string in pieces of unknown number".to_owned()));
        };
        let start = self.decoder.offset();
        if length > self.bytes.len().saturating_sub(start) {
            return Err(ArtifactError::Truncated {
                part: self.part,
                offset: self.bytes.len(),
            });
        }
        let mut content = vec![0; length];
        ciborium_io::Read::read_exact(&mut self.decoder, &mut content).map_err(|_| {
            ArtifactError::Truncated {
                part: self.part,
                offset: self.bytes.len(),
            }
        })?;
        Ok(content)
    }

    fn pull(&mut self) -> Result<Header, ArtifactError> {
        self.decoder.pull().map_err(|error| match error {
            ciborium_ll::Error::Io(_) => ArtifactError::Truncated {
                part: self.part,
                offset: self.bytes.len(),
            },
            ciborium_ll::Error::Syntax(offset) => {
                self.malformed(offset, "a byte that begins no CBOR item".to_owned())
            }
        })
    }

    fn malformed(&self, offset: usize, what: String) -> ArtifactError {
        ArtifactError::Malformed {
            what,
            part: self.part,
            offset,
        }
    }
}
