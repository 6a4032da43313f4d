//! What the outputs of a graph are together: a regression's numbers, or a classifier's label with or without scores.

use sagelet::artifact::{InverseTransform, Isotonic, Label, Link};

use super::OnnxError;
use super::value::{Curve, Value};
use crate::import::linear::{Column, Kind, Prediction};

/// The prediction that the outputs are.
pub(super) fn of(outputs: &[&Value]) -> Result<Prediction, OnnxError> {
    let class = outputs.iter().find_map(|output| match output {
        Value::Class(scores, labels) => Some((scores, labels)),
        _ => None,
    });
    match (class, outputs) {
        (Some((scores, labels)), _) => classes(outputs, scores, labels),
        (None, [output]) => regression(output),
        _ => Err(OnnxError::Outputs),
    }
}

fn classes(
    outputs: &[&Value],
    scores: &[Column],
    labels: &[Label],
) -> Result<Prediction, OnnxError> {
    let others: Vec<&&Value> = outputs
        .iter()
        .filter(|output| !matches!(output, Value::Class(..)))
        .collect();
    let kind = match others.as_slice() {
        [] | [Value::Linear(_)] => Kind::Classes,
        [Value::Softmax(columns)] if columns == scores => Kind::Multinomial,
        [Value::Shares(columns)] if columns == scores => Kind::OneVsRest,
        [value] if opposite(scores).is_some() && value.of_logistic() == Some(scores) => {
            Kind::OneVsRest
        }
        _ => return Err(OnnxError::Outputs),
    };
    // Two scores that are each other's negative are one.
    let scores = match opposite(scores) {
        Some(score) if kind != Kind::Multinomial => vec![score.clone()],
        _ => scores.to_vec(),
    };
    Ok(Prediction::classes(kind, scores, labels.to_vec()))
}

fn opposite(scores: &[Column]) -> Option<&Column> {
    match scores {
        [first, second] if first.affine(0.0, -1.0, 0.0) == *second => Some(second),
        _ => None,
    }
}

fn regression(output: &Value) -> Result<Prediction, OnnxError> {
    let (curves, scores) = match output {
        Value::Linear(scores) => (&[][..], scores),
        Value::Curved(curves, scores) => (curves.as_slice(), scores),
        _ => return Err(OnnxError::Outputs),
    };
    let is_single = scores.len() == 1;
    let (kind, rest) = match curves {
        [Curve::Exp, rest @ ..] if is_single => (Kind::Generalized(Link::Log), rest),
        [Curve::Logistic, rest @ ..] if is_single => (Kind::Generalized(Link::Logit), rest),
        [Curve::Interpolated(points), rest @ ..] if is_single => (isotonic(points, scores)?, rest),
        rest => (Kind::Linear, rest),
    };
    let inverse = match rest {
        [] => None,
        [Curve::Exp] => Some(InverseTransform::Exp),
        [Curve::Expm1] => Some(InverseTransform::Expm1),
        [Curve::Square] => Some(InverseTransform::Square),
        _ => return Err(OnnxError::Curves),
    };
    Ok(Prediction {
        inverse,
        ..Prediction::regression(kind, scores.clone())
    })
}

fn isotonic(points: &[(f64, f64)], scores: &[Column]) -> Result<Kind, OnnxError> {
    if scores.iter().any(|score| score.untouched().is_none()) {
        return Err(OnnxError::Curves);
    }
    let (x_thresholds, y_thresholds) = points.iter().copied().unzip();
    Ok(Kind::Isotonic(Isotonic {
        x_thresholds,
        y_thresholds,
    }))
}
