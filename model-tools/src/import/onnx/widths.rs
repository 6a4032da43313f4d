//! How many columns an input has that does not say so: as many as the first weights that it meets.

use std::collections::HashMap;

use super::message::{Attribute, Graph, Node, Tensor};

/// Operators whose result has as many columns as their first input.
const KEEPS_WIDTH: [&str; 9] = [
    "Identity", "Cast", "Imputer", "Scaler", "Add", "Sub", "Mul", "Div", "Flatten",
];

/// The inputs whose width the weights determine.
pub(super) fn inferred(graph: &Graph) -> HashMap<&str, usize> {
    let mut origins: HashMap<&str, &str> = HashMap::new();
    let mut widths: HashMap<&str, usize> = HashMap::new();
    for input in &graph.inputs {
        origins.insert(&input.name, &input.name);
    }
    for node in &graph.nodes {
        let Some(&origin) = node
            .inputs
            .iter()
            .find_map(|name| origins.get(name.as_str()))
        else {
            continue;
        };
        if let Some(width) = width(node, graph) {
            widths.entry(origin).or_insert(width);
        } else if KEEPS_WIDTH.contains(&node.operator.as_str()) {
            origins.extend(node.outputs.first().map(|output| (output.as_str(), origin)));
        }
    }
    widths
}

/// The columns that a node takes, if what it holds says so.
fn width(node: &Node, graph: &Graph) -> Option<usize> {
    let constant = node
        .inputs
        .iter()
        .find_map(|name| graph.constants.get(name));
    let count = |name: &str| node.attributes.get(name).map(|list| list.floats.len());
    let flag = |name: &str| node.attributes.get(name).and_then(|flag| flag.integer);
    let several = |count: usize| (count > 1).then_some(count);
    match node.operator.as_str() {
        "MatMul" => length(constant?, 0),
        "Gemm" => length(constant?, usize::from(flag("transB").unwrap_or(0) != 0)),
        "Scaler" => several(count("offset")?.max(count("scale")?)),
        "Imputer" => several(count("imputed_value_floats")?),
        "LinearRegressor" => shared(count("coefficients")?, flag("targets").unwrap_or(1)),
        "LinearClassifier" => {
            let classes = node
                .attributes
                .get("classlabels_strings")
                .map(|list| list.texts.len());
            let integers = |list: &Attribute| list.integers.len();
            let classes =
                classes.or_else(|| node.attributes.get("classlabels_ints").map(integers))?;
            shared(count("coefficients")?, i64::try_from(classes).ok()?)
        }
        "Add" | "Sub" | "Mul" | "Div" => several(constant?.row()?.len()),
        _ => None,
    }
}

fn length(matrix: &Tensor, axis: usize) -> Option<usize> {
    usize::try_from(*matrix.shape.get(axis)?).ok()
}

fn shared(coefficients: usize, scores: i64) -> Option<usize> {
    let scores = usize::try_from(scores).ok().filter(|scores| *scores > 0)?;
    coefficients
        .is_multiple_of(scores)
        .then_some(coefficients / scores)
}
