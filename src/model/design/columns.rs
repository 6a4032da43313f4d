//! Which feature the next cell belongs to, where a request names its columns.

use super::Design;
use crate::model::row_error::{Names, RowError};
use crate::model::schema::Schema;

/// The columns of a request.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// The feature of each column, where a header names them once for all rows.
    header: Option<Vec<usize>>,
    /// The feature of the next cell, where each cell of a row comes with its name.
    field: Option<usize>,
    /// The row in which each feature last had a field, counted from 1.
    seen: Vec<usize>,
}

impl Columns {
    /// Whether cells come in the order of the features.
    pub(super) fn are_in_order(&self) -> bool {
        self.header.is_none() && self.field.is_none()
    }

    /// The next row may be a list again.
    pub(super) fn end_row(&mut self) {
        self.field = None;
    }
}

impl Design<'_> {
    /// The columns of the rows to come, by name, in any order.
    ///
    /// # Errors
    /// A name is not a feature's or stands twice, or a feature has no column: all of them are named.
    pub fn set_header<'n>(
        &mut self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<(), RowError> {
        let mut seen = vec![false; self.schema.features()];
        let (mut header, mut unknown) = (Vec::new(), Names::default());
        for name in names {
            let feature = self.schema.feature(name);
            match feature.and_then(|feature| Some((feature, seen.get_mut(feature)?))) {
                Some((feature, seen)) if !*seen => {
                    *seen = true;
                    header.push(feature);
                }
                _ => unknown.push(name),
            }
        }
        let missing = named(self.schema, |feature| {
            !seen.get(feature).copied().unwrap_or(true)
        });
        if !unknown.is_empty() || !missing.is_empty() {
            return Err(RowError::Columns { unknown, missing });
        }
        let in_order = header
            .iter()
            .enumerate()
            .all(|(column, feature)| column == *feature);
        self.columns.header = (!in_order).then_some(header);
        Ok(())
    }

    /// Says whose the next cell is. Returns false if the name is no feature's, or had a cell in this row.
    pub fn select(&mut self, name: &str) -> bool {
        let row = self.row();
        self.columns.seen.resize(self.schema.features(), 0);
        // Records mostly have their fields in the features' order.
        let expected = self.position;
        let feature = if self.schema.name(expected) == Some(name) {
            Some(expected)
        } else {
            self.schema.feature(name)
        };
        match feature.and_then(|feature| Some((feature, self.columns.seen.get_mut(feature)?))) {
            Some((feature, seen)) if *seen != row => {
                *seen = row;
                self.columns.field = Some(feature);
                true
            }
            _ => false,
        }
    }

    /// The error for a record with the field `unknown`, which is no feature's.
    #[must_use]
    pub fn unknown_field(&self, unknown: &str) -> RowError {
        let mut names = Names::default();
        names.push(unknown);
        RowError::Fields {
            row: self.row(),
            unknown: names,
            missing: self.missing_fields(),
        }
    }

    /// The feature of the next cell.
    pub(super) fn feature(&self) -> usize {
        match (self.columns.field, &self.columns.header) {
            (Some(feature), _) => feature,
            (None, Some(header)) => header.get(self.position).copied().unwrap_or(usize::MAX),
            (None, None) => self.position,
        }
    }

    /// The error for a row of another width than the model's.
    pub(super) fn wrong_width(&self) -> RowError {
        if self.columns.field.is_some() {
            return RowError::Fields {
                row: self.row(),
                unknown: Names::default(),
                missing: self.missing_fields(),
            };
        }
        RowError::Width {
            row: self.row(),
            found: self.position,
            expected: self.schema.features(),
        }
    }

    fn missing_fields(&self) -> Names {
        named(self.schema, |feature| {
            self.columns.seen.get(feature) != Some(&self.row())
        })
    }
}

/// The names of the features that `of` says.
fn named(schema: &Schema, of: impl Fn(usize) -> bool) -> Names {
    let mut names = Names::default();
    for feature in (0..schema.features()).filter(|&feature| of(feature)) {
        names.push(schema.name(feature).unwrap_or("without a name"));
    }
    names
}
