//! From bytes to a document: one file a format, and the table of them.
//!
//! To add a format, add a file with a `detect` and a `read` function, and a line to [`FORMATS`].

mod archive;
mod artifact;
mod coefficients;
mod container;
mod functions;
mod h2o;
mod ignored;
mod index;
mod json;
mod known;
mod large;
mod liblinear;
mod limits;
mod linear;
mod linear_learner;
mod linfa;
#[cfg(test)]
mod mutation_tests;
mod names;
mod objects;
mod onnx;
mod opened;
mod parquet;
mod pickle;
mod pmml;
mod safetensors;
mod sklearn;
mod skops;
mod spark;
mod statsmodels;
mod strangers;
pub(crate) mod trust;
mod xgboost;

pub(crate) use container::packaged;
pub(crate) use opened::{Listing, Opened, open};

use sagelet::artifact::{ArtifactError, Digest, Document};

use self::container::ContainerError;
use self::linear_learner::PredictorType;
use self::pickle::PickleError;
use crate::error::Error;
use crate::input::Input;

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

impl Format {
    /// Whether its files hold objects of Python, several of which can be a model together.
    pub(crate) fn holds_objects(&self) -> bool {
        matches!(self.name, PICKLE | SKOPS)
    }
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
pub(crate) struct ImportOptions {
    /// Estimator to take out of a scikit-learn file that holds several: a key of its dict, a number in its list or
    /// an attribute of its object, inner ones after a full stop. In an archive, a folder or several files it begins with
    /// the file's name: --key scaler.pkl --key model.pkl.best. Given more than once, rows go through the estimators in
    /// this order; a key may also name a LabelEncoder, which names the classes, or a list of the columns' names
    #[arg(long = "key", value_name = "KEY")]
    pub(crate) keys: Vec<String>,
    /// What a network of SageMaker's Linear Learner predicts, where its file does not say
    #[arg(long, value_name = "TYPE")]
    pub(crate) predictor_type: Option<PredictorType>,
}

/// Every format, in the order in which bytes are tried: the first that detects its own reads them.
pub(crate) static FORMATS: [Format; 15] = [
    Format {
        name: "cbor",
        description: "sagelet artifact, what `sagelet serve` loads",
        detect: sagelet::artifact::is_artifact,
        read: artifact::read,
    },
    Format {
        name: PICKLE,
        description: "scikit-learn or statsmodels by pickle, joblib; nothing is run",
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
        name: "h2o-mojo",
        description: "H2O's MOJO of a generalised linear model",
        detect: h2o::detect,
        read: h2o::read,
    },
    Format {
        name: "spark-ml",
        description: "saved pipeline or linear model of Spark ML: folder, zip or tar",
        detect: spark::detect,
        read: spark::read,
    },
    Format {
        name: "onnx",
        description: "ONNX: linear operators, and chains that linear models become",
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
    H2o(#[from] h2o::H2oError),
    #[error(transparent)]
    Spark(#[from] spark::SparkError),
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
    #[error(
        "lists of names are no model: give them together with the model whose columns they name"
    )]
    NoModel,
    #[error("several files are models ({0}): name the one that is meant, such as --key {1}")]
    SeveralModels(String, String),
    #[error(
        "the files hold more than {objects} objects together: give the model's files alone, or name them with --key",
        objects = limits::OBJECTS_MAX
    )]
    TooManyObjects,
    #[error("{file}: {error}")]
    File {
        file: String,
        error: Box<ImportError>,
    },
    #[error(transparent)]
    Statsmodels(#[from] statsmodels::StatsmodelsError),
    #[error("--key chooses an estimator of a pickle or skops file, and this is {0}: remove --key")]
    NoKeys(&'static str),
    #[error(
        "--predictor-type is for networks of Linear Learner, and this is {0}: remove --predictor-type"
    )]
    NoPredictorType(&'static str),
}

/// A model that was read, with what it was read from.
pub(crate) struct Source {
    /// The file as it is; of several files all their bytes, one after the other.
    pub(crate) input: Input,
    /// What it was wrapped in, from the outside in.
    pub(crate) layers: Vec<String>,
    /// What it is.
    pub(crate) format: &'static Format,
    /// What it says.
    pub(crate) imported: Imported,
}

/// Reads the model at `path`, or on standard input if that is `-`, in any of the [`FORMATS`], compressed or in
/// an archive or not. What the file does not say, the command line says in `options`.
///
/// # Errors
/// It cannot be read, is of no known format, or its content makes no model.
pub(crate) fn read(path: &str, options: &ImportOptions) -> Result<Source, Error> {
    read_all(std::slice::from_ref(&path), options)
}

/// Reads the model in the files at `paths`: rows go through their estimators in this order.
///
/// # Errors
/// One cannot be read or is of no known format, or together they make no model.
pub(crate) fn read_all<P: AsRef<str>>(
    paths: &[P],
    options: &ImportOptions,
) -> Result<Source, Error> {
    let opened = open(paths)?;
    let imported = opened
        .import(options)
        .map_err(|error| opened.input.refused(error))?;
    Ok(opened.with(imported))
}

/// The place of the format among the [`FORMATS`].
fn rank(bytes: &[u8]) -> Option<usize> {
    FORMATS.iter().position(|format| (format.detect)(bytes))
}
