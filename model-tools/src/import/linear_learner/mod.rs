//! The model of SageMaker's Linear Learner: `model_algo-1`, a zip archive with a network of MXNet.
//!
//! No artifact of the algorithm itself was at hand. Known are the names of the members
//! (`mx-mod-symbol.json`, `mx-mod-0000.params`, `additional-params.json`, `manifest.json`) and that the network is loaded
//! with MXNet and takes rows as they come; the files of the corpus were written by MXNet. What the graph does not
//! say is not guessed.

mod graph;
mod params;

use std::collections::HashMap;

use sagelet::artifact::Label;
use sagelet::text::Quoted;
use serde_json::Value as Json;

use self::graph::{End, Symbol};
use self::params::Array;
use super::archive::{ArchiveError, Files};
use super::linear::{self, Column, Conflict, Kind, Prediction};
use super::{ImportError, Imported};
use crate::shown::quoted;

/// How the names of the members end.
const SYMBOL: &str = "-symbol.json";
const PARAMETERS: &str = ".params";

/// The member with what the algorithm adds, and the key of the kind of model in it, as the hyperparameter is called.
const ADDITIONS: &str = "additional-params.json";
const PREDICTOR_TYPE: &str = "predictor_type";

/// What a network predicts, as the hyperparameter of the algorithm is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum PredictorType {
    /// A number.
    Regressor,
    /// 0 or 1, with a probability.
    BinaryClassifier,
    /// 0, 1, 2, …, with probabilities.
    MulticlassClassifier,
}

impl PredictorType {
    /// The type of this name.
    fn named(name: &str) -> Option<Self> {
        match name {
            "regressor" => Some(Self::Regressor),
            "binary_classifier" => Some(Self::BinaryClassifier),
            "multiclass_classifier" => Some(Self::MulticlassClassifier),
            _ => None,
        }
    }
}

/// Why a file gives no model.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LinearLearnerError {
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error("the graph in it is not the JSON of an MXNet symbol: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the graph in it has more nodes than a linear model")]
    Nodes,
    #[error("its parameters: {0}")]
    Parameters(&'static str),
    #[error(
        "the first output depends on the node {name}, a {operator} of MXNet, which is not supported: read the weights with MXNet and convert a table of coefficients (docs/models.md says how)"
    )]
    Node { name: Quoted, operator: String },
    #[error("the layer {0} has other numbers of weights than columns")]
    Shape(Quoted),
    #[error("a layer of {0} columns: 1 to {max} are possible", max = sagelet::limits::FEATURES_MAX)]
    Width(usize),
    #[error("its first output is no score")]
    NoScores,
    #[error(
        "the graph ends in a score, and nothing in the file says what for, as {ADDITIONS} has no {PREDICTOR_TYPE}: say --predictor-type with what it was trained with"
    )]
    NoPredictorType,
    #[error("{ADDITIONS} has the {PREDICTOR_TYPE} {0}, which is none of Linear Learner's")]
    UnknownPredictorType(Quoted),
    #[error("{ADDITIONS} has another {PREDICTOR_TYPE} than --predictor-type says")]
    OtherPredictorType,
    #[error("{1} scores with the output that the graph has are not those of a {0:?}")]
    PredictorType(PredictorType, usize),
    #[error(transparent)]
    Conflict(#[from] Conflict),
}

/// A zip archive with a graph and parameters of MXNet.
pub(super) fn detect(bytes: &[u8]) -> bool {
    let is_both = |files: Files<'_>| {
        files.ending_with(SYMBOL).is_some() && files.ending_with(PARAMETERS).is_some()
    };
    bytes.starts_with(b"PK\x03\x04") && Files::open(bytes).is_ok_and(is_both)
}

/// Reads a model.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    read_as(bytes, None)
}

/// Reads a model that predicts what is told, where the file does not say.
pub(super) fn read_as(bytes: &[u8], told: Option<PredictorType>) -> Result<Imported, ImportError> {
    Ok(convert(bytes, told)?)
}

fn convert(bytes: &[u8], told: Option<PredictorType>) -> Result<Imported, LinearLearnerError> {
    let mut files = Files::open(bytes)?;
    let mut member = |end: &str| {
        let name = files.ending_with(end).unwrap_or_default();
        files.read(&name)
    };
    let symbol: Symbol = serde_json::from_slice(&member(SYMBOL)?)?;
    let arrays = params::read(&member(PARAMETERS)?)?;
    let told = match (predictor_type(&mut files)?, told) {
        (Some(own), Some(told)) if own != told => {
            return Err(LinearLearnerError::OtherPredictorType);
        }
        (own, told) => own.or(told),
    };
    let (mut conversion, scores, end) = symbol.scores(&arrays)?;
    let prediction = prediction(scores, end, told)?;
    notes(&prediction, &arrays)
        .into_iter()
        .for_each(|note| conversion.note(note));
    let (mut document, notes) = linear::document(conversion, &prediction)?;
    document
        .provenance
        .insert("library".to_owned(), "Linear Learner (MXNet)".to_owned());
    Ok(Imported {
        notes,
        ..Imported::new(document)
    })
}

/// The type that the additions name.
fn predictor_type(files: &mut Files<'_>) -> Result<Option<PredictorType>, LinearLearnerError> {
    if !files.has(ADDITIONS) {
        return Ok(None);
    }
    let additions: Json = serde_json::from_slice(&files.read(ADDITIONS)?)?;
    let Some(name) = additions.get(PREDICTOR_TYPE).and_then(Json::as_str) else {
        return Ok(None);
    };
    let unknown = || LinearLearnerError::UnknownPredictorType(quoted(name));
    PredictorType::named(name).map(Some).ok_or_else(unknown)
}

/// What the scores predict: what the graph ends in, or else what was told.
fn prediction(
    scores: Vec<Column>,
    end: End,
    told: Option<PredictorType>,
) -> Result<Prediction, LinearLearnerError> {
    use PredictorType::{BinaryClassifier, MulticlassClassifier, Regressor};
    let count = scores.len();
    let of_end = match end {
        End::Open => told.ok_or(LinearLearnerError::NoPredictorType)?,
        End::Regression => Regressor,
        End::Logistic => BinaryClassifier,
        End::Softmax => MulticlassClassifier,
    };
    let labels = |count: usize| (0..).take(count).map(Label::Integer).collect();
    match (of_end, count) {
        (of_end, _) if told.is_some_and(|told| told != of_end) => Err(
            LinearLearnerError::PredictorType(told.unwrap_or(of_end), count),
        ),
        (Regressor, 1) => Ok(Prediction::regression(Kind::Linear, scores)),
        (BinaryClassifier, 1) => Ok(Prediction::classes(Kind::OneVsRest, scores, labels(2))),
        (MulticlassClassifier, 2..) => Ok(Prediction::classes(
            Kind::Multinomial,
            scores,
            labels(count),
        )),
        (other, count) => Err(LinearLearnerError::PredictorType(other, count)),
    }
}

fn notes(prediction: &Prediction, arrays: &HashMap<String, Array>) -> Vec<String> {
    let mut notes = vec![
        "takes rows as they come: the layout was checked with networks that MXNet wrote, not with an artifact of Linear Learner itself, so compare predictions with --check and --expect".to_owned(),
    ];
    if arrays.values().any(|array| array.is_single) {
        notes.push("holds numbers of 32 bits: they are kept exactly, but what they were rounded from is lost".to_owned());
    }
    if prediction.kind == Kind::OneVsRest {
        notes.push("gives the label 1 to scores above 0.5: a threshold that Linear Learner chose otherwise is not read".to_owned());
    }
    notes
}
