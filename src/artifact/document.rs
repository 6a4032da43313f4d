//! What an artifact says, in the types that CBOR and JSON are read into and written from.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::cell::Cell;
use super::error::ArtifactError;
use super::feature::Feature;
use super::parameters::Parameters;
use super::{number, scan};

/// The name that every artifact carries.
pub const FORMAT: &str = "sagelet-model";

/// The version that this program writes.
pub const VERSION: Version = Version(1, 0);

/// Major and minor version of the format.
///
/// A reader refuses a major version it does not know. A minor version only adds keys that a reader may
/// ignore without predicting differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version(
    /// Major.
    pub u16,
    /// Minor.
    pub u16,
);

impl Default for Version {
    fn default() -> Self {
        VERSION
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.0, self.1)
    }
}

/// A model and what is known about it. The same structure is the payload of an artifact and, as JSON, the
/// form that a person can write by hand (`docs/artifact.md`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// The columns of a row, in their order. Empty only in hand-written JSON, where it means "as many as
    /// there are coefficients, without names". They may be fewer than the coefficients, where a category
    /// makes several columns of the design matrix.
    #[serde(default)]
    pub features: Vec<Feature>,
    /// The fitted parameters.
    pub model: Parameters,
    /// What turns the regression's result into the prediction, where the model was fitted to a transformed
    /// target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inverse_transform: Option<InverseTransform>,
    /// Where the model comes from: `producer`, `algorithm`, `source`, … Free text, for people.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub provenance: BTreeMap<String, String>,
    /// What was measured when the model was made: `training_rows`, `r2`, …
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "number::map"
    )]
    pub metrics: BTreeMap<String, f64>,
    /// Rows with the predictions they must give, replayed whenever the model is loaded.
    #[serde(default, skip_serializing_if = "Verification::is_empty")]
    pub verification: Verification,
}

/// The inverse of the function that was applied to the target before the fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InverseTransform {
    /// exp(result), for a logarithm.
    Exp,
    /// exp(result) − 1, for the logarithm of the target plus one.
    Expm1,
    /// result², for a square root.
    Square,
}

/// Rows with the predictions they must give.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// The rows as a client would send them, as long as there are features.
    pub rows: Vec<Vec<Cell>>,
    /// What each row must give: the targets of a regression, the probabilities of a classifier, the scores of
    /// a classifier without them. A list of one is written as the number alone.
    #[serde(with = "number::rows")]
    pub predictions: Vec<Vec<f64>>,
}

impl InverseTransform {
    /// The prediction that a regression's result stands for.
    #[must_use]
    pub fn apply(self, result: f64) -> f64 {
        match self {
            Self::Exp => result.exp(),
            Self::Expm1 => result.exp_m1(),
            Self::Square => result * result,
        }
    }
}

impl Verification {
    /// Adds a row of numbers and what it must give.
    pub fn push(&mut self, row: &[f64], prediction: Vec<f64>) {
        self.rows
            .push(row.iter().copied().map(Cell::from).collect());
        self.predictions.push(prediction);
    }

    /// Whether there is nothing to verify with.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.predictions.is_empty()
    }
}

impl Document {
    /// A document of this version with nothing in it but features and parameters.
    #[must_use]
    pub fn new(features: Vec<Feature>, model: Parameters) -> Self {
        Self {
            version: VERSION,
            features,
            model,
            inverse_transform: None,
            provenance: BTreeMap::new(),
            metrics: BTreeMap::new(),
            verification: Verification::default(),
        }
    }

    /// The name to show for the column with this index: its own, or `x0`, `x1`, …
    #[must_use]
    pub fn feature_name(&self, column: usize) -> String {
        let own = self
            .features
            .get(column)
            .and_then(|feature| feature.name.clone());
        own.unwrap_or_else(|| format!("x{column}"))
    }
}

/// Reads a payload whose digest was found right.
pub(super) fn decode(payload: &[u8]) -> Result<Document, ArtifactError> {
    scan::check(payload, "payload")?;
    ciborium::from_reader(payload).map_err(|error| ArtifactError::Shape {
        part: "payload",
        reason: scan::plain(&error),
    })
}
