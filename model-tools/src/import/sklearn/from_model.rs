//! SelectFromModel: the columns that a linear model gives weight to.

use super::statistics::{ascending, at, mask, mean, median, sum};
use super::step::{Outcome, Step};
use crate::import::objects::{Order, Value};

/// What a model finds important: not less than the threshold, and at most `max_features` columns.
pub(super) fn from_model(step: &Step<'_>) -> Outcome<Vec<bool>> {
    // With `prefit`, older versions have no copy of the estimator.
    let estimator = step.part_under(step.either("estimator_", "estimator"))?;
    let importances = importances(step, &estimator)?;
    let threshold = threshold(step, &estimator, &importances)?;
    let mut kept = vec![true; importances.len()];
    if step.optional("max_features").is_some() {
        let count = step.count(step.either("max_features_", "max_features"))?;
        let mut order: Vec<usize> = (0..importances.len()).collect();
        order.sort_by(|a, b| ascending(&-at(&importances, *a), &-at(&importances, *b)));
        order.truncate(count);
        kept = mask(importances.len(), &order);
    }
    for (kept, importance) in kept.iter_mut().zip(importances) {
        *kept &= importance >= threshold || importance.is_nan();
    }
    Ok(kept)
}

/// The norm of the coefficients of each column, over all targets or classes.
fn importances(step: &Step<'_>, estimator: &Step<'_>) -> Outcome<Vec<f64>> {
    if step.text("importance_getter").unwrap_or("auto") != "auto"
        || step
            .optional("importance_getter")
            .is_some_and(|getter| getter.text().is_none())
    {
        return Err(step.refuse(
            "its importance_getter is not \"auto\": what that would find is not in the file",
        ));
    }
    if estimator.optional("coef_").is_none() {
        return Err(estimator.refuse(
            "it has no coef_: a selection by another importance is not in the file; SelectFromModel of linear models is supported",
        ));
    }
    let (coefficients, shape) = estimator.numbers("coef_")?;
    let absolute = || coefficients.iter().map(|coefficient| coefficient.abs());
    let width = match *shape.as_slice() {
        [_] => return Ok(absolute().collect()),
        [_, width] if width > 0 => width,
        _ => return Err(estimator.wrong("coef_", "a table")),
    };
    let terms: Vec<f64> = absolute().collect();
    let by_columns = estimator.optional("coef_").and_then(Value::array);
    let by_columns = by_columns.is_some_and(|array| array.order == Order::Columns) || width == 1;
    let column = |index: usize| terms.iter().skip(index).step_by(width).copied();
    let columns = (0..width).map(|index| column(index).collect::<Vec<_>>());
    let norms = columns.map(|column| norm(step, &column, by_columns));
    norms.collect()
}

/// numpy's norm of a column of absolute numbers. What lies together in memory it adds up in pairs.
fn norm(step: &Step<'_>, column: &[f64], together: bool) -> Outcome<f64> {
    let add = |terms: &[f64]| {
        if together {
            sum(terms)
        } else {
            terms.iter().sum()
        }
    };
    let squares = || column.iter().map(|term| term * term).collect::<Vec<_>>();
    match step.optional("norm_order").and_then(Value::number) {
        None | Some(1.0) => Ok(add(column)),
        Some(2.0) => Ok(add(&squares()).sqrt()),
        Some(f64::INFINITY) => Ok(column.iter().copied().fold(0.0, f64::max)),
        Some(_) => Err(step.refuse("its norm_order is none of 1, 2 and infinity")),
    }
}

/// A number, or "mean", "median", "1.25*mean"; without it, what suits the model's penalty.
fn threshold(step: &Step<'_>, estimator: &Step<'_>, importances: &[f64]) -> Outcome<f64> {
    let text = match step.optional("threshold") {
        None if estimator.class.starts_with("MultiTaskElasticNet") => {
            return Err(step.refuse(
                "its threshold is None, which stands for different ones for this estimator in different versions",
            ));
        }
        None if has_l1_penalty(estimator) => return Ok(1e-5),
        None => "mean",
        Some(value) => match (value.text(), value.number()) {
            (Some(text), _) => text,
            (None, Some(number)) => return Ok(number),
            (None, None) => return Err(step.wrong("threshold", "a number or text")),
        },
    };
    let (scale, reference) = match text.split_once('*') {
        Some((scale, reference)) => (scale.trim().parse().ok(), reference.trim()),
        None => (Some(1.0), text),
    };
    let reference = match reference {
        "mean" => mean(importances),
        "median" => median(importances),
        _ => f64::NAN,
    };
    let threshold = scale.map_or(f64::NAN, |scale: f64| scale * reference);
    if threshold.is_nan() {
        return Err(step.refuse(format_args!("its threshold {text:?} is not known")));
    }
    Ok(threshold)
}

/// Whether small coefficients have been made 0.
fn has_l1_penalty(estimator: &Step<'_>) -> bool {
    // numpy's `isclose`.
    let is_one = |number: f64| (number - 1.0).abs() <= 1e-8 + 1e-5;
    let ratio = |name: &str| {
        let numbers = estimator
            .optional(name)
            .and_then(|_| estimator.numbers(name).ok());
        numbers.is_some_and(|(ratios, _)| ratios.into_iter().all(is_one))
    };
    let newer = |version| estimator.version().is_some_and(|own| own >= version);
    estimator.text("penalty") == Some("l1")
        || match estimator.class {
            class if class.contains("Lasso") => true,
            "ElasticNet" => newer((1, 1)) && ratio("l1_ratio"),
            "ElasticNetCV" => newer((1, 1)) && ratio("l1_ratio_"),
            "LogisticRegression" => newer((1, 8)) && ratio("l1_ratio"),
            "LogisticRegressionCV" => newer((1, 8)) && ratio("l1_ratio_"),
            _ => false,
        }
}
