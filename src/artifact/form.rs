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
    Averaged, Classifier, GeneralizedLinear, Isotonic, Linear, Link, Logistic, Member, MultiTarget,
    Multilabel, OneVsOne, Parameters, Probabilities, Ties,
};
use super::read;

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
    OneVsOne,
    Multilabel,
    AveragedClassifiers,
}

/// What the parameters of any kind have.
#[derive(Deserialize)]
struct ParametersForm {
    #[serde(deserialize_with = "read::word")]
    kind: Kind,
    #[serde(default, deserialize_with = "read::optional_word")]
    ties: Option<Ties>,
    #[serde(default)]
    members: Vec<Member>,
    #[serde(default, deserialize_with = "read::optional_word")]
    link: Option<Link>,
    labels: Option<Vec<Label>>,
    #[serde(default, deserialize_with = "read::texts")]
    targets: Vec<String>,
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
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ParametersForm::deserialize(deserializer)?.parameters()
    }
}

/// The value of a key that this kind needs.
pub(super) fn required<T, E: Error>(value: Option<T>, field: &'static str) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(field))
}

impl ParametersForm {
    fn parameters<E: Error>(self) -> Result<Parameters, E> {
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
            Kind::OneVsOne => Parameters::OneVsOne(self.one_vs_one()?),
            Kind::Multilabel => Parameters::Multilabel(self.multilabel()?),
            Kind::AveragedClassifiers => Parameters::AveragedClassifiers(Averaged {
                labels: required(self.labels, "labels")?,
                members: self.members,
            }),
        })
    }

    fn linear<E: Error>(self) -> Result<Linear, E> {
        Ok(Linear {
            intercept: required(self.intercept, "intercept")?,
            coefficients: list(self.coefficients)?,
        })
    }

    fn generalized_linear<E: Error>(self) -> Result<GeneralizedLinear, E> {
        Ok(GeneralizedLinear {
            link: required(self.link, "link")?,
            intercept: required(self.intercept, "intercept")?,
            coefficients: list(self.coefficients)?,
        })
    }

    fn isotonic<E: Error>(self) -> Result<Isotonic, E> {
        Ok(Isotonic {
            x_thresholds: required(self.x_thresholds, "x_thresholds")?,
            y_thresholds: required(self.y_thresholds, "y_thresholds")?,
        })
    }

    fn multi_target<E: Error>(self) -> Result<MultiTarget, E> {
        Ok(MultiTarget {
            targets: self.targets,
            intercepts: required(self.intercepts, "intercepts")?,
            coefficients: table(self.coefficients)?,
        })
    }

    fn logistic<E: Error>(self) -> Result<Logistic, E> {
        let labels = required(self.labels, "labels")?;
        let count = labels.len();
        Ok(Logistic {
            labels: labels
                .try_into()
                .map_err(|_| E::invalid_length(count, &"two labels"))?,
            intercept: required(self.intercept, "intercept")?,
            coefficients: list(self.coefficients)?,
        })
    }

    fn classifier<E: Error>(self) -> Result<Classifier, E> {
        Ok(Classifier {
            labels: required(self.labels, "labels")?,
            intercepts: required(self.intercepts, "intercepts")?,
            coefficients: table(self.coefficients)?,
        })
    }
}

impl ParametersForm {
    fn one_vs_one<E: Error>(self) -> Result<OneVsOne, E> {
        let ties = required(self.ties, "ties")?;
        let Classifier {
            labels,
            intercepts,
            coefficients,
        } = self.classifier()?;
        Ok(OneVsOne {
            labels,
            ties,
            intercepts,
            coefficients,
        })
    }

    fn multilabel<E: Error>(self) -> Result<Multilabel, E> {
        let link = required(self.link, "link")?;
        let Classifier {
            labels,
            intercepts,
            coefficients,
        } = self.classifier()?;
        Ok(Multilabel {
            labels,
            link,
            intercepts,
            coefficients,
        })
    }
}

/// A member of averaged classifiers, as it is written.
#[derive(Deserialize)]
struct MemberForm {
    #[serde(default, deserialize_with = "number::option")]
    weight: Option<f64>,
    #[serde(default, deserialize_with = "read::optional_word")]
    probabilities: Option<Probabilities>,
    #[serde(default)]
    calibration: Vec<CalibrationForm>,
    #[serde(default, deserialize_with = "number::list")]
    intercepts: Vec<f64>,
    coefficients: Coefficients,
}

#[derive(Deserialize)]
struct CalibrationForm {
    #[serde(deserialize_with = "number::list")]
    x_thresholds: Vec<f64>,
    #[serde(deserialize_with = "number::list")]
    y_thresholds: Vec<f64>,
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = MemberForm::deserialize(deserializer)?;
        let calibration = form.calibration.into_iter().map(|form| Isotonic {
            x_thresholds: form.x_thresholds,
            y_thresholds: form.y_thresholds,
        });
        Ok(Self {
            weight: form.weight.unwrap_or(1.0),
            probabilities: form.probabilities,
            calibration: calibration.collect(),
            intercepts: form.intercepts,
            coefficients: table(Some(form.coefficients))?,
        })
    }
}

fn list<E: Error>(coefficients: Option<Coefficients>) -> Result<Vec<f64>, E> {
    match required(coefficients, "coefficients")? {
        Coefficients::List(list) => Ok(list),
        Coefficients::Table(_) => Err(E::custom(
            "the coefficients of this kind are a list of numbers, not of lists",
        )),
    }
}

fn table<E: Error>(coefficients: Option<Coefficients>) -> Result<Vec<Vec<f64>>, E> {
    match required(coefficients, "coefficients")? {
        Coefficients::Table(table) => Ok(table),
        Coefficients::List(list) if list.is_empty() => Ok(Vec::new()),
        Coefficients::List(_) => Err(E::custom(
            "the coefficients of this kind are a list of lists of numbers",
        )),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum EncodingKind {
    OneHot,
    Ordinal,
    Text,
    Unused,
}

/// What an encoding of any kind has.
#[derive(Deserialize)]
struct EncodingForm {
    #[serde(deserialize_with = "read::word")]
    kind: EncodingKind,
    categories: Option<Vec<Label>>,
    drop: Option<Label>,
    #[serde(default, deserialize_with = "number::list")]
    numbers: Vec<f64>,
    /// `error` or `ignore` for one-hot encoding; a number or `null` for ordinal encoding.
    #[serde(default, deserialize_with = "given")]
    unknown: Option<Cell>,
}

/// Tells a `null` that is written from a key that is not there.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Cell>, D::Error> {
    Cell::deserialize(deserializer).map(Some)
}

impl<'de> Deserialize<'de> for Encoding {
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        EncodingForm::deserialize(deserializer)?.encoding()
    }
}

impl EncodingForm {
    fn encoding<E: Error>(self) -> Result<Encoding, E> {
        Ok(match self.kind {
            EncodingKind::OneHot => Encoding::OneHot(self.one_hot()?),
            EncodingKind::Ordinal => Encoding::Ordinal(self.ordinal()?),
            EncodingKind::Text => Encoding::Text,
            EncodingKind::Unused => Encoding::Unused,
        })
    }

    fn one_hot<E: Error>(self) -> Result<OneHot, E> {
        Ok(OneHot {
            categories: required(self.categories, "categories")?,
            drop: self.drop,
            unknown: match self.unknown {
                None => Unknown::default(),
                Some(Cell::Text(text)) => match text.as_str() {
                    "error" => Unknown::Error,
                    "ignore" => Unknown::Ignore,
                    _ => return Err(E::unknown_variant(&text, &["error", "ignore"])),
                },
                Some(other) => {
                    return Err(E::custom(format_args!(
                        "\"unknown\" of a one-hot encoding is {other}, not \"error\" or \"ignore\""
                    )));
                }
            },
        })
    }

    fn ordinal<E: Error>(self) -> Result<Ordinal, E> {
        Ok(Ordinal {
            categories: required(self.categories, "categories")?,
            numbers: self.numbers,
            unknown: match self.unknown {
                None | Some(Cell::Missing) => None,
                Some(Cell::Number(number)) => Some(number),
                Some(other) => {
                    return Err(E::custom(format_args!(
                        "\"unknown\" of an ordinal encoding is {other}, not a number"
                    )));
                }
            },
        })
    }
}

/// A feature as it may be written: a map, or its name alone.
#[derive(Default, Deserialize)]
#[serde(default)]
struct FeatureForm {
    #[serde(deserialize_with = "read::optional_text")]
    name: Option<String>,
    missing: Cell,
    #[serde(deserialize_with = "read::flag")]
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
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FeatureVisitor)
    }
}
