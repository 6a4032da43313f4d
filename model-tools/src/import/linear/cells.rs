//! What the models of portable formats compute with: the cells of a row, each read in one or several ways.
//!
//! An ONNX graph or a PMML document fills in missing cells and tells categories apart wherever it likes. This collects
//! how, and in the end makes the features of an artifact that say the same; it is the way back from what
//! `export/sums.rs` makes of them.

use std::collections::{HashMap, HashSet};

use sagelet::artifact::{Feature, Label, Unknown};

use super::columns::{Column, Conflict, Part, Source};
use super::conversion::Conversion;
use super::reading::Reading;
use super::uses::Use;

/// The ways in which a model reads its cells. The sources of columns are indices of these until [`features`](Self::features) makes the artifact's features of them.
#[derive(Debug)]
pub(crate) struct Cells {
    pub(crate) conversion: Conversion,
    readings: Vec<Reading>,
    /// The readings of filled cells, by feature and the bits of what fills them.
    filled: HashMap<(usize, u64), usize>,
    /// The indices of labels in their readings.
    labels: HashMap<(usize, Label), usize>,
    /// The features without whose cell there is no prediction, whatever else is done about missing cells.
    needed: HashSet<usize>,
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
            needed: HashSet::new(),
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

    /// The labels that a way to tell categories apart knows so far, and what it makes of others.
    pub(crate) fn told_apart(&self, reading: usize) -> Option<(&[Label], Unknown)> {
        match self.readings.get(reading)? {
            Reading::Categories {
                labels, unknown, ..
            } => Some((labels, *unknown)),
            _ => None,
        }
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

    /// Whether a column has no number where a cell is missing.
    pub(crate) fn can_be_missing(&self, column: &Column) -> bool {
        let is_open = |(source, _): &(Source, f64)| match self.readings.get(source.feature) {
            Some(Reading::Number { fill, .. }) => fill.is_none(),
            Some(Reading::Missing { .. }) => false,
            Some(Reading::Categories { .. }) | None => true,
        };
        column.terms.iter().any(is_open)
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

    /// Says that there is no prediction for a row in which this feature's cell is missing.
    pub(crate) fn must_be_there(&mut self, feature: usize) {
        self.needed.insert(feature);
    }

    fn push(&mut self, reading: Reading) -> usize {
        self.readings.push(reading);
        self.readings.len() - 1
    }

    /// The features that the scores need, and the scores as columns of them.
    ///
    /// # Errors
    /// A cell is read in two ways of which an artifact's feature has one.
    pub(crate) fn features(
        mut self,
        scores: &[Column],
    ) -> Result<(Conversion, Vec<Column>), Conflict> {
        let uses = self.uses(scores)?;
        let mut columns: Vec<Column> = Vec::with_capacity(scores.len());
        for score in scores {
            columns.push(Column {
                constant: score.constant,
                terms: self.numbers_of(score),
            });
        }
        for (feature, used) in uses.into_iter().enumerate() {
            let name = self.conversion.name(feature);
            let Some(place) = self.conversion.features.get_mut(feature) else {
                continue;
            };
            if used.is_number && !used.encoders.is_empty() {
                return Err(Conflict::two_uses(&name));
            }
            let terms = used.describe(place, &self.readings, scores.len());
            if self.needed.contains(&feature) && !place.missing.is_missing() {
                return Err(Conflict::new(format_args!(
                    "missing cells of {name} are filled in, and elsewhere there is no prediction for them"
                )));
            }
            for (score, terms) in columns.iter_mut().zip(terms) {
                let own = terms
                    .into_iter()
                    .map(|(part, weight)| (Source { feature, part }, weight));
                score.terms.extend(own);
            }
        }
        Ok((self.conversion, columns))
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
