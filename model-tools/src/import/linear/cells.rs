//! What the models of portable formats compute with: the cells of a row, each read in one or several ways.
//!
//! An ONNX graph or a PMML document fills in missing cells and tells categories apart wherever it likes. This collects
//! how, and in the end makes the features of an artifact that say the same; it is the way back from what
//! `export/sums.rs` makes of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use sagelet::artifact::{Cell, Encoding, Feature, Label, OneHot, Unknown};

use super::columns::{Column, Conflict, Conversion, Part, Source};

/// A way in which a model reads the cells of a feature.
#[derive(Debug, Clone, PartialEq)]
enum Reading {
    /// [`Part::Number`]: the number in the cell, or `fill` if it is missing.
    Number { feature: usize, fill: Option<f64> },
    /// [`Part::Missing`]: 1 if the cell is missing, else 0.
    Missing { feature: usize, is_text: bool },
    /// [`Part::Category`]: 1 if the cell is the label with this index, else 0; [`Part::Missing`] as above.
    Categories {
        feature: usize,
        labels: Vec<Label>,
        unknown: Unknown,
    },
}

/// The ways in which a model reads its cells. The sources of columns are indices of these until they are settled.
#[derive(Debug)]
pub(crate) struct Cells {
    pub(crate) conversion: Conversion,
    readings: Vec<Reading>,
    /// The readings of filled cells, by feature and the bits of what fills them.
    filled: HashMap<(usize, u64), usize>,
    /// The indices of labels in their readings.
    labels: HashMap<(usize, Label), usize>,
}

impl Cells {
    /// The cells of rows with these features, of which only the names count.
    pub(crate) fn new(features: Vec<Feature>) -> Self {
        let numbers = (0..features.len()).map(|feature| Reading::Number {
            feature,
            fill: None,
        });
        Self {
            readings: numbers.collect(),
            conversion: Conversion::new(features),
            filled: HashMap::new(),
            labels: HashMap::new(),
        }
    }

    /// The number in a cell; a missing one has none.
    pub(crate) fn number(feature: usize) -> Column {
        Column::of(feature, Part::Number)
    }

    /// The number in a cell, or `fill` if it is missing.
    pub(crate) fn filled(&mut self, feature: usize, fill: f64) -> Column {
        let key = (feature, fill.to_bits());
        let index = self.filled.get(&key).copied().unwrap_or_else(|| {
            let fill = Some(fill);
            self.push(Reading::Number { feature, fill })
        });
        self.filled.insert(key, index);
        Column::of(index, Part::Number)
    }

    /// 1 if a cell is missing, else 0.
    pub(crate) fn missing(&mut self, feature: usize, is_text: bool) -> Column {
        Column::of(
            self.push(Reading::Missing { feature, is_text }),
            Part::Missing,
        )
    }

    /// A way to tell categories apart; [`category`](Self::category) gives its columns.
    pub(crate) fn categories(
        &mut self,
        feature: usize,
        labels: Vec<Label>,
        unknown: Unknown,
    ) -> usize {
        let reading = self.readings.len();
        let places = labels.iter().enumerate();
        self.labels
            .extend(places.map(|(index, label)| ((reading, label.clone()), index)));
        self.push(Reading::Categories {
            feature,
            labels,
            unknown,
        })
    }

    /// 1 if the cell is this category, else 0. A label that was not told of before is added.
    pub(crate) fn category(&mut self, reading: usize, label: &Label) -> Column {
        let key = (reading, label.clone());
        let known = self.labels.get(&key).copied();
        let index = match (known, self.readings.get_mut(reading)) {
            (None, Some(Reading::Categories { labels, .. })) => {
                labels.push(label.clone());
                labels.len() - 1
            }
            (known, _) => known.unwrap_or_default(),
        };
        self.labels.insert(key, index);
        Column::of(reading, Part::Category(index))
    }

    /// 1 if a cell whose categories are told apart is missing, else 0.
    pub(crate) fn missing_category(reading: usize) -> Column {
        Column::of(reading, Part::Missing)
    }

    /// The feature whose number this is, moved and scaled, and the cell that makes it `value`; none if missing cells
    /// have been filled in already.
    pub(crate) fn cell_for(&self, column: &Column, value: f64) -> Option<(usize, f64)> {
        let (reading, cell) = column.cell_for(value)?;
        match self.readings.get(reading)? {
            Reading::Number {
                feature,
                fill: None,
            } => Some((*feature, cell)),
            _ => None,
        }
    }

    /// The same column with the cell that makes it `value` in place of a missing one; none if it is of no single cell.
    pub(crate) fn fill(&mut self, column: &Column, value: f64) -> Option<Column> {
        let (feature, cell) = self.cell_for(column, value)?;
        let weight = column.terms.first().map_or(1.0, |(_, weight)| *weight);
        Some(
            self.filled(feature, cell)
                .affine(0.0, weight, column.constant),
        )
    }

    /// The feature of which this says whether its cell is missing.
    pub(crate) fn missing_feature(&self, column: &Column) -> Option<usize> {
        match (column.terms.as_slice(), column.constant) {
            ([(source, 1.0)], 0.0) => match self.readings.get(source.feature)? {
                Reading::Missing { feature, .. } => Some(*feature),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a column is 1 or 0 by what a cell is, and not a number that may have digits after the point.
    pub(crate) fn is_indicator(column: &Column) -> bool {
        column.constant == 0.0
            && matches!(column.terms.as_slice(), [(source, weight)] if *weight == 1.0 && source.part != Part::Number)
    }

    fn push(&mut self, reading: Reading) -> usize {
        self.readings.push(reading);
        self.readings.len() - 1
    }

    /// The features that the scores need, and the scores as columns of them.
    ///
    /// # Errors
    /// A cell is read in two ways of which an artifact's feature has one.
    pub(crate) fn settle(
        mut self,
        scores: &[Column],
    ) -> Result<(Conversion, Vec<Column>), Conflict> {
        let mut uses = self.uses(scores)?;
        let mut settled: Vec<Column> = Vec::with_capacity(scores.len());
        for score in scores {
            settled.push(Column {
                constant: score.constant,
                terms: self.numbers_of(score),
            });
        }
        for (feature, used) in uses.drain(..).enumerate() {
            let name = self.conversion.name(feature);
            let Some(place) = self.conversion.features.get_mut(feature) else {
                continue;
            };
            if used.is_number && !used.encoders.is_empty() {
                return Err(Conflict::new(format_args!(
                    "{name} is used both as a number and as a category; an artifact has one use of a column"
                )));
            }
            let terms = used.settle(place, &self.readings, scores.len());
            for (score, terms) in settled.iter_mut().zip(terms) {
                let own = terms
                    .into_iter()
                    .map(|(part, weight)| (Source { feature, part }, weight));
                score.terms.extend(own);
            }
        }
        Ok((self.conversion, settled))
    }

    fn numbers_of(&self, score: &Column) -> Vec<(Source, f64)> {
        let number = |(source, weight): &(Source, f64)| match self.readings.get(source.feature) {
            Some(Reading::Number { feature, .. }) => Some((
                Source {
                    feature: *feature,
                    part: Part::Number,
                },
                *weight,
            )),
            _ => None,
        };
        score.terms.iter().filter_map(number).collect()
    }

    /// How the scores read each feature.
    fn uses(&self, scores: &[Column]) -> Result<Vec<Use>, Conflict> {
        let mut uses: Vec<Use> = Vec::new();
        uses.resize_with(self.conversion.features.len(), Use::default);
        for (index, score) in scores.iter().enumerate() {
            for (source, weight) in &score.terms {
                let Some(reading) = self.readings.get(source.feature) else {
                    continue;
                };
                let feature = reading.feature();
                let Some(used) = uses.get_mut(feature) else {
                    continue;
                };
                if !used.add(reading, *source, scores.len(), (index, *weight)) {
                    return Err(Conflict::new(format_args!(
                        "missing cells of {} are filled in for one use of it, and otherwise or not at all for another; an artifact has one way",
                        self.conversion.name(feature)
                    )));
                }
            }
        }
        Ok(uses)
    }
}

impl Reading {
    fn feature(&self) -> usize {
        match self {
            Self::Number { feature, .. }
            | Self::Missing { feature, .. }
            | Self::Categories { feature, .. } => *feature,
        }
    }
}

/// A weight in each score.
type Weights = Vec<f64>;

/// How the scores read one feature.
#[derive(Debug, Default)]
struct Use {
    is_number: bool,
    is_text: bool,
    fill: Option<f64>,
    /// Indices of readings as categories, in the order in which scores have them.
    encoders: Vec<usize>,
    categories: BTreeMap<Source, Weights>,
    /// What a missing cell adds where its categories are told apart.
    missing_inside: Option<Weights>,
    /// What a missing cell adds besides.
    missing_outside: Option<Weights>,
}

impl Use {
    /// Adds a term of a score. False if it fills in other cells than those before.
    fn add(
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
                if !self.encoders.contains(&source.feature) {
                    self.encoders.push(source.feature);
                }
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
    fn settle(
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
                .map_or(Cell::Missing, |(label, _)| cell(label));
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

fn cell(label: &Label) -> Cell {
    match label {
        Label::Boolean(truth) => Cell::Boolean(*truth),
        Label::Integer(number) => Cell::Number(*number as f64),
        Label::Text(text) => Cell::Text(text.clone()),
    }
}
