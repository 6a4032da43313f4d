//! Models of LIBLINEAR, in the text that its `train` writes.

use sagelet::artifact::{Feature, Label};
use sagelet::limits::{CLASSES_MAX, FEATURES_MAX};

use super::linear::{self, Column, Conflict, Conversion, Kind, Prediction, combination};
use super::{ImportError, Imported};
use crate::shown::{bare, quoted};

/// Why a file gives no model.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LiblinearError {
    #[error("line {line}: {reason}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    #[error("the line \"{0}\" is missing from the head of the model")]
    Missing(&'static str),
    #[error("the solver {0} is not supported")]
    Solver(String),
    #[error("there are {found} lines of weights where {expected} are needed")]
    Weights { found: usize, expected: usize },
    #[error(transparent)]
    Conflict(#[from] Conflict),
}

/// What the lines before the weights say.
#[derive(Debug, Default)]
struct Head {
    solver: String,
    classes: Option<usize>,
    labels: Vec<Label>,
    features: Option<usize>,
    /// What each row has as one more cell; below 0, rows have none.
    bias: Option<f64>,
}

/// The first line names the solver.
pub(super) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(b"solver_type ")
}

/// Reads a model.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    Ok(convert(&String::from_utf8_lossy(bytes))?)
}

fn convert(text: &str) -> Result<Imported, LiblinearError> {
    let mut lines = text.lines().enumerate();
    let head = Head::read(&mut lines)?;
    let width = head.features.ok_or(LiblinearError::Missing("nr_feature"))?;
    let bias = head.bias.ok_or(LiblinearError::Missing("bias"))?;
    let kind = head.kind()?;
    let scores = head.score_count(&kind);
    let table = weights(lines, scores)?;
    let expected = width + usize::from(bias >= 0.0);
    if table.len() != expected {
        return Err(LiblinearError::Weights {
            found: table.len(),
            expected,
        });
    }
    let conversion = Conversion::new(vec![Feature::default(); width]);
    let columns = conversion.input();
    let score = |index: usize| {
        let mut weights: Vec<f64> = table
            .iter()
            .filter_map(|line| line.get(index))
            .copied()
            .collect();
        let intercept = if bias >= 0.0 {
            weights.pop().unwrap_or_default() * bias
        } else {
            0.0
        };
        combination(&columns, &weights, intercept)
    };
    let prediction = head.prediction(kind, (0..scores).map(score).collect());
    let (mut document, notes) = linear::document(conversion, &prediction)?;
    document
        .provenance
        .insert("library".to_owned(), "LIBLINEAR".to_owned());
    document.provenance.insert("class".to_owned(), head.solver);
    Ok(Imported {
        notes,
        ..Imported::new(document)
    })
}

fn wrong(index: usize, reason: impl Into<String>) -> LiblinearError {
    LiblinearError::Line {
        line: index + 1,
        reason: reason.into(),
    }
}

impl Head {
    /// Reads up to the line `w`.
    fn read<'a>(
        lines: &mut impl Iterator<Item = (usize, &'a str)>,
    ) -> Result<Self, LiblinearError> {
        let mut head = Self::default();
        for (index, line) in lines {
            let mut words = line.split_ascii_whitespace();
            let key = words.next().unwrap_or_default();
            let value = words.next().unwrap_or_default();
            match key {
                "w" => return Ok(head),
                "solver_type" => head.solver = bare(value),
                "nr_class" => head.classes = Some(number(index, value, CLASSES_MAX)?),
                "nr_feature" => head.features = Some(number(index, value, FEATURES_MAX)?),
                "bias" => head.bias = Some(float(index, value)?),
                "label" => {
                    let labels = line
                        .split_ascii_whitespace()
                        .skip(1)
                        .map(str::parse)
                        .map(|label| label.map(Label::Integer));
                    head.labels = labels
                        .collect::<Result<_, _>>()
                        .map_err(|_| wrong(index, "a label that is no whole number"))?;
                }
                other => {
                    return Err(wrong(index, format!("{} is not known", quoted(other))));
                }
            }
        }
        Err(LiblinearError::Missing("w"))
    }

    fn kind(&self) -> Result<Kind, LiblinearError> {
        match self.solver.as_str() {
            "L2R_LR" | "L1R_LR" | "L2R_LR_DUAL" => Ok(Kind::OneVsRest),
            "L2R_L2LOSS_SVC_DUAL"
            | "L2R_L2LOSS_SVC"
            | "L2R_L1LOSS_SVC_DUAL"
            | "L1R_L2LOSS_SVC"
            | "MCSVM_CS" => Ok(Kind::Classes),
            "L2R_L2LOSS_SVR" | "L2R_L2LOSS_SVR_DUAL" | "L2R_L1LOSS_SVR_DUAL" => Ok(Kind::Linear),
            other => Err(LiblinearError::Solver(other.to_owned())),
        }
    }

    /// Between two classes there is one score, above 0 for the first, unless the solver has one a class.
    fn score_count(&self, kind: &Kind) -> usize {
        match (kind, self.classes) {
            (Kind::Linear, _) | (_, None | Some(0 | 1)) => 1,
            (_, Some(2)) if self.solver != "MCSVM_CS" => 1,
            (_, Some(classes)) => classes,
        }
    }

    fn prediction(&self, kind: Kind, scores: Vec<Column>) -> Prediction {
        if kind == Kind::Linear {
            return Prediction::regression(kind, scores);
        }
        let mut labels = self.labels.clone();
        // An artifact takes a single score above 0 for the second class.
        if scores.len() == 1 {
            labels.reverse();
        }
        Prediction::classes(kind, scores, labels)
    }
}

/// A line for each feature, and one for the bias; in it a number for each score.
fn weights<'a>(
    lines: impl Iterator<Item = (usize, &'a str)>,
    scores: usize,
) -> Result<Vec<Vec<f64>>, LiblinearError> {
    let mut table = Vec::new();
    for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let numbers = line.split_ascii_whitespace().map(|word| float(index, word));
        let numbers = numbers.collect::<Result<Vec<_>, _>>()?;
        if numbers.len() != scores {
            return Err(wrong(
                index,
                format!("{} weights, not {scores}", numbers.len()),
            ));
        }
        table.push(numbers);
    }
    Ok(table)
}

fn number(index: usize, word: &str, most: usize) -> Result<usize, LiblinearError> {
    let number = word.parse().ok().filter(|&number| number <= most);
    number.ok_or_else(|| wrong(index, format!("not a whole number up to {most}")))
}

fn float(index: usize, word: &str) -> Result<f64, LiblinearError> {
    word.parse().map_err(|_| wrong(index, "not a number"))
}
