//! What a conversion knows of the features of a row and of the columns that are computed from them.

use sagelet::artifact::{Cell, Encoding, Feature, default_name};
use sagelet::limits::FEATURES_MAX;

use super::columns::{Column, Conflict, Part, Source};
use super::entries::{Entries, Layout};

/// What a conversion knows so far.
#[derive(Debug)]
pub(crate) struct Conversion {
    /// The columns of a row, as far as the steps so far have said what to do with them.
    pub(crate) features: Vec<Feature>,
    /// What was folded, dropped and lost, a sentence each.
    pub(crate) notes: Vec<String>,
    /// Columns that are computed from others.
    pub(super) entries: Entries,
    /// Weights that may still be made.
    weights_left: usize,
}

impl Conversion {
    /// A conversion of a model whose rows have these columns.
    pub(crate) fn new(features: Vec<Feature>) -> Self {
        Self {
            features,
            notes: Vec::new(),
            entries: Entries::default(),
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

    /// Checks that every feature is used as what it is, marks those that no column uses, and gives every column of the
    /// artifact its number.
    ///
    /// # Errors
    /// A feature is used both as a number and as a category or text.
    pub(super) fn lay_out(&mut self, columns: &[Column]) -> Result<Layout, Conflict> {
        let sources = || columns.iter().flat_map(|column| &column.terms);
        let needed = self.entries.needed(sources().map(|(source, _)| source));
        let mut used = vec![false; self.features.len()];
        let inputs = self.entries.inputs(&needed);
        for source in sources().map(|(source, _)| source).chain(&inputs) {
            self.check_use(*source)?;
            match (source.part, used.get_mut(source.feature)) {
                (Part::Derived(_), _) | (_, None) => {}
                (_, Some(used)) => *used = true,
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
        Ok(self.entries.layout(&self.features, &needed))
    }

    /// Checks that a feature is used as what it is.
    fn check_use(&self, source: Source) -> Result<(), Conflict> {
        let feature = self.features.get(source.feature);
        let encoding = feature.and_then(|feature| feature.encoding.as_ref());
        let fits = match source.part {
            Part::Number => encoding.is_none(),
            Part::Category(_) => matches!(encoding, Some(Encoding::OneHot(_))),
            Part::Code => matches!(encoding, Some(Encoding::Ordinal(_))),
            Part::Text => matches!(encoding, Some(Encoding::Text)),
            Part::Missing | Part::Derived(_) => true,
        };
        if fits {
            return Ok(());
        }
        Err(Conflict::two_uses(&self.name(source.feature)))
    }

    /// A column as an intercept, and coefficients of the artifact's columns.
    pub(super) fn dense(&self, column: &Column, layout: &Layout) -> (f64, Vec<f64>) {
        let mut coefficients = vec![0.0; layout.width];
        for (source, weight) in &column.terms {
            let place = layout.number(&self.features, *source);
            if let Some(place) = place.and_then(|place| coefficients.get_mut(place)) {
                *place += weight;
            }
        }
        (column.constant, coefficients)
    }
}
