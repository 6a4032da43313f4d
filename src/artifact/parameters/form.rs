//! How parameters of each kind lie in CBOR.

use super::{
    Averaged, Classifier, GeneralizedLinear, Isotonic, Linear, Link, Logistic, Member, MultiTarget,
    Multilabel, OneVsOne, Parameters, Probabilities, Ties,
};
use crate::artifact::cbor::{Fields, Writer};
use crate::artifact::form::{Form, Word, words};
use crate::artifact::item::{Item, Map, Wrong};
use crate::artifact::label::Label;

/// The kinds of models.
#[derive(Clone, Copy)]
pub(super) enum Kind {
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

words!(Kind {
    LinearRegression = "linear-regression",
    ElasticNet = "elastic-net",
    GeneralizedLinear = "generalized-linear",
    Isotonic = "isotonic",
    MultiTargetRegression = "multi-target-regression",
    LogisticRegression = "logistic-regression",
    MultinomialLogisticRegression = "multinomial-logistic-regression",
    OneVsRest = "one-vs-rest",
    LinearClassifier = "linear-classifier",
    OneVsOne = "one-vs-one",
    Multilabel = "multilabel",
    AveragedClassifiers = "averaged-classifiers",
});

words!(Link {
    Identity = "identity",
    Log = "log",
    Logit = "logit",
});

words!(Ties {
    First = "first",
    Confidence = "confidence",
});

words!(Probabilities {
    Logistic = "logistic",
    Softmax = "softmax",
    OneVsRest = "one-vs-rest",
});

impl Parameters {
    /// The kind's name, as the format writes it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        let kind = match self {
            Self::LinearRegression(_) => Kind::LinearRegression,
            Self::ElasticNet(_) => Kind::ElasticNet,
            Self::GeneralizedLinear(_) => Kind::GeneralizedLinear,
            Self::Isotonic(_) => Kind::Isotonic,
            Self::MultiTargetRegression(_) => Kind::MultiTargetRegression,
            Self::LogisticRegression(_) => Kind::LogisticRegression,
            Self::MultinomialLogisticRegression(_) => Kind::MultinomialLogisticRegression,
            Self::OneVsRest(_) => Kind::OneVsRest,
            Self::LinearClassifier(_) => Kind::LinearClassifier,
            Self::OneVsOne(_) => Kind::OneVsOne,
            Self::Multilabel(_) => Kind::Multilabel,
            Self::AveragedClassifiers(_) => Kind::AveragedClassifiers,
        };
        kind.name()
    }
}

impl Form for Parameters {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        let map = &item.map("parameters: a map")?;
        Ok(match map.required("kind")?.word()? {
            Kind::LinearRegression => Self::LinearRegression(Linear::read(map)?),
            Kind::ElasticNet => Self::ElasticNet(Linear::read(map)?),
            Kind::GeneralizedLinear => Self::GeneralizedLinear(GeneralizedLinear::read(map)?),
            Kind::Isotonic => Self::Isotonic(Isotonic::read_fields(map)?),
            Kind::MultiTargetRegression => Self::MultiTargetRegression(MultiTarget::read(map)?),
            Kind::LogisticRegression => Self::LogisticRegression(Logistic::read(map)?),
            Kind::MultinomialLogisticRegression => {
                Self::MultinomialLogisticRegression(Classifier::read(map)?)
            }
            Kind::OneVsRest => Self::OneVsRest(Classifier::read(map)?),
            Kind::LinearClassifier => Self::LinearClassifier(Classifier::read(map)?),
            Kind::OneVsOne => Self::OneVsOne(OneVsOne::read(map)?),
            Kind::Multilabel => Self::Multilabel(Multilabel::read(map)?),
            Kind::AveragedClassifiers => Self::AveragedClassifiers(Averaged::read(map)?),
        })
    }

    fn write(&self, writer: &mut Writer) {
        let map = &mut writer.fields();
        map.text("kind", self.kind());
        match self {
            Self::LinearRegression(model) | Self::ElasticNet(model) => model.write(map),
            Self::GeneralizedLinear(model) => model.write(map),
            Self::Isotonic(model) => model.write_fields(map),
            Self::MultiTargetRegression(model) => model.write(map),
            Self::LogisticRegression(model) => model.write(map),
            Self::MultinomialLogisticRegression(model)
            | Self::OneVsRest(model)
            | Self::LinearClassifier(model) => model.write(map),
            Self::OneVsOne(model) => model.write(map),
            Self::Multilabel(model) => model.write(map),
            Self::AveragedClassifiers(model) => model.write(map),
        }
    }
}

fn labels(map: &Map<'_>) -> Result<Vec<Label>, Wrong> {
    map.required("labels")?
        .list_of("a list of labels", Label::read)
}

fn write_one(map: &mut Fields<'_>, intercept: f64, coefficients: &[f64]) {
    map.number("intercept", intercept);
    map.numbers("coefficients", coefficients);
}

fn write_several(map: &mut Fields<'_>, intercepts: &[f64], coefficients: &[Vec<f64>]) {
    map.numbers("intercepts", intercepts);
    map.table("coefficients", coefficients);
}

impl Linear {
    fn read(map: &Map<'_>) -> Result<Self, Wrong> {
        Ok(Self {
            intercept: map.number("intercept")?,
            coefficients: map.numbers("coefficients")?,
        })
    }

    fn write(&self, map: &mut Fields<'_>) {
        write_one(map, self.intercept, &self.coefficients);
    }
}

impl GeneralizedLinear {
    fn read(map: &Map<'_>) -> Result<Self, Wrong> {
        Ok(Self {
            link: map.required("link")?.word()?,
            intercept: map.number("intercept")?,
            coefficients: map.numbers("coefficients")?,
        })
    }

    fn write(&self, map: &mut Fields<'_>) {
        map.word("link", self.link);
        write_one(map, self.intercept, &self.coefficients);
    }
}

impl Isotonic {
    fn read_fields(map: &Map<'_>) -> Result<Self, Wrong> {
        Ok(Self {
            x_thresholds: map.numbers("x_thresholds")?,
            y_thresholds: map.numbers("y_thresholds")?,
        })
    }

    fn write_fields(&self, map: &mut Fields<'_>) {
        map.numbers("x_thresholds", &self.x_thresholds);
        map.numbers("y_thresholds", &self.y_thresholds);
    }
}

impl Form for Isotonic {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        Self::read_fields(&item.map("a map with thresholds")?)
    }

    fn write(&self, writer: &mut Writer) {
        self.write_fields(&mut writer.fields());
    }
}

impl MultiTarget {
    fn read(map: &Map<'_>) -> Result<Self, Wrong> {
        Ok(Self {
            targets: map.some_texts("targets")?,
            intercepts: map.numbers("intercepts")?,
            coefficients: map.table("coefficients")?,
        })
    }

    fn write(&self, map: &mut Fields<'_>) {
        map.some_texts("targets", &self.targets);
        write_several(map, &self.intercepts, &self.coefficients);
    }
}

impl Logistic {
    fn read(map: &Map<'_>) -> Result<Self, Wrong> {
        let labels = map.required("labels")?;
        Ok(Self {
            labels: labels.pair("two labels", Label::read)?,
            intercept: map.number("intercept")?,
            coefficients: map.numbers("coefficients")?,
        })
    }

    fn write(&self, map: &mut Fields<'_>) {
        map.list("labels", &self.labels);
        write_one(map, self.intercept, &self.coefficients);
    }
}

impl Classifier {
    fn read(map: &Map<'_>) -> Result<Self, Wrong> {
        Ok(Self {
            labels: labels(map)?,
            intercepts: map.numbers("intercepts")?,
            coefficients: map.table("coefficients")?,
        })
    }

    fn write(&self, map: &mut Fields<'_>) {
        map.list("labels", &self.labels);
        write_several(map, &self.intercepts, &self.coefficients);
    }
}

impl OneVsOne {
    fn read(map: &Map<'_>) -> Result<Self, Wrong> {
        Ok(Self {
            labels: labels(map)?,
            ties: map.required("ties")?.word()?,
            intercepts: map.numbers("intercepts")?,
            coefficients: map.table("coefficients")?,
        })
    }

    fn write(&self, map: &mut Fields<'_>) {
        map.list("labels", &self.labels);
        map.word("ties", self.ties);
        write_several(map, &self.intercepts, &self.coefficients);
    }
}

impl Multilabel {
    fn read(map: &Map<'_>) -> Result<Self, Wrong> {
        Ok(Self {
            labels: labels(map)?,
            link: map.required("link")?.word()?,
            intercepts: map.numbers("intercepts")?,
            coefficients: map.table("coefficients")?,
        })
    }

    fn write(&self, map: &mut Fields<'_>) {
        map.list("labels", &self.labels);
        map.word("link", self.link);
        write_several(map, &self.intercepts, &self.coefficients);
    }
}

impl Averaged {
    fn read(map: &Map<'_>) -> Result<Self, Wrong> {
        let members = |item: Item<'_>| item.list_of("a list of members", Member::read);
        Ok(Self {
            labels: labels(map)?,
            members: map.get("members").map_or_else(|| Ok(Vec::new()), members)?,
        })
    }

    fn write(&self, map: &mut Fields<'_>) {
        map.list("labels", &self.labels);
        map.list("members", &self.members);
    }
}

impl Form for Member {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        let map = item.map("a member: a map")?;
        let functions = |item: Item<'_>| item.list_of("a list of functions", Isotonic::read);
        Ok(Self {
            weight: map.optional_number("weight")?.unwrap_or(1.0),
            probabilities: map.optional("probabilities").map(Item::word).transpose()?,
            calibration: map
                .get("calibration")
                .map_or_else(|| Ok(Vec::new()), functions)?,
            intercepts: map.some_numbers("intercepts")?,
            coefficients: map.table("coefficients")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        let map = &mut writer.fields();
        map.number("weight", self.weight);
        if let Some(probabilities) = self.probabilities {
            map.word("probabilities", probabilities);
        }
        map.some_list("calibration", &self.calibration);
        write_several(map, &self.intercepts, &self.coefficients);
    }
}
