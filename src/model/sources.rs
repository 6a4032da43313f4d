//! Which columns of a request a dense column of the design matrix comes from.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::artifact::{Derived, Document};

/// The inputs of each dense column.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources {
    /// The input of each column; empty if each column comes from the input with its own number.
    inputs: Vec<usize>,
    /// Columns of several inputs, with the share of each.
    several: BTreeMap<usize, Vec<(usize, f64)>>,
}

impl Sources {
    pub(super) fn of(document: &Document, sparse: &[Range<usize>]) -> Self {
        let mut described = document.features.described();
        let are_own = described.all(|(_, feature)| feature.design_columns() == 1);
        if are_own && document.derived.is_empty() {
            return Self::default();
        }
        let features = document.features.iter().enumerate();
        let mut sources = Self {
            inputs: features
                .flat_map(|(input, feature)| std::iter::repeat_n(input, feature.design_columns()))
                .collect(),
            several: BTreeMap::new(),
        };
        let mut at = sources.inputs.len();
        for entry in &document.derived {
            let columns = at..at + entry.columns();
            at = columns.end;
            if !sparse.contains(&columns) {
                (0..columns.len()).for_each(|place| sources.push(entry, place, sparse));
            }
        }
        sources
    }

    /// Adds the column at this place of an entry: what it is computed from counts equally.
    fn push(&mut self, entry: &Derived, place: usize, sparse: &[Range<usize>]) {
        let columns = columns_of(entry, place);
        let mut shares: BTreeMap<usize, f64> = BTreeMap::new();
        for column in &columns {
            let column = numbered(*column, sparse);
            let one = [(self.inputs.get(column).copied().unwrap_or_default(), 1.0)];
            let own = self.several.get(&column).map_or(&one[..], Vec::as_slice);
            for (input, share) in own {
                *shares.entry(*input).or_default() += share / columns.len() as f64;
            }
        }
        if shares.len() > 1 {
            let own = shares.iter().map(|(input, share)| (*input, *share));
            self.several.insert(self.inputs.len(), own.collect());
        }
        let first = shares.keys().next();
        self.inputs.push(first.copied().unwrap_or_default());
    }

    /// Adds coefficient · (number − reference) of each column of a row to the inputs that it comes from.
    pub(super) fn add(
        &self,
        coefficients: &[f64],
        row: &[f64],
        reference: &[f64],
        own: &mut [f64],
    ) {
        let numbers = coefficients.iter().zip(row).enumerate();
        let terms = numbers.map(|(column, (coefficient, number))| {
            let reference = reference.get(column).copied().unwrap_or_default();
            (column, coefficient * (number - reference))
        });
        if self.inputs.is_empty() {
            own.iter_mut()
                .zip(terms)
                .for_each(|(place, (_, term))| *place = term);
            return;
        }
        for (column, term) in terms {
            if term == 0.0 {
                continue;
            }
            let input = self.inputs.get(column).copied().unwrap_or_default();
            let one = [(input, 1.0)];
            let several = match self.several.is_empty() {
                true => None,
                false => self.several.get(&column),
            };
            for (input, share) in several.map_or(&one[..], Vec::as_slice) {
                if let Some(place) = own.get_mut(*input) {
                    *place += term * share;
                }
            }
        }
    }

    /// Bytes of memory.
    pub(super) fn memory_bytes(&self) -> usize {
        let several = self.several.values().map(Vec::capacity).sum::<usize>();
        (self.inputs.len() + 4 * several) * size_of::<usize>()
    }
}

/// The number that a dense column has without the sparse ones before it.
pub(super) fn numbered(column: usize, sparse: &[Range<usize>]) -> usize {
    let before = sparse.iter().filter(|range| range.end <= column);
    column - before.map(Range::len).sum::<usize>()
}

/// The columns that one of an entry's columns is computed from; a factor that stands twice counts twice. Of columns that
/// are divided by their norm, each is its own.
fn columns_of(entry: &Derived, place: usize) -> Vec<usize> {
    match entry {
        Derived::Function { of, .. }
        | Derived::Clip { of, .. }
        | Derived::Threshold { of, .. }
        | Derived::Power { of, .. } => of.get(place).copied().into_iter().collect(),
        Derived::Bins { of, .. } | Derived::Table { of, .. } | Derived::Spline { of, .. } => {
            vec![*of]
        }
        Derived::Products { of } => of.get(place).cloned().unwrap_or_default(),
        Derived::Combinations { of } => {
            let sum = of.get(place);
            sum.map(|sum| sum.columns.clone()).unwrap_or_default()
        }
        Derived::Normalize { of, .. } => of.iter().nth(place).into_iter().collect(),
        Derived::Text(_) => Vec::new(),
    }
}
