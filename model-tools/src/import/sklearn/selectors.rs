//! Selectors of features: which columns they keep, found from what they have learnt as scikit-learn finds it.

use super::from_model::from_model;
use super::statistics::{ascending, at, mask, percentile};
use super::step::{Outcome, Step};
use crate::import::linear::{Column, Conversion};

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
    let count = step.count(parameter)?;
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

/// A parameter that is a number.
fn number(step: &Step<'_>, name: &str) -> Outcome<f64> {
    let number = step.attribute(name)?.number();
    number.ok_or_else(|| step.wrong(name, "a number"))
}
