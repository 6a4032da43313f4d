//! Regressions made of several linear regressions, which together are linear again.

use super::predictors;
use super::step::{Outcome, Step, index};
use crate::import::linear::{Column, Conversion, combination};
use crate::import::linear::{Kind, Prediction};

/// A regression of its own for every target.
pub(super) fn several(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let mut scores = Vec::new();
    for part in members(step)? {
        scores.push(score(&part, columns, conversion)?);
    }
    Ok(Prediction::regression(Kind::Linear, scores))
}

/// A regression for every target that takes the predictions for the targets before it as columns too. `order_`
/// says which target each is for.
pub(super) fn chain(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let mut columns = columns.to_vec();
    let parts = members(step)?;
    let order = order(step, parts.len())?;
    let mut scores = vec![Column::zero(); parts.len()];
    for (part, target) in parts.iter().zip(order) {
        let score = score(part, &columns, conversion)?;
        columns.push(score.clone());
        if let Some(place) = scores.get_mut(target) {
            *place = score;
        }
    }
    Ok(Prediction::regression(Kind::Linear, scores))
}

/// The mean of several regressions, by `weights` if there are any.
pub(super) fn voting(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let scores = several(step, columns, conversion)?.scores;
    let weights = match step.optional("weights") {
        Some(_) => step.column_numbers("weights", scores.len())?,
        None => vec![1.0; scores.len()],
    };
    let sum: f64 = weights.iter().sum();
    if sum == 0.0 {
        return Err(step.refuse("its weights add up to 0"));
    }
    let mean = combination(&scores, &weights, 0.0).affine(0.0, 1.0 / sum, 0.0);
    conversion.note(format!("folded {} regressions into one", scores.len()));
    Ok(Prediction::regression(Kind::Linear, vec![mean]))
}

/// The mean of regressions that were fitted to different rows, and each to some of the columns.
pub(super) fn bagging(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let parts = members(step)?;
    let mut scores = Vec::with_capacity(parts.len());
    for (part, chosen) in parts.iter().zip(chosen(step, parts.len(), columns)?) {
        scores.push(score(part, &chosen?, conversion)?);
    }
    let count = scores.len();
    let mean = combination(&scores, &vec![1.0; count], 0.0).affine(0.0, 1.0 / count as f64, 0.0);
    conversion.note(format!("folded {count} regressions into one"));
    Ok(Prediction::regression(Kind::Linear, vec![mean]))
}

/// The columns that each of `count` estimators takes, one estimator after the other: a file may say the same many columns
/// of many estimators.
pub(super) fn chosen<'c>(
    step: &'c Step<'_>,
    count: usize,
    columns: &'c [Column],
) -> Outcome<impl Iterator<Item = Outcome<Vec<Column>>> + 'c> {
    const CHOSEN: &str = "estimators_features_";
    let wrong = || step.wrong(CHOSEN, "a list of the columns of each estimator");
    let value = step.attribute(CHOSEN)?;
    let lists: Vec<_> = value.elements().map(Iterator::collect).unwrap_or_default();
    if lists.len() != count || count == 0 {
        return Err(wrong());
    }
    Ok(lists.into_iter().map(move |list| {
        let array = list.array();
        let numbers = array.and_then(|array| array.floats(list.objects()).ok());
        let places = numbers.into_iter().flatten();
        let places = places.map(|number| index(number, columns.len()));
        let chosen = places.map(|place| columns.get(place?).cloned());
        chosen.collect::<Option<Vec<_>>>().ok_or_else(wrong)
    }))
}

/// A last regression on the predictions of several, and on the columns as well with `passthrough`.
pub(super) fn stacking(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let mut stacked = several(step, columns, conversion)?.scores;
    conversion.note(format!("folded {} regressions into one", stacked.len()));
    if step.flag("passthrough", false)? {
        stacked.extend_from_slice(columns);
    }
    predictors::predict(&step.part_under("final_estimator_")?, &stacked, conversion)
}

/// The fitted estimators.
pub(super) fn members<'a>(step: &Step<'a>) -> Outcome<Vec<Step<'a>>> {
    let value = step.attribute("estimators_")?;
    let members = value
        .elements()
        .ok_or_else(|| step.wrong("estimators_", "a list"))?;
    members
        .enumerate()
        .map(|(index, member)| step.part(member, &format!("estimators_[{index}]")))
        .collect()
}

/// The score of one linear regression.
fn score(part: &Step<'_>, columns: &[Column], conversion: &mut Conversion) -> Outcome<Column> {
    let prediction = predictors::predict(part, columns, conversion)?;
    part.spend(&prediction.scores, conversion)?;
    match prediction.scores.as_slice() {
        [score] if prediction.is_linear() => Ok(score.clone()),
        _ => Err(part.refuse("it is no linear regression of one target")),
    }
}

/// The target of each regression: every target once.
fn order(step: &Step<'_>, count: usize) -> Outcome<Vec<usize>> {
    let order = step.indices("order_", count)?;
    let mut sorted = order.clone();
    sorted.sort_unstable();
    if sorted.into_iter().eq(0..count) {
        return Ok(order);
    }
    Err(step.refuse(format_args!(
        "order_ does not name each of {count} targets once"
    )))
}
