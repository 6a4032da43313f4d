//! Meaning of a document: whether its parts, each of the right shape, make a model together.

mod derived;
mod features;
mod parameters;
mod statistics;
mod version;

use std::collections::HashSet;

use super::cell::Cell;
use super::document::{Document, Verification};
use super::error::ArtifactError;
use super::label::Label;
use crate::limits::{FEATURES_MAX, MISSING_VALUES_MAX, OTHER_COLUMNS_MAX, VERIFICATION_ROWS_MAX};
use crate::text::Quoted;

impl Document {
    /// Checks that features, parameters and verification rows fit together and every number is finite.
    ///
    /// # Errors
    /// [`ArtifactError::Meaning`], saying which two parts disagree and how, or which number is not finite.
    pub fn validate(&self) -> Result<(), ArtifactError> {
        self.check_derived()?;
        self.check_width()?;
        self.check_names()?;
        self.check_other_columns()?;
        self.check_missing_values()?;
        for (column, feature) in self.features.described() {
            feature.check(&self.feature_name(column))?;
        }
        self.model.check()?;
        self.check_transform()?;
        self.check_statistics()?;
        self.check_covariance()?;
        if let Some(threshold) = &self.threshold {
            threshold.check(&self.model)?;
        }
        self.verification
            .check(self.features.len(), self.model.outputs())?;
        check_finite("metrics", self.metrics.values())
    }

    fn check_width(&self) -> Result<(), ArtifactError> {
        let (features, width) = (self.features.len(), self.model.width());
        let columns = self.width();
        if width == 0 || width.max(features) > FEATURES_MAX {
            let number = if width == 0 { 0 } else { width.max(features) };
            return meaning(format!(
                "a model of {number} features: 1 to {FEATURES_MAX} are possible"
            ));
        }
        if columns == width {
            return Ok(());
        }
        let kind = self.model.kind();
        if columns == features && self.derived.is_empty() {
            return meaning(format!(
                "there are {features} features, but the {kind} takes {width}"
            ));
        }
        let derived = match self.derived.len() {
            0 => "",
            _ => " and derived columns",
        };
        meaning(format!(
            "the {features} features{derived} make {columns} columns, but the {kind} takes {width}"
        ))
    }

    fn check_names(&self) -> Result<(), ArtifactError> {
        let mut seen = HashSet::new();
        for (column, feature) in self.features.described() {
            let Some(name) = &feature.name else { continue };
            if !seen.insert(name) {
                return meaning(format!(
                    "feature {} is called \"{name}\", as one before it is",
                    column + 1
                ));
            }
        }
        Ok(())
    }

    fn check_other_columns(&self) -> Result<(), ArtifactError> {
        let count = self.other_columns.len();
        if count > OTHER_COLUMNS_MAX {
            return meaning(format!(
                "other_columns has {count} names: at most {OTHER_COLUMNS_MAX}"
            ));
        }
        let described = self.features.described();
        let names = described.filter_map(|(_, feature)| feature.name.as_ref());
        let mut seen: HashSet<_> = names.collect();
        match self.other_columns.iter().find(|name| !seen.insert(name)) {
            Some(name) => meaning(format!(
                "other_columns has {}, which is a feature or stands there twice",
                Quoted::of(name.as_bytes())
            )),
            None => Ok(()),
        }
    }

    fn check_missing_values(&self) -> Result<(), ArtifactError> {
        let count = self.missing_values.len();
        if count > MISSING_VALUES_MAX {
            return meaning(format!(
                "missing_values has {count} texts: at most {MISSING_VALUES_MAX}"
            ));
        }
        Ok(())
    }

    fn check_transform(&self) -> Result<(), ArtifactError> {
        if let Some(inverse) = self
            .inverse_transform
            .filter(|inverse| !inverse.is_finite())
        {
            return meaning(format!(
                "inverse_transform is {inverse}: its lambda is not a finite number"
            ));
        }
        if self.inverse_transform.is_some() && !self.model.labels().is_empty() {
            return meaning(format!(
                "a {} has classes, no target that inverse_transform could apply to",
                self.model.kind()
            ));
        }
        Ok(())
    }
}

impl Verification {
    fn check(&self, width: usize, outputs: usize) -> Result<(), ArtifactError> {
        let (rows, predictions) = (self.rows.len(), self.predictions.len());
        if rows != predictions {
            return meaning(format!(
                "verification has {rows} rows and {predictions} predictions: as many of each"
            ));
        }
        if rows > VERIFICATION_ROWS_MAX {
            return meaning(format!(
                "verification has {rows} rows: at most {VERIFICATION_ROWS_MAX}"
            ));
        }
        for (index, (row, prediction)) in self.rows.iter().zip(&self.predictions).enumerate() {
            let number = index + 1;
            if row.len() != width {
                let cells = row.len();
                return meaning(format!(
                    "verification row {number} has {cells} cells, the model {width} features"
                ));
            }
            if prediction.len() != outputs {
                let found = prediction.len();
                return meaning(format!(
                    "verification row {number} expects {found} numbers, the model gives {outputs}"
                ));
            }
            check_finite("verification rows", row.iter().filter_map(number_of))?;
            check_finite("verification predictions", prediction)?;
        }
        Ok(())
    }
}

fn number_of(cell: &Cell) -> Option<&f64> {
    match cell {
        Cell::Number(number) => Some(number),
        _ => None,
    }
}

/// Labels must differ, also in how they are written: `1` and `"1"` are the same cell of a CSV row.
fn check_distinct(what: &str, labels: &[Label]) -> Result<(), ArtifactError> {
    let mut seen = HashSet::new();
    match labels.iter().find(|label| !seen.insert(label.to_string())) {
        Some(label) => meaning(format!("\"{label}\" stands twice among the {what}")),
        None => Ok(()),
    }
}

fn check_finite<'a>(
    what: &str,
    numbers: impl IntoIterator<Item = &'a f64>,
) -> Result<(), ArtifactError> {
    match numbers.into_iter().find(|number| !number.is_finite()) {
        Some(number) => meaning(format!(
            "{number} among the {what}: every number of a model must be finite"
        )),
        None => Ok(()),
    }
}

fn meaning(reason: String) -> Result<(), ArtifactError> {
    Err(ArtifactError::Meaning(reason))
}
