//! Classifiers whose probabilities or votes are brought together: voting, bagging, and calibration by several folds.

use sagelet::artifact::{Label, Probabilities};

use super::ensembles::{chosen, members};
use super::step::{Outcome, Step};
use super::{classification, predictors, probabilities};
use crate::import::linear::{Column, Conversion, Kind, Mixed, Prediction};

/// The mean of several classifiers' probabilities, or with `voting="hard"` the class that most of them predict.
pub(super) fn voting(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let labels = classification::labels(step)?;
    let parts = members(step)?;
    let weights = match step.optional("weights") {
        Some(_) => step.column_numbers("weights", parts.len())?,
        None => vec![1.0; parts.len()],
    };
    let is_hard = match step.text("voting") {
        Some("soft") => false,
        Some("hard") | None => true,
        Some(other) => {
            return Err(step.refuse(format_args!("voting={other:?} is neither hard nor soft")));
        }
    };
    if is_hard {
        conversion.note(
            "the probabilities are the shares of the votes: voting=\"hard\" has none".to_owned(),
        );
    }
    let mut average = Average::new(labels);
    for (part, weight) in parts.iter().zip(weights) {
        let prediction = predictors::predict(part, columns, conversion)?;
        let rule = if is_hard {
            Rule::Vote
        } else {
            Rule::Probabilities
        };
        average.add_numbered(part, prediction, weight, rule, conversion)?;
    }
    average.prediction(step, conversion)
}

/// The mean of the probabilities of classifiers that were fitted to different rows, and each to some of the columns;
/// where they have no probabilities, the class that each predicts.
pub(super) fn bagging(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let labels = classification::labels(step)?;
    let parts = members(step)?;
    let mut average = Average::new(labels);
    for (part, columns) in parts.iter().zip(chosen(step, parts.len(), columns)?) {
        let prediction = predictors::predict(part, &columns?, conversion)?;
        let has_probabilities = probabilities::are_predicted(part)?;
        let rule = if has_probabilities {
            Rule::Probabilities
        } else {
            Rule::Vote
        };
        average.add_numbered(part, prediction, 1.0, rule, conversion)?;
    }
    average.prediction(step, conversion)
}

/// What of a member is averaged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    Probabilities,
    /// 1 for the class that it predicts.
    Vote,
}

/// Classifiers that are brought together.
pub(super) struct Average {
    labels: Vec<Label>,
    members: Vec<Mixed>,
    scores: Vec<Column>,
}

impl Average {
    pub(super) fn new(labels: Vec<Label>) -> Self {
        Self {
            labels,
            members: Vec::new(),
            scores: Vec::new(),
        }
    }

    /// Adds a classifier with these scores.
    pub(super) fn push(&mut self, member: Mixed, scores: Vec<Column>) {
        self.members.push(member);
        self.scores.extend(scores);
    }

    /// Adds a classifier that was fitted on the numbers of the classes.
    fn add_numbered(
        &mut self,
        part: &Step<'_>,
        prediction: Prediction,
        weight: f64,
        rule: Rule,
        conversion: &mut Conversion,
    ) -> Outcome<()> {
        let numbers = (0_i64..).map(Label::Integer).take(self.labels.len());
        if !numbers.eq(prediction.labels.iter().cloned()) {
            let (found, classes) = (prediction.labels.len(), self.labels.len());
            return Err(part.refuse(match found {
                0 => "it is no classifier".to_owned(),
                _ => format!(
                    "it was fitted for {found} classes that are not all {classes} of the whole"
                ),
            }));
        }
        part.spend(&prediction.scores, conversion)?;
        match rule {
            Rule::Probabilities => self.add(part, prediction, weight),
            Rule::Vote => self.add_vote(part, prediction, weight),
        }
    }

    fn add(&mut self, part: &Step<'_>, prediction: Prediction, weight: f64) -> Outcome<()> {
        let prediction = classification::logistic_of_softmax(prediction);
        let scores = prediction.scores.len();
        let rule = match (&prediction.kind, scores) {
            (Kind::OneVsRest, 1) => Probabilities::Logistic,
            (Kind::OneVsRest, _) => Probabilities::OneVsRest,
            (Kind::Multinomial, _) => Probabilities::Softmax,
            (Kind::Averaged(own), _) => {
                let total: f64 = own.iter().map(|member| member.weight).sum();
                let scaled = own.iter().map(|member| Mixed {
                    weight: member.weight * weight / total,
                    ..member.clone()
                });
                self.members.extend(scaled);
                self.scores.extend(prediction.scores);
                return Ok(());
            }
            _ => return Err(part.refuse("it has no probabilities that an artifact holds")),
        };
        self.push(Mixed::new(weight, scores, Some(rule)), prediction.scores);
        Ok(())
    }

    fn add_vote(&mut self, part: &Step<'_>, prediction: Prediction, weight: f64) -> Outcome<()> {
        let is_linear = matches!(
            prediction.kind,
            Kind::OneVsRest | Kind::Multinomial | Kind::Classes
        );
        if !is_linear || prediction.threshold.is_some() {
            return Err(part.refuse(
                "it votes, and its class is not simply the one with the highest linear score",
            ));
        }
        let scores = prediction.scores.len();
        self.push(Mixed::new(weight, scores, None), prediction.scores);
        Ok(())
    }

    /// The prediction of all together.
    pub(super) fn prediction(
        self,
        step: &Step<'_>,
        conversion: &mut Conversion,
    ) -> Outcome<Prediction> {
        let sum: f64 = self.members.iter().map(|member| member.weight).sum();
        let negative = self.members.iter().any(|member| member.weight < 0.0);
        if sum <= 0.0 || negative {
            return Err(step.refuse(format_args!(
                "its weights add up to {sum}: none may be below 0, and one must be above"
            )));
        }
        conversion.note(format!(
            "kept {} classifiers, whose probabilities are averaged",
            self.members.len()
        ));
        Ok(Prediction::classes(
            Kind::Averaged(self.members),
            self.scores,
            self.labels,
        ))
    }
}
