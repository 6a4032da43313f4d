//! DictVectorizer: each key of its dicts is a column of a row.

use std::collections::HashMap;

use sagelet::artifact::{Cell, Encoding, Feature, Label, OneHot, Unknown};

use super::step::{Outcome, Step};
use crate::import::linear::{Column, Conversion, Part};

/// A key of the dicts, and the columns that it makes.
struct Key {
    name: String,
    made: Made,
}

/// The columns that a key makes, by their places.
enum Made {
    /// Its number.
    Number(usize),
    /// 1 in the column of its text.
    Texts(Vec<(String, usize)>),
}

/// The features of rows in place of dicts.
pub(super) fn features(step: &Step<'_>) -> Outcome<Vec<Feature>> {
    let keys = keys(step)?;
    Ok(keys
        .into_iter()
        .map(|key| Feature::named(key.name))
        .collect())
}

/// A column for each key with numbers, and for each text of the others.
pub(super) fn vectorizer(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let keys = keys(step)?;
    if keys.len() != columns.len() {
        return Err(step.refuse("it reads dicts, which only the first step of a model gets"));
    }
    let mut made: Vec<(usize, Column)> = Vec::new();
    for (column, key) in columns.iter().zip(keys) {
        let feature = column.untouched();
        let feature = feature.ok_or_else(|| {
            step.refuse("it reads dicts, which only the first step of a model gets")
        })?;
        made.extend(key.columns(step, feature, conversion)?);
    }
    conversion.note(format!(
        "made {} columns of the keys of {}: a key that is absent is a missing cell, which counts 0",
        columns.len(),
        step.class
    ));
    made.sort_unstable_by_key(|(place, _)| *place);
    Ok(made.into_iter().map(|(_, column)| column).collect())
}

impl Key {
    /// Says what the feature is, and gives its columns with their places.
    fn columns(
        self,
        step: &Step<'_>,
        feature: usize,
        conversion: &mut Conversion,
    ) -> Outcome<Vec<(usize, Column)>> {
        let refused = |conflict| step.refuse(conflict);
        match self.made {
            Made::Number(place) => {
                let missing = conversion.replace_missing(feature, Cell::Number(0.0));
                missing.map_err(refused)?;
                Ok(vec![(place, Column::of(feature, Part::Number))])
            }
            Made::Texts(texts) => {
                let absent = absent(&texts);
                let missing = conversion.replace_missing(feature, Cell::Text(absent.clone()));
                missing.map_err(refused)?;
                let labels = texts.iter().map(|(text, _)| text).chain([&absent]);
                let encoding = Encoding::OneHot(OneHot {
                    categories: labels.cloned().map(Label::Text).collect(),
                    drop: Some(Label::Text(absent.clone())),
                    unknown: Unknown::Ignore,
                });
                conversion.encode(feature, encoding).map_err(refused)?;
                let places = texts.into_iter().enumerate();
                Ok(places
                    .map(|(index, (_, place))| (place, Column::of(feature, Part::Category(index))))
                    .collect())
            }
        }
    }
}

/// A text that stands for a key that is absent: none of the others, and the empty one if it can be.
fn absent(texts: &[(String, usize)]) -> String {
    let mut absent = String::new();
    while texts.iter().any(|(text, _)| *text == absent) {
        absent.push_str("(absent)");
    }
    absent
}

/// The keys in the order in which they come in `feature_names_`: `key` for numbers, `key=text` for texts.
fn keys(step: &Step<'_>) -> Outcome<Vec<Key>> {
    let names = step.attribute("feature_names_")?;
    let names =
        super::texts(names).ok_or_else(|| step.wrong("feature_names_", "a list of texts"))?;
    let separator = step
        .text("separator")
        .filter(|separator| !separator.is_empty());
    let separator = separator.ok_or_else(|| step.wrong("separator", "a text"))?;
    let mut keys: Vec<Key> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (place, name) in names.iter().enumerate() {
        let (key, text) = match name.split_once(separator) {
            Some((key, text)) => (key, Some(text.to_owned())),
            None => (name.as_str(), None),
        };
        let before = known.get(key).and_then(|index| keys.get_mut(*index));
        match (before, text) {
            (
                Some(Key {
                    made: Made::Texts(texts),
                    ..
                }),
                Some(text),
            ) => texts.push((text, place)),
            (Some(_), _) => {
                return Err(step.refuse(format_args!(
                    "the key {key:?} holds a number in some rows and a text in others; a column of an artifact holds one"
                )));
            }
            (None, text) => {
                known.insert(key.to_owned(), keys.len());
                let made = match text {
                    Some(text) => Made::Texts(vec![(text, place)]),
                    None => Made::Number(place),
                };
                keys.push(Key {
                    name: key.to_owned(),
                    made,
                });
            }
        }
    }
    Ok(keys)
}
