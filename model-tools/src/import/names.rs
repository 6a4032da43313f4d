//! Lists of column names in files of their own: what people save beside a model as `columns.json`.

use std::fmt;

use sagelet::limits::FEATURES_MAX;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The names in a JSON list of texts, or in an object with one such list and no other; none in anything else.
pub(super) fn of_json(bytes: &[u8]) -> Option<Vec<String>> {
    if !matches!(bytes.trim_ascii_start().first(), Some(b'[' | b'{')) {
        return None;
    }
    match serde_json::from_slice(bytes).ok()? {
        Item::List(names) if !names.is_empty() => Some(names),
        _ => None,
    }
}

/// A part of the file, of which only texts are kept.
enum Item {
    Text(String),
    /// Of an object, its only list of texts.
    List(Vec<String>),
    Other,
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Items)
    }
}

struct Items;

impl<'de> Visitor<'de> for Items {
    type Value = Item;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Item, E> {
        Ok(Item::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Item, E> {
        Ok(Item::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Item, E> {
        Ok(Item::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Item, E> {
        Ok(Item::Other)
    }

    fn visit_unit<E>(self) -> Result<Item, E> {
        Ok(Item::Other)
    }

    fn visit_str<E>(self, text: &str) -> Result<Item, E> {
        Ok(Item::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Item, A::Error> {
        let mut names = Vec::new();
        while let Some(element) = elements.next_element()? {
            match element {
                Item::Text(name) if names.len() < FEATURES_MAX => names.push(name),
                Item::Text(_) => {
                    return Err(A::Error::custom(
                        "more names than columns that there may be",
                    ));
                }
                _ => {
                    while elements.next_element::<IgnoredAny>()?.is_some() {}
                    return Ok(Item::Other);
                }
            }
        }
        Ok(Item::List(names))
    }

    /// An object with a model in it is the content of an artifact.
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Item, A::Error> {
        let mut found = Item::Other;
        let mut is_other = false;
        while let Some(key) = entries.next_key::<String>()? {
            is_other |= key == "model";
            match (entries.next_value()?, &found) {
                (Item::List(names), Item::Other) if !names.is_empty() => found = Item::List(names),
                (Item::List(names), _) if !names.is_empty() => is_other = true,
                _ => {}
            }
        }
        Ok(if is_other { Item::Other } else { found })
    }
}

#[cfg(test)]
mod tests {
    use super::of_json;

    #[test]
    fn lists_of_texts_alone_or_in_an_object_are_names() {
        let names = Some(vec!["a".to_owned(), "b".to_owned()]);
        for json in [
            " [\"a\", \"b\"]\n",
            "{\"data_columns\": [\"a\", \"b\"]}",
            "{\"n\": [1, [2]], \"note\": \"x\", \"columns\": [\"a\", \"b\"], \"empty\": [], \"more\": {\"c\": [\"d\"]}}",
        ] {
            assert_eq!(
                of_json(json.as_bytes()).is_some(),
                !json.contains("more"),
                "{json}"
            );
        }
        assert_eq!(of_json(b"[\"a\", \"b\"]"), names);
        for json in [
            "[]",
            "[1]",
            "[\"a\", 1]",
            "{\"a\": [\"b\"], \"c\": [\"d\"]}",
            "{\"model\": {}, \"features\": [\"a\"]}",
            "\"a\"",
            "[\"a\"",
        ] {
            assert_eq!(of_json(json.as_bytes()), None, "{json}");
        }
    }
}
