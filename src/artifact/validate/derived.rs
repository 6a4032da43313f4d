//! Whether what a document says of derived columns can be computed for every row.

use std::ops::Range;

use super::{check_finite, meaning};
use crate::artifact::{
    ArtifactError, Columns, Combination, Derived, Document, Encoding, Extrapolation, Features,
    Terms, Text,
};
use crate::limits::{FACTORS_MAX, FEATURES_MAX, NGRAM_MAX, SPLINE_DEGREE_MAX, STOP_WORDS_MAX};
use crate::text::Quoted;

impl Document {
    pub(super) fn check_derived(&self) -> Result<(), ArtifactError> {
        let mut before = Before {
            features: &self.features,
            width: self.features.design_columns(),
            sparse: Vec::new(),
        };
        for (index, entry) in self.derived.iter().enumerate() {
            let checked = entry.check(&before);
            checked.map_err(|error| placed(index, entry.kind(), error))?;
            before.add(entry);
        }
        Ok(())
    }
}

/// An error with the entry that it is about.
fn placed(index: usize, kind: &str, error: ArtifactError) -> ArtifactError {
    match error {
        ArtifactError::Meaning(reason) => {
            let number = index + 1;
            ArtifactError::Meaning(format!("entry {number} of derived, {kind}: {reason}"))
        }
        other => other,
    }
}

/// What stands before an entry.
struct Before<'a> {
    features: &'a Features,
    /// How many columns there are.
    width: usize,
    /// Those whose rows have few numbers that are not 0.
    sparse: Vec<Range<usize>>,
}

impl Before<'_> {
    fn add(&mut self, entry: &Derived) {
        let end = self.width + entry.columns();
        let is_sparse = match entry {
            Derived::Text(_) => true,
            Derived::Normalize { of, .. } => self.is_sparse(of),
            _ => false,
        };
        if is_sparse {
            self.sparse.push(self.width..end);
        }
        self.width = end;
    }

    /// Whether these are the columns of one text.
    fn is_sparse(&self, of: &Columns) -> bool {
        let Columns::Range { first, count } = *of else {
            return false;
        };
        let is = |range: &Range<usize>| range.start == first && range.len() == count;
        self.sparse.iter().any(is)
    }

    /// Checks that there is such a column and a row has a number in it.
    fn check(&self, column: usize) -> Result<(), ArtifactError> {
        let width = self.width;
        if column >= width {
            return meaning(format!(
                "it is made of column {column}: the columns before it are 0 to {}",
                width.saturating_sub(1)
            ));
        }
        if self.sparse.iter().any(|range| range.contains(&column)) {
            return meaning(format!(
                "it is made of column {column}, which counts terms of a text: only \"normalize\" of all columns of that \
                 text and coefficients may use it"
            ));
        }
        Ok(())
    }

    fn check_all(&self, columns: impl IntoIterator<Item = usize>) -> Result<(), ArtifactError> {
        columns
            .into_iter()
            .try_for_each(|column| self.check(column))
    }
}

impl Derived {
    fn check(&self, before: &Before<'_>) -> Result<(), ArtifactError> {
        let columns = self.columns();
        if columns == 0 || before.width.saturating_add(columns) > FEATURES_MAX {
            return meaning(format!(
                "it adds {columns} columns to {}: at least 1, and {FEATURES_MAX} together are possible",
                before.width
            ));
        }
        match self {
            Self::Function { of, .. } => before.check_all(of.iter().copied()),
            Self::Clip { of, lower, upper } => {
                check_finite("bounds", lower.iter().chain(upper))?;
                if let (Some(lower), Some(upper)) = (lower, upper)
                    && lower > upper
                {
                    return meaning(format!("lower is {lower}, more than upper, {upper}"));
                }
                before.check_all(of.iter().copied())
            }
            Self::Threshold { of, above } => {
                check_finite("thresholds", [above])?;
                before.check_all(of.iter().copied())
            }
            Self::Power { of, lambdas, .. } => {
                check_as_many("columns", of.len(), "lambdas", lambdas.len())?;
                check_finite("lambdas", lambdas)?;
                before.check_all(of.iter().copied())
            }
            Self::Bins { of, edges, .. } => {
                check_rising("edges", edges)?;
                before.check(*of)
            }
            Self::Table { of, x, y, margin } => {
                check_as_many("x", x.len(), "y", y.len())?;
                check_rising("x", x)?;
                check_finite("y", y)?;
                check_finite("margins", margin)?;
                if x.is_empty() {
                    return meaning("x is empty: a table has at least one point".to_owned());
                }
                before.check(*of)
            }
            Self::Spline { of, .. } => {
                self.check_spline()?;
                before.check(*of)
            }
            Self::Products { of } => of.iter().try_for_each(|factors| {
                check_count("factors of a product", factors.len(), 1, FACTORS_MAX)?;
                before.check_all(factors.iter().copied())
            }),
            Self::Combinations { of } => of.iter().try_for_each(|sum| sum.check(before)),
            Self::Normalize { of, .. } if before.is_sparse(of) => Ok(()),
            Self::Normalize { of, .. } => before.check_all(of.iter()),
            Self::Text(text) => text.check(before.features),
        }
    }

    fn check_spline(&self) -> Result<(), ArtifactError> {
        let Self::Spline {
            knots,
            degree,
            extrapolation,
            ..
        } = self
        else {
            return Ok(());
        };
        let (degree, count) = (*degree, knots.len());
        check_count("degrees of a spline", degree, 0, SPLINE_DEGREE_MAX)?;
        check_rising("knots", knots)?;
        let pieces = match extrapolation {
            Extrapolation::Periodic => degree.max(1),
            _ => 1,
        };
        if count < 2 * degree + 1 + pieces {
            return meaning(format!(
                "a spline of degree {degree} has {count} knots: {} at least",
                2 * degree + 1 + pieces
            ));
        }
        if knots.get(degree) >= knots.get(count - 1 - degree) {
            return meaning(format!(
                "knots {degree} and {} are the same: the spline's interval is between them",
                count - 1 - degree
            ));
        }
        Ok(())
    }
}

impl Combination {
    fn check(&self, before: &Before<'_>) -> Result<(), ArtifactError> {
        check_as_many("columns", self.columns.len(), "weights", self.weights.len())?;
        check_finite("weights", &self.weights)?;
        check_finite("constants", [&self.constant])?;
        before.check_all(self.columns.iter().copied())
    }
}

impl Text {
    fn check(&self, features: &Features) -> Result<(), ArtifactError> {
        let feature = features.get(self.feature);
        if !feature.is_some_and(|feature| matches!(feature.encoding, Some(Encoding::Text))) {
            return meaning(format!(
                "feature {} (counted from 0) has no encoding \"text\"",
                self.feature
            ));
        }
        let [least, most] = self.ngrams;
        if least == 0 || least > most || most > NGRAM_MAX {
            return meaning(format!(
                "ngrams are {least} to {most}: 1 to {NGRAM_MAX} are possible"
            ));
        }
        check_count("stop_words", self.stop_words.len(), 0, STOP_WORDS_MAX)?;
        if let Terms::Vocabulary(vocabulary) = &self.terms
            && let Some(term) = vocabulary.repeated()
        {
            let term = Quoted::of(term.as_bytes());
            return meaning(format!("the vocabulary has the term {term} twice"));
        }
        check_finite("idf", &self.idf)?;
        match self.idf.len() {
            0 => Ok(()),
            idf => check_as_many("terms", self.columns(), "idf", idf),
        }
    }
}

fn check_as_many(what: &str, count: usize, other: &str, found: usize) -> Result<(), ArtifactError> {
    if count == found {
        return Ok(());
    }
    meaning(format!(
        "the lengths of {what} and {other} are {count} and {found}: they must be the same"
    ))
}

fn check_count(what: &str, count: usize, least: usize, most: usize) -> Result<(), ArtifactError> {
    if (least..=most).contains(&count) {
        return Ok(());
    }
    meaning(format!("{count} {what}: {least} to {most} are possible"))
}

fn check_rising(what: &str, numbers: &[f64]) -> Result<(), ArtifactError> {
    check_finite(what, numbers)?;
    if numbers.is_sorted() {
        return Ok(());
    }
    meaning(format!("{what} may not fall from one to the next"))
}
