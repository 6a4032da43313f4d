//! Columns that are computed from others, while it is not known yet which number each will have.
//!
//! Until all steps have been read, an entry refers to columns by their places in a list of sources. In the end the
//! entries that no score needs are left out, and the others get the numbers that columns have in an artifact.

use std::collections::HashMap;

use sagelet::artifact::{Columns, Derived, Feature};

use super::columns::{Part, Source};

/// The entries so far.
#[derive(Debug, Default)]
pub(super) struct Entries {
    /// Their columns are places in `sources`.
    entries: Vec<Derived>,
    sources: Vec<Source>,
    places: HashMap<Source, usize>,
}

/// Which entries are needed, and the number of each column of an artifact.
#[derive(Debug)]
pub(super) struct Layout {
    /// The first column of each feature.
    features: Vec<usize>,
    /// The first column of each entry that is needed.
    entries: Vec<Option<usize>>,
    /// How many columns there are.
    pub(super) width: usize,
}

impl Entries {
    /// Adds an entry, and gives its index.
    pub(super) fn add(&mut self, entry: Derived) -> usize {
        self.entries.push(entry);
        self.entries.len() - 1
    }

    /// The entry with this index.
    pub(super) fn get(&self, index: usize) -> Option<&Derived> {
        self.entries.get(index)
    }

    /// How an entry refers to a source.
    pub(super) fn place(&mut self, source: Source) -> usize {
        let next = self.sources.len();
        let place = *self.places.entry(source).or_insert(next);
        if place == next {
            self.sources.push(source);
        }
        place
    }

    /// Which entries these sources need, and those that they need in turn.
    pub(super) fn needed<'a>(&self, of: impl Iterator<Item = &'a Source>) -> Vec<bool> {
        let mut needed = vec![false; self.entries.len()];
        let mark = |source: &Source, needed: &mut Vec<bool>| {
            if let (Part::Derived(_), Some(needed)) = (source.part, needed.get_mut(source.feature))
            {
                *needed = true;
            }
        };
        for source in of {
            mark(source, &mut needed);
        }
        // An entry refers to earlier ones only.
        for (index, entry) in self.entries.iter().enumerate().rev() {
            if needed.get(index) == Some(&true) {
                for source in self.references(entry) {
                    mark(&source, &mut needed);
                }
            }
        }
        needed
    }

    /// The sources that the needed entries are computed from.
    pub(super) fn inputs(&self, needed: &[bool]) -> Vec<Source> {
        let entries = self.entries.iter().zip(needed);
        entries
            .filter(|(_, needed)| **needed)
            .flat_map(|(entry, _)| self.references(entry))
            .collect()
    }

    fn references(&self, entry: &Derived) -> Vec<Source> {
        let mut sources = Vec::new();
        visit(&mut entry.clone(), &mut |place| {
            sources.extend(self.sources.get(*place).copied());
        });
        if let Derived::Text(text) = entry {
            let (feature, part) = (text.feature, Part::Text);
            sources.push(Source { feature, part });
        }
        sources
    }

    /// The number of each column.
    pub(super) fn layout(&self, features: &[Feature], needed: &[bool]) -> Layout {
        let mut width = 0_usize;
        let mut next = |columns: usize| {
            let first = width;
            width = width.saturating_add(columns);
            first
        };
        let features = features
            .iter()
            .map(|feature| next(feature.design_columns()));
        let features = features.collect();
        let entries = self.entries.iter().zip(needed);
        let entries = entries
            .map(|(entry, needed)| needed.then(|| next(entry.columns())))
            .collect();
        Layout {
            features,
            entries,
            width,
        }
    }

    /// The entries that are needed, with the numbers of their columns.
    pub(super) fn finish(self, features: &[Feature], layout: &Layout) -> Vec<Derived> {
        let number = |place: usize| {
            let source = self.sources.get(place).copied();
            source.and_then(|source| layout.number(features, source))
        };
        let entries = self.entries.into_iter().zip(&layout.entries);
        let mut kept = Vec::new();
        for (mut entry, first) in entries {
            if first.is_some() {
                visit(&mut entry, &mut |place| {
                    *place = number(*place).unwrap_or(usize::MAX);
                });
                kept.push(entry);
            }
        }
        kept
    }
}

impl Layout {
    /// The number of the column that a source is.
    pub(super) fn number(&self, features: &[Feature], source: Source) -> Option<usize> {
        if let Part::Derived(column) = source.part {
            return Some((*self.entries.get(source.feature)?)? + column);
        }
        let (offset, feature) = (
            self.features.get(source.feature)?,
            features.get(source.feature)?,
        );
        Some(match source.part {
            Part::Category(index) => offset + index,
            Part::Missing => offset + feature.design_columns() - 1,
            _ => *offset,
        })
    }
}

/// Visits every column that an entry refers to.
fn visit(entry: &mut Derived, visit: &mut dyn FnMut(&mut usize)) {
    match entry {
        Derived::Function { of, .. }
        | Derived::Clip { of, .. }
        | Derived::Threshold { of, .. }
        | Derived::Power { of, .. } => of.iter_mut().for_each(visit),
        Derived::Bins { of, .. } | Derived::Table { of, .. } | Derived::Spline { of, .. } => {
            visit(of)
        }
        Derived::Products { of } => of.iter_mut().flatten().for_each(visit),
        Derived::Combinations { of } => {
            let columns = of.iter_mut().flat_map(|sum| &mut sum.columns);
            columns.for_each(visit);
        }
        Derived::Normalize { of, .. } => {
            if let Columns::List(of) = of {
                of.iter_mut().for_each(visit);
            }
        }
        Derived::Text(_) => {}
    }
}
