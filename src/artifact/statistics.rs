//! What an artifact keeps of the training: statistics of the columns, and the covariance of the coefficients. No
//! prediction depends on them.

use super::cbor::Writer;
use super::form::Form;
use super::item::{Item, Wrong};

/// What was seen in the rows that a model was fitted to.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingStatistics {
    /// Rows that the model was fitted to.
    pub rows: u64,
    /// Shares of the cells that the quantiles of every column are of, rising from 0 to 1.
    pub levels: Vec<f64>,
    /// One per feature, in their order.
    pub features: Vec<ColumnStatistics>,
}

/// What was seen in a column. Numbers have moments and quantiles, categories have counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ColumnStatistics {
    /// Cells that are not missing.
    pub count: u64,
    /// Missing cells.
    pub missing: u64,
    /// Mean of the cells that are not missing, by the weights of their rows.
    pub mean: Option<f64>,
    /// Root of the mean square of their distance from the mean.
    pub deviation: Option<f64>,
    /// The smallest cell.
    pub minimum: Option<f64>,
    /// The largest cell.
    pub maximum: Option<f64>,
    /// One number per level, rising: that share of the cells is not above it, to the width of a bucket.
    pub quantiles: Vec<f64>,
    /// One number per level: the share of the cells in the quantile's bucket and in those below. It is more than the
    /// level where many cells are equal.
    pub shares: Vec<f64>,
    /// Cells of each category, in the order of the encoding's categories.
    pub categories: Vec<u64>,
}

/// The covariance of the intercept and the coefficients of a model with one score.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariance {
    /// What the inverse of the information was multiplied by: the variance of the residuals for squared loss, Pearson's
    /// dispersion for Gamma and Tweedie, 1 for logistic regression and Poisson.
    pub dispersion: f64,
    /// Rows less fitted coefficients, the intercept among them.
    pub degrees_of_freedom: u64,
    /// A lower triangular matrix F, row after row up to the diagonal. The covariance is FᵀF, the intercept first, and
    /// the variance of a score is ‖F x‖² for a row x of the design matrix with a 1 in front. The places of an intercept
    /// or coefficient that was not fitted are 0.
    pub factor: Vec<f64>,
}

impl Form for TrainingStatistics {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        let map = item.map("statistics: a map")?;
        let features = map.required("features")?;
        Ok(Self {
            rows: map.required("rows")?.whole()?,
            levels: map.some_numbers("levels")?,
            features: features.list_of("a list of statistics", ColumnStatistics::read)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        let mut map = writer.fields();
        map.key("rows").whole(self.rows);
        map.numbers("levels", &self.levels);
        map.list("features", &self.features);
    }
}

impl Form for ColumnStatistics {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        let map = item.map("statistics of a column: a map")?;
        let counts = |item: Item<'_>| item.list_of("a list of counts", Item::whole);
        Ok(Self {
            count: map.required("count")?.whole()?,
            missing: map.get("missing").map_or(Ok(0), Item::whole)?,
            mean: map.optional_number("mean")?,
            deviation: map.optional_number("deviation")?,
            minimum: map.optional_number("minimum")?,
            maximum: map.optional_number("maximum")?,
            quantiles: map.some_numbers("quantiles")?,
            shares: map.some_numbers("shares")?,
            categories: map
                .get("categories")
                .map_or_else(|| Ok(Vec::new()), counts)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        let mut map = writer.fields();
        map.key("count").whole(self.count);
        map.key("missing").whole(self.missing);
        map.optional_number("mean", self.mean);
        map.optional_number("deviation", self.deviation);
        map.optional_number("minimum", self.minimum);
        map.optional_number("maximum", self.maximum);
        map.some_numbers("quantiles", &self.quantiles);
        map.some_numbers("shares", &self.shares);
        if !self.categories.is_empty() {
            let counts = map.key("categories");
            counts.array(self.categories.len());
            self.categories
                .iter()
                .for_each(|&count| counts.whole(count));
        }
    }
}

impl Form for Covariance {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        let map = item.map("a covariance: a map")?;
        Ok(Self {
            dispersion: map.number("dispersion")?,
            degrees_of_freedom: map.required("degrees_of_freedom")?.whole()?,
            factor: map.numbers("factor")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        let mut map = writer.fields();
        map.number("dispersion", self.dispersion);
        map.key("degrees_of_freedom").whole(self.degrees_of_freedom);
        map.numbers("factor", &self.factor);
    }
}
