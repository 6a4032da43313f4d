//! Classifiers whose scores become probabilities by a function that was fitted afterwards.

use sagelet::artifact::{Isotonic, Label, Probabilities};

use super::averages::Average;
use super::step::{Outcome, Step};
use super::{classification, predictors, probabilities, regression};
use crate::import::linear::{Column, Conversion, Kind, Mixed, Prediction};

/// The mean of one calibrated classifier per fold. A single one that is calibrated by logistic functions is linear itself.
pub(super) fn calibrated(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    const LIST: &str = "calibrated_classifiers_";
    let labels = classification::labels(step)?;
    let value = step.attribute(LIST)?;
    let parts = value.elements().ok_or_else(|| step.wrong(LIST, "a list"))?;
    let is_single = parts.len() == 1;
    let mut average = Average::new(labels.clone());
    for (index, part) in parts.enumerate() {
        let part = step.part(part, &format!("{LIST}[{index}]"))?;
        let member = Calibrated::read(&part, &labels, columns, conversion)?;
        if is_single && member.curves.is_empty() {
            conversion.note("folded the calibration into the coefficients".to_owned());
            return Ok(Prediction::classes(Kind::OneVsRest, member.scores, labels));
        }
        let rule = match member.scores.len() {
            1 => Probabilities::Logistic,
            _ => Probabilities::OneVsRest,
        };
        let mixed = Mixed {
            calibration: member.curves,
            ..Mixed::new(1.0, member.scores.len(), Some(rule))
        };
        average.push(mixed, member.scores);
    }
    average.prediction(step, conversion)
}

/// A classifier and its calibration: the probability of a class is 1 / (1 + exp(`a_` · score + `b_`)) or a piecewise linear
/// function of the score, and of several classes that divided by their sum.
struct Calibrated {
    /// What the logistic function takes, or these functions.
    scores: Vec<Column>,
    /// One per score, or none.
    curves: Vec<Isotonic>,
}

impl Calibrated {
    fn read(
        part: &Step<'_>,
        labels: &[Label],
        columns: &[Column],
        conversion: &mut Conversion,
    ) -> Outcome<Self> {
        // "base_estimator" up to scikit-learn 1.1.
        let inner = part.part_under(part.either("estimator", "base_estimator"))?;
        let prediction = predictors::predict(&inner, columns, conversion)?;
        part.spend(&prediction.scores, conversion)?;
        if prediction.labels != labels {
            return Err(part.refuse("it was calibrated for other classes than it was fitted for"));
        }
        let is_linear = matches!(
            prediction.kind,
            Kind::OneVsRest | Kind::Multinomial | Kind::Classes
        );
        if !is_linear || !probabilities::has_scores(&inner)? {
            return Err(
                inner.refuse("its probabilities were calibrated, which are no linear scores")
            );
        }
        let scores = prediction.scores;
        let calibrators = calibrators(part)?;
        if calibrators.len() != scores.len() {
            let (found, scores) = (calibrators.len(), scores.len());
            return Err(part.refuse(format_args!(
                "it has {found} calibrators for {scores} scores"
            )));
        }
        match part.text("method").unwrap_or_default() {
            "sigmoid" => logistic(&calibrators, &scores),
            "isotonic" => Ok(Self {
                curves: calibrators.iter().map(curve).collect::<Outcome<_>>()?,
                scores,
            }),
            method => Err(part.refuse(format_args!(
                "the calibration method {method:?} is not supported: \"sigmoid\" and \"isotonic\" are"
            ))),
        }
    }
}

fn calibrators<'a>(part: &Step<'a>) -> Outcome<Vec<Step<'a>>> {
    // With an underscore up to scikit-learn 0.23.
    let name = part.either("calibrators", "calibrators_");
    let value = part.attribute(name)?;
    let calibrators = value.elements().ok_or_else(|| part.wrong(name, "a list"))?;
    calibrators
        .enumerate()
        .map(|(index, calibrator)| part.part(calibrator, &format!("{name}[{index}]")))
        .collect()
}

fn logistic(calibrators: &[Step<'_>], scores: &[Column]) -> Outcome<Calibrated> {
    let mut calibrated = Vec::with_capacity(scores.len());
    for (calibrator, score) in calibrators.iter().zip(scores) {
        let number = |name: &str| {
            let number = calibrator.attribute(name)?.number();
            number.ok_or_else(|| calibrator.wrong(name, "a number"))
        };
        calibrated.push(score.affine(0.0, -number("a_")?, -number("b_")?));
    }
    Ok(Calibrated {
        scores: calibrated,
        curves: Vec::new(),
    })
}

/// A function from scores to probabilities.
fn curve(calibrator: &Step<'_>) -> Outcome<Isotonic> {
    let mut isotonic = regression::thresholds(calibrator)?;
    for y in &mut isotonic.y_thresholds {
        // Means of 0 and 1 that rounding has put beyond them, which scikit-learn cuts off, too.
        if (*y - y.clamp(0.0, 1.0)).abs() <= 1e-5 {
            *y = y.clamp(0.0, 1.0);
        }
    }
    Ok(isotonic)
}
