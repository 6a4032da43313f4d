//! Which of scikit-learn's classifiers predict probabilities, and which scores, whatever an artifact keeps of them.

use super::predictors::inner;
use super::step::{Outcome, Step};

/// The estimator that predicts in the end: the last of a pipeline, the best of a search.
fn last<'a>(step: &Step<'a>) -> Outcome<Step<'a>> {
    match inner(step)? {
        Some(inner) => last(&inner),
        None => Ok(step.clone()),
    }
}

/// Whether a classifier has `predict_proba`.
pub(super) fn are_predicted(step: &Step<'_>) -> Outcome<bool> {
    let last = last(step)?;
    Ok(match last.class {
        "LinearSVC"
        | "RidgeClassifier"
        | "RidgeClassifierCV"
        | "Perceptron"
        | "PassiveAggressiveClassifier"
        | "OneVsOneClassifier" => false,
        "SGDClassifier" => matches!(
            last.text("loss"),
            Some("log" | "log_loss" | "modified_huber")
        ),
        // From scikit-learn 1.9 on it is "deprecated" where nobody has set it.
        "SVC" | "NuSVC" => {
            let probability = last.optional("probability");
            probability.and_then(crate::import::objects::Value::truth) == Some(true)
        }
        "VotingClassifier" => last.text("voting") == Some("soft"),
        "OneVsRestClassifier" => are_predicted(&last.part_under("estimator")?)?,
        _ => true,
    })
}

/// Whether a classifier has `decision_function`. Where it has not, scikit-learn goes by probabilities.
pub(super) fn has_scores(step: &Step<'_>) -> Outcome<bool> {
    let last = last(step)?;
    let class = last.class;
    Ok(!(class.ends_with("NB")
        || [
            "VotingClassifier",
            "CalibratedClassifierCV",
            "NearestCentroid",
        ]
        .contains(&class)))
}
