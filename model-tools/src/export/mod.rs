//! From a document to bytes: one file a format, and the table of them.
//!
//! To add a format, add a file with a `write` function, and a line to [`FORMATS`].

mod artifact;
mod c;
mod json;
mod onnx;
mod pmml;
mod python;
mod sklearn;
mod sql;
mod sums;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;

use sagelet::artifact::{ArtifactError, Derived, Document};

use self::sums::Cells;

/// A format that models can be written in.
pub(crate) struct Format {
    /// What `--to` calls it.
    pub(crate) name: &'static str,
    /// How the names of its files end; none for a format that `--to` has to name.
    pub(crate) extension: Option<&'static str>,
    /// What it is, in a few words.
    pub(crate) description: &'static str,
    /// Whether a terminal would garble it.
    pub(crate) binary: bool,
    /// Whether it holds everything that a document can say of rows.
    is_whole: bool,
    /// The kinds of derived columns that it can compute, where it is not whole.
    computes: &'static [&'static str],
    /// Writes a document.
    write: fn(&Document) -> Result<Vec<u8>, ExportError>,
}

impl Format {
    /// Writes a document in this format.
    ///
    /// # Errors
    /// The document makes no artifact, or the format cannot express it.
    pub(crate) fn write(&self, document: &Document) -> Result<Vec<u8>, ExportError> {
        if !self.is_whole && !document.missing_values.is_empty() {
            let marks = document.missing_values.join(", ");
            return Err(ExportError::Refused(format!(
                "it has no place for missing_values ({marks}), which would be taken for cells like any other"
            )));
        }
        if !self.is_whole {
            self.check_derived(document)?;
        }
        let inverse = document.inverse_transform;
        if let Some(inverse) = inverse.filter(|inverse| sums::curve(*inverse).is_none())
            && !self.is_whole
        {
            return Err(ExportError::Refused(format!(
                "it has no place for predictions that are the {inverse} of a sum"
            )));
        }
        if !self.is_whole
            && let Some(threshold) = &document.threshold
        {
            let at = threshold.at;
            return Err(ExportError::Refused(format!(
                "it has no place for the threshold {at}: labels would be decided at the score 0"
            )));
        }
        (self.write)(document)
    }

    /// Checks that all derived columns are of kinds that the format computes.
    fn check_derived(&self, document: &Document) -> Result<(), ExportError> {
        let kinds = document.derived.iter().map(Derived::kind);
        let mut kinds: Vec<_> = kinds.filter(|kind| !self.computes.contains(kind)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.is_empty() {
            return Ok(());
        }
        Err(ExportError::Refused(format!(
            "it has no place for derived columns ({})",
            kinds.join(", ")
        )))
    }
}

/// Every format.
pub(crate) static FORMATS: [Format; 9] = [
    Format {
        name: "cbor",
        extension: Some("cbor"),
        description: "sagelet artifact, what `sagelet serve` loads",
        binary: true,
        is_whole: true,
        computes: &[],
        write: artifact::write,
    },
    Format {
        name: "json",
        extension: Some("json"),
        description: "the artifact's content as JSON, to be read and edited",
        binary: false,
        is_whole: true,
        computes: &[],
        write: json::write,
    },
    Format {
        name: "onnx",
        extension: Some("onnx"),
        description: "ONNX of operator set 13, in doubles",
        binary: true,
        is_whole: false,
        computes: &[],
        write: onnx::write,
    },
    Format {
        name: "pmml",
        extension: Some("pmml"),
        description: "PMML 4.4, a RegressionModel",
        binary: false,
        is_whole: false,
        computes: &[],
        write: pmml::write,
    },
    Format {
        name: "sklearn",
        extension: Some("sklearn.json"),
        description: "JSON that ten lines of Python load into scikit-learn",
        binary: false,
        is_whole: false,
        computes: &[],
        write: sklearn::write,
    },
    Format {
        name: "sql",
        extension: Some("sql"),
        description: "a SELECT statement in ANSI SQL",
        binary: false,
        is_whole: false,
        computes: &[],
        write: sql::write,
    },
    Format {
        name: "spark-sql",
        extension: None,
        description: "the same with names in backticks: Spark, BigQuery, MySQL",
        binary: false,
        is_whole: false,
        computes: &[],
        write: sql::write_backticks,
    },
    Format {
        name: "python",
        extension: Some("py"),
        description: "Python functions that need nothing else",
        binary: false,
        is_whole: false,
        computes: python::KINDS,
        write: python::write,
    },
    Format {
        name: "c",
        extension: Some("c"),
        description: "C functions that need nothing but math.h",
        binary: false,
        is_whole: false,
        computes: &[],
        write: c::write,
    },
];

/// Why a document cannot be written in a format.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// It makes no artifact.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// The format cannot express it.
    #[error("cannot be written in this format: {0}")]
    Refused(String),
}

/// The format with this name.
pub(crate) fn named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The format that the name of a file ends with, in upper or lower case; of several, the one with the longest end.
pub(crate) fn of_file(path: &Path) -> Option<&'static Format> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let ends = |format: &&Format| {
        let stem = format.extension.and_then(|end| name.strip_suffix(end));
        stem.is_some_and(|stem| stem.ends_with('.'))
    };
    let fitting = FORMATS.iter().filter(ends);
    fitting.max_by_key(|format| format.extension.map_or(0, str::len))
}

/// The names, as `--to` takes them.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.name)
}

/// Refuses a feature called `x1` beside a second one without a name, which is shown as `x1` too.
fn check_names(document: &Document) -> Result<(), ExportError> {
    let mut seen = HashSet::new();
    let mut names = (0..document.features.len()).map(|index| document.feature_name(index));
    match names.find(|name| !seen.insert(name.clone())) {
        Some(name) => Err(ExportError::Refused(format!(
            "two features would be called {name}: give the one without a name one"
        ))),
        None => Ok(()),
    }
}

/// Refuses a feature whose categories are of several types, where what holds them has one.
fn check_categories(document: &Document, holder: &str) -> Result<(), ExportError> {
    let mut features = document.features.iter();
    match features.position(|feature| sums::cells(feature) == Cells::Mixed) {
        Some(index) => Err(ExportError::Refused(format!(
            "feature {} has categories of several types, and {holder} has one",
            document.feature_name(index)
        ))),
        None => Ok(()),
    }
}

/// Refuses labels of several types, where what holds them has one.
fn check_labels(document: &Document, holder: &str) -> Result<(), ExportError> {
    match sums::sort(document.model.labels()) {
        Cells::Mixed => Err(ExportError::Refused(format!(
            "the labels are of several types, and {holder} has one"
        ))),
        _ => Ok(()),
    }
}

/// The name, with underscores at its end until it is not taken.
fn free_name(wanted: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut name = wanted.to_owned();
    while is_taken(&name) {
        name.push('_');
    }
    name
}

/// The name of an output beside the features.
fn output_name(document: &Document, wanted: &str) -> String {
    let features = 0..document.features.len();
    free_name(wanted, |name| {
        features
            .clone()
            .any(|index| document.feature_name(index) == name)
    })
}

/// The first lines of a file of source text, each after the mark of a comment.
fn header(document: &Document, mark: &str) -> String {
    let mut text = format!(
        "{mark} {}, {} features; written by model-tools of {}.\n",
        document.model.kind(),
        document.features.len(),
        sagelet::PRODUCER
    );
    for (key, value) in &document.provenance {
        let line: String = format!("{key}: {value}")
            .chars()
            .map(|character| match character {
                control if control.is_control() => ' ',
                '\\' => '/', // at the end of a line of C, it would make a comment of the next one
                other => other,
            })
            .collect();
        let _ = writeln!(text, "{mark} {line}");
    }
    text
}
