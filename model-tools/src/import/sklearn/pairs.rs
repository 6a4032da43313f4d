//! Classifiers that compare every two classes.

use sagelet::artifact::Ties;

use super::ensembles::members;
use super::step::{Outcome, Step};
use super::{classification, predictors};
use crate::import::linear::{Column, Conversion, Kind, Prediction};

/// A classifier for every two classes. The class with most votes is predicted; of equals, the one with the largest sum
/// of scores.
pub(super) fn one_vs_one(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let labels = classification::labels(step)?;
    if step.optional("pairwise_indices_").is_some() {
        return Err(step.refuse("it compares rows with those that it was fitted on (pairwise)"));
    }
    let parts = members(step)?;
    let mut scores = Vec::with_capacity(parts.len());
    for part in &parts {
        let prediction = predictors::predict(part, columns, conversion)?;
        part.spend(&prediction.scores, conversion)?;
        let is_linear = matches!(
            prediction.kind,
            Kind::OneVsRest | Kind::Multinomial | Kind::Classes
        );
        match prediction.scores.as_slice() {
            [score] if is_linear && prediction.threshold.is_none() => scores.push(score.clone()),
            _ => {
                return Err(part.refuse("it is no classifier of two classes with one linear score"));
            }
        }
    }
    of_pairs(step, labels.len(), scores.len())?;
    let kind = match labels.len() {
        2 => Kind::Classes,
        _ => Kind::OneVsOne(Ties::Confidence),
    };
    Ok(Prediction::classes(kind, scores, labels))
}

/// Refuses another number of scores than there are pairs of classes.
pub(super) fn of_pairs(step: &Step<'_>, classes: usize, scores: usize) -> Outcome<()> {
    let pairs = classes.saturating_mul(classes.saturating_sub(1)) / 2;
    if pairs == scores && pairs > 0 {
        return Ok(());
    }
    Err(step.refuse(format_args!(
        "it has {scores} scores for {classes} classes, which are {pairs} pairs"
    )))
}
