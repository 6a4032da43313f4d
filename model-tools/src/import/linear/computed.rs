//! Columns that a step computes, as a conversion takes them in.

use sagelet::artifact::{Combination, Derived, Text};

use super::columns::{Column, Conflict, Part, Source};
use super::conversion::Conversion;

impl Conversion {
    /// Adds an entry whose columns [`refer`](Self::refer) has named, and gives the columns that it makes.
    pub(crate) fn compute(&mut self, entry: Derived) -> Vec<Column> {
        let columns = entry.columns();
        let feature = self.entries.add(entry);
        (0..columns)
            .map(|column| Column::of(feature, Part::Derived(column)))
            .collect()
    }

    /// How an entry refers to these columns. Those that are sums of several, or moved, become combinations.
    ///
    /// # Errors
    /// A column counts a term of a text: only coefficients may use those.
    pub(crate) fn refer(&mut self, columns: &[Column]) -> Result<Vec<usize>, Conflict> {
        self.check_not_of_text(columns)?;
        let mut places = Vec::with_capacity(columns.len());
        let mut sums = Vec::new();
        for column in columns {
            places.push(column.source().map(|source| self.entries.place(source)));
            if column.source().is_none() {
                sums.push(self.sum(column));
            }
        }
        let mut sums = match sums.is_empty() {
            true => Vec::new(),
            false => self.compute(Derived::Combinations { of: sums }),
        }
        .into_iter();
        let place = |place: Option<usize>| match place {
            Some(place) => place,
            None => {
                let source = sums.next().and_then(|column| column.source());
                source.map_or(usize::MAX, |source| self.entries.place(source))
            }
        };
        Ok(places.into_iter().map(place).collect())
    }

    /// How an entry refers to columns whose numbers it compares: they have to be the cells themselves, since scaling
    /// rounds, and a number that equals a bound must not pass it.
    ///
    /// # Errors
    /// A column is scaled, moved or a sum, or counts a term of a text.
    pub(crate) fn refer_exactly(&mut self, columns: &[Column]) -> Result<Vec<usize>, Conflict> {
        if columns.iter().any(|column| column.source().is_none()) {
            return Err(Conflict::new(
                "it compares numbers that an earlier step has scaled or added up, and rounding could put one on the other \
                 side of its bound: let it see the cells themselves",
            ));
        }
        self.refer(columns)
    }

    /// Adds the columns less a number each, subtracted before anything is multiplied.
    ///
    /// # Errors
    /// A column counts a term of a text: only coefficients may use those.
    pub(crate) fn centred(
        &mut self,
        columns: &[Column],
        centres: &[f64],
    ) -> Result<Vec<Column>, Conflict> {
        self.check_not_of_text(columns)?;
        let mut of = Vec::with_capacity(columns.len());
        for (column, centre) in columns.iter().zip(centres) {
            let mut sum = self.sum(column);
            sum.constant -= centre;
            of.push(sum);
        }
        Ok(self.compute(Derived::Combinations { of }))
    }

    fn check_not_of_text(&self, columns: &[Column]) -> Result<(), Conflict> {
        if columns.iter().any(|column| self.is_of_text(column)) {
            return Err(Conflict::new(
                "it changes columns that count the terms of a text, which an artifact computes in no other way than \
                 weights, norms and idf",
            ));
        }
        Ok(())
    }

    fn sum(&mut self, column: &Column) -> Combination {
        let terms = column.terms.iter();
        let terms = terms.map(|(source, weight)| (self.entries.place(*source), *weight));
        let (columns, weights) = terms.unzip();
        Combination {
            columns,
            weights,
            constant: column.constant,
        }
    }

    fn is_of_text(&self, column: &Column) -> bool {
        column.terms.iter().any(|(source, _)| {
            matches!(source.part, Part::Derived(_))
                && matches!(self.entries.get(source.feature), Some(Derived::Text(_)))
        })
    }

    /// The text whose terms these columns count, with nothing done to them, and which terms they are; none if they are
    /// of several texts, or of none.
    pub(crate) fn terms_of_text(&self, columns: &[Column]) -> Option<(&Text, Vec<usize>)> {
        let entry = columns.first()?.source()?.feature;
        let Derived::Text(text) = self.entries.get(entry)? else {
            return None;
        };
        let term = |column: &Column| match column.source()? {
            Source {
                feature,
                part: Part::Derived(term),
            } if feature == entry => Some(term),
            _ => None,
        };
        let terms: Option<Vec<_>> = columns.iter().map(term).collect();
        Some((text, terms?))
    }
}
