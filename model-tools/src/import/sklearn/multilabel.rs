//! Classifiers that predict any number of labels per row.

use sagelet::artifact::{Label, Link};

use super::ensembles::members;
use super::scores::scores;
use super::step::{Outcome, Step};
use super::{classification, label, predictors};
use crate::import::linear::{Column, Conversion, Kind, Prediction};

/// Where estimators keep the binarizer that turned their labels into columns.
pub(super) const BINARIZERS: [&str; 2] = ["_label_binarizer", "label_binarizer_"];

/// The labels, if the estimator was fitted on a table of 0 and 1. Only its binarizer remembers that; `classes_` are 0, 1,
/// … as for other classifiers.
pub(super) fn labels(step: &Step<'_>) -> Outcome<Option<Vec<Label>>> {
    for name in BINARIZERS {
        if step.optional(name).is_none() {
            continue;
        }
        let binarizer = step.part_under(name)?;
        match binarizer.text("y_type_").unwrap_or_default() {
            "multilabel-indicator" => {
                let classes = binarizer.attribute("classes_")?;
                return label::all(&binarizer, "classes_", classes).map(Some);
            }
            target if target.starts_with("multilabel") || target.contains("multioutput") => {
                return Err(step.refuse(format_args!(
                    "it was fitted on several labels per row of the form {target}: a table of 0 and 1 is supported"
                )));
            }
            _ => {}
        }
    }
    Ok(None)
}

/// A classifier for each column of the targets, each of which must be 0 or 1.
pub(super) fn several(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let count = members(step)?.len();
    let labels = (0_i64..).map(Label::Integer).take(count).collect();
    together(step, labels, columns, conversion)
}

/// A ridge classifier: a score for each label, above 0 where the row has it.
pub(super) fn ridge(
    step: &Step<'_>,
    labels: Vec<Label>,
    columns: &[Column],
) -> Outcome<Prediction> {
    if step.version().is_none_or(|version| version < (1, 1)) {
        return Err(step.refuse(
            "it was fitted on several labels per row, of which scikit-learn predicted only one before version 1.1",
        ));
    }
    let scores = scores(step, columns)?;
    check_count(step, &labels, &scores)?;
    Ok(Prediction::classes(
        Kind::Multilabel(Link::Identity),
        scores,
        labels,
    ))
}

/// A classifier of 0 and 1 for each label, in `estimators_`.
pub(super) fn together(
    step: &Step<'_>,
    labels: Vec<Label>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let mut links = Vec::new();
    let mut all = Vec::new();
    for part in members(step)? {
        let (score, link) = single(&part, columns, conversion)?;
        links.push(link);
        all.push(score);
    }
    let link = match links.iter().all(|link| *link == Link::Logit) {
        true => Link::Logit,
        false => Link::Identity,
    };
    if link == Link::Identity && links.contains(&Link::Logit) {
        conversion.note("lost the probabilities of some labels: others have none".to_owned());
    }
    check_count(step, &labels, &all)?;
    Ok(Prediction::classes(Kind::Multilabel(link), all, labels))
}

/// The score of one label, and whether its logistic function is a probability.
fn single(
    part: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<(Column, Link)> {
    if part.class == "_ConstantPredictor" {
        return Err(part.refuse(
            "every row that it was fitted on had this label, or none had it: it predicts the same for all",
        ));
    }
    let prediction = predictors::predict(part, columns, conversion)?;
    let prediction = classification::logistic_of_softmax(prediction);
    part.spend(&prediction.scores, conversion)?;
    if prediction.labels != [Label::Integer(0), Label::Integer(1)] {
        return Err(part.refuse(
            "its classes are not 0 and 1: of several labels per row, each is there or not",
        ));
    }
    let link = match &prediction.kind {
        Kind::OneVsRest => Link::Logit,
        Kind::Classes => Link::Identity,
        _ => return Err(part.refuse("it is no classifier with one linear score")),
    };
    match prediction.scores.as_slice() {
        [score] if prediction.threshold.is_none() => Ok((score.clone(), link)),
        _ => Err(part.refuse("it is no classifier with one linear score, above 0 for the label")),
    }
}

fn check_count(step: &Step<'_>, labels: &[Label], scores: &[Column]) -> Outcome<()> {
    let (found, count) = (scores.len(), labels.len());
    match found == count && count > 0 {
        true => Ok(()),
        false => Err(step.refuse(format_args!("it has {found} scores for {count} labels"))),
    }
}

/// Refuses several labels per row, for classifiers that read `classes_` as classes.
pub(super) fn refuse(step: &Step<'_>) -> Outcome<()> {
    match labels(step)? {
        None => Ok(()),
        Some(_) => Err(step.refuse(
            "it was fitted on several labels per row, which this class does not convert: OneVsRestClassifier, \
             MultiOutputClassifier and RidgeClassifier are supported",
        )),
    }
}
