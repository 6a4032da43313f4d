//! What is written about each row: the prediction, or the fields that were selected.

use ndarray::{Array2, Axis};

use super::datatype::Datatype;
use super::explanations::Explanations;
use super::field::{Field, Value};
use crate::artifact::Label;

/// Bytes that a number takes in an answer at most: `-2.2250738585072014e-308`, with what separates it from the next.
const NUMBER_BYTES_MAX: usize = 26;

/// Bytes that a field takes beside its value at most: its name, and the heads of its messages in RecordIO-protobuf.
const FIELD_BYTES_MAX: usize = 80;

/// Bytes that a label takes in an answer at most: in CSV, a byte of a list in JSON is `\u0000` or a doubled quote; in
/// an array of NumPy, a character has four bytes.
pub(super) fn label_bytes_max(label: &Label) -> usize {
    match label {
        Label::Text(text) => text.len() * 7 + 16,
        Label::Integer(_) | Label::Boolean(_) => NUMBER_BYTES_MAX,
    }
}

/// Predictions, ready to be written.
#[derive(Debug)]
pub struct Predictions<'a> {
    pub(super) labels: &'a [Label],
    outputs: Outputs,
    pub(super) selected: &'a [Field],
    pub(super) model_name: &'a str,
    pub(super) explanations: Explanations<'a>,
}

/// What a model gave.
#[derive(Debug)]
enum Outputs {
    /// A regression's, in the shape (rows, targets).
    Values(Array2<f64>),
    /// A classifier's.
    Classes {
        /// The index of each row's label.
        predicted: Vec<usize>,
        /// In the shape (rows, classes), or (rows, 1) between two classes.
        scores: Option<Array2<f64>>,
        /// In the shape (rows, classes).
        probabilities: Option<Array2<f64>>,
    },
    /// Those of a classifier that predicts any number of labels. All tables are in the shape (rows, labels).
    Labels {
        /// Which labels each row has.
        predicted: Array2<bool>,
        scores: Array2<f64>,
        probabilities: Option<Array2<f64>>,
    },
}

impl<'a> Predictions<'a> {
    /// The predictions of a regression, in the shape (rows, targets).
    #[must_use]
    pub fn of_values(values: Array2<f64>) -> Self {
        Self::new(&[], Outputs::Values(values))
    }

    /// The predictions of a classifier: the index of each row's label; scores in the shape (rows, classes), or
    /// (rows, 1) between two classes, if it has any; probabilities in the shape (rows, classes), if it has any.
    #[must_use]
    pub fn of_classes(
        labels: &'a [Label],
        predicted: Vec<usize>,
        scores: Option<Array2<f64>>,
        probabilities: Option<Array2<f64>>,
    ) -> Self {
        let outputs = Outputs::Classes {
            predicted,
            scores,
            probabilities,
        };
        Self::new(labels, outputs)
    }

    /// The predictions of a classifier that predicts any number of labels: which of them each row has, the scores, and
    /// the probabilities, if it has any; each in the shape (rows, labels).
    #[must_use]
    pub fn of_labels(
        labels: &'a [Label],
        predicted: Array2<bool>,
        scores: Array2<f64>,
        probabilities: Option<Array2<f64>>,
    ) -> Self {
        let outputs = Outputs::Labels {
            predicted,
            scores,
            probabilities,
        };
        Self::new(labels, outputs)
    }

    fn new(labels: &'a [Label], outputs: Outputs) -> Self {
        Self {
            labels,
            outputs,
            selected: &[],
            model_name: crate::MODEL_NAME,
            explanations: Explanations::default(),
        }
    }

    /// The same, with what explains them.
    #[must_use]
    pub fn explained_by(mut self, explanations: Explanations<'a>) -> Self {
        self.explanations = explanations;
        self
    }

    /// The same, of which these fields are written instead of the prediction.
    #[must_use]
    pub fn selecting(mut self, fields: &'a [Field]) -> Self {
        self.selected = fields;
        self
    }

    /// The same, with the name that an Open Inference answer gives the model.
    #[must_use]
    pub fn of_model(mut self, name: &'a str) -> Self {
        self.model_name = name;
        self
    }

    /// Bytes that a row takes in an answer of any format at most: with all its fields, their names, and what stands
    /// around them.
    pub(super) fn row_bytes_max(&self) -> usize {
        let longest = self.labels.iter().map(label_bytes_max).max().unwrap_or(0);
        let numbers = self.numbers_of_row();
        let of_field = |field: &Field| match field {
            // Of several labels, each is `1, ` at most.
            Field::PredictedLabel => longest.max(numbers * NUMBER_BYTES_MAX),
            Field::Labels => self.labels.len() * longest,
            Field::Probabilities | Field::RawScores => numbers * NUMBER_BYTES_MAX,
            Field::Probability | Field::RawScore => NUMBER_BYTES_MAX,
            Field::PredictedScore => numbers * NUMBER_BYTES_MAX,
            Field::ContributionNames => {
                let names = self.explanations.names.iter().map(label_bytes_max);
                self.explanations.numbers_of_row() * names.max().unwrap_or(0)
            }
            Field::Contributions => self.explanations.numbers_of_row() * NUMBER_BYTES_MAX,
            Field::BaseValue => self.explanations.base_values.len() * NUMBER_BYTES_MAX,
            Field::StandardError | Field::ConfidenceInterval | Field::PredictionInterval => {
                2 * NUMBER_BYTES_MAX
            }
        };
        // Without selected fields: the prediction, or its score and its label.
        let unselected = [Field::RawScores, Field::PredictedLabel];
        let fields = match self.selected {
            [] => unselected.as_slice(),
            selected => selected,
        };
        let values = fields.iter().map(of_field);
        let values = values.map(|bytes| FIELD_BYTES_MAX + bytes).sum::<usize>();
        FIELD_BYTES_MAX + values + self.unselected_bytes_max(fields)
    }

    /// Bytes that explanations take which only the outputs of an Open Inference request name.
    fn unselected_bytes_max(&self, selected: &[Field]) -> usize {
        let is_selected = selected.contains(&Field::Contributions);
        let numbers = if is_selected {
            0
        } else {
            self.explanations.numbers_of_row()
        };
        let name = self.explanations.names.iter().map(label_bytes_max).max();
        numbers * (NUMBER_BYTES_MAX + name.unwrap_or(0))
    }

    fn numbers_of_row(&self) -> usize {
        match &self.outputs {
            Outputs::Values(values) => values.ncols(),
            Outputs::Classes { .. } | Outputs::Labels { .. } => self.labels.len(),
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        match &self.outputs {
            Outputs::Values(values) => values.nrows(),
            Outputs::Classes { predicted, .. } => predicted.len(),
            Outputs::Labels { predicted, .. } => predicted.nrows(),
        }
    }

    /// The predictions, if each is one number and nothing else is to be written.
    pub(super) fn numbers(&self) -> Option<&[f64]> {
        match &self.outputs {
            Outputs::Values(values) if values.ncols() == 1 && self.selected.is_empty() => {
                values.as_slice()
            }
            _ => None,
        }
    }

    /// Whether the model is a classifier.
    pub(super) fn has_classes(&self) -> bool {
        !matches!(self.outputs, Outputs::Values(_))
    }

    /// Whether the model predicts any number of labels per row.
    fn is_multilabel(&self) -> bool {
        matches!(self.outputs, Outputs::Labels { .. })
    }

    /// Whether the model has probabilities.
    pub(super) fn has_probabilities(&self) -> bool {
        self.probabilities().is_some()
    }

    fn probabilities(&self) -> Option<&Array2<f64>> {
        match &self.outputs {
            Outputs::Classes { probabilities, .. } | Outputs::Labels { probabilities, .. } => {
                probabilities.as_ref()
            }
            Outputs::Values(_) => None,
        }
    }

    /// The datatype of a field, or of the prediction if there is none.
    pub(super) fn datatype(&self, field: Option<Field>) -> Datatype {
        if field == Some(Field::ContributionNames) {
            return Datatype::Bytes;
        }
        let is_label = matches!(field, None | Some(Field::PredictedLabel | Field::Labels));
        if self.is_multilabel() && field != Some(Field::Labels) && is_label {
            Datatype::INT64
        } else if self.has_classes() && is_label {
            Datatype::of_labels(self.labels)
        } else {
            Datatype::FP64
        }
    }

    /// What is written if nobody selects fields: the numbers of a regression, the label of a classifier.
    pub(super) fn prediction(&self, row: usize) -> Value<'_> {
        match &self.outputs {
            Outputs::Values(_) => self.field(Field::PredictedScore, row),
            Outputs::Classes { .. } | Outputs::Labels { .. } => {
                self.field(Field::PredictedLabel, row)
            }
        }
    }

    /// What Linear Learner calls the score: the number of a regression; the probability of the second of two
    /// classes, the probabilities of several; linear scores where there are no probabilities.
    pub(super) fn score(&self, row: usize) -> Value<'_> {
        let is_single = self.labels.len() == 2 && !self.is_multilabel();
        let field = match (self.has_classes(), self.has_probabilities(), is_single) {
            (false, ..) => Field::PredictedScore,
            (true, true, true) => Field::Probability,
            (true, true, false) => Field::Probabilities,
            (true, false, true) => Field::RawScore,
            (true, false, false) => Field::RawScores,
        };
        self.field(field, row)
    }

    pub(super) fn field(&self, field: Field, row: usize) -> Value<'_> {
        if field.explains() {
            return self.explanations.field(field, row);
        }
        match &self.outputs {
            Outputs::Values(values) if field == Field::PredictedScore => {
                one_or_several(values, row)
            }
            Outputs::Values(_) => Value::None,
            Outputs::Classes {
                predicted, scores, ..
            } => self.field_of_class(field, row, predicted.get(row).copied(), scores.as_ref()),
            Outputs::Labels {
                predicted,
                scores,
                probabilities,
            } => match field {
                Field::PredictedLabel => Value::Bits(predicted.index_axis(Axis(0), row)),
                Field::Labels => Value::Labels(self.labels),
                Field::Probabilities => all(probabilities.as_ref(), row),
                Field::RawScores => all(Some(scores), row),
                _ => Value::None,
            },
        }
    }

    /// A field of a row of a classifier, whose class is `predicted`.
    fn field_of_class<'s>(
        &'s self,
        field: Field,
        row: usize,
        predicted: Option<usize>,
        scores: Option<&'s Array2<f64>>,
    ) -> Value<'s> {
        let probabilities = self.probabilities();
        let of_row = scores.map_or(Value::None, |scores| one_or_several(scores, row));
        match (field, of_row) {
            (Field::PredictedLabel, _) => {
                let label = predicted.and_then(|class| self.labels.get(class));
                label.map_or(Value::None, Value::Label)
            }
            (Field::Labels, _) => Value::Labels(self.labels),
            (Field::Probability, _) => self.of_class(probabilities, predicted, row),
            (Field::Probabilities, _) => all(probabilities, row),
            (Field::RawScore, Value::Numbers(_)) => self.of_class(scores, predicted, row),
            (Field::RawScores, Value::Number(score)) => Value::Opposites(score),
            (Field::RawScore | Field::RawScores, scores) => scores,
            _ => Value::None,
        }
    }

    /// The number of the second of two classes, or of the predicted one of several.
    fn of_class(
        &self,
        table: Option<&Array2<f64>>,
        predicted: Option<usize>,
        row: usize,
    ) -> Value<'_> {
        let class = if self.labels.len() == 2 {
            Some(1)
        } else {
            predicted
        };
        let number = table.and_then(|table| table.get((row, class?)));
        number.map_or(Value::None, |&number| Value::Number(number))
    }
}

/// A row of a table, which may not be there.
fn all(table: Option<&Array2<f64>>, row: usize) -> Value<'_> {
    table.map_or(Value::None, |table| {
        Value::Numbers(table.index_axis(Axis(0), row))
    })
}

fn one_or_several(table: &Array2<f64>, row: usize) -> Value<'_> {
    let numbers = table.index_axis(Axis(0), row);
    if numbers.len() == 1 {
        Value::Number(numbers.sum())
    } else {
        Value::Numbers(numbers)
    }
}
