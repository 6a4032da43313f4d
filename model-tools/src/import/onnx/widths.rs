//! How many columns an input has that does not say so: as many as the first weights that it meets.

use std::collections::HashMap;

use super::message::{Attribute, Graph, Node};

/// Operators whose result has as many columns as their input.
const KEEPS_WIDTH: [&str; 11] = [
    "Identity", "Cast", "Imputer", "Scaler", "Add", "Sub", "Mul", "Div", "Flatten", "IsNaN",
    "Where",
];

/// The shapes of constants.
type Shapes<'a> = HashMap<&'a str, Vec<i64>>;

/// The inputs whose width the weights determine.
pub(super) fn inferred(graph: &Graph) -> HashMap<&str, usize> {
    let mut shapes: Shapes<'_> = HashMap::new();
    for (name, tensor) in &graph.constants {
        shapes.insert(name, tensor.shape.clone());
    }
    let inputs = graph.inputs.iter().map(|input| input.name.as_str());
    let mut origins: HashMap<&str, &str> = inputs.map(|name| (name, name)).collect();
    let mut widths: HashMap<&str, usize> = HashMap::new();
    for node in &graph.nodes {
        let Some(output) = node.outputs.first().map(String::as_str) else {
            continue;
        };
        let origin = node
            .inputs
            .iter()
            .find_map(|name| origins.get(name.as_str()))
            .copied();
        match (origin, origin.and_then(|_| width(node, &shapes))) {
            (Some(origin), Some(width)) => {
                widths.entry(origin).or_insert(width);
            }
            (Some(origin), None) if KEEPS_WIDTH.contains(&node.operator.as_str()) => {
                origins.insert(output, origin);
            }
            (None, _) => shapes.extend(constant(node, &shapes).map(|shape| (output, shape))),
            _ => {}
        }
    }
    widths
}

/// The shape of a constant that a node makes.
fn constant(node: &Node, shapes: &Shapes<'_>) -> Option<Vec<i64>> {
    let input = || {
        node.inputs
            .first()
            .and_then(|name| shapes.get(name.as_str()))
            .cloned()
    };
    match node.operator.as_str() {
        "Constant" => node
            .attributes
            .get("value")?
            .tensor
            .as_ref()
            .map(|tensor| tensor.shape.clone()),
        "Identity" | "Cast" => input(),
        "Transpose" => input().map(|shape| shape.into_iter().rev().collect()),
        _ => None,
    }
}

/// The columns that a node takes, if what it holds says so.
fn width(node: &Node, shapes: &Shapes<'_>) -> Option<usize> {
    let shape = node
        .inputs
        .iter()
        .find_map(|name| shapes.get(name.as_str()));
    let length = |axis: usize| usize::try_from(*shape?.get(axis)?).ok();
    let count = |name: &str| node.attributes.get(name).map(|list| list.floats.len());
    let several = |count: usize| (count > 1).then_some(count);
    match node.operator.as_str() {
        "MatMul" => length(0),
        "Gemm" => length(usize::from(node.flag("transB"))),
        "Scaler" => several(count("offset")?.max(count("scale")?)),
        "Imputer" => several(count("imputed_value_floats")?),
        "LinearRegressor" => shared(count("coefficients")?, node.integer("targets").unwrap_or(1)),
        "LinearClassifier" => shared(count("coefficients")?, classes(node)?),
        "Add" | "Sub" | "Mul" | "Div" | "Where" => several(length(shape?.len().checked_sub(1)?)?),
        _ => None,
    }
}

fn classes(node: &Node) -> Option<i64> {
    let texts = node
        .attributes
        .get("classlabels_strings")
        .map(|list| list.texts.len());
    let integers = |list: &Attribute| list.integers.len();
    let count = texts.or_else(|| node.attributes.get("classlabels_ints").map(integers))?;
    i64::try_from(count).ok()
}

fn shared(coefficients: usize, scores: i64) -> Option<usize> {
    let scores = usize::try_from(scores).ok().filter(|scores| *scores > 0)?;
    coefficients
        .is_multiple_of(scores)
        .then_some(coefficients / scores)
}
