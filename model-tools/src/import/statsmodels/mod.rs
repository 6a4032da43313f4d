//! Fitted models of statsmodels, as `results.save` or pickle writes them, with or without their data.
//!
//! The coefficients stand in `params`; what they belong to is told by the names of the design matrix's columns. A model
//! that was fitted by a formula names them by its terms (`C(city)[T.Oslo]`), and keeps its training table: from that
//! come the names of the columns and the levels of its factors, and nothing else. Nothing is evaluated.

mod added;
mod arrow;
mod computed;
mod design;
mod expression;
mod factors;
mod formula;
mod frame;
mod link;
mod results;
mod term;

use sagelet::artifact::{Feature, Label};
use sagelet::limits::FEATURES_MAX;
use sagelet::text::Quoted;

use self::added::Design;
use self::results::{Outcome, Results};
use super::Imported;
use super::linear::{self, Column, Conflict, Conversion, Kind, Prediction, combination};
use super::objects::{ArrayError, Value};
use crate::shown::quoted;

/// Why a result of statsmodels gives no model.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StatsmodelsError {
    #[error("the file holds only this result of statsmodels: remove --key")]
    NoKeys,
    #[error("a {0} of statsmodels is no result of a model: save what fit() returned")]
    NoResults(String),
    #[error("a result of statsmodels' {class}: {reason}")]
    Model {
        /// The class of the model, such as `Probit`.
        class: String,
        /// Why it is no model that an artifact holds.
        reason: String,
    },
    #[error(
        "a result of statsmodels without {0}: the file is damaged, or of a version that is not known"
    )]
    Missing(&'static str),
    #[error(transparent)]
    Array(#[from] ArrayError),
    #[error(
        "it has {params} coefficients for {names} columns: the file is damaged, or of a version that is not known"
    )]
    Width {
        /// How many coefficients there are.
        params: usize,
        /// How many columns have a name.
        names: usize,
    },
    #[error("the term {0}: {1}")]
    Term(Quoted, String),
    #[error("the training table, from which the levels of factors are known: {0}")]
    Frame(String),
    #[error("it has {0} columns: 1 to {FEATURES_MAX} are possible")]
    Columns(usize),
    #[error(transparent)]
    Conflict(#[from] Conflict),
}

impl StatsmodelsError {
    /// The error about a term of a formula.
    fn term(name: &str, reason: String) -> Self {
        Self::Term(quoted(name), reason)
    }
}

/// Whether an object is of statsmodels.
pub(super) fn is_of_statsmodels(root: Value<'_>) -> bool {
    let class = root.class();
    class.is_some_and(|class| class.module.split('.').next() == Some("statsmodels"))
}

/// Converts a result.
///
/// # Errors
/// The first thing about it that an artifact cannot hold.
pub(super) fn convert(root: Value<'_>, keys: &[String]) -> Result<Imported, StatsmodelsError> {
    if !keys.is_empty() {
        return Err(StatsmodelsError::NoKeys);
    }
    let mut results = Results::read(root)?;
    let Design {
        mut conversion,
        columns,
        added,
    } = design::read(&mut results)?;
    let scores = scores(&results, &columns, &added, &mut conversion)?;
    let prediction = prediction(&results, scores);
    for note in &results.notes {
        conversion.note(note.clone());
    }
    let (mut document, notes) = linear::document(conversion, &prediction)?;
    if document.features.iter().all(is_unread) {
        return Err(results.refuse("it looks at no column of the rows"));
    }
    document.provenance = results.provenance();
    Ok(Imported {
        notes,
        ..Imported::new(document)
    })
}

fn is_unread(feature: &Feature) -> bool {
    feature.design_columns() == 0
}

/// The linear scores: one, or for a multinomial model one for each class, that of the first being 0.
fn scores(
    results: &Results<'_>,
    columns: &[Column],
    added: &[Column],
    conversion: &mut Conversion,
) -> Result<Vec<Column>, StatsmodelsError> {
    let terms: usize = columns.iter().map(|column| column.terms.len()).sum();
    let mut scores = Vec::new();
    for weights in &results.coefficients {
        conversion.spend(terms)?;
        let (mut columns, mut weights) = (columns.to_vec(), weights.clone());
        columns.extend_from_slice(added);
        weights.resize(columns.len(), 1.0);
        scores.push(combination(&columns, &weights, 0.0));
    }
    if matches!(results.outcome, Outcome::Classes(_)) {
        scores.insert(0, Column::zero());
    }
    Ok(scores)
}

fn prediction(results: &Results<'_>, scores: Vec<Column>) -> Prediction {
    match &results.outcome {
        Outcome::Mean { kind, inverse } => Prediction {
            inverse: *inverse,
            ..Prediction::regression(kind.clone(), scores)
        },
        Outcome::Classes(labels) => Prediction::classes(Kind::Multinomial, scores, labels.clone()),
    }
}

/// A text as the label that it is: a whole number if it is written as one.
fn label(text: &str) -> Label {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    match whole.parse() {
        Ok(number) => Label::Integer(number),
        Err(_) => Label::Text(text.to_owned()),
    }
}
