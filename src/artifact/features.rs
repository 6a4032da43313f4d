//! The features of a document: those that say something, and how many there are.
//!
//! A feature without a name, an encoding or anything else takes no memory of its own, so that a model of two million
//! numbers takes what its numbers take.

use super::cbor::Writer;
use super::feature::Feature;
use super::form::Form;
use super::item::{Item, Wrong};

/// The columns of a row, in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Features {
    /// The features that say something, with their places, in the order of these.
    described: Vec<(usize, Feature)>,
    /// How many features there are.
    count: usize,
}

/// A feature whose cells are numbers, without a name.
static UNDESCRIBED: Feature = Feature::UNDESCRIBED;

impl Features {
    /// So many features whose cells are numbers, without names.
    #[must_use]
    pub fn undescribed(count: usize) -> Self {
        Self {
            described: Vec::new(),
            count,
        }
    }

    /// How many features there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is no feature.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The feature at this place, counted from 0.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&Feature> {
        if place >= self.count {
            return None;
        }
        let found = self.described.binary_search_by_key(&place, |entry| entry.0);
        let described = found.ok().and_then(|index| self.described.get(index));
        Some(described.map_or(&UNDESCRIBED, |(_, feature)| feature))
    }

    /// All features, in their order.
    pub fn iter(&self) -> Iter<'_> {
        Iter {
            described: self.described.iter().peekable(),
            places: 0..self.count,
        }
    }

    /// The features that say something, with their places: all others are [`Feature::UNDESCRIBED`].
    pub fn described(&self) -> impl Iterator<Item = (usize, &Feature)> {
        let described = self.described.iter();
        described.map(|(place, feature)| (*place, feature))
    }

    /// How many columns of the design matrix the features make.
    #[must_use]
    pub fn design_columns(&self) -> usize {
        let described = self.described.iter();
        let columns: usize = described.map(|(_, feature)| feature.design_columns()).sum();
        columns + self.count - self.described.len()
    }

    fn push(&mut self, feature: Feature) {
        if feature != UNDESCRIBED {
            self.described.push((self.count, feature));
        }
        self.count += 1;
    }
}

/// The features of a document, in their order.
#[derive(Debug, Clone)]
pub struct Iter<'f> {
    described: std::iter::Peekable<std::slice::Iter<'f, (usize, Feature)>>,
    places: std::ops::Range<usize>,
}

impl<'f> Iterator for Iter<'f> {
    type Item = &'f Feature;

    fn next(&mut self) -> Option<&'f Feature> {
        let place = self.places.next()?;
        let described = self.described.next_if(|entry| entry.0 == place);
        Some(described.map_or(&UNDESCRIBED, |(_, feature)| feature))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.places.size_hint()
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl<'f> IntoIterator for &'f Features {
    type Item = &'f Feature;
    type IntoIter = Iter<'f>;

    fn into_iter(self) -> Iter<'f> {
        self.iter()
    }
}

impl FromIterator<Feature> for Features {
    fn from_iter<I: IntoIterator<Item = Feature>>(features: I) -> Self {
        let mut all = Self::default();
        features.into_iter().for_each(|feature| all.push(feature));
        all
    }
}

impl From<Vec<Feature>> for Features {
    fn from(features: Vec<Feature>) -> Self {
        features.into_iter().collect()
    }
}

impl Form for Features {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        let mut features = Self::default();
        for item in item.list("a list of features")? {
            features.push(Feature::read(item)?);
        }
        Ok(features)
    }

    fn write(&self, writer: &mut Writer) {
        writer.array(self.count);
        self.iter().for_each(|feature| feature.write(writer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_that_say_nothing_are_counted_and_not_kept() {
        let text = r#"[{},"b",{},{"missing":1.5},{}]"#;
        let features: Features = serde_json::from_str(text).unwrap();
        assert_eq!((features.len(), features.described.len()), (5, 2));
        let names: Vec<_> = features.iter().map(|feature| &feature.name).collect();
        assert_eq!(names, [&None, &Some("b".to_owned()), &None, &None, &None]);
        let places: Vec<_> = features.described().map(|(place, _)| place).collect();
        assert_eq!(places, [1, 3]);
        assert_eq!(features.get(1), Some(&Feature::named("b")));
        assert_eq!(
            (features.get(4), features.get(5)),
            (Some(&UNDESCRIBED), None)
        );
        let listed: Features = features.iter().cloned().collect();
        assert_eq!(listed, features);
        let json = serde_json::to_string(&features).unwrap();
        let again: Features = serde_json::from_str(&json).unwrap();
        assert_eq!(again, features);
        assert!(serde_json::from_str::<Features>("{}").is_err());
    }
}
