//! What is written about the reasons of a prediction, and about how sure it is.

use ndarray::{ArrayView1, ArrayView2};

use super::field::{Field, Value};
use crate::artifact::Label;

/// What explains the predictions of some rows. What was not asked for is empty.
#[derive(Debug, Clone, Default)]
pub struct Explanations<'a> {
    /// The names of the columns of a request.
    pub names: Vec<Label>,
    /// Each score at the reference.
    pub base_values: &'a [f64],
    /// Contributions in the shape (rows, scores, `width`).
    pub contributions: Vec<f64>,
    /// How many contributions a score has.
    pub width: usize,
    /// The columns that the contributions are of, as many as they; empty if these are all, in their order.
    pub columns: Vec<u32>,
    /// One per row.
    pub standard_errors: Vec<f64>,
    /// Two per row.
    pub confidence: Vec<f64>,
    /// Two per row.
    pub prediction: Vec<f64>,
}

impl Explanations<'_> {
    /// How many contributions a row has.
    pub(super) fn numbers_of_row(&self) -> usize {
        self.width * self.base_values.len()
    }

    pub(super) fn field(&self, field: Field, row: usize) -> Value<'_> {
        let numbers = self.numbers_of_row();
        match field {
            Field::Contributions => self.contributions(part(&self.contributions, row, numbers)),
            Field::ContributionNames if self.columns.is_empty() => Value::Labels(&self.names),
            Field::ContributionNames => {
                Value::Names(&self.names, part(&self.columns, row, numbers))
            }
            Field::BaseValue => match self.base_values {
                [one] => Value::Number(*one),
                several => Value::Numbers(ArrayView1::from(several)),
            },
            Field::StandardError => {
                let error = self.standard_errors.get(row);
                error.map_or(Value::None, |&error| Value::Number(error))
            }
            Field::ConfidenceInterval => interval(&self.confidence, row),
            Field::PredictionInterval => interval(&self.prediction, row),
            _ => Value::None,
        }
    }

    /// A list for one score, a list of lists for several.
    fn contributions<'r>(&self, row: &'r [f64]) -> Value<'r> {
        let scores = self.base_values.len();
        if scores == 1 {
            return Value::Numbers(ArrayView1::from(row));
        }
        let table = ArrayView2::from_shape((scores, self.width), row);
        table.map_or(Value::None, Value::Table)
    }
}

fn interval(ends: &[f64], row: usize) -> Value<'_> {
    Value::Numbers(ArrayView1::from(part(ends, row, 2)))
}

/// What belongs to a row of a list that has so many elements per row.
fn part<T>(list: &[T], row: usize, length: usize) -> &[T] {
    let start = row * length;
    list.get(start..start + length).unwrap_or_default()
}
