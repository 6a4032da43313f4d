//! How parameters and features are read: each from one flat map, whatever their kind.
//!
//! serde's own way to read an enum with a tag, or one that may be of several types, holds what it has read in a
//! buffer and compiles a second reader of every structure for it: 50 kB of machine code for these few types.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::cell::Cell;
use super::feature::{Encoding, Feature, OneHot, Ordinal, Unknown};
use super::label::Label;
use super::number::{self, Coefficients};
use super::parameters::{
    Classifier, GeneralizedLinear, Isotonic, Linear, Link, Logistic, MultiTarget, Parameters,
};

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    LinearRegression,
    ElasticNet,
    GeneralizedLinear,
    Isotonic,
    MultiTargetRegression,
    LogisticRegression,
    MultinomialLogisticRegression,
    OneVsRest,
    LinearClassifier,
}

/// What the parameters of any kind have.
#[derive(Deserialize)]
struct ParametersForm {
    kind: Kind,
    link: Option<Link>,
    labels: Option<Vec<Label>>,
    targets: Option<Vec<String>>,
    #[serde(default, deserialize_with = "number::option")]
    intercept: Option<f64>,
    #[serde(default, deserialize_with = "number::optional_list")]
    intercepts: Option<Vec<f64>>,
    coefficients: Option<Coefficients>,
    #[serde(default, deserialize_with = "number::optional_list")]
    x_thresholds: Option<Vec<f64>>,
    #[serde(default, deserialize_with = "number::optional_list")]
    y_thresholds: Option<Vec<f64>>,
}

impl<'de> Deserialize<'de> for Parameters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ParametersForm::deserialize(deserializer)?
            .parameters()
            .map_err(Wrong::into)
    }
}

/// What is wrong with a form.
enum Wrong {
    Missing(&'static str),
    Other(&'static str),
}

impl Wrong {
    fn into<E: Error>(self) -> E {
        match self {
            Self::Missing(field) => E::missing_field(field),
            Self::Other(reason) => E::custom(reason),
        }
    }
}

fn required<T>(value: Option<T>, field: &'static str) -> Result<T, Wrong> {
    value.ok_or(Wrong::Missing(field))
}

impl ParametersForm {
    fn parameters(self) -> Result<Parameters, Wrong> {
        Ok(match self.kind {
            Kind::LinearRegression => Parameters::LinearRegression(self.linear()?),
            Kind::ElasticNet => Parameters::ElasticNet(self.linear()?),
            Kind::GeneralizedLinear => Parameters::GeneralizedLinear(self.generalized_linear()?),
            Kind::Isotonic => Parameters::Isotonic(self.isotonic()?),
            Kind::MultiTargetRegression => Parameters::MultiTargetRegression(self.multi_target()?),
            Kind::LogisticRegression => Parameters::LogisticRegression(self.logistic()?),
            Kind::MultinomialLogisticRegression => {
                Parameters::MultinomialLogisticRegression(self.classifier()?)
            }
            Kind::OneVsRest => Parameters::OneVsRest(self.classifier()?),
            Kind::LinearClassifier => Parameters::LinearClassifier(self.classifier()?),
        })
    }

    fn linear(self) -> Result<Linear, Wrong> {
        Ok(Linear {
            intercept: required(self.intercept, "intercept")?,
            coefficients: list(self.coefficients)?,
        })
    }

    fn generalized_linear(self) -> Result<GeneralizedLinear, Wrong> {
        Ok(GeneralizedLinear {
            link: required(self.link, "link")?,
            intercept: required(self.intercept, "intercept")?,
            coefficients: list(self.coefficients)?,
        })
    }

    fn isotonic(self) -> Result<Isotonic, Wrong> {
        Ok(Isotonic {
            x_thresholds: required(self.x_thresholds, "x_thresholds")?,
            y_thresholds: required(self.y_thresholds, "y_thresholds")?,
        })
    }

    fn multi_target(self) -> Result<MultiTarget, Wrong> {
        Ok(MultiTarget {
            targets: self.targets.unwrap_or_default(),
            intercepts: required(self.intercepts, "intercepts")?,
            coefficients: table(self.coefficients)?,
        })
    }

    fn logistic(self) -> Result<Logistic, Wrong> {
        let labels = required(self.labels, "labels")?;
        Ok(Logistic {
            labels: labels
                .try_into()
                .map_err(|_| Wrong::Other("a logistic regression has two labels"))?,
            intercept: required(self.intercept, "intercept")?,
            coefficients: list(self.coefficients)?,
        })
    }

    fn classifier(self) -> Result<Classifier, Wrong> {
        Ok(Classifier {
            labels: required(self.labels, "labels")?,
            intercepts: required(self.intercepts, "intercepts")?,
            coefficients: table(self.coefficients)?,
        })
    }
}

fn list(coefficients: Option<Coefficients>) -> Result<Vec<f64>, Wrong> {
    match required(coefficients, "coefficients")? {
        Coefficients::List(list) => Ok(list),
        Coefficients::Table(_) => Err(Wrong::Other(
            "the coefficients of this kind are a list of numbers, not of lists",
        )),
    }
}

fn table(coefficients: Option<Coefficients>) -> Result<Vec<Vec<f64>>, Wrong> {
    match required(coefficients, "coefficients")? {
        Coefficients::Table(table) => Ok(table),
        Coefficients::List(list) if list.is_empty() => Ok(Vec::new()),
        Coefficients::List(_) => Err(Wrong::Other(
            "the coefficients of this kind are a list of lists of numbers",
        )),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum EncodingKind {
    OneHot,
    Ordinal,
    Unused,
}

/// What an encoding of any kind has.
#[derive(Deserialize)]
struct EncodingForm {
    kind: EncodingKind,
    categories: Option<Vec<Label>>,
    drop: Option<Label>,
    #[serde(default, deserialize_with = "number::optional_list")]
    numbers: Option<Vec<f64>>,
    /// `error` or `ignore` for one-hot encoding, a number for ordinal encoding.
    #[serde(default)]
    unknown: Cell,
}

impl<'de> Deserialize<'de> for Encoding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        EncodingForm::deserialize(deserializer)?
            .encoding()
            .map_err(Wrong::into)
    }
}

impl EncodingForm {
    fn encoding(self) -> Result<Encoding, Wrong> {
        Ok(match self.kind {
            EncodingKind::OneHot => Encoding::OneHot(self.one_hot()?),
            EncodingKind::Ordinal => Encoding::Ordinal(self.ordinal()?),
            EncodingKind::Unused => Encoding::Unused,
        })
    }

    fn one_hot(self) -> Result<OneHot, Wrong> {
        Ok(OneHot {
            categories: required(self.categories, "categories")?,
            drop: self.drop,
            unknown: match self.unknown {
                Cell::Missing => Unknown::default(),
                Cell::Text(text) if text == "error" => Unknown::Error,
                Cell::Text(text) if text == "ignore" => Unknown::Ignore,
                _ => {
                    return Err(Wrong::Other(
                        "\"unknown\" of a one-hot encoding is \"error\" or \"ignore\"",
                    ));
                }
            },
        })
    }

    fn ordinal(self) -> Result<Ordinal, Wrong> {
        Ok(Ordinal {
            categories: required(self.categories, "categories")?,
            numbers: self.numbers.unwrap_or_default(),
            unknown: match self.unknown {
                Cell::Missing => None,
                Cell::Number(number) => Some(number),
                _ => {
                    return Err(Wrong::Other(
                        "\"unknown\" of an ordinal encoding is a number",
                    ));
                }
            },
        })
    }
}

/// A feature as it may be written: a map, or its name alone.
#[derive(Default, Deserialize)]
#[serde(default)]
struct FeatureForm {
    name: Option<String>,
    missing: Cell,
    missing_indicator: bool,
    encoding: Option<Encoding>,
}

struct FeatureVisitor;

impl<'de> Visitor<'de> for FeatureVisitor {
    type Value = Feature;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a feature: its name, or a map")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Feature, E> {
        Ok(Feature::named(name))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Feature, A::Error> {
        let form = FeatureForm::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Feature {
            name: form.name,
            missing: form.missing,
            missing_indicator: form.missing_indicator,
            encoding: form.encoding,
        })
    }
}

impl<'de> Deserialize<'de> for Feature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FeatureVisitor)
    }
}
