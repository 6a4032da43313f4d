//! What an artifact says, in the types that CBOR and JSON are read into and written from.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::error::ArtifactError;
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
    /// there are coefficients, without names".
    #[serde(default)]
    pub features: Vec<Feature>,
    /// The fitted parameters.
    pub model: Parameters,
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

/// One column of a row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "FeatureForm")]
pub struct Feature {
    /// The column's name, where the training data had names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A feature as it may be written: a map, or its name alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum FeatureForm {
    Name(String),
    Map {
        #[serde(default)]
        name: Option<String>,
    },
}

impl From<FeatureForm> for Feature {
    fn from(form: FeatureForm) -> Self {
        match form {
            FeatureForm::Name(name) => Self { name: Some(name) },
            FeatureForm::Map { name } => Self { name },
        }
    }
}

/// The fitted parameters, by kind of model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Parameters {
    /// `FittedLinearRegression` of linfa-linear: prediction = intercept + Σ coefficient · cell.
    LinearRegression(Linear),
    /// `TweedieRegressor` of linfa-linear: prediction = inverse link of (intercept + Σ coefficient · cell).
    GeneralizedLinear(GeneralizedLinear),
    /// `FittedIsotonicRegression` of linfa-linear: linear interpolation between thresholds, constant outside.
    Isotonic(Isotonic),
}

/// Parameters of a linear regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Linear {
    /// The prediction for a row of zeros.
    #[serde(deserialize_with = "number::one")]
    pub intercept: f64,
    /// One a feature, in the features' order.
    #[serde(deserialize_with = "number::list")]
    pub coefficients: Vec<f64>,
}

/// Parameters of a generalised linear model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GeneralizedLinear {
    /// How the linear predictor and the mean are linked.
    pub link: Link,
    /// The linear predictor for a row of zeros.
    #[serde(deserialize_with = "number::one")]
    pub intercept: f64,
    /// One a feature, in the features' order.
    #[serde(deserialize_with = "number::list")]
    pub coefficients: Vec<f64>,
}

/// Link function g of a generalised linear model: g(mean) = linear predictor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// mean = predictor
    Identity,
    /// mean = exp(predictor)
    Log,
    /// mean = 1 / (1 + exp(−predictor))
    Logit,
}

/// Parameters of an isotonic regression: a piecewise linear function of one feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Isotonic {
    /// Where the pieces meet, strictly increasing.
    #[serde(deserialize_with = "number::list")]
    pub x_thresholds: Vec<f64>,
    /// The function's values there, monotonic.
    #[serde(deserialize_with = "number::list")]
    pub y_thresholds: Vec<f64>,
}

/// Rows with the predictions they must give.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// The rows, as long as there are features.
    #[serde(deserialize_with = "number::table")]
    pub rows: Vec<Vec<f64>>,
    /// What each row must give.
    #[serde(deserialize_with = "number::list")]
    pub predictions: Vec<f64>,
}

impl Verification {
    /// Whether there is nothing to verify with.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.predictions.is_empty()
    }
}

impl Parameters {
    /// The kind's name, as the format writes it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::LinearRegression(_) => "linear-regression",
            Self::GeneralizedLinear(_) => "generalized-linear",
            Self::Isotonic(_) => "isotonic",
        }
    }

    /// How many features the parameters take.
    #[must_use]
    pub fn width(&self) -> usize {
        match self {
            Self::LinearRegression(linear) => linear.coefficients.len(),
            Self::GeneralizedLinear(generalized) => generalized.coefficients.len(),
            Self::Isotonic(_) => 1,
        }
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
