//! How a part of a document lies in CBOR: the one thing that each part says of itself, for reading and for writing.
//!
//! JSON goes the same way: it is turned into CBOR and read as that, and what is written as CBOR is turned into JSON.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};

use super::cbor::{FALSE, Fields, Head, TRUE, Writer};
use super::item::{Item, Wrong};

/// A part of a document.
pub(super) trait Form: Sized {
    /// Reads the part.
    fn read(item: Item<'_>) -> Result<Self, Wrong>;

    /// Writes the part.
    fn write(&self, writer: &mut Writer);
}

/// A word: one of a few, each a text.
pub(super) trait Word: Copy + 'static {
    /// All of them.
    const ALL: &'static [Self];

    /// The text.
    fn name(self) -> &'static str;
}

/// Gives each variant of an enum its text.
macro_rules! words {
    ($type:ident { $($variant:ident = $name:literal),* $(,)? }) => {
        impl $crate::artifact::form::Word for $type {
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),*
                }
            }
        }
    };
}
pub(super) use words;

impl Item<'_> {
    /// One of a few words.
    pub(super) fn word<T: Word>(self) -> Result<T, Wrong> {
        let text = self.text()?;
        let found = T::ALL.iter().find(|word| word.name() == text);
        found.copied().ok_or_else(|| {
            let words: Vec<_> = T::ALL.iter().map(|word| word.name()).collect();
            self.unknown_word(text, &words)
        })
    }
}

impl Fields<'_> {
    /// Writes a list.
    pub(super) fn list<T: Form>(&mut self, key: &str, list: &[T]) {
        let writer = self.key(key);
        writer.array(list.len());
        list.iter().for_each(|item| item.write(writer));
    }

    /// Writes a list, if there is anything in it.
    pub(super) fn some_list<T: Form>(&mut self, key: &str, list: &[T]) {
        if !list.is_empty() {
            self.list(key, list);
        }
    }

    /// Writes lists of numbers.
    pub(super) fn table(&mut self, key: &str, table: &[Vec<f64>]) {
        let writer = self.key(key);
        writer.array(table.len());
        table.iter().for_each(|list| writer.numbers(list));
    }

    /// Writes a part, if there is one.
    pub(super) fn optional<T: Form>(&mut self, key: &str, part: Option<&T>) {
        if let Some(part) = part {
            part.write(self.key(key));
        }
    }

    /// Writes a word.
    pub(super) fn word(&mut self, key: &str, word: impl Word) {
        self.text(key, word.name());
    }
}

/// Lets serde read parts, from JSON.
macro_rules! deserialize {
    ($($type:ident),*) => {
        $(impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::artifact::form::from_serde(deserializer)
            }
        })*
    };
}
pub(super) use deserialize;

/// Lets serde write parts, as JSON.
macro_rules! serialize {
    ($($type:ident),*) => {
        $(impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::artifact::form::to_serde(self, serializer)
            }
        })*
    };
}
pub(super) use serialize;

/// The CBOR of a part.
pub(super) fn to_cbor(part: &impl Form) -> Vec<u8> {
    let mut writer = Writer::default();
    part.write(&mut writer);
    writer.into_bytes()
}

/// Writes a part as serde has it.
pub(super) fn to_serde<S: Serializer>(part: &impl Form, serializer: S) -> Result<S::Ok, S::Error> {
    Item::of(&to_cbor(part)).serialize(serializer)
}

/// Reads a part from what serde has.
pub(super) fn from_serde<'de, D: Deserializer<'de>, T: Form>(
    deserializer: D,
) -> Result<T, D::Error> {
    let mut writer = Writer::default();
    Transcriber(&mut writer).deserialize(deserializer)?;
    let bytes = writer.into_bytes();
    let item = Item::of(&bytes);
    T::read(item).map_err(|wrong| D::Error::custom(wrong.in_whole(item)))
}

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let wrong = |_| S::Error::custom("a part of the document cannot be written");
        match self.head() {
            Head::Positive(number) => serializer.serialize_u64(number),
            Head::Negative(number) => {
                let below = i64::try_from(number).map_err(S::Error::custom)?;
                serializer.serialize_i64(-1 - below)
            }
            Head::Float(number) => serializer.serialize_f64(number),
            Head::Simple(code @ (FALSE | TRUE)) => serializer.serialize_bool(code == TRUE),
            Head::Text(_) => serializer.serialize_str(self.text().map_err(wrong)?),
            Head::Array(count) => {
                let mut list = serializer.serialize_seq(count)?;
                for item in self.list("").map_err(wrong)? {
                    list.serialize_element(&item)?;
                }
                list.end()
            }
            Head::Map(count) => {
                let mut map = serializer.serialize_map(count)?;
                for (key, value) in self.map("").map_err(wrong)?.entries() {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
            _ => serializer.serialize_unit(),
        }
    }
}

/// Writes as CBOR what serde reads.
struct Transcriber<'w>(&'w mut Writer);

impl<'de> DeserializeSeed<'de> for Transcriber<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Transcriber<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number, a text, true, false, null, a list or a map")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<(), E> {
        self.0.flag(flag);
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.0.integer(number);
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.0.whole(number);
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.0.number(number);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.text(text);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.null();
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.open_array();
        while items.next_element_seed(Transcriber(self.0))?.is_some() {}
        self.0.end();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        self.0.open_map();
        let mut keys = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            self.0.text(&key);
            entries.next_value_seed(Transcriber(self.0))?;
            if let Some(key) = keys.replace(key) {
                return Err(A::Error::custom(format_args!("duplicate field `{key}`")));
            }
        }
        self.0.end();
        Ok(())
    }
}
