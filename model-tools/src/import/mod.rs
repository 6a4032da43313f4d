//! From bytes to a document: one file a format, and the table of them.
//!
//! To add a format, add a file with a `detect` and a `read` function, and a line to [`FORMATS`].

mod archive;
mod artifact;
mod coefficients;
mod container;
mod ignored;
mod json;
mod liblinear;
mod limits;
mod linear;
mod linear_learner;
mod linfa;
#[cfg(test)]
mod mutation_tests;
mod objects;
mod onnx;
mod pickle;
mod pmml;
mod safetensors;
mod sklearn;
mod skops;
mod strangers;
pub(crate) mod trust;
mod xgboost;

use std::borrow::Cow;
use std::path::Path;

use sagelet::artifact::{ArtifactError, Digest, Document};

use self::container::ContainerError;
use self::linear_learner::PredictorType;
use self::pickle::{Pickle, PickleError};
use self::skops::Skops;
use self::trust::Contents;
use crate::error::Error;
use crate::input::{Input, MODEL_BYTES_MAX};

/// A format that models can be read from.
pub(crate) struct Format {
    /// What `formats`, reports and provenance call it.
    pub(crate) name: &'static str,
    /// What it is, in a few words.
    pub(crate) description: &'static str,
    /// Whether bytes are of this format, as far as their form tells.
    detect: fn(&[u8]) -> bool,
    /// Reads such bytes.
    read: fn(&[u8]) -> Result<Imported, ImportError>,
}

/// The formats that hold trees of objects, in which several estimators may be.
const PICKLE: &str = "pickle";
const SKOPS: &str = "skops";

/// The format that is an artifact's content.
const JSON: &str = "json";

/// The format of networks that may not say what their scores are for.
const LINEAR_LEARNER: &str = "linear-learner";

/// What the command line says of a model that its file does not say.
#[derive(Default, clap::Args)]
pub(crate) struct Told {
    /// Estimator to take out of a scikit-learn file that holds several: a key of its dict, a number in its list or
    /// an attribute of its object, inner ones after a full stop. Given more than once, rows go through the
    /// estimators in this order: --key scaler --key model
    #[arg(long = "key", value_name = "KEY")]
    pub(crate) keys: Vec<String>,
    /// What a network of SageMaker's Linear Learner predicts, where its file does not say
    #[arg(long, value_name = "TYPE")]
    pub(crate) predictor_type: Option<PredictorType>,
}

/// Every format, in the order in which bytes are tried: the first that detects its own reads them.
pub(crate) static FORMATS: [Format; 13] = [
    Format {
        name: "cbor",
        description: "sagelet artifact, what `sagelet serve` loads",
        detect: sagelet::artifact::is_artifact,
        read: artifact::read,
    },
    Format {
        name: PICKLE,
        description: "scikit-learn model dumped by pickle or joblib; nothing is run",
        detect: pickle::is_pickle,
        read: sklearn::read_pickle,
    },
    Format {
        name: SKOPS,
        description: "scikit-learn model saved by skops",
        detect: skops::is_skops,
        read: sklearn::read_skops,
    },
    Format {
        name: LINEAR_LEARNER,
        description: "SageMaker Linear Learner's model_algo-1, a network of MXNet",
        detect: linear_learner::detect,
        read: linear_learner::read,
    },
    Format {
        name: "onnx",
        description: "ONNX: linear operators, and the chains that linear models become",
        detect: onnx::detect,
        read: onnx::read,
    },
    Format {
        name: "xgboost",
        description: "XGBoost with the booster gblinear, as JSON or UBJ",
        detect: xgboost::detect,
        read: xgboost::read,
    },
    Format {
        name: "liblinear",
        description: "LIBLINEAR's model file",
        detect: liblinear::detect,
        read: liblinear::read,
    },
    Format {
        name: "pmml",
        description: "PMML with a RegressionModel or GeneralRegressionModel",
        detect: pmml::detect,
        read: pmml::read,
    },
    Format {
        name: "safetensors",
        description: "weight and bias of one linear layer, of PyTorch and others",
        detect: safetensors::detect,
        read: safetensors::read,
    },
    Format {
        name: "linfa-json",
        description: "fitted model of linfa-linear, serialised with serde_json",
        detect: linfa::detect_json,
        read: linfa::read_json,
    },
    Format {
        name: "linfa-cbor",
        description: "fitted model of linfa-linear, serialised with ciborium",
        detect: linfa::detect_cbor,
        read: linfa::read_cbor,
    },
    Format {
        name: JSON,
        description: "the artifact's content as JSON, to be written by hand",
        detect: json::detect,
        read: json::read,
    },
    Format {
        name: "csv",
        description: "table of coefficients from R, statsmodels or a spreadsheet",
        detect: coefficients::detect,
        read: coefficients::read,
    },
];

/// What a format's reader makes of bytes.
pub(crate) struct Imported {
    /// The model and what the source says about it. [`read`] validates it.
    pub(crate) document: Document,
    /// What of the source is not in the document, a line each: `unknown key "featurs"`.
    pub(crate) ignored: Vec<String>,
    /// What was folded, dropped or lost on the way to the document, a sentence each.
    pub(crate) notes: Vec<String>,
    /// The digest that the source carries, if it is an artifact.
    pub(crate) digest: Option<Digest>,
}

impl Imported {
    /// A document of a format without digest.
    fn new(document: Document) -> Self {
        Self {
            document,
            ignored: Vec::new(),
            notes: Vec::new(),
            digest: None,
        }
    }
}

/// Why bytes of a format give no document.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    #[error("the JSON does not have the shape of a model: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the CBOR does not have the shape of a linfa model: {0}")]
    Cbor(String),
    #[error("the keys are those of no fitted type of linfa-linear")]
    NoLinfaType,
    #[error("{count} bytes follow the end of the CBOR item")]
    Trailing { count: usize },
    #[error(transparent)]
    Container(#[from] ContainerError),
    #[error(transparent)]
    Pickle(#[from] PickleError),
    #[error("{0}")]
    Damaged(String),
    #[error("{0}")]
    Dangerous(trust::Dangerous),
    #[error(transparent)]
    Skops(#[from] skops::SkopsError),
    #[error(transparent)]
    LinearLearner(#[from] linear_learner::LinearLearnerError),
    #[error(transparent)]
    Onnx(#[from] onnx::OnnxError),
    #[error(transparent)]
    Xgboost(#[from] xgboost::XgboostError),
    #[error(transparent)]
    Liblinear(#[from] liblinear::LiblinearError),
    #[error(transparent)]
    Coefficients(#[from] coefficients::CoefficientsError),
    #[error(transparent)]
    Pmml(#[from] pmml::PmmlError),
    #[error(transparent)]
    Safetensors(#[from] safetensors::SafetensorsError),
    #[error(transparent)]
    Sklearn(#[from] sklearn::Refusal),
    #[error("--key chooses an estimator of a pickle or skops file, and this is {0}: leave it out")]
    NoKeys(&'static str),
    #[error("--predictor-type is for networks of Linear Learner, and this is {0}: leave it out")]
    NoPredictorType(&'static str),
}

/// A file whose format is known, before it is read.
pub(crate) struct Opened {
    /// The file as it is.
    pub(crate) input: Input,
    /// What it was wrapped in, from the outside in.
    pub(crate) layers: Vec<String>,
    /// The model's file without that; none if it was not wrapped.
    unwrapped: Option<Vec<u8>>,
    /// What that is.
    pub(crate) format: &'static Format,
}

/// A model that was read, with what it was read from.
pub(crate) struct Source {
    /// The file as it is.
    pub(crate) input: Input,
    /// What it was wrapped in, from the outside in.
    pub(crate) layers: Vec<String>,
    /// What it is.
    pub(crate) format: &'static Format,
    /// What it says.
    pub(crate) imported: Imported,
}

/// Reads the model at `path`, or on standard input if that is `-`, in any of the [`FORMATS`], compressed or in
/// an archive or not. What the file does not say, the command line has `told`.
///
/// # Errors
/// It cannot be read, is of no known format, or its content makes no model.
pub(crate) fn read(path: &str, told: &Told) -> Result<Source, Error> {
    let opened = open(path)?;
    let imported = opened
        .import(told)
        .map_err(|error| opened.input.refused(error))?;
    Ok(opened.with(imported))
}

/// Opens the file at `path`, the model in an MLflow folder there, or standard input, and tells what it is.
///
/// # Errors
/// It cannot be read, or is of no known format.
pub(crate) fn open(path: &str) -> Result<Opened, Error> {
    let input = if Path::new(path).is_dir() {
        let file = container::model_file(Path::new(path))?;
        Input::read(&file.to_string_lossy(), MODEL_BYTES_MAX)?
    } else {
        Input::read(path, MODEL_BYTES_MAX)?
    };
    let content = container::open(&input.bytes, rank).map_err(|error| input.refused(error))?;
    let format = rank(&content.bytes).and_then(|rank| FORMATS.get(rank));
    let Some(format) = format.filter(|format| !is_other_json(format, &content.bytes)) else {
        return Err(input.refused(unknown(&content.bytes)));
    };
    let layers = content.layers;
    let unwrapped = match content.bytes {
        Cow::Owned(bytes) => Some(bytes),
        Cow::Borrowed(_) => None,
    };
    Ok(Opened {
        input,
        layers,
        unwrapped,
        format,
    })
}

/// The place of the format among the [`FORMATS`].
fn rank(bytes: &[u8]) -> Option<usize> {
    FORMATS.iter().position(|format| (format.detect)(bytes))
}

impl Opened {
    /// The model's file, without what it was wrapped in.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.unwrapped.as_deref().unwrap_or(&self.input.bytes)
    }

    /// Reads the model, which is what the command line has `told`, where the file does not say.
    ///
    /// # Errors
    /// Its content makes no model.
    pub(crate) fn import(&self, told: &Told) -> Result<Imported, ImportError> {
        let (bytes, keys) = (self.bytes(), told.keys.as_slice());
        let imported = match (self.format.name, keys, told.predictor_type) {
            (_, [], None) => (self.format.read)(bytes),
            (PICKLE, keys, None) => sklearn::read_pickle_part(bytes, keys),
            (SKOPS, keys, None) => sklearn::read_skops_part(bytes, keys),
            (LINEAR_LEARNER, [], told) => linear_learner::read_as(bytes, told),
            (other, [], Some(_)) => Err(ImportError::NoPredictorType(other)),
            (other, _, _) => Err(ImportError::NoKeys(other)),
        }?;
        imported.document.validate()?;
        Ok(imported)
    }

    /// What is in a pickle or a skops file; none of other formats.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn contents(&self) -> Result<Option<Contents>, ImportError> {
        let contents = match self.format.name {
            PICKLE => sklearn::pickle(self.bytes()).map(Pickle::contents)?,
            SKOPS => Skops::read(self.bytes()).map(Skops::contents)?,
            _ => return Ok(None),
        };
        Ok(Some(contents))
    }

    /// The file together with the model that was read from it.
    pub(crate) fn with(self, imported: Imported) -> Source {
        Source {
            input: self.input,
            layers: self.layers,
            format: self.format,
            imported,
        }
    }
}

/// Whether JSON is known to be something else than a model's content.
fn is_other_json(format: &Format, bytes: &[u8]) -> bool {
    format.name == JSON && strangers::what(bytes).is_some()
}

fn unknown(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "the file is empty".to_owned();
    }
    strangers::what(bytes).map_or_else(
        || "not a model of a known format: `model-tools formats` lists them".to_owned(),
        |what| format!("this is {what}"),
    )
}
