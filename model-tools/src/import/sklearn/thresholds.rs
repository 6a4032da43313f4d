//! Classifiers of two classes that decide by a threshold of their own.

use sagelet::artifact::{Label, ThresholdOf};

use super::step::{Outcome, Step};
use super::{label, predictors, probabilities};
use crate::import::linear::{Column, Conversion, Cut, Kind, Prediction};
use crate::import::objects::Value;

/// A threshold that was given.
pub(super) fn fixed(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let name = step.either("estimator_", "estimator");
    let inner = step.part_under(name)?;
    let threshold = step.attribute("threshold")?;
    let own = step.optional("pos_label");
    let at = match (threshold.number(), threshold.text()) {
        (Some(number), _) => Some(number),
        (None, Some("auto")) => None,
        _ => return Err(step.wrong("threshold", "a number or \"auto\"")),
    };
    let prediction = predictors::predict(&inner, columns, conversion)?;
    decided(step, &inner, prediction, at, own)
}

/// A threshold that was found by cross-validation.
pub(super) fn tuned(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let inner = step.part_under("estimator_")?;
    let at = step.attribute("best_threshold_")?.number();
    let at = at.ok_or_else(|| step.wrong("best_threshold_", "a number"))?;
    let prediction = predictors::predict(&inner, columns, conversion)?;
    let own = positive(step, &prediction.labels)?;
    decided(step, &inner, prediction, Some(at), own)
}

/// Functions of scikit-learn that measure a classifier without a class that counts as positive.
const SYMMETRIC: [&str; 4] = [
    "accuracy_score",
    "balanced_accuracy_score",
    "cohen_kappa_score",
    "matthews_corrcoef",
];

/// The class that the function by which the threshold was found takes as positive; none for the second.
fn positive<'a>(step: &Step<'a>, labels: &[Label]) -> Outcome<Option<Value<'a>>> {
    let scorer = step.attribute("_curve_scorer")?;
    if let Some(own) = scorer
        .attribute("_kwargs")
        .and_then(|kwargs| kwargs.entry("pos_label"))
    {
        return Ok(Some(own).filter(|own| !own.is_none()));
    }
    let function = scorer.attribute("_score_func").and_then(Value::global);
    let is_symmetric = function.is_some_and(|function| SYMMETRIC.contains(&function.name.as_str()));
    // The others take 1 as positive, unless they are told otherwise.
    if !is_symmetric && labels.first() == Some(&Label::Integer(1)) {
        return Err(step.refuse(
            "which of its classes the threshold is for depends on a function that the file does not hold: use \
             FixedThresholdClassifier with pos_label",
        ));
    }
    Ok(None)
}

fn decided(
    step: &Step<'_>,
    inner: &Step<'_>,
    prediction: Prediction,
    at: Option<f64>,
    positive: Option<Value<'_>>,
) -> Outcome<Prediction> {
    if prediction.labels.len() != 2 || matches!(prediction.kind, Kind::Multilabel(_)) {
        return Err(step.refuse("its estimator is no classifier of two classes"));
    }
    let label = match positive {
        None => 1,
        Some(value) => {
            let own = label::one(step, "pos_label", value)?;
            let mut labels = prediction.labels.iter();
            let place = labels.position(|label| label::same(label, &own));
            place.ok_or_else(|| {
                step.refuse(format_args!("pos_label \"{own}\" is none of its classes"))
            })?
        }
    };
    let of = response(step, inner, &prediction)?;
    let at = at.unwrap_or(match of {
        ThresholdOf::Probability => 0.5,
        ThresholdOf::Score => 0.0,
    });
    if !at.is_finite() {
        return Err(step.refuse(format_args!("its threshold is {at}")));
    }
    Ok(Prediction {
        threshold: Some(Cut { of, at, label }),
        ..prediction
    })
}

/// What is compared with the threshold: the probability where the estimator has one, else the score.
fn response(step: &Step<'_>, inner: &Step<'_>, prediction: &Prediction) -> Outcome<ThresholdOf> {
    let of = match step.text("response_method") {
        Some("predict_proba") => ThresholdOf::Probability,
        Some("decision_function") => ThresholdOf::Score,
        _ if probabilities::are_predicted(inner)? => ThresholdOf::Probability,
        _ => ThresholdOf::Score,
    };
    let is_kept = match (of, &prediction.kind) {
        (ThresholdOf::Probability, kind) => {
            matches!(
                kind,
                Kind::OneVsRest | Kind::Multinomial | Kind::Averaged(_)
            )
        }
        (ThresholdOf::Score, Kind::OneVsRest | Kind::Multinomial | Kind::Classes) => {
            prediction.scores.len() == 1
        }
        (ThresholdOf::Score, _) => false,
    };
    match is_kept {
        true => Ok(of),
        false => Err(step.refuse(
            "its threshold is for a probability or a score of its estimator that an artifact does not hold",
        )),
    }
}
