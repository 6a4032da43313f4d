//! The columns between the steps of a pipeline: each an affine function of what the artifact's features make.
//!
//! Scaling, centring and principal components only change these functions; in the end they are folded into
//! the coefficients. Imputation and encoding, which are not affine, become part of the features.

use std::collections::BTreeMap;
use std::fmt;

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

/// What one feature contributes, or one entry of columns that are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Source {
    /// The feature; of [`Part::Derived`], the entry.
    pub(crate) feature: usize,
    pub(crate) part: Part,
}

/// Which of the numbers that a feature or an entry makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Part {
    /// The cell itself, or what replaces it.
    Number,
    /// 1 if the cell is the category with this column, else 0.
    Category(usize),
    /// The number of the cell's category.
    Code,
    /// 1 if the cell was missing, else 0.
    Missing,
    /// No number: the cell as a text, for columns that count its terms.
    Text,
    /// The column with this index of those that an entry computes.
    Derived(usize),
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

    /// The source that this is, with nothing done to it.
    pub(crate) fn source(&self) -> Option<Source> {
        match self.terms.as_slice() {
            [(source, weight)] if *weight == 1.0 && self.constant == 0.0 => Some(*source),
            _ => None,
        }
    }

    /// The feature whose cell this is, with nothing done to it.
    pub(crate) fn untouched(&self) -> Option<usize> {
        let source = self.source()?;
        (source.part == Part::Number).then_some(source.feature)
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
