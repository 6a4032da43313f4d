//! Classifiers, by class: from learnt attributes to scores and labels.

use sagelet::artifact::{Label, ThresholdOf};

use super::scores::scores;
use super::step::{Outcome, Step};
use super::{label, multilabel};
use crate::import::linear::{Column, Conversion};
use crate::import::linear::{Kind, Prediction};

/// Logistic regression: for most of two classes, or with `multi_class="ovr"`, one logistic function a score; else the
/// softmax of all scores.
pub(super) fn logistic(step: &Step<'_>, columns: &[Column]) -> Outcome<Prediction> {
    let labels = labels(step)?;
    let kind = if is_one_vs_rest(step, labels.len()) {
        Kind::OneVsRest
    } else {
        Kind::Multinomial
    };
    Ok(Prediction::classes(kind, scores(step, columns)?, labels))
}

/// The softmax of −z and z, of which scikit-learn holds z alone, as what it is: the logistic function of 2z.
/// Any other prediction stays as it is.
pub(super) fn logistic_of_softmax(mut prediction: Prediction) -> Prediction {
    if let (Kind::Multinomial, [score]) = (&prediction.kind, prediction.scores.as_mut_slice()) {
        *score = score.affine(0.0, 2.0, 0.0);
        prediction.kind = Kind::OneVsRest;
        if let Some(cut) = &mut prediction.threshold
            && cut.of == ThresholdOf::Score
        {
            cut.at *= 2.0;
        }
    }
    prediction
}

/// `multi_class` was there up to scikit-learn 1.7, as "ovr", "multinomial", "auto", "warn" or "deprecated".
fn is_one_vs_rest(step: &Step<'_>, classes: usize) -> bool {
    match step.text("multi_class") {
        Some("ovr" | "warn") => true,
        // Before scikit-learn 0.20 a single score was a logistic function's even then.
        Some("multinomial") => {
            classes <= 2 && step.version().is_some_and(|version| version < (0, 20))
        }
        _ if classes <= 2 => true,
        None => false,
        Some(_) => match step.text("solver") {
            Some("liblinear") => true,
            Some("newton-cholesky") => step.version().is_some_and(|version| version < (1, 6)),
            _ => false,
        },
    }
}

/// Linear discriminant analysis: the softmax of the scores, the logistic function of a single one. Before
/// scikit-learn 0.22 it was the logistic function of each.
pub(super) fn discriminant(step: &Step<'_>, columns: &[Column]) -> Outcome<Prediction> {
    let labels = labels(step)?;
    let scores = scores(step, columns)?;
    let old = step.version().is_some_and(|version| version < (0, 22));
    let kind = if scores.len() == 1 || old {
        Kind::OneVsRest
    } else {
        Kind::Multinomial
    };
    Ok(Prediction::classes(kind, scores, labels))
}

/// Trained by stochastic gradient descent: the loss says whether there are probabilities.
pub(super) fn gradient_descent(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let kind = match step.text("loss") {
        Some("log_loss" | "log") => Kind::OneVsRest,
        Some("modified_huber") => {
            conversion.note("lost the probabilities of loss=\"modified_huber\": an artifact has none of that form".to_owned());
            Kind::Classes
        }
        _ => Kind::Classes,
    };
    Ok(Prediction::classes(
        kind,
        scores(step, columns)?,
        labels(step)?,
    ))
}

/// A classifier without probabilities.
pub(super) fn linear(step: &Step<'_>, columns: &[Column]) -> Outcome<Prediction> {
    if let Some(labels) = multilabel::labels(step)? {
        return multilabel::ridge(step, labels, columns);
    }
    Ok(Prediction::classes(
        Kind::Classes,
        scores(step, columns)?,
        labels(step)?,
    ))
}

/// The labels of a prediction whose classes are the numbers that an encoder gave to its own.
pub(super) fn named(encoder: &Step<'_>, prediction: &Prediction) -> Outcome<Vec<Label>> {
    let names = label::all(encoder, "classes_", encoder.attribute("classes_")?)?;
    let numbers = (0_i64..).map(Label::Integer).take(names.len());
    if names.is_empty() || !numbers.eq(prediction.labels.iter().cloned()) {
        let (found, classes) = (names.len(), prediction.labels.len());
        return Err(encoder.refuse(match classes {
            0 => "it names classes, and the model is a regression: it has none".to_owned(),
            _ => format!(
                "it names {found} classes by the numbers from 0 on, and the model's {classes} classes are not these numbers"
            ),
        }));
    }
    Ok(names)
}

/// The classes. A RidgeClassifier up to scikit-learn 1.3 keeps them in its label binarizer only.
pub(super) fn labels(step: &Step<'_>) -> Outcome<Vec<Label>> {
    multilabel::refuse(step)?;
    if let Some(classes) = step.optional("classes_") {
        return label::all(step, "classes_", classes);
    }
    for binarizer in multilabel::BINARIZERS {
        if step.optional(binarizer).is_some() {
            let binarizer = step.part_under(binarizer)?;
            return label::all(&binarizer, "classes_", binarizer.attribute("classes_")?);
        }
    }
    Err(step.refuse("it has no classes_: it is not fitted"))
}
