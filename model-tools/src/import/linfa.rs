//! The fitted types of linfa-linear as linfa's `serde` feature writes them, in JSON or CBOR.
//!
//! The types carry no name, so the keys tell them apart: `{intercept, params}` is a linear regression,
//! `{coef, intercept, link}` a Tweedie regressor, `{regressor, response}` an isotonic regression (linfa-linear
//! 0.8). Unlike an artifact they know no feature names and cannot tell whether they are damaged.

use std::collections::BTreeMap;

use ndarray::Array1;
use sagelet::artifact::{Document, Feature, GeneralizedLinear, Isotonic, Linear, Link, Parameters};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::{ImportError, Imported};

/// The keys of a map, whatever their values.
type Keys = BTreeMap<String, IgnoredAny>;

/// The fitted types.
#[derive(Clone, Copy)]
enum Kind {
    Linear,
    Tweedie,
    Isotonic,
}

const KINDS: [Kind; 3] = [Kind::Linear, Kind::Tweedie, Kind::Isotonic];

impl Kind {
    fn of(keys: &Keys) -> Option<Self> {
        KINDS
            .into_iter()
            .find(|kind| kind.keys().iter().all(|key| keys.contains_key(*key)))
    }

    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Linear => &["intercept", "params"],
            Self::Tweedie => &["coef", "intercept", "link"],
            Self::Isotonic => &["regressor", "response"],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Linear => "FittedLinearRegression",
            Self::Tweedie => "TweedieRegressor",
            Self::Isotonic => "FittedIsotonicRegression",
        }
    }
}

#[derive(Deserialize)]
struct LinearShape {
    intercept: f64,
    params: Array1<f64>,
}

#[derive(Deserialize)]
struct TweedieShape {
    coef: Array1<f64>,
    intercept: f64,
    link: LinkShape,
}

#[derive(Deserialize)]
enum LinkShape {
    Identity,
    Log,
    Logit,
}

#[derive(Deserialize)]
struct IsotonicShape {
    regressor: Array1<f64>,
    response: Array1<f64>,
}

impl From<LinearShape> for Parameters {
    fn from(shape: LinearShape) -> Self {
        Self::LinearRegression(Linear {
            intercept: shape.intercept,
            coefficients: shape.params.to_vec(),
        })
    }
}

impl From<TweedieShape> for Parameters {
    fn from(shape: TweedieShape) -> Self {
        Self::GeneralizedLinear(GeneralizedLinear {
            link: match shape.link {
                LinkShape::Identity => Link::Identity,
                LinkShape::Log => Link::Log,
                LinkShape::Logit => Link::Logit,
            },
            intercept: shape.intercept,
            coefficients: shape.coef.to_vec(),
        })
    }
}

impl From<IsotonicShape> for Parameters {
    fn from(shape: IsotonicShape) -> Self {
        Self::Isotonic(Isotonic {
            x_thresholds: shape.regressor.to_vec(),
            y_thresholds: shape.response.to_vec(),
        })
    }
}

/// The two encodings of the same structures.
#[derive(Clone, Copy)]
enum Encoding {
    Json,
    Cbor,
}

impl Encoding {
    fn decode<T: DeserializeOwned>(self, bytes: &[u8]) -> Result<T, ImportError> {
        match self {
            Self::Json => Ok(serde_json::from_slice(bytes)?),
            Self::Cbor => decode_cbor(bytes),
        }
    }

    fn detect(self, bytes: &[u8]) -> bool {
        self.decode(bytes)
            .is_ok_and(|keys: Keys| Kind::of(&keys).is_some())
    }

    fn read(self, bytes: &[u8]) -> Result<Imported, ImportError> {
        let keys: Keys = self.decode(bytes)?;
        let kind = Kind::of(&keys).ok_or(ImportError::NoLinfaType)?;
        let model = match kind {
            Kind::Linear => self.decode::<LinearShape>(bytes)?.into(),
            Kind::Tweedie => self.decode::<TweedieShape>(bytes)?.into(),
            Kind::Isotonic => self.decode::<IsotonicShape>(bytes)?.into(),
        };
        Ok(imported(model, kind, &keys))
    }
}

/// Reads exactly one CBOR item.
fn decode_cbor<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ImportError> {
    let mut rest = bytes;
    let value = ciborium::from_reader(&mut rest).map_err(|error| match error {
        ciborium::de::Error::Semantic(_, reason) => ImportError::Cbor(reason),
        other => ImportError::Cbor(other.to_string()),
    })?;
    match rest.len() {
        0 => Ok(value),
        count => Err(ImportError::Trailing { count }),
    }
}

fn imported(model: Parameters, kind: Kind, keys: &Keys) -> Imported {
    let features = vec![Feature::default(); model.width()];
    let mut document = Document::new(features, model);
    document.provenance.insert(
        "algorithm".to_owned(),
        format!("linfa-linear {}", kind.name()),
    );
    let ignored = keys
        .keys()
        .filter(|key| !kind.keys().contains(&key.as_str()))
        .map(|key| format!("unknown key \"{key}\""))
        .collect();
    Imported {
        ignored,
        ..Imported::new(document)
    }
}

/// Whether this is a JSON object with the keys of one of the types.
pub(super) fn detect_json(bytes: &[u8]) -> bool {
    Encoding::Json.detect(bytes)
}

/// Reads a fitted type from JSON.
pub(super) fn read_json(bytes: &[u8]) -> Result<Imported, ImportError> {
    Encoding::Json.read(bytes)
}

/// Whether this is a CBOR map with the keys of one of the types.
pub(super) fn detect_cbor(bytes: &[u8]) -> bool {
    Encoding::Cbor.detect(bytes)
}

/// Reads a fitted type from CBOR.
pub(super) fn read_cbor(bytes: &[u8]) -> Result<Imported, ImportError> {
    Encoding::Cbor.read(bytes)
}
