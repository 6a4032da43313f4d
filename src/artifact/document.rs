//! What an artifact says, in the types that CBOR and JSON are read into and written from.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::cell::Cell;
use super::derived::{self, Derived};
use super::error::ArtifactError;
use super::feature::Feature;
use super::features::Features;
use super::inverse::InverseTransform;
use super::parameters::Parameters;
use super::statistics::{Covariance, TrainingStatistics};
use super::threshold::Threshold;
use super::{number, read, scan};

/// The name that every artifact carries.
pub const FORMAT: &str = "sagelet-model";

/// The version of a document that needs nothing newer. Every reader there has been reads it.
pub const VERSION: Version = Version(1, 0);

/// The version of a document with columns that rows may carry beside the features: a reader of 1.0 ignores the key
/// and refuses such rows.
const WITH_OTHER_COLUMNS: Version = Version(1, 1);

/// The version of a document with statistics of the training or a covariance: a reader of 1.0 ignores the keys, and
/// predicts the same.
const WITH_STATISTICS: Version = Version(1, 2);

/// The version of a document that a reader of major version 1 would read otherwise than it is meant.
const WITH_REQUIREMENTS: Version = Version(2, 0);

/// The requirement of a document with marks of its own for missing cells.
const MISSING_VALUES: &str = "missing-values";

/// The requirement of a document with columns that are computed from others.
const DERIVED_COLUMNS: &str = "derived-columns";

/// The requirement of a document whose labels are decided by a threshold of its own.
const THRESHOLD: &str = "threshold";

/// Whether this program understands a requirement of this name.
pub(super) fn understands(requirement: &str) -> bool {
    [MISSING_VALUES, DERIVED_COLUMNS, THRESHOLD].contains(&requirement)
}

/// Major and minor version of the format.
///
/// A reader refuses a major version it does not know. A minor version only adds keys that a reader may
/// ignore without predicting differently. What a reader of major version 1 would predict differently is written as
/// major version 2, which lists what a reader must understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version(
    /// Major.
    pub u16,
    /// Minor.
    pub u16,
);

impl Version {
    /// Whether this program reads documents of this version.
    #[must_use]
    pub fn is_known(self) -> bool {
        (VERSION.0..=WITH_REQUIREMENTS.0).contains(&self.0)
    }

    /// Whether documents of this version list what a reader must understand.
    pub(super) fn has_requirements(self) -> bool {
        self.0 >= WITH_REQUIREMENTS.0
    }
}

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
    /// What a reader must understand to predict as it is meant; only in major version 2. A reader refuses what it
    /// does not know by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// The columns of a row, in their order. Empty only in hand-written JSON, where it means "as many as
    /// there are coefficients, without names". They may be fewer than the coefficients, where a category
    /// makes several columns of the design matrix.
    #[serde(default)]
    pub features: Features,
    /// Columns that rows may carry by name beside the features, such as the label: their cells may be anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_columns: Vec<String>,
    /// Texts that mean a missing cell, instead of those that pandas knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_values: Vec<String>,
    /// Columns that are computed from others, behind those that the features make.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub derived: Vec<Derived>,
    /// The fitted parameters.
    pub model: Parameters,
    /// What turns the regression's result into the prediction, where the model was fitted to a transformed
    /// target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inverse_transform: Option<InverseTransform>,
    /// Where a classifier's decision is, if it is not at the score 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Threshold>,
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
    /// What was seen in the rows that the model was fitted to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<TrainingStatistics>,
    /// The covariance of the coefficients, where it is defined: without a penalty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covariance: Option<Covariance>,
    /// Rows with the predictions they must give, replayed whenever the model is loaded.
    #[serde(default, skip_serializing_if = "Verification::is_empty")]
    pub verification: Verification,
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
    /// Gives the document the lowest version whose readers predict as it is meant, and lists what they must
    /// understand.
    pub fn set_version(&mut self) {
        self.requires = self.needed();
        self.version = if !self.requires.is_empty() {
            WITH_REQUIREMENTS
        } else if self.training.is_some() || self.covariance.is_some() {
            WITH_STATISTICS
        } else if !self.other_columns.is_empty() {
            WITH_OTHER_COLUMNS
        } else {
            VERSION
        };
    }

    /// What a reader must understand, by name: everything in the document that a reader of version 1 passes over.
    pub(super) fn needed(&self) -> Vec<String> {
        let mut needed = Vec::new();
        if !self.missing_values.is_empty() {
            needed.push(MISSING_VALUES.to_owned());
        }
        if derived::is_needed(&self.features, &self.derived) {
            needed.push(DERIVED_COLUMNS.to_owned());
        }
        if self.threshold.is_some() {
            needed.push(THRESHOLD.to_owned());
        }
        needed
    }

    /// A document of version 1.0 with nothing in it but features and parameters.
    #[must_use]
    pub fn new(features: Vec<Feature>, model: Parameters) -> Self {
        Self {
            version: VERSION,
            requires: Vec::new(),
            features: features.into(),
            other_columns: Vec::new(),
            missing_values: Vec::new(),
            derived: Vec::new(),
            model,
            inverse_transform: None,
            threshold: None,
            provenance: BTreeMap::new(),
            metrics: BTreeMap::new(),
            training: None,
            covariance: None,
            verification: Verification::default(),
        }
    }

    /// How many columns the features and derived columns make together.
    #[must_use]
    pub fn width(&self) -> usize {
        derived::width(&self.features, &self.derived)
    }

    /// The name to show for the column with this index: its own, or `x0`, `x1`, …
    #[must_use]
    pub fn feature_name(&self, column: usize) -> String {
        let own = self
            .features
            .get(column)
            .and_then(|feature| feature.name.clone());
        own.unwrap_or_else(|| default_name(column))
    }
}

/// What a column without a name is called: `x0`, `x1`, …
#[must_use]
pub fn default_name(column: usize) -> String {
    format!("x{column}")
}

/// Reads a payload whose digest was found right.
pub(super) fn decode(payload: &[u8]) -> Result<Document, ArtifactError> {
    scan::check(payload, "payload")?;
    read::cbor(payload).map_err(|error| ArtifactError::Shape {
        part: "payload",
        reason: scan::plain(&error),
    })
}
