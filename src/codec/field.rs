//! The fields of an answer: their names, and what one holds for a row.

use ndarray::{ArrayView1, ArrayView2};

use crate::artifact::Label;

/// A field of an answer, by the names that the platform's XGBoost container gave them
/// (`SAGEMAKER_INFERENCE_OUTPUT`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The predicted class; of a classifier that predicts any number of labels, 1 or 0 for each.
    PredictedLabel,
    /// All classes.
    Labels,
    /// The probability of the second of two classes, or of the predicted one of several. There is none where any number
    /// of labels is predicted.
    Probability,
    /// The probabilities of all classes, in the order of `labels`.
    Probabilities,
    /// The linear score of the second of two classes, or the highest of several.
    RawScore,
    /// The linear scores of all classes; of two, the first one's is the second one's negative.
    RawScores,
    /// The prediction of a regression.
    PredictedScore,
    /// What each column of a row adds to each linear score, compared with the reference; or the largest of these numbers.
    Contributions,
    /// The names of the columns that the contributions are of.
    ContributionNames,
    /// The linear scores at the reference: with the contributions, they make the row's.
    BaseValue,
    /// The standard error of the linear score.
    StandardError,
    /// Where the mean of such rows lies.
    ConfidenceInterval,
    /// Where a single observation lies.
    PredictionInterval,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 13] = [
        Self::PredictedLabel,
        Self::Labels,
        Self::Probability,
        Self::Probabilities,
        Self::RawScore,
        Self::RawScores,
        Self::PredictedScore,
        Self::Contributions,
        Self::ContributionNames,
        Self::BaseValue,
        Self::StandardError,
        Self::ConfidenceInterval,
        Self::PredictionInterval,
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
            Self::Contributions => "contributions",
            Self::ContributionNames => "contribution_names",
            Self::BaseValue => "base_value",
            Self::StandardError => "standard_error",
            Self::ConfidenceInterval => "confidence_interval",
            Self::PredictionInterval => "prediction_interval",
        }
    }

    /// The fields of these names, in either case, with commas between; `None` if one is unknown.
    #[must_use]
    pub fn list(names: &str) -> Option<Vec<Self>> {
        let names = names.split(',');
        names
            .map(|name| Self::parse(&name.trim().to_ascii_lowercase()))
            .collect()
    }

    /// Whether it says why a score is what it is.
    #[must_use]
    pub fn is_of_contributions(self) -> bool {
        matches!(
            self,
            Self::Contributions | Self::ContributionNames | Self::BaseValue
        )
    }

    /// Whether it explains the prediction: what it consists of, or how sure it is.
    #[must_use]
    pub fn explains(self) -> bool {
        self.is_of_contributions() || self.is_of_uncertainty()
    }

    /// Whether it says how sure a prediction is.
    #[must_use]
    pub fn is_of_uncertainty(self) -> bool {
        matches!(
            self,
            Self::StandardError | Self::ConfidenceInterval | Self::PredictionInterval
        )
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
    /// Whether the row has each of the labels: 1 or 0.
    Bits(ArrayView1<'a, bool>),
    /// One list per score.
    Table(ArrayView2<'a, f64>),
    /// Some of these names.
    Names(&'a [Label], &'a [u32]),
}

impl Value<'_> {
    /// How long the lists are, the outer one first; nothing if this is no list.
    pub(super) fn lengths(&self) -> Vec<usize> {
        match self {
            Self::Numbers(numbers) => vec![numbers.len()],
            Self::Opposites(_) => vec![2],
            Self::Labels(labels) => vec![labels.len()],
            Self::Bits(bits) => vec![bits.len()],
            Self::Table(table) => vec![table.nrows(), table.ncols()],
            Self::Names(_, places) => vec![places.len()],
            Self::None | Self::Number(_) | Self::Label(_) => Vec::new(),
        }
    }

    /// The labels of the names.
    pub(super) fn names<'n>(
        names: &'n [Label],
        places: &'n [u32],
    ) -> impl Iterator<Item = &'n Label> {
        places.iter().filter_map(|&place| names.get(place as usize))
    }
}
