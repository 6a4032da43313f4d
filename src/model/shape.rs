//! Values in the form that linfa's types are read from: what serde asks of a deserializer, over numbers that stay where
//! they are.
//!
//! Going through bytes of CBOR instead compiles a reader of CBOR into each of linfa's types, 90 kB together.

use serde::de::value::{Error, MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// A value in the data model of serde.
pub(super) enum Shape<'a> {
    /// A float.
    Number(f64),
    /// An integer.
    Whole(usize),
    /// A list of floats.
    Numbers(&'a [f64]),
    /// A list of integers.
    Wholes(Vec<usize>),
    /// A struct.
    Fields(Vec<(&'static str, Shape<'a>)>),
    /// A variant of an enum without anything in it.
    Word(&'static str),
    /// A variant of an enum with a word in it.
    Wrapped(&'static str, &'static str),
}

impl<'a> Shape<'a> {
    /// An array as ndarray writes it: `numbers` row by row, in this shape.
    pub(super) fn array(shape: Vec<usize>, numbers: &'a [f64]) -> Self {
        Self::Fields(vec![
            ("v", Self::Whole(1)),
            ("dim", Self::Wholes(shape)),
            ("data", Self::Numbers(numbers)),
        ])
    }

    /// An array of one dimension.
    pub(super) fn list(numbers: &'a [f64]) -> Self {
        Self::array(vec![numbers.len()], numbers)
    }
}

impl<'de> Deserializer<'de> for Shape<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Number(number) => visitor.visit_f64(number),
            Self::Whole(whole) => visitor.visit_u64(whole as u64),
            Self::Numbers(list) => visitor.visit_seq(SeqDeserializer::new(list.iter().copied())),
            Self::Wholes(list) => visitor.visit_seq(SeqDeserializer::new(list.into_iter())),
            Self::Fields(fields) => visitor.visit_map(MapDeserializer::new(fields.into_iter())),
            Self::Word(_) | Self::Wrapped(..) => visitor.visit_enum(self),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de> for Shape<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> EnumAccess<'de> for Shape<'de> {
    type Error = Error;
    type Variant = Inside;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Inside), Error> {
        let (word, inside) = match self {
            Self::Wrapped(word, inside) => (word, Some(inside)),
            Self::Word(word) => (word, None),
            _ => ("", None),
        };
        let variant = seed.deserialize(StrDeserializer::new(word))?;
        Ok((variant, Inside(inside)))
    }
}

/// What a variant has in it.
pub(super) struct Inside(Option<&'static str>);

impl<'de> VariantAccess<'de> for Inside {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(Shape::Word(self.0.unwrap_or_default()))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}
