//! What each column of a row adds to a score, compared with a reference: coefficient · (number − reference).
//!
//! The reference of a column of the design matrix is its mean in the training, where the artifact has statistics, else 0.
//! A column that is computed from others has the value there that it has for their means, so that the reference is a row.
//! What a column of the design matrix adds is that of the columns of the request which it comes from.

use std::ops::Range;

use ndarray::ArrayView2;

use super::sources::{Sources, numbered};
use crate::artifact::{
    Cell, ColumnStatistics, Derived, Document, Encoding, Feature, OneHot, Ordinal, Score,
};
use crate::rows::{EntryRows, Layout};

/// What is known about a model's columns for explaining its scores.
#[derive(Debug, Clone)]
pub(super) struct Explainer {
    /// Columns of a request.
    inputs: usize,
    /// What each dense column is compared with; empty for 0.
    reference: Vec<f64>,
    sources: Sources,
    /// The sparse columns, as the document numbers them, and the input that each range comes from.
    texts: Vec<(Range<usize>, usize)>,
    /// The dense coefficients of each score, where they are not the document's own: sums of columns are taken apart.
    coefficients: Vec<Vec<f64>>,
    /// Each score at the reference.
    base: Vec<f64>,
}

impl Explainer {
    pub(super) fn of(document: &Document, layout: &Layout) -> Self {
        let sparse = layout.sparse_columns();
        let texts = texts(document, sparse);
        let mut explainer = Self {
            inputs: document.features.len(),
            reference: reference(document, layout),
            sources: Sources::of(document, sparse),
            texts,
            coefficients: Vec::new(),
            base: Vec::new(),
        };
        let sums = Sums::of(document, sparse);
        let is_own = sums.0.is_empty() && sparse.is_empty();
        for score in document.model.scores() {
            let mut coefficients = dense(score.coefficients, sparse);
            let intercept = score.intercept + sums.take_apart(&mut coefficients);
            let pairs = coefficients.iter().zip(&explainer.reference);
            let at_reference = pairs.map(|(coefficient, mean)| coefficient * mean);
            explainer.base.push(intercept + at_reference.sum::<f64>());
            if !is_own {
                explainer.coefficients.push(coefficients);
            }
        }
        explainer
    }

    /// How many numbers each score of a row has: one per column of a request.
    pub(super) fn inputs(&self) -> usize {
        self.inputs
    }

    /// Each score at the reference.
    pub(super) fn base(&self) -> &[f64] {
        &self.base
    }

    /// What the first column is compared with: the only one, of a function that has no scores.
    pub(super) fn first_reference(&self) -> f64 {
        self.reference.first().copied().unwrap_or_default()
    }

    /// Sets the value at the reference of a function that has no scores.
    pub(super) fn set_base(&mut self, value: f64) {
        self.base = vec![value];
    }

    /// Bytes of memory.
    pub(super) fn memory_bytes(&self) -> usize {
        let numbers: usize = self.coefficients.iter().map(Vec::len).sum();
        (numbers + self.reference.len() + self.base.len()) * size_of::<f64>()
            + self.sources.memory_bytes()
    }

    /// Appends what each input adds to each of the `scores` of a row, for all rows: (rows, scores, inputs).
    pub(super) fn explain(
        &self,
        scores: &[Score<'_>],
        rows: ArrayView2<'_, f64>,
        entries: EntryRows<'_>,
        out: &mut Vec<f64>,
    ) {
        for (index, row) in rows.outer_iter().enumerate() {
            let row = row.to_slice().unwrap_or_default();
            for (score, number) in scores.iter().zip(0..) {
                let start = out.len();
                out.resize(start + self.inputs, 0.0);
                let own = out.get_mut(start..).unwrap_or_default();
                let taken_apart = self.coefficients.get(number).map(Vec::as_slice);
                let coefficients = taken_apart.unwrap_or(score.coefficients);
                self.sources.add(coefficients, row, &self.reference, own);
                self.add_entries(score, entries.row(index), own);
            }
        }
    }

    /// Adds what the terms of texts add to a score.
    fn add_entries(&self, score: &Score<'_>, entries: &[(usize, f64)], own: &mut [f64]) {
        let (mut entries, mut before) = (entries.iter().peekable(), 0);
        for (range, input) in &self.texts {
            let end = before + range.len();
            while let Some((column, value)) = entries.next_if(|(column, _)| *column < end) {
                let coefficient = score.coefficients.get(range.start + column - before);
                if let (Some(place), Some(coefficient)) = (own.get_mut(*input), coefficient) {
                    *place += coefficient * value;
                }
            }
            before = end;
        }
    }
}

/// The coefficients of the dense columns.
fn dense(coefficients: &[f64], sparse: &[Range<usize>]) -> Vec<f64> {
    let columns = coefficients.iter().enumerate();
    let own = columns.filter(|(column, _)| !sparse.iter().any(|range| range.contains(column)));
    own.map(|(_, coefficient)| *coefficient).collect()
}

/// The input that each range of sparse columns comes from.
fn texts(document: &Document, sparse: &[Range<usize>]) -> Vec<(Range<usize>, usize)> {
    let mut texts: Vec<(Range<usize>, usize)> = Vec::new();
    let mut at = document.features.design_columns();
    for entry in &document.derived {
        let columns = at..at + entry.columns();
        at = columns.end;
        let of_column = |column: usize| texts.iter().find(|(range, _)| range.contains(&column));
        let input = match entry {
            Derived::Text(text) => Some(text.feature),
            Derived::Normalize { of, .. } => {
                let first = of.iter().next().and_then(of_column);
                first.map(|(_, input)| *input)
            }
            _ => None,
        };
        if let Some(input) = input.filter(|_| sparse.contains(&columns)) {
            texts.push((columns, input));
        }
    }
    texts
}

/// Weighted sums of columns, the last one first: a score of a sum is one of what is added up.
struct Sums(Vec<Sum>);

/// A column that is a weighted sum of others.
struct Sum {
    column: usize,
    /// The columns that are added up, and their weights.
    terms: Vec<(usize, f64)>,
    constant: f64,
}

impl Sums {
    fn of(document: &Document, sparse: &[Range<usize>]) -> Self {
        let mut sums = Vec::new();
        let mut at = document.features.design_columns();
        for entry in &document.derived {
            if let Derived::Combinations { of } = entry {
                for (place, sum) in of.iter().enumerate() {
                    let columns = sum.columns.iter().map(|&column| numbered(column, sparse));
                    let terms = columns.zip(sum.weights.iter().copied()).collect();
                    sums.push(Sum {
                        column: numbered(at + place, sparse),
                        terms,
                        constant: sum.constant,
                    });
                }
            }
            at += entry.columns();
        }
        sums.reverse();
        Self(sums)
    }

    /// Moves the coefficients of sums to what is added up. Returns what their constants add to the intercept.
    fn take_apart(&self, coefficients: &mut [f64]) -> f64 {
        let mut constants = 0.0;
        for sum in &self.0 {
            let Some(place) = coefficients.get_mut(sum.column) else {
                continue;
            };
            let coefficient = std::mem::take(place);
            constants += coefficient * sum.constant;
            for (column, weight) in &sum.terms {
                if let Some(place) = coefficients.get_mut(*column) {
                    *place += coefficient * weight;
                }
            }
        }
        constants
    }
}

/// The mean of each dense column in the training; empty if the artifact has no statistics.
fn reference(document: &Document, layout: &Layout) -> Vec<f64> {
    let Some(training) = &document.training else {
        return Vec::new();
    };
    let mut row = Vec::with_capacity(layout.width());
    for (feature, seen) in document.features.iter().zip(&training.features) {
        push_means(&mut row, feature, seen);
    }
    row.resize(layout.width(), 0.0);
    layout.complete(&mut row);
    let finite = |number: f64| if number.is_finite() { number } else { 0.0 };
    row.iter_mut().for_each(|number| *number = finite(*number));
    row
}

/// The means of the columns that a feature makes, with what stands in for its missing cells.
fn push_means(row: &mut Vec<f64>, feature: &Feature, seen: &ColumnStatistics) {
    let cells = seen.count.saturating_add(seen.missing).max(1) as f64;
    let missing = seen.missing as f64 / cells;
    match &feature.encoding {
        None => {
            let mean = seen.mean.unwrap_or_default();
            row.push(match feature.missing {
                Cell::Number(number) => mean * (seen.count as f64 / cells) + number * missing,
                _ => mean,
            });
        }
        Some(Encoding::OneHot(OneHot { categories, .. })) => {
            let shares = shares(feature, seen, cells);
            let kept = (0..categories.len()).filter(|place| Some(*place) != dropped(feature));
            row.extend(kept.map(|place| shares.get(place).copied().unwrap_or_default()));
        }
        Some(Encoding::Ordinal(Ordinal { numbers, .. })) => {
            let shares = shares(feature, seen, cells);
            let number = |place: usize| numbers.get(place).copied().unwrap_or(place as f64);
            let terms = shares.iter().enumerate();
            row.push(terms.map(|(place, share)| share * number(place)).sum());
        }
        Some(Encoding::Text | Encoding::Unused) => {}
    }
    if feature.missing_indicator {
        row.push(missing);
    }
}

fn dropped(feature: &Feature) -> Option<usize> {
    match &feature.encoding {
        Some(Encoding::OneHot(one_hot)) => one_hot.dropped(),
        _ => None,
    }
}

/// The share of each category, the one that stands in for missing cells with theirs.
fn shares(feature: &Feature, seen: &ColumnStatistics, cells: f64) -> Vec<f64> {
    let categories = feature
        .encoding
        .as_ref()
        .map_or(&[][..], Encoding::categories);
    let counted = seen.categories.iter().zip(categories);
    let share = counted.map(|(&count, category)| {
        let stands_in = feature.missing.stands_for(category);
        let missing = if stands_in { seen.missing } else { 0 };
        count.saturating_add(missing) as f64 / cells
    });
    share.collect()
}
