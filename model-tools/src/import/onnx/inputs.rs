//! The inputs of a graph as the columns of rows.

use std::collections::HashMap;
use std::rc::Rc;

use sagelet::artifact::Feature;
use sagelet::limits::FEATURES_MAX;

use super::message::{BOOLEAN, Graph, Input, Model, TEXT, UINT8};
use super::value::{Sort, Value};
use super::{OnnxError, widths};
use crate::import::linear::Cells;
use crate::shown::quoted;

/// The key of the list of the columns' names, as JSON, where a tensor of them has none.
const FEATURE_NAMES: &str = "feature_names";

/// Tensors by their names.
pub(super) type Values = HashMap<String, Rc<Value>>;

/// The cells of rows, and the tensors that are known before any node: constants and inputs.
pub(super) fn read(model: &Model) -> Result<(Cells, Values), OnnxError> {
    let graph = &model.graph;
    let inputs = with_widths(graph)?;
    let (features, places, note) = arranged(&inputs, names(model, FEATURE_NAMES));
    let mut cells = Cells::new(features);
    note.into_iter()
        .for_each(|note| cells.conversion.note(note));
    let mut values: Values = HashMap::new();
    for (name, tensor) in &graph.constants {
        values.insert(name.clone(), Rc::new(Value::Constant(tensor.clone())));
    }
    for ((input, _), features) in inputs.iter().zip(places) {
        let value = match sort(input.element) {
            Some(sort) => Value::Cells(features, sort),
            None => Value::Linear(features.into_iter().map(Cells::number).collect()),
        };
        values.insert(input.name.clone(), Rc::new(value));
    }
    Ok((cells, values))
}

/// A list of names in the metadata.
pub(super) fn names(model: &Model, key: &str) -> Option<Vec<String>> {
    serde_json::from_str(model.metadata.get(key)?).ok()
}

/// The inputs that are no constants, with the number of their columns.
fn with_widths(graph: &Graph) -> Result<Vec<(&Input, usize)>, OnnxError> {
    let inferred = widths::inferred(graph);
    let mut total = 0;
    let mut inputs = Vec::new();
    for input in &graph.inputs {
        if graph.constants.contains_key(&input.name) {
            continue;
        }
        let told = match input.shape.as_slice() {
            [_, width] => usize::try_from(*width).ok().filter(|&width| width > 0),
            _ => None,
        };
        let width = told.or_else(|| inferred.get(input.name.as_str()).copied());
        let width = width.ok_or_else(|| OnnxError::Input(quoted(&input.name)))?;
        total += width.min(FEATURES_MAX + 1);
        if width == 0 || total > FEATURES_MAX {
            return Err(OnnxError::Width(quoted(&input.name), width));
        }
        inputs.push((input, width));
    }
    Ok(inputs)
}

/// The features, those of each input, and what there is to say: the columns of all inputs side by side, or in the order
/// of the names that the metadata lists. An input of one column beside others is that column's name.
fn arranged(
    inputs: &[(&Input, usize)],
    listed: Option<Vec<String>>,
) -> (Vec<Feature>, Vec<Vec<usize>>, Option<String>) {
    let places = side_by_side(inputs);
    let width: usize = inputs.iter().map(|(_, width)| width).sum();
    let named = |names: &[String]| names.iter().map(Feature::named).collect();
    let Some(listed) = listed else {
        return (own_names(inputs), places, None);
    };
    if let ([_], true) = (inputs, listed.len() == width) {
        return (named(&listed), places, None);
    }
    let order: HashMap<&str, usize> = listed
        .iter()
        .enumerate()
        .map(|(index, name)| (name.as_str(), index))
        .collect();
    let place = |(input, width): &(&Input, usize)| {
        let place = order.get(input.name.as_str()).filter(|_| *width == 1)?;
        Some(vec![*place])
    };
    match inputs.iter().map(place).collect() {
        Some(places) if order.len() == listed.len() && listed.len() <= FEATURES_MAX => {
            (named(&listed), places, None)
        }
        _ => {
            let note =
                format!("{FEATURE_NAMES} in its metadata does not fit its inputs, and is ignored");
            (own_names(inputs), places, Some(note))
        }
    }
}

fn side_by_side(inputs: &[(&Input, usize)]) -> Vec<Vec<usize>> {
    let mut first = 0;
    let mut places = Vec::with_capacity(inputs.len());
    for (_, width) in inputs {
        places.push((first..first + width).collect());
        first += width;
    }
    places
}

fn own_names(inputs: &[(&Input, usize)]) -> Vec<Feature> {
    let mut features = Vec::new();
    for (input, width) in inputs {
        let feature = if *width == 1 && inputs.len() > 1 {
            Feature::named(&input.name)
        } else {
            Feature::default()
        };
        features.extend(vec![feature; *width]);
    }
    features
}

/// What cells of this type are; none for floating-point numbers.
fn sort(element: i64) -> Option<Sort> {
    match element {
        TEXT => Some(Sort::Text),
        BOOLEAN => Some(Sort::Boolean),
        UINT8..TEXT | 12 | 13 => Some(Sort::Integer), // 8 to 64 bits; 12 and 13 are those without a sign
        _ => None,
    }
}
