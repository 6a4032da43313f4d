//! Linear models of XGBoost (`booster="gblinear"`), saved as JSON or UBJ.

mod ubj;

use sagelet::artifact::{Cell, Feature, Label, Link};
use sagelet::limits::FEATURES_MAX;
use serde::Deserialize;

use super::linear::{self, Conflict, Conversion, Kind, Prediction, combination};
use super::{ImportError, Imported};

/// Why a file gives no model.
#[derive(Debug, thiserror::Error)]
pub(crate) enum XgboostError {
    #[error("the UBJ is damaged")]
    Ubj,
    #[error("the JSON does not have the shape of an XGBoost model: {0}")]
    Shape(#[from] serde_json::Error),
    #[error("its booster is \"{0}\", which is no linear model: \"gblinear\" is")]
    Booster(String),
    #[error("the objective \"{0}\" is not supported")]
    Objective(String),
    #[error("{0} is \"{1}\", which is not what XGBoost writes")]
    Parameter(&'static str, String),
    #[error("there are {found} weights where {expected} are needed")]
    Weights { found: usize, expected: usize },
    #[error(transparent)]
    Conflict(#[from] Conflict),
}

#[derive(Deserialize)]
struct File {
    learner: Learner,
    #[serde(default)]
    version: Vec<u64>,
}

#[derive(Deserialize)]
struct Learner {
    #[serde(default)]
    feature_names: Vec<String>,
    gradient_booster: Booster,
    learner_model_param: Parameters,
    objective: Objective,
}

#[derive(Deserialize)]
struct Booster {
    name: String,
    #[serde(default)]
    model: Weights,
}

/// Of another booster these are not there.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Weights {
    /// Of 32 bits: read as such, or their last digits would not be what XGBoost computes with.
    weights: Vec<f32>,
}

/// All of them are texts.
#[derive(Deserialize)]
struct Parameters {
    base_score: String,
    num_class: String,
    num_feature: String,
}

#[derive(Deserialize)]
struct Objective {
    name: String,
}

/// The keys of a model are sorted, so this one comes first.
pub(super) fn detect(bytes: &[u8]) -> bool {
    let json = bytes
        .trim_ascii_start()
        .strip_prefix(b"{")
        .map(<[u8]>::trim_ascii_start);
    json.is_some_and(|rest| rest.starts_with(b"\"learner\"")) || is_ubj(bytes)
}

fn is_ubj(bytes: &[u8]) -> bool {
    bytes.starts_with(b"{L\0\0\0\0\0\0\0\x07learner{")
}

/// Reads a model.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    Ok(convert(bytes)?)
}

fn convert(bytes: &[u8]) -> Result<Imported, XgboostError> {
    let file: File = if is_ubj(bytes) {
        serde_json::from_value(ubj::read(bytes).ok_or(XgboostError::Ubj)?)?
    } else {
        serde_json::from_slice(bytes)?
    };
    let learner = &file.learner;
    if learner.gradient_booster.name != "gblinear" {
        return Err(XgboostError::Booster(learner.gradient_booster.name.clone()));
    }
    let width = parameter("num_feature", &learner.learner_model_param.num_feature)?;
    let classes = parameter("num_class", &learner.learner_model_param.num_class)?.max(1);
    let weights = &learner.gradient_booster.model.weights;
    let expected = width.saturating_add(1).saturating_mul(classes);
    if weights.len() != expected || width > FEATURES_MAX {
        let found = weights.len();
        return Err(XgboostError::Weights { found, expected });
    }
    let mut conversion = Conversion::new(features(&learner.feature_names, width));
    conversion.note(
        "holds numbers of 32 bits: they are kept exactly, and predictions are computed with 64"
            .to_owned(),
    );
    let prediction = prediction(learner, &mut conversion, classes)?;
    let (mut document, notes) = linear::document(conversion, &prediction)?;
    let version: Vec<_> = file.version.iter().map(u64::to_string).collect();
    document.provenance.insert(
        "library".to_owned(),
        format!("XGBoost {}", version.join(".")),
    );
    document.provenance.insert(
        "class".to_owned(),
        format!("gblinear, {}", learner.objective.name),
    );
    Ok(Imported {
        notes,
        ..Imported::new(document)
    })
}

fn parameter(name: &'static str, text: &str) -> Result<usize, XgboostError> {
    text.parse()
        .map_err(|_| XgboostError::Parameter(name, text.to_owned()))
}

/// XGBoost skips missing cells, which is what a cell of 0 does to a sum.
fn features(names: &[String], width: usize) -> Vec<Feature> {
    let feature = |index: usize| Feature {
        name: names.get(index).filter(|_| names.len() == width).cloned(),
        missing: Cell::Number(0.0),
        ..Feature::default()
    };
    (0..width).map(feature).collect()
}

fn prediction(
    learner: &Learner,
    conversion: &mut Conversion,
    classes: usize,
) -> Result<Prediction, XgboostError> {
    let (kind, labels) = match (learner.objective.name.as_str(), classes) {
        ("reg:squarederror" | "reg:linear" | "reg:absoluteerror" | "reg:pseudohubererror", 1) => {
            (Kind::Linear, 0)
        }
        ("reg:logistic", 1) => (Kind::Generalized(Link::Logit), 0),
        ("count:poisson" | "reg:gamma" | "reg:tweedie", 1) => (Kind::Generalized(Link::Log), 0),
        ("binary:logistic", 1) => (Kind::OneVsRest, 2),
        ("multi:softprob" | "multi:softmax", 2..) => (Kind::Multinomial, classes),
        (other, _) => return Err(XgboostError::Objective(other.to_owned())),
    };
    let base = base_scores(&learner.learner_model_param.base_score, classes, &kind)?;
    let columns = conversion.input();
    // Feature by feature, and last the bias; each has a number for every class.
    let of_class = |class: usize| {
        learner
            .gradient_booster
            .model
            .weights
            .iter()
            .skip(class)
            .step_by(classes)
            .map(|&weight| f64::from(weight))
    };
    let score = |(class, base): (usize, f64)| {
        let mut weights: Vec<f64> = of_class(class).collect();
        let bias = weights.pop().unwrap_or_default();
        combination(&columns, &weights, bias + base)
    };
    let scores = base.into_iter().enumerate().map(score).collect();
    let labels: Vec<Label> = (0..labels)
        .filter_map(|label| i64::try_from(label).ok())
        .map(Label::Integer)
        .collect();
    Ok(match labels.is_empty() {
        true => Prediction::regression(kind, scores),
        false => Prediction::classes(kind, scores, labels),
    })
}

/// What is added to each score. It is stored as a mean: of a count as its exponential, of a probability as its
/// logistic function. From version 3.1 on it is a list in brackets.
fn base_scores(text: &str, classes: usize, kind: &Kind) -> Result<Vec<f64>, XgboostError> {
    let wrong = || XgboostError::Parameter("base_score", text.to_owned());
    let inside = text.trim().trim_start_matches('[').trim_end_matches(']');
    let numbers = inside
        .split(',')
        .map(|number| number.trim().parse::<f32>().map(f64::from));
    let numbers: Vec<f64> = numbers.collect::<Result<_, _>>().map_err(|_| wrong())?;
    let numbers = match numbers.as_slice() {
        [single] => vec![*single; classes],
        several if several.len() == classes => numbers,
        _ => return Err(wrong()),
    };
    let scores: Vec<f64> = numbers
        .into_iter()
        .map(|mean| match kind {
            Kind::Generalized(Link::Log) => mean.ln(),
            Kind::Generalized(Link::Logit) | Kind::OneVsRest => (mean / (1.0 - mean)).ln(),
            _ => mean,
        })
        .collect();
    if scores.iter().all(|score| score.is_finite()) {
        Ok(scores)
    } else {
        Err(wrong())
    }
}
