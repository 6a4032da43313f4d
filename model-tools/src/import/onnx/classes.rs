//! Labels and probabilities.

use sagelet::artifact::Label;

use super::arithmetic::{Reason, negative, numbers, spend, spread};
use super::encoding::missing_features;
use super::matrix;
use super::message::{BOOLEAN, Node, Tensor};
use super::shapes;
use super::value::Value;
use crate::import::index::whole_index;
use crate::import::linear::{Cells, Column, combination};

/// One tensor where a condition holds, another one elsewhere.
pub(super) fn choice(
    condition: &Value,
    yes: &Value,
    no: &Value,
    cells: &mut Cells,
) -> Result<Value, Reason> {
    match (condition, yes, no) {
        (Value::NaN(asked), Value::Constant(fills), Value::Linear(columns)) => {
            let features = missing_features(asked, cells)?;
            let fills = spread(numbers(fills)?, columns.len())?;
            let same = |(column, feature): (&Column, &usize)| {
                cells
                    .cell_for(column, 0.0)
                    .is_some_and(|(own, _)| own == *feature)
            };
            if features.len() != columns.len() || !columns.iter().zip(&features).all(same) {
                return Err("it fills in other cells than those that it looks at".to_owned());
            }
            matrix::fill(columns, &fills, cells).map(Value::Linear)
        }
        (Value::LogisticSumIsPositive(sum), Value::Shares(scores), Value::Constant(alike))
        | (Value::LogisticSumIsZero(sum), Value::Constant(alike), Value::Shares(scores)) => {
            let share = 1.0 / scores.len() as f64;
            if sum != scores || numbers(alike)?.iter().any(|number| *number != share) {
                return Err("where all probabilities are 0 an artifact has them all alike, and this has not".to_owned());
            }
            Ok(Value::Shares(scores.clone()))
        }
        (Value::NaN(asked), Value::Constant(outside), Value::Above(_) | Value::Highest(_)) => {
            without_label(asked, numbers(outside)?, no)
        }
        // A missing cell stays one.
        (Value::NaN(asked), Value::Linear(cell), Value::Curved(_, columns))
            if asked == cell && cell == columns =>
        {
            Ok(no.clone())
        }
        (Value::Missing(features), Value::Constant(yes), Value::Constant(no))
            if is_all(numbers(yes)?, f64::is_nan) && is_all(numbers(no)?, |zero| zero == 0.0) =>
        {
            features
                .iter()
                .for_each(|feature| cells.must_be_there(*feature));
            Ok(Value::Linear(vec![Column::zero(); features.len()]))
        }
        (Value::Above(score), Value::Constant(yes), Value::Constant(no)) => {
            two_classes(score, &[labels_of(no)?, labels_of(yes)?].concat())
        }
        _ => Err(format!(
            "it chooses between {yes} and {no} by {condition}, which no linear model does"
        )),
    }
}

fn is_all(numbers: &[f64], is: fn(f64) -> bool) -> bool {
    numbers.iter().all(|number| is(*number))
}

/// The place of a label, which is past the last one where a score is NaN: an artifact has no prediction there anyway.
fn without_label(asked: &[Column], outside: &[f64], place: &Value) -> Result<Value, Reason> {
    let (score, labels) = match place {
        Value::Above(score) => (score.clone(), 2),
        Value::Highest(scores) => {
            let ones = vec![1.0; scores.len()];
            (combination(scores, &ones, 0.0), scores.len())
        }
        _ => (Column::zero(), 0),
    };
    if asked != [score] || !outside.iter().all(|number| *number >= labels as f64) {
        return Err("it gives a label where a score is NaN, and an artifact has none".to_owned());
    }
    Ok(place.clone())
}

/// The place of the highest score.
pub(super) fn highest(node: &Node, value: &Value) -> Result<Value, Reason> {
    let scores = match value {
        Value::Linear(scores) | Value::Softmax(scores) | Value::Shares(scores) => {
            Some(scores.as_slice())
        }
        other => other.of_logistic(),
    };
    let scores = scores.filter(|_| {
        node.integer("axis").is_some_and(shapes::is_by_column) && !node.flag("select_last_index")
    });
    let scores = scores.ok_or_else(|| {
        "it looks for something else than the first highest score of each row".to_owned()
    })?;
    Ok(Value::Highest(scores.to_vec()))
}

/// Labels by the place of the highest score, or columns by their numbers.
pub(super) fn gathered(
    node: &Node,
    from: &Value,
    places: &Value,
    cells: &mut Cells,
) -> Result<Value, Reason> {
    let axis = match node.operator.as_str() {
        "Gather" => node.integer("axis").unwrap_or(0),
        _ => 1, // ArrayFeatureExtractor takes from the last axis
    };
    match (from, places) {
        (Value::Constant(labels), Value::Highest(scores)) => {
            Ok(Value::Class(scores.clone(), labels_of(labels)?))
        }
        (Value::Constant(labels), Value::Above(score)) => two_classes(score, &labels_of(labels)?),
        (Value::Linear(columns), Value::Constant(places)) if shapes::is_by_column(axis) => {
            chosen(columns, places, cells).map(Value::Linear)
        }
        (Value::Cells(features, sort), Value::Constant(places)) if shapes::is_by_column(axis) => {
            chosen(features, places, cells).map(|features| Value::Cells(features, *sort))
        }
        _ => Err(format!(
            "it takes from {from} by {places}, which no linear model does"
        )),
    }
}

fn chosen<T: Clone>(columns: &[T], places: &Tensor, cells: &mut Cells) -> Result<Vec<T>, Reason> {
    spend(cells, places.numbers.len())?;
    let at = |place: &f64| {
        let place = if *place < 0.0 {
            place + columns.len() as f64
        } else {
            *place
        };
        columns.get(whole_index(place)?).cloned()
    };
    let chosen: Option<Vec<T>> = places.numbers.iter().map(at).collect();
    chosen.ok_or_else(|| format!("it takes a column that is none of the {}", columns.len()))
}

/// The second of two labels where a score is above 0.
fn two_classes(score: &Column, labels: &[Label]) -> Result<Value, Reason> {
    if labels.len() != 2 {
        return Err(format!(
            "it chooses one of {} labels by one score",
            labels.len()
        ));
    }
    let scores = negative(std::slice::from_ref(score))
        .into_iter()
        .chain([score.clone()]);
    Ok(Value::Class(scores.collect(), labels.to_vec()))
}

/// Probabilities divided by their sum.
pub(super) fn shares(value: &Value) -> Result<Value, Reason> {
    match (value, value.of_logistic()) {
        (_, Some(columns)) => Ok(Value::Shares(columns.to_vec())),
        (Value::Softmax(_) | Value::Shares(_), _) => Ok(value.clone()),
        (other, _) => Err(format!(
            "it divides {other} by their sum, which is not linear"
        )),
    }
}

fn labels_of(tensor: &Tensor) -> Result<Vec<Label>, Reason> {
    if !tensor.texts.is_empty() {
        return Ok(tensor.texts.iter().cloned().map(Label::Text).collect());
    }
    let whole = |number: &f64| match tensor.element {
        BOOLEAN => Some(Label::Boolean(*number != 0.0)),
        _ => Label::of_whole(*number),
    };
    let labels: Option<Vec<Label>> = tensor.numbers.iter().map(whole).collect();
    labels.ok_or_else(|| "its labels are no whole numbers of at most 53 bits".to_owned())
}
