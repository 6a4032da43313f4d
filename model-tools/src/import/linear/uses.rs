//! How the scores of a model read one feature, and the feature of an artifact that says the same.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sagelet::artifact::{Cell, Encoding, Feature, Label, OneHot, Unknown};

use super::columns::{Part, Source};
use super::reading::Reading;

/// A weight in each score.
type Weights = Vec<f64>;

/// How the scores read one feature.
#[derive(Debug, Default)]
pub(super) struct Use {
    pub(super) is_number: bool,
    is_text: bool,
    fill: Option<f64>,
    /// Indices of readings as categories.
    pub(super) encoders: BTreeSet<usize>,
    categories: BTreeMap<Source, Weights>,
    /// What a missing cell adds where its categories are told apart.
    missing_inside: Option<Weights>,
    /// What a missing cell adds besides.
    missing_outside: Option<Weights>,
}

impl Use {
    /// Adds a term of a score. False if it fills in other cells than those before.
    pub(super) fn add(
        &mut self,
        reading: &Reading,
        source: Source,
        scores: usize,
        (score, weight): (usize, f64),
    ) -> bool {
        let zeros = || vec![0.0; scores];
        let weights = match reading {
            Reading::Number { fill, .. } => {
                let is_same = !self.is_number || self.fill == *fill;
                self.is_number = true;
                self.fill = *fill;
                return is_same;
            }
            Reading::Missing { is_text, .. } => {
                self.is_text |= is_text;
                self.missing_outside.get_or_insert_with(zeros)
            }
            Reading::Categories { .. } => {
                self.encoders.insert(source.feature);
                match source.part {
                    Part::Missing => self.missing_inside.get_or_insert_with(zeros),
                    _ => self.categories.entry(source).or_insert_with(zeros),
                }
            }
        };
        if let Some(place) = weights.get_mut(score) {
            *place += weight;
        }
        true
    }

    /// Says what the feature is, and gives what it adds to each score besides numbers.
    pub(super) fn describe(
        self,
        feature: &mut Feature,
        readings: &[Reading],
        scores: usize,
    ) -> Vec<Vec<(Part, f64)>> {
        if !self.encoders.is_empty() || (self.is_text && !self.is_number) {
            return self.encoded(feature, readings, scores);
        }
        let mut terms = vec![Vec::new(); scores];
        feature.missing = self.fill.map_or(Cell::Missing, Cell::Number);
        let Some(weights) = self.missing_outside.filter(|weights| is_any(weights)) else {
            return terms;
        };
        if self.is_number && self.fill.is_none() {
            return terms; // a missing cell has no prediction anyway
        }
        if !self.is_number {
            feature.missing = Cell::Number(0.0);
        }
        feature.missing_indicator = true;
        extend(&mut terms, Part::Missing, &weights);
        terms
    }

    fn encoded(
        mut self,
        feature: &mut Feature,
        readings: &[Reading],
        scores: usize,
    ) -> Vec<Vec<(Part, f64)>> {
        let (mut known, unknown) = self.known(readings, scores);
        let mut terms = vec![Vec::new(); scores];
        let (inside, outside) = (self.missing_inside.take(), self.missing_outside.take());
        if inside.is_some() || outside.is_some() {
            let inside = inside.unwrap_or_else(|| vec![0.0; scores]);
            let outside = outside.unwrap_or_else(|| vec![0.0; scores]);
            let total: Weights = inside.iter().zip(&outside).map(|(a, b)| a + b).collect();
            let like = |wanted: &Weights| known.iter().position(|(_, weights)| weights == wanted);
            let (fill, indicator) = match (like(&total), like(&inside)) {
                (Some(index), _) => (index, vec![0.0; scores]),
                (None, Some(index)) => (index, outside),
                (None, None) => {
                    if known.is_empty() {
                        known.push((Label::Text(String::new()), vec![0.0; scores]));
                    }
                    let first = known.first().map_or(&[][..], |(_, weights)| weights);
                    (0, total.iter().zip(first).map(|(a, b)| a - b).collect())
                }
            };
            feature.missing = known
                .get(fill)
                .map_or(Cell::Missing, |(label, _)| Cell::from(label));
            feature.missing_indicator = is_any(&indicator);
            if feature.missing_indicator {
                extend(&mut terms, Part::Missing, &indicator);
            }
        }
        let dropped = known.iter().position(|(_, weights)| !is_any(weights));
        let dropped = dropped.filter(|_| known.len() > 1);
        let kept = known
            .iter()
            .enumerate()
            .filter(|(index, _)| Some(*index) != dropped);
        for (column, (_, (_, weights))) in kept.enumerate() {
            extend(&mut terms, Part::Category(column), weights);
        }
        feature.encoding = Some(Encoding::OneHot(OneHot {
            drop: dropped
                .and_then(|index| known.get(index))
                .map(|(label, _)| label.clone()),
            categories: known.into_iter().map(|(label, _)| label).collect(),
            unknown,
        }));
        terms
    }

    /// The categories that every way to tell them apart takes, with what each adds to the scores.
    fn known(&self, readings: &[Reading], scores: usize) -> (Vec<(Label, Weights)>, Unknown) {
        let mut known: Vec<(Label, Weights)> = Vec::new();
        let mut places: HashMap<&Label, usize> = HashMap::new();
        let mut strict: Vec<HashSet<&Label>> = Vec::new();
        for &encoder in &self.encoders {
            let Some(Reading::Categories {
                labels, unknown, ..
            }) = readings.get(encoder)
            else {
                continue;
            };
            if *unknown == Unknown::Error {
                strict.push(labels.iter().collect());
            }
            for (index, label) in labels.iter().enumerate() {
                let place = *places.entry(label).or_insert_with(|| {
                    known.push((label.clone(), vec![0.0; scores]));
                    known.len() - 1
                });
                let source = Source {
                    feature: encoder,
                    part: Part::Category(index),
                };
                let own = self.categories.get(&source);
                if let (Some(own), Some((_, weights))) = (own, known.get_mut(place)) {
                    weights
                        .iter_mut()
                        .zip(own)
                        .for_each(|(sum, weight)| *sum += weight);
                }
            }
        }
        known.retain(|(label, _)| strict.iter().all(|labels| labels.contains(label)));
        let unknown = if strict.is_empty() {
            Unknown::Ignore
        } else {
            Unknown::Error
        };
        (known, unknown)
    }
}

fn is_any(weights: &[f64]) -> bool {
    weights.iter().any(|weight| *weight != 0.0)
}

fn extend(terms: &mut [Vec<(Part, f64)>], part: Part, weights: &[f64]) {
    for (terms, weight) in terms.iter_mut().zip(weights) {
        terms.push((part, *weight));
    }
}
