//! What explains predictions: computed with them, block by block, if it is asked for.

use ndarray::ArrayView2;

use crate::account::{Account, Shortage};
use crate::artifact::{Document, Label, Score};
use crate::codec::{Explanations, Field};
use crate::model::{Model, Outputs, Uncertainty};
use crate::rows::EntryRows;

/// The share of all cases that intervals hold where nobody says another: what statsmodels and R have.
pub const INTERVAL_LEVEL: f64 = 0.95;

/// What is to be explained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wanted<'a> {
    /// The fields of the answer.
    pub fields: &'a [Field],
    /// How many contributions of each score, the largest ones; all, if there is no number.
    pub largest: Option<usize>,
    /// The share of all cases that intervals hold: 0.95.
    pub level: f64,
}

/// A field that the model does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} cannot be computed: this model, a {kind}, {reason}")]
pub struct Unexplained {
    field: &'static str,
    kind: &'static str,
    reason: &'static str,
}

/// How the predictions of a request are explained.
#[derive(Debug)]
pub struct Explaining<'m> {
    model: &'m Model,
    scores: Vec<Score<'m>>,
    has_contributions: bool,
    largest: Option<usize>,
    uncertainty: Option<Uncertainty<'m>>,
}

/// What explains the predictions of some rows, one after the other.
#[derive(Debug, Default)]
pub struct Explained {
    contributions: Vec<f64>,
    columns: Vec<u32>,
    standard_errors: Vec<f64>,
    confidence: Vec<f64>,
    prediction: Vec<f64>,
}

impl<'m> Explaining<'m> {
    /// How to explain the predictions of a model with this document. `None` if nothing is to be explained.
    ///
    /// # Errors
    /// The model does not have one of the fields.
    pub fn of(
        model: &'m Model,
        document: &'m Document,
        wanted: Wanted<'_>,
    ) -> Result<Option<Self>, Unexplained> {
        let mut fields = wanted.fields.iter().filter(|field| field.explains());
        if fields.clone().next().is_none() {
            return Ok(None);
        }
        let is_uncertain = fields.clone().any(|field| field.is_of_uncertainty());
        let uncertainty = is_uncertain.then(|| model.uncertainty(document, wanted.level));
        let uncertainty = uncertainty.flatten();
        let lacking = fields.find_map(|&field| Some((field, lack(field, uncertainty.as_ref())?)));
        if let Some((field, reason)) = lacking {
            return Err(Unexplained {
                field: field.name(),
                kind: document.model.kind(),
                reason,
            });
        }
        let has_contributions = wanted
            .fields
            .iter()
            .any(|field| field.is_of_contributions());
        let largest = wanted.largest.filter(|&largest| largest < model.inputs());
        Ok(Some(Self {
            model,
            scores: document.model.scores(),
            has_contributions,
            largest,
            uncertainty,
        }))
    }

    /// How many numbers each row takes.
    pub(super) fn numbers_of_row(&self) -> usize {
        let contributions = match self.has_contributions {
            true => self.model.inputs() * self.model.base_values().len(),
            false => 0,
        };
        // Of the largest ones, each has the number of its column beside it.
        let errors = if self.uncertainty.is_some() { 5 } else { 0 };
        contributions + errors
    }

    /// Explains some rows, whose predictions are these.
    pub(super) fn explain(
        &self,
        rows: ArrayView2<'_, f64>,
        entries: EntryRows<'_>,
        outputs: &Outputs,
        explained: &mut Explained,
    ) {
        if self.has_contributions {
            let mut contributions = std::mem::take(&mut explained.contributions);
            let start = contributions.len();
            let rows = (rows, entries);
            self.model
                .explain(&self.scores, rows, outputs, &mut contributions);
            if let Some(largest) = self.largest {
                let all = contributions.split_off(start);
                for score in all.chunks(self.model.inputs().max(1)) {
                    push_largest(score, largest, &mut contributions, &mut explained.columns);
                }
            }
            explained.contributions = contributions;
        }
        if let Some(uncertainty) = &self.uncertainty {
            let mut room = Vec::new();
            for row in rows.outer_iter() {
                let errors = uncertainty.of_row(row, &mut room);
                explained.standard_errors.push(errors.standard_error);
                explained.confidence.extend(errors.confidence);
                explained.prediction.extend(errors.prediction);
            }
        }
    }

    /// What is written about rows that have been explained. What names take is reserved in `account`.
    ///
    /// # Errors
    /// It is not there.
    pub fn explanations(
        &self,
        explained: Explained,
        document: &Document,
        fields: &[Field],
        account: &mut Account,
    ) -> Result<Explanations<'m>, Shortage> {
        let is_named = self.has_contributions && self.model.layout().has_named_inputs();
        let names = if is_named || fields.contains(&Field::ContributionNames) {
            names(document, account)?
        } else {
            Vec::new()
        };
        Ok(Explanations {
            names,
            base_values: self.model.base_values(),
            contributions: explained.contributions,
            width: self.largest.unwrap_or_else(|| self.model.inputs()),
            columns: explained.columns,
            standard_errors: explained.standard_errors,
            confidence: explained.confidence,
            prediction: explained.prediction,
        })
    }
}

impl Explained {
    /// Puts what explains the rows that follow behind these.
    pub(super) fn append(&mut self, mut next: Self) {
        self.contributions.append(&mut next.contributions);
        self.columns.append(&mut next.columns);
        self.standard_errors.append(&mut next.standard_errors);
        self.confidence.append(&mut next.confidence);
        self.prediction.append(&mut next.prediction);
    }
}

/// Why a model does not have a field, if it does not.
fn lack(field: Field, uncertainty: Option<&Uncertainty<'_>>) -> Option<&'static str> {
    match (field, uncertainty) {
        _ if !field.is_of_uncertainty() => None,
        (_, None) => Some(
            "has no covariance of its coefficients: `sagelet train` keeps it for fits without a penalty, `model-tools \
             convert` where the source has it",
        ),
        (Field::StandardError, _) => None,
        (_, Some(uncertainty)) if !uncertainty.has_intervals() => Some(
            "was fitted to a transformed target whose inverse does not keep intervals: ask for standard_error",
        ),
        (Field::PredictionInterval, Some(uncertainty))
            if !uncertainty.has_prediction_interval() =>
        {
            Some("has no constant variance of observations: ask for confidence_interval")
        }
        _ => None,
    }
}

fn names(document: &Document, account: &mut Account) -> Result<Vec<Label>, Shortage> {
    let mut names = Vec::new();
    for column in 0..document.features.len() {
        let name = document.feature_name(column);
        account.reserve(name.len() + 2 * size_of::<Label>())?;
        names.push(Label::Text(name));
    }
    Ok(names)
}

/// Appends the largest contributions of a score, by their size, and their columns.
fn push_largest(score: &[f64], largest: usize, out: &mut Vec<f64>, columns: &mut Vec<u32>) {
    let mut sorted: Vec<(u32, f64)> = (0..).zip(score.iter().copied()).collect();
    sorted.sort_by(|(_, one), (_, other)| other.abs().total_cmp(&one.abs()));
    for (column, number) in sorted.into_iter().take(largest) {
        columns.push(column);
        out.push(number);
    }
}
