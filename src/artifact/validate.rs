//! Meaning of a document: whether its parts, each of the right shape, make a model together.

use std::collections::HashSet;

use super::document::{Document, Isotonic, Parameters, Verification};
use super::error::ArtifactError;
use crate::limits::{FEATURES_MAX, VERIFICATION_ROWS_MAX};

impl Document {
    /// Checks that features, parameters and verification rows fit together and every number is finite.
    ///
    /// # Errors
    /// [`ArtifactError::Meaning`], saying which two parts disagree and how, or which number is not finite.
    pub fn validate(&self) -> Result<(), ArtifactError> {
        self.check_width()?;
        self.check_names()?;
        self.model.check()?;
        self.verification.check(self.features.len())?;
        check_finite("metrics", self.metrics.values())
    }

    fn check_width(&self) -> Result<(), ArtifactError> {
        let (features, width) = (self.features.len(), self.model.width());
        if width == 0 || width > FEATURES_MAX {
            return meaning(format!(
                "a model of {width} features: 1 to {FEATURES_MAX} are possible"
            ));
        }
        if features != width {
            return meaning(format!(
                "there are {features} features, but the {} takes {width}",
                self.model.kind()
            ));
        }
        Ok(())
    }

    fn check_names(&self) -> Result<(), ArtifactError> {
        let mut seen = HashSet::new();
        for (column, feature) in self.features.iter().enumerate() {
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
}

impl Parameters {
    fn check(&self) -> Result<(), ArtifactError> {
        match self {
            Self::LinearRegression(linear) => {
                check_finite("intercept", [&linear.intercept])?;
                check_finite("coefficients", &linear.coefficients)
            }
            Self::GeneralizedLinear(generalized) => {
                check_finite("intercept", [&generalized.intercept])?;
                check_finite("coefficients", &generalized.coefficients)
            }
            Self::Isotonic(isotonic) => isotonic.check(),
        }
    }
}

impl Isotonic {
    /// linfa interpolates between neighbours and divides by their distance: equal or falling thresholds would
    /// give NaN or nonsense, and an empty list a panic.
    fn check(&self) -> Result<(), ArtifactError> {
        check_finite("x_thresholds", &self.x_thresholds)?;
        check_finite("y_thresholds", &self.y_thresholds)?;
        let (x, y) = (self.x_thresholds.len(), self.y_thresholds.len());
        if x == 0 || x != y {
            return meaning(format!(
                "isotonic has {x} x_thresholds and {y} y_thresholds: as many, at least one"
            ));
        }
        if !self.x_thresholds.is_sorted_by(|a, b| a < b) {
            return meaning("x_thresholds of an isotonic model must increase strictly".to_owned());
        }
        let rising = self.y_thresholds.is_sorted();
        let falling = self.y_thresholds.is_sorted_by(|a, b| a >= b);
        if !rising && !falling {
            return meaning(
                "y_thresholds of an isotonic model must only rise or only fall".to_owned(),
            );
        }
        Ok(())
    }
}

impl Verification {
    fn check(&self, width: usize) -> Result<(), ArtifactError> {
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
        for (index, row) in self.rows.iter().enumerate() {
            if row.len() != width {
                return meaning(format!(
                    "verification row {} has {} cells, the model {width} features",
                    index + 1,
                    row.len()
                ));
            }
            check_finite("verification rows", row)?;
        }
        check_finite("verification predictions", &self.predictions)
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
