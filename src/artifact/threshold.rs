//! Where a classifier's decision is not at the score 0.

use super::cbor::Writer;
use super::error::ArtifactError;
use super::form::{Form, words};
use super::item::{Item, Wrong};
use super::label::Label;
use super::parameters::Parameters;

/// From which probability or score on a label is predicted. It changes predicted labels only: scores and probabilities
/// stay as they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// What is compared.
    pub of: ThresholdOf,
    /// The smallest number at which the label is predicted.
    pub at: f64,
    /// The label of two whose number is compared; the second if it is absent. A model that predicts any number of labels
    /// compares each label's own.
    pub label: Option<Label>,
}

/// What a threshold is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThresholdOf {
    /// The label's probability.
    Probability,
    /// The label's linear score; the first label's is the second one's negative.
    Score,
}

words!(ThresholdOf {
    Probability = "probability",
    Score = "score",
});

impl Form for Threshold {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        let map = item.map("a threshold: a map")?;
        Ok(Self {
            of: map.required("of")?.word()?,
            at: map.number("at")?,
            label: map.optional("label").map(Label::read).transpose()?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        let mut map = writer.fields();
        map.word("of", self.of);
        map.number("at", self.at);
        map.optional("label", self.label.as_ref());
    }
}

impl Threshold {
    /// The threshold for the second of two labels, or for every label of several: of the probability, or of the score
    /// where a model has no probabilities.
    #[must_use]
    pub fn for_model(parameters: &Parameters, at: f64) -> Self {
        let of = match parameters.has_probabilities() {
            true => ThresholdOf::Probability,
            false => ThresholdOf::Score,
        };
        Self {
            of,
            at,
            label: None,
        }
    }

    /// Checks that a model decides between two labels, or about each label on its own, by a number that it has.
    ///
    /// # Errors
    /// [`ArtifactError::Meaning`]
    pub fn check(&self, parameters: &Parameters) -> Result<(), ArtifactError> {
        let labels = parameters.labels();
        let kind = parameters.kind();
        let meaning = |reason| Err(ArtifactError::Meaning(reason));
        if !self.at.is_finite() {
            return meaning(format!("the threshold {} is not finite", self.at));
        }
        if !parameters.is_multilabel() && labels.len() != 2 {
            let found = labels.len();
            return meaning(format!(
                "a threshold is for a classifier of two labels, or of several that each row may have: this {kind} has \
                 {found}"
            ));
        }
        if let Some(label) = &self.label
            && (parameters.is_multilabel() || !labels.contains(label))
        {
            return meaning(format!(
                "the threshold is for the label \"{label}\", which is none of the two that a {kind} decides between"
            ));
        }
        let (of, exists) = match self.of {
            ThresholdOf::Probability => ("probability", parameters.has_probabilities()),
            ThresholdOf::Score => ("score", parameters.has_label_scores()),
        };
        if !exists {
            return meaning(format!(
                "the threshold is for a {of}, which this {kind} does not have"
            ));
        }
        Ok(())
    }
}
