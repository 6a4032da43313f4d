//! The columns between the steps of a pipeline: each an affine function of what the artifact's features make.
//!
//! Scaling, centring and principal components only change these functions; in the end they are folded into
//! the coefficients. Imputation and encoding, which are not affine, become part of the features.

use std::collections::BTreeMap;
use std::fmt;

use sagelet::artifact::{Cell, Encoding, Feature, default_name};
use sagelet::limits::FEATURES_MAX;

/// Why features and columns do not go together in an artifact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Conflict(String);

impl Conflict {
    pub(crate) fn new(reason: impl fmt::Display) -> Self {
        Self(reason.to_string())
    }

    /// A feature that is read as a number in one place and as a category in another.
    pub(super) fn two_uses(name: &str) -> Self {
        Self(format!(
            "{name} is used both as a number and as a category; an artifact has one use of a column"
        ))
    }
}

/// What one feature contributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Source {
    pub(crate) feature: usize,
    pub(crate) part: Part,
}

/// Which of the numbers that a feature makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// The cell itself, or what replaces it.
    Number,
    /// 1 if the cell is the category with this column, else 0.
    Category(usize),
    /// The number of the cell's category.
    Code,
    /// 1 if the cell was missing, else 0.
    Missing,
}

/// One column: constant + Σ weight · source.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    pub(crate) constant: f64,
    pub(crate) terms: Vec<(Source, f64)>,
}

impl Column {
    /// A source as it is.
    pub(crate) fn of(feature: usize, part: Part) -> Self {
        Self {
            constant: 0.0,
            terms: vec![(Source { feature, part }, 1.0)],
        }
    }

    /// 0, whatever the row.
    pub(crate) fn zero() -> Self {
        Self {
            constant: 0.0,
            terms: Vec::new(),
        }
    }

    /// (column + before) · factor + after.
    pub(crate) fn affine(&self, before: f64, factor: f64, after: f64) -> Self {
        let terms = self.terms.iter();
        Self {
            constant: (self.constant + before) * factor + after,
            terms: terms
                .map(|&(source, weight)| (source, weight * factor))
                .collect(),
        }
    }

    /// The feature whose cell this is, with nothing done to it.
    pub(crate) fn untouched(&self) -> Option<usize> {
        match self.terms.as_slice() {
            [
                (
                    Source {
                        feature,
                        part: Part::Number,
                    },
                    weight,
                ),
            ] if *weight == 1.0 && self.constant == 0.0 => Some(*feature),
            _ => None,
        }
    }

    /// The feature whose cell this is, moved and scaled, and the cell that makes this `value`.
    pub(crate) fn cell_for(&self, value: f64) -> Option<(usize, f64)> {
        match self.terms.as_slice() {
            [
                (
                    Source {
                        feature,
                        part: Part::Number,
                    },
                    weight,
                ),
            ] if *weight != 0.0 => Some((*feature, (value - self.constant) / weight)),
            _ => None,
        }
    }
}

/// Σ weight · column + constant.
pub(crate) fn combination(columns: &[Column], weights: &[f64], constant: f64) -> Column {
    let mut sum = Column {
        constant,
        ..Column::zero()
    };
    let mut terms: BTreeMap<Source, f64> = BTreeMap::new();
    for (column, weight) in columns.iter().zip(weights) {
        sum.constant += weight * column.constant;
        for (source, inner) in &column.terms {
            *terms.entry(*source).or_default() += weight * inner;
        }
    }
    sum.terms.extend(terms);
    sum
}

/// What a conversion knows so far.
#[derive(Debug)]
pub(crate) struct Conversion {
    /// The columns of a row, as far as the steps so far have said what to do with them.
    pub(crate) features: Vec<Feature>,
    /// What was folded, dropped and lost, a sentence each.
    pub(crate) notes: Vec<String>,
    /// Weights that may still be made.
    weights_left: usize,
}

impl Conversion {
    /// A conversion of a model whose rows have these columns.
    pub(crate) fn new(features: Vec<Feature>) -> Self {
        Self {
            features,
            notes: Vec::new(),
            weights_left: 4 * FEATURES_MAX,
        }
    }

    /// The columns of a row as they come.
    pub(crate) fn input(&self) -> Vec<Column> {
        (0..self.features.len())
            .map(|feature| Column::of(feature, Part::Number))
            .collect()
    }

    /// Says something once.
    pub(crate) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Counts weights that a step is about to make, so that a chain of dense steps is bounded.
    pub(crate) fn spend(&mut self, weights: usize) -> Result<(), Conflict> {
        match self.weights_left.checked_sub(weights) {
            Some(left) => {
                self.weights_left = left;
                Ok(())
            }
            None => Err(Conflict::new(
                "its combinations of columns take more numbers than an artifact holds",
            )),
        }
    }

    /// What to call a feature.
    pub(crate) fn name(&self, feature: usize) -> String {
        let name = self
            .features
            .get(feature)
            .and_then(|feature| feature.name.clone());
        name.unwrap_or_else(|| default_name(feature))
    }

    /// Says what stands in for a feature's missing cells.
    pub(crate) fn replace_missing(&mut self, index: usize, with: Cell) -> Result<(), Conflict> {
        let name = self.name(index);
        let Some(feature) = self.features.get_mut(index) else {
            return Err(Conflict::new(format_args!("there is no column {index}")));
        };
        if !feature.missing.is_missing() && feature.missing != with {
            let before = &feature.missing;
            return Err(Conflict::new(format_args!(
                "missing cells of {name} become {before} elsewhere and {with} here; an artifact has one of them"
            )));
        }
        feature.missing = with;
        Ok(())
    }

    /// Says how a feature's categories become numbers.
    pub(crate) fn encode(&mut self, index: usize, encoding: Encoding) -> Result<(), Conflict> {
        let name = self.name(index);
        let Some(feature) = self.features.get_mut(index) else {
            return Err(Conflict::new(format_args!("there is no column {index}")));
        };
        if feature
            .encoding
            .as_ref()
            .is_some_and(|before| *before != encoding)
        {
            return Err(Conflict::new(format_args!(
                "{name} is encoded in another way elsewhere; an artifact has one"
            )));
        }
        feature.encoding = Some(encoding);
        Ok(())
    }

    /// Checks that these columns, which are all that are left, use every feature as what it is, and marks the features
    /// that none of them uses.
    ///
    /// # Errors
    /// A feature is used both as a number and as a category.
    pub(crate) fn mark_unused(&mut self, columns: &[Column]) -> Result<(), Conflict> {
        let mut used = vec![false; self.features.len()];
        for (source, _) in columns.iter().flat_map(|column| &column.terms) {
            self.check_use(*source)?;
            if let Some(used) = used.get_mut(source.feature) {
                *used = true;
            }
        }
        let unused = self.features.iter_mut().zip(used).filter(|(_, used)| !used);
        for (feature, _) in unused {
            *feature = Feature {
                name: feature.name.take(),
                encoding: Some(Encoding::Unused),
                ..Feature::default()
            };
        }
        Ok(())
    }

    fn check_use(&self, source: Source) -> Result<(), Conflict> {
        let feature = self.features.get(source.feature);
        let encoding = feature.and_then(|feature| feature.encoding.as_ref());
        let fits = match source.part {
            Part::Number => encoding.is_none(),
            Part::Category(_) => matches!(encoding, Some(Encoding::OneHot(_))),
            Part::Code => matches!(encoding, Some(Encoding::Ordinal(_))),
            Part::Missing => true,
        };
        if fits {
            return Ok(());
        }
        Err(Conflict::two_uses(&self.name(source.feature)))
    }

    /// A column as an intercept, and coefficients of the artifact's design matrix.
    pub(crate) fn dense(&self, column: &Column) -> (f64, Vec<f64>) {
        let mut offsets = Vec::with_capacity(self.features.len());
        let mut width = 0;
        for feature in &self.features {
            offsets.push(width);
            width += feature.design_columns();
        }
        let mut coefficients = vec![0.0; width];
        for (source, weight) in &column.terms {
            let place = self
                .place(&offsets, *source)
                .and_then(|place| coefficients.get_mut(place));
            if let Some(place) = place {
                *place += weight;
            }
        }
        (column.constant, coefficients)
    }

    fn place(&self, offsets: &[usize], source: Source) -> Option<usize> {
        let (offset, feature) = (
            offsets.get(source.feature)?,
            self.features.get(source.feature)?,
        );
        Some(match source.part {
            Part::Number | Part::Code => *offset,
            Part::Category(index) => offset + index,
            Part::Missing => offset + feature.design_columns() - 1,
        })
    }
}
