//! Support vector machines with a linear kernel: their vectors add up to one list of coefficients.

use super::arithmetic::{Reason, negative, spend};
use super::matrix::labels_of;
use super::message::Node;
use super::value::Value;
use crate::import::linear::{Cells, Column, combination};

/// The score of an SVMRegressor.
pub(super) fn regressor(
    node: &Node,
    columns: &[Column],
    cells: &mut Cells,
) -> Result<Vec<Column>, Reason> {
    if node.flag("one_class") {
        return Err("it tells outliers from others, which no artifact does".to_owned());
    }
    score(node, columns, cells).map(|score| vec![score])
}

/// Labels and scores of an SVMClassifier between two classes. Its score is above 0 for the first.
pub(super) fn classifier(
    node: &Node,
    columns: &[Column],
    cells: &mut Cells,
) -> Result<[Value; 2], Reason> {
    let labels = labels_of(node);
    if labels.len() != 2 {
        return Err(format!(
            "it decides between {} classes by the votes of all pairs, which is not linear",
            labels.len()
        ));
    }
    if !node.floats("prob_a").is_empty() || !node.floats("prob_b").is_empty() {
        return Err(
            "its probabilities come from pairs of classes, which no artifact has: export it without them"
                .to_owned(),
        );
    }
    let first = score(node, columns, cells)?;
    let second = negative(std::slice::from_ref(&first));
    let scores: Vec<Column> = [first].into_iter().chain(second).collect();
    Ok([Value::Class(scores.clone(), labels), Value::Linear(scores)])
}

/// Σ coefficient · (support vector · x) + rho.
fn score(node: &Node, columns: &[Column], cells: &mut Cells) -> Result<Column, Reason> {
    if !matches!(node.text("kernel_type"), "" | "LINEAR") {
        return Err(format!(
            "its kernel is {}, and only a linear one makes it a linear model",
            node.text("kernel_type")
        ));
    }
    if !matches!(node.text("post_transform"), "" | "NONE") {
        return Err(format!(
            "its post_transform is {}, and no artifact has that",
            node.text("post_transform")
        ));
    }
    let (vectors, factors) = (node.floats("support_vectors"), node.floats("coefficients"));
    let ([rho], width) = (node.floats("rho"), columns.len()) else {
        return Err("it has several constants, and one score has one".to_owned());
    };
    if factors.is_empty() || vectors.len() != factors.len().saturating_mul(width) {
        return Err(format!(
            "it has {} numbers in {} support vectors for {width} columns",
            vectors.len(),
            factors.len()
        ));
    }
    spend(cells, vectors.len())?;
    let mut weights = vec![0.0; width];
    for (vector, factor) in vectors.chunks_exact(width.max(1)).zip(factors) {
        for (weight, number) in weights.iter_mut().zip(vector) {
            *weight += factor * number;
        }
    }
    Ok(combination(columns, &weights, *rho))
}
