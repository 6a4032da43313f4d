//! Readers of the fields of forms: each is compiled once and called, where serde would compile one into every field.
//!
//! The program is 35 kB smaller for it.

use std::io::{self, Read};

use serde::de::value::StrDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};

/// Reads CBOR.
pub(super) fn cbor<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ciborium::de::Error<io::Error>> {
    ciborium::from_reader(Bytes(bytes))
}

/// Bytes that are read through a call: ciborium would compile the copying of bytes into every place that reads a header.
struct Bytes<'a>(&'a [u8]);

impl Read for Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }

    #[inline(never)]
    fn read_exact(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        self.0.read_exact(buffer)
    }
}

/// Reads a word: a text that is one of a few.
pub(super) fn word<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::deserialize(StrDeserializer::new(&text(deserializer)?))
}

/// Reads a word or `null`.
pub(super) fn optional_word<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let word = optional_text(deserializer)?;
    word.map(|word| T::deserialize(StrDeserializer::new(&word)))
        .transpose()
}

/// Reads a text.
#[inline(never)]
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer)
}

/// Reads a text or `null`.
#[inline(never)]
pub(super) fn optional_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

/// Reads a list of texts.
#[inline(never)]
pub(super) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Vec::deserialize(deserializer)
}

/// Reads a whole number.
#[inline(never)]
pub(super) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    u64::deserialize(deserializer)
}

/// Reads an index or `null`.
#[inline(never)]
pub(super) fn optional_index<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<usize>, D::Error> {
    Option::deserialize(deserializer)
}

/// Reads a list of indices.
#[inline(never)]
pub(super) fn indices<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<usize>, D::Error> {
    Vec::deserialize(deserializer)
}

/// Reads `true` or `false`.
#[inline(never)]
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    bool::deserialize(deserializer)
}
