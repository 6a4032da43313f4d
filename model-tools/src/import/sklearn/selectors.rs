//! Selectors of features: which columns they keep, found from what they have learnt as scikit-learn finds it.

use super::statistics::{ascending, mean, median, percentile, sum};
use super::step::{Outcome, Step};
use crate::import::linear::{Column, Conversion};
use crate::import::objects::{Order, Value};

/// The columns that the selector keeps.
pub(super) fn select(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let kept = match step.class {
        "VarianceThreshold" => variance(step)?,
        "SelectFromModel" => from_model(step)?,
        "RFE" | "RFECV" | "SequentialFeatureSelector" => support(step)?,
        "GenericUnivariateSelect" => generic(step)?,
        class => univariate(step, class, None)?,
    };
    if kept.len() != columns.len() {
        let (found, count) = (kept.len(), columns.len());
        return Err(step.refuse(format_args!(
            "it was fitted to {found} columns, and gets {count}"
        )));
    }
    let selected = columns.iter().zip(&kept).filter(|(_, kept)| **kept);
    let selected: Vec<_> = selected.map(|(column, _)| column.clone()).collect();
    conversion.note(format!(
        "kept {} of {} columns by {}; the others stay in the rows and are not looked at",
        selected.len(),
        kept.len(),
        step.class
    ));
    Ok(selected)
}

/// Which columns vary more than `threshold`.
fn variance(step: &Step<'_>) -> Outcome<Vec<bool>> {
    let (variances, _) = step.numbers("variances_")?;
    let threshold = number(step, "threshold")?;
    Ok(variances
        .into_iter()
        .map(|variance| variance > threshold)
        .collect())
}

/// The mask of those that search for the best columns.
fn support(step: &Step<'_>) -> Outcome<Vec<bool>> {
    let (support, _) = step.numbers("support_")?;
    Ok(support.into_iter().map(|kept| kept != 0.0).collect())
}

/// One of the others, by `mode`, with `param` in the place of its parameter.
fn generic(step: &Step<'_>) -> Outcome<Vec<bool>> {
    let class = match step.text("mode") {
        Some("percentile") => "SelectPercentile",
        Some("k_best") => "SelectKBest",
        Some("fpr") => "SelectFpr",
        Some("fdr") => "SelectFdr",
        Some("fwe") => "SelectFwe",
        _ => return Err(step.refuse("its mode is not known")),
    };
    univariate(step, class, Some("param"))
}

/// A test of each column on its own.
fn univariate(step: &Step<'_>, class: &str, parameter: Option<&str>) -> Outcome<Vec<bool>> {
    let alpha = |name: &'static str| number(step, parameter.unwrap_or(name));
    let p_values = || step.numbers("pvalues_").map(|(numbers, _)| numbers);
    match class {
        "SelectKBest" => k_best(step, parameter.unwrap_or("k")),
        "SelectPercentile" => best_share(step, alpha("percentile")?),
        "SelectFpr" => Ok(below(&p_values()?, alpha("alpha")?)),
        "SelectFwe" => {
            let p_values = p_values()?;
            Ok(below(&p_values, alpha("alpha")? / p_values.len() as f64))
        }
        _ => Ok(false_discoveries(&p_values()?, alpha("alpha")?)),
    }
}

fn below(p_values: &[f64], alpha: f64) -> Vec<bool> {
    p_values.iter().map(|p_value| *p_value < alpha).collect()
}

/// Scores, of which one that is NaN is less than every other.
fn scores(step: &Step<'_>) -> Outcome<Vec<f64>> {
    let (scores, _) = step.numbers("scores_")?;
    let number = |score: f64| if score.is_nan() { f64::MIN } else { score };
    Ok(scores.into_iter().map(number).collect())
}

/// The `k` highest scores. Of equal ones, the last.
fn k_best(step: &Step<'_>, parameter: &str) -> Outcome<Vec<bool>> {
    let scores = scores(step)?;
    if step.text(parameter) == Some("all") {
        return Ok(vec![true; scores.len()]);
    }
    let count = count(step, parameter)?;
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| ascending(&at(&scores, *a), &at(&scores, *b)));
    let first = scores.len().saturating_sub(count);
    Ok(mask(scores.len(), order.get(first..).unwrap_or_default()))
}

/// The scores above a percentile. Of those that equal it, the first that still fit into the share.
fn best_share(step: &Step<'_>, share: f64) -> Outcome<Vec<bool>> {
    let scores = scores(step)?;
    if share == 100.0 || share == 0.0 {
        return Ok(vec![share == 100.0; scores.len()]);
    }
    let threshold = percentile(&scores, 100.0 - share);
    let most = (scores.len() as f64 * share / 100.0).floor();
    let above = scores.iter().filter(|score| **score > threshold).count();
    let ties = scores.iter().filter(|score| **score == threshold).count();
    // A negative end of a slice in Python counts from behind.
    let room = most - above as f64;
    let mut room = if room < 0.0 { room + ties as f64 } else { room };
    let mut kept = Vec::with_capacity(scores.len());
    for score in scores {
        let fits = score == threshold && room >= 1.0;
        room -= f64::from(u8::from(fits));
        kept.push(score > threshold || fits);
    }
    Ok(kept)
}

/// The procedure of Benjamini and Hochberg: up to the largest p value that is below its rank's share of `alpha`.
fn false_discoveries(p_values: &[f64], alpha: f64) -> Vec<bool> {
    let mut sorted = p_values.to_vec();
    sorted.sort_by(ascending);
    let step = alpha / sorted.len() as f64;
    let ranked = (1..).zip(&sorted);
    let largest = ranked
        .filter(|(rank, p_value)| **p_value <= step * f64::from(*rank))
        .map(|(_, p_value)| *p_value)
        .last();
    let below = |p_value: &f64| largest.is_some_and(|largest| *p_value <= largest);
    p_values.iter().map(below).collect()
}

/// What a model finds important: not less than the threshold, and at most `max_features` columns.
fn from_model(step: &Step<'_>) -> Outcome<Vec<bool>> {
    // With `prefit`, older versions have no copy of the estimator.
    let estimator = step.part_under(step.either("estimator_", "estimator"))?;
    let importances = importances(step, &estimator)?;
    let threshold = threshold(step, &estimator, &importances)?;
    let mut kept = vec![true; importances.len()];
    if step.optional("max_features").is_some() {
        let count = count(step, step.either("max_features_", "max_features"))?;
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

fn number(step: &Step<'_>, name: &str) -> Outcome<f64> {
    let number = step.attribute(name)?.number();
    number.ok_or_else(|| step.wrong(name, "a number"))
}

fn count(step: &Step<'_>, name: &str) -> Outcome<usize> {
    let count = step.attribute(name)?.integer();
    let count = count.and_then(|count| usize::try_from(count).ok());
    count.ok_or_else(|| step.wrong(name, "a number of columns"))
}

fn at(numbers: &[f64], index: usize) -> f64 {
    numbers.get(index).copied().unwrap_or(f64::NAN)
}

fn mask(count: usize, chosen: &[usize]) -> Vec<bool> {
    let mut mask = vec![false; count];
    for &index in chosen {
        if let Some(place) = mask.get_mut(index) {
            *place = true;
        }
    }
    mask
}
