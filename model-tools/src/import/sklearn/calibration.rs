//! Classifiers whose scores become probabilities by a logistic function that was fitted afterwards.

use super::step::{Outcome, Step};
use super::{classification, predictors};
use crate::import::linear::{Column, Conversion};
use crate::import::linear::{Kind, Prediction};

/// A single calibrated classifier: the probability of a class is 1 / (1 + exp(`a_` · score + `b_`)), and of
/// several classes that divided by their sum.
pub(super) fn calibrated(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let labels = classification::labels(step)?;
    let part = only_classifier(step)?;
    // "base_estimator" up to scikit-learn 1.1.
    let name = part.either("estimator", "base_estimator");
    let prediction = predictors::predict(&part.part_under(name)?, columns, conversion)?;
    if prediction.labels != labels {
        return Err(part.refuse("it was calibrated for other classes than it was fitted for"));
    }
    let functions = functions(&part)?;
    if functions.len() != prediction.scores.len() {
        let (found, scores) = (functions.len(), prediction.scores.len());
        return Err(part.refuse(format_args!(
            "it has {found} calibrators for {scores} scores"
        )));
    }
    let scores = prediction.scores.iter().zip(functions);
    let scores = scores
        .map(|(score, (slope, intercept))| score.affine(0.0, -slope, -intercept))
        .collect();
    conversion.note("folded the calibration into the coefficients".to_owned());
    Ok(Prediction::classes(Kind::OneVsRest, scores, labels))
}

fn only_classifier<'a>(step: &Step<'a>) -> Outcome<Step<'a>> {
    const LIST: &str = "calibrated_classifiers_";
    let value = step.attribute(LIST)?;
    let mut classifiers = value.elements().ok_or_else(|| step.wrong(LIST, "a list"))?;
    match (classifiers.next(), classifiers.len()) {
        (Some(only), 0) => step.part(only, &format!("{LIST}[0]")),
        (_, more) => Err(step.refuse(format_args!(
            "it averages the probabilities of {} classifiers, which is not supported: ensemble=False and cv=\"prefit\" are",
            more + 1
        ))),
    }
}

/// Slope and intercept for each score.
fn functions(part: &Step<'_>) -> Outcome<Vec<(f64, f64)>> {
    let method = part.text("method").unwrap_or_default();
    if method != "sigmoid" {
        return Err(part.refuse(format_args!(
            "the calibration method {method:?} is not supported: \"sigmoid\" is"
        )));
    }
    // With an underscore up to scikit-learn 0.23.
    let name = part.either("calibrators", "calibrators_");
    let value = part.attribute(name)?;
    let calibrators = value.elements().ok_or_else(|| part.wrong(name, "a list"))?;
    calibrators
        .enumerate()
        .map(|(index, calibrator)| {
            let calibrator = part.part(calibrator, &format!("{name}[{index}]"))?;
            let number = |name: &str| {
                let number = calibrator.attribute(name)?.number();
                number.ok_or_else(|| calibrator.wrong(name, "a number"))
            };
            Ok((number("a_")?, number("b_")?))
        })
        .collect()
}
