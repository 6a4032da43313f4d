//! What is written about each row: the prediction, or the fields that were selected.

use ndarray::{Array2, ArrayView1, Axis};

use super::datatype::Datatype;
use crate::artifact::Label;
use crate::model::{Model, Outputs};

/// A field of an answer, by the names that the platform's XGBoost container gave them
/// (`SAGEMAKER_INFERENCE_OUTPUT`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The predicted class.
    PredictedLabel,
    /// All classes.
    Labels,
    /// The probability of the second of two classes, or of the predicted one of several.
    Probability,
    /// The probabilities of all classes, in the order of `labels`.
    Probabilities,
    /// The linear score of the second of two classes, or the highest of several.
    RawScore,
    /// The linear scores of all classes; of two, the first one's is the second one's negative.
    RawScores,
    /// The prediction of a regression.
    PredictedScore,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 7] = [
        Self::PredictedLabel,
        Self::Labels,
        Self::Probability,
        Self::Probabilities,
        Self::RawScore,
        Self::RawScores,
        Self::PredictedScore,
    ];

    /// The field's name in an answer.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PredictedLabel => "predicted_label",
            Self::Labels => "labels",
            Self::Probability => "probability",
            Self::Probabilities => "probabilities",
            Self::RawScore => "raw_score",
            Self::RawScores => "raw_scores",
            Self::PredictedScore => "predicted_score",
        }
    }

    /// The field of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

/// What a field holds for one row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    /// The model has no such field.
    None,
    Number(f64),
    Numbers(ArrayView1<'a, f64>),
    /// The negative of a number, and the number.
    Opposites(f64),
    Label(&'a Label),
    Labels(&'a [Label]),
}

impl Value<'_> {
    /// How many columns a list has; none if this is no list.
    pub(super) fn columns(&self) -> Option<usize> {
        match self {
            Self::Numbers(numbers) => Some(numbers.len()),
            Self::Opposites(_) => Some(2),
            Self::Labels(labels) => Some(labels.len()),
            Self::None | Self::Number(_) | Self::Label(_) => None,
        }
    }
}

/// Predictions, ready to be written.
#[derive(Debug)]
pub struct Predictions<'a> {
    pub(super) labels: &'a [Label],
    pub(super) outputs: Outputs,
    probabilities: Option<Array2<f64>>,
    pub(super) selected: &'a [Field],
    pub(super) model_name: &'a str,
}

impl<'a> Predictions<'a> {
    /// The outputs of a model. Of a classifier, the predicted label is written unless `selected` names fields.
    #[must_use]
    pub fn new(model: &'a Model, outputs: Outputs, selected: &'a [Field]) -> Self {
        let probabilities = match &outputs {
            Outputs::Classes(classes) => model.probabilities(classes),
            Outputs::Values(_) => None,
        };
        Self {
            labels: model.labels(),
            outputs,
            probabilities,
            selected,
            model_name: crate::MODEL_NAME,
        }
    }

    /// The same, with the name that an Open Inference answer gives the model.
    #[must_use]
    pub fn of_model(mut self, name: &'a str) -> Self {
        self.model_name = name;
        self
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.outputs.rows()
    }

    /// Whether the model has probabilities.
    pub(super) fn has_probabilities(&self) -> bool {
        self.probabilities.is_some()
    }

    /// The Open Inference datatype of a field, or of the prediction if there is none.
    pub(super) fn datatype(&self, field: Option<Field>) -> Datatype {
        let of_labels = matches!(self.outputs, Outputs::Classes(_))
            && matches!(field, None | Some(Field::PredictedLabel | Field::Labels));
        if of_labels {
            Datatype::of(self.labels)
        } else {
            Datatype::Float
        }
    }

    /// What is written if nobody selects fields: the numbers of a regression, the label of a classifier.
    pub(super) fn prediction(&self, row: usize) -> Value<'_> {
        match &self.outputs {
            Outputs::Values(_) => self.field(Field::PredictedScore, row),
            Outputs::Classes(_) => self.field(Field::PredictedLabel, row),
        }
    }

    /// What Linear Learner calls the score: the number of a regression; the probability of the second of two
    /// classes, the probabilities of several; linear scores where there are no probabilities.
    pub(super) fn score(&self, row: usize) -> Value<'_> {
        let Outputs::Classes(_) = &self.outputs else {
            return self.field(Field::PredictedScore, row);
        };
        let field = match (&self.probabilities, self.labels.len()) {
            (Some(_), 2) => Field::Probability,
            (Some(_), _) => Field::Probabilities,
            (None, 2) => Field::RawScore,
            (None, _) => Field::RawScores,
        };
        self.field(field, row)
    }

    pub(super) fn field(&self, field: Field, row: usize) -> Value<'_> {
        match (&self.outputs, field) {
            (Outputs::Values(values), Field::PredictedScore) => one_or_several(values, row),
            (Outputs::Classes(classes), Field::PredictedLabel) => {
                let class = classes.predicted.get(row);
                class
                    .and_then(|&class| self.labels.get(class))
                    .map_or(Value::None, Value::Label)
            }
            (Outputs::Classes(_), Field::Labels) => Value::Labels(self.labels),
            (Outputs::Classes(classes), Field::Probability) => {
                self.of_class(self.probabilities.as_ref(), classes.predicted.get(row), row)
            }
            (Outputs::Classes(_), Field::Probabilities) => {
                self.probabilities.as_ref().map_or(Value::None, |table| {
                    Value::Numbers(table.index_axis(Axis(0), row))
                })
            }
            (Outputs::Classes(classes), Field::RawScore) => {
                match one_or_several(&classes.scores, row) {
                    Value::Numbers(_) => {
                        self.of_class(Some(&classes.scores), classes.predicted.get(row), row)
                    }
                    one => one,
                }
            }
            (Outputs::Classes(classes), Field::RawScores) => {
                match one_or_several(&classes.scores, row) {
                    Value::Number(score) => Value::Opposites(score),
                    several => several,
                }
            }
            _ => Value::None,
        }
    }

    /// The number of the second of two classes, or of the predicted one of several.
    fn of_class(
        &self,
        table: Option<&Array2<f64>>,
        predicted: Option<&usize>,
        row: usize,
    ) -> Value<'_> {
        let class = if self.labels.len() == 2 {
            Some(&1)
        } else {
            predicted
        };
        let number = table.and_then(|table| table.get((row, *class?)));
        number.map_or(Value::None, |&number| Value::Number(number))
    }
}

fn one_or_several(table: &Array2<f64>, row: usize) -> Value<'_> {
    let numbers = table.index_axis(Axis(0), row);
    if numbers.len() == 1 {
        Value::Number(numbers.sum())
    } else {
        Value::Numbers(numbers)
    }
}
