//! Whether statistics and covariance belong to the model beside them.

use super::{check_finite, meaning};
use crate::artifact::{ArtifactError, ColumnStatistics, Covariance, Document, TrainingStatistics};
use crate::limits::{COVARIANCE_COLUMNS_MAX, STATISTICS_LEVELS_MAX};

impl Document {
    pub(super) fn check_statistics(&self) -> Result<(), ArtifactError> {
        let Some(training) = &self.training else {
            return Ok(());
        };
        training.check_levels()?;
        let (found, features) = (training.features.len(), self.features.len());
        if found != features {
            return meaning(format!(
                "training has statistics of {found} features, the model has {features}"
            ));
        }
        for (column, (feature, statistics)) in
            self.features.iter().zip(&training.features).enumerate()
        {
            let categories = feature
                .encoding
                .as_ref()
                .map_or(0, |encoding| encoding.categories().len());
            statistics.check(training.levels.len(), categories, || {
                format!("training statistics of {}", self.feature_name(column))
            })?;
        }
        Ok(())
    }

    pub(super) fn check_covariance(&self) -> Result<(), ArtifactError> {
        let Some(covariance) = &self.covariance else {
            return Ok(());
        };
        let (scores, width) = (self.model.scores().len(), self.model.width());
        if scores != 1 || width > COVARIANCE_COLUMNS_MAX {
            return meaning(format!(
                "covariance beside {scores} scores of {width} columns: 1 score of at most {COVARIANCE_COLUMNS_MAX} \
                 columns can have one"
            ));
        }
        covariance.check(width)
    }
}

impl TrainingStatistics {
    fn check_levels(&self) -> Result<(), ArtifactError> {
        let count = self.levels.len();
        let rising = self
            .levels
            .windows(2)
            .all(|pair| pair.first() < pair.last());
        let shares = self.levels.iter().all(|level| (0.0..=1.0).contains(level));
        if count > STATISTICS_LEVELS_MAX || !rising || !shares {
            return meaning(format!(
                "training has {count} levels: expected at most {STATISTICS_LEVELS_MAX}, rising from 0 to 1"
            ));
        }
        Ok(())
    }
}

impl ColumnStatistics {
    fn check(
        &self,
        levels: usize,
        categories: usize,
        what: impl Fn() -> String,
    ) -> Result<(), ArtifactError> {
        for (list, found, expected) in [
            ("quantiles", self.quantiles.len(), levels),
            ("shares", self.shares.len(), levels),
            ("categories", self.categories.len(), categories),
        ] {
            if found != 0 && found != expected {
                let what = what();
                return meaning(format!("{what} have {found} {list}, not {expected}"));
            }
        }
        let moments = [self.mean, self.deviation, self.minimum, self.maximum];
        let numbers = moments.iter().flatten();
        check_finite(
            "training statistics",
            numbers.chain(&self.quantiles).chain(&self.shares),
        )
    }
}

impl Covariance {
    fn check(&self, width: usize) -> Result<(), ArtifactError> {
        let (found, expected) = (self.factor.len(), (width + 1) * (width + 2) / 2);
        if found != expected {
            return meaning(format!(
                "the factor of the covariance has {found} numbers: {expected} belong to {width} columns and the \
                 intercept"
            ));
        }
        if self.dispersion < 0.0 {
            return meaning(format!(
                "the dispersion of the covariance is {}: expected 0 or more",
                self.dispersion
            ));
        }
        check_finite("covariance", self.factor.iter().chain([&self.dispersion]))
    }
}
