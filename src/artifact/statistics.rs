//! What an artifact keeps of the training: statistics of the columns, and the covariance of the coefficients. No
//! prediction depends on them.

use serde::{Deserialize, Serialize};

use super::{number, read};

/// What was seen in the rows that a model was fitted to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingStatistics {
    /// Rows that the model was fitted to.
    #[serde(deserialize_with = "read::whole")]
    pub rows: u64,
    /// Shares of the cells that the quantiles of every column are of, rising from 0 to 1.
    #[serde(default, deserialize_with = "number::list")]
    pub levels: Vec<f64>,
    /// One per feature, in their order.
    pub features: Vec<ColumnStatistics>,
}

/// What was seen in a column. Numbers have moments and quantiles, categories have counts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ColumnStatistics {
    /// Cells that are not missing.
    #[serde(deserialize_with = "read::whole")]
    pub count: u64,
    /// Missing cells.
    #[serde(default, deserialize_with = "read::whole")]
    pub missing: u64,
    /// Mean of the cells that are not missing, by the weights of their rows.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "number::option"
    )]
    pub mean: Option<f64>,
    /// Root of the mean square of their distance from the mean.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "number::option"
    )]
    pub deviation: Option<f64>,
    /// The smallest cell.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "number::option"
    )]
    pub minimum: Option<f64>,
    /// The largest cell.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "number::option"
    )]
    pub maximum: Option<f64>,
    /// One number per level, rising: that share of the cells is not above it, to the width of a bucket.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "number::list"
    )]
    pub quantiles: Vec<f64>,
    /// One number per level: the share of the cells in the quantile's bucket and in those below. It is more than the
    /// level where many cells are equal.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "number::list"
    )]
    pub shares: Vec<f64>,
    /// Cells of each category, in the order of the encoding's categories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<u64>,
}

/// The covariance of the intercept and the coefficients of a model with one score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Covariance {
    /// What the inverse of the information was multiplied by: the variance of the residuals for squared loss, Pearson's
    /// dispersion for Gamma and Tweedie, 1 for logistic regression and Poisson.
    #[serde(deserialize_with = "number::one")]
    pub dispersion: f64,
    /// Rows less fitted coefficients, the intercept among them.
    #[serde(deserialize_with = "read::whole")]
    pub degrees_of_freedom: u64,
    /// A lower triangular matrix F, row after row up to the diagonal. The covariance is FᵀF, the intercept first, and
    /// the variance of a score is ‖F x‖² for a row x of the design matrix with a 1 in front. The places of an intercept
    /// or coefficient that was not fitted are 0.
    #[serde(deserialize_with = "number::list")]
    pub factor: Vec<f64>,
}
