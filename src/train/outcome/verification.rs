//! Rows by which a trained model verifies itself whenever it is loaded.

use crate::artifact::{Cell, Document, Encoding, Feature, Label};
use crate::train::fit::Fitted;

/// Rows by which a model of numbers verifies itself whenever it is loaded.
const VERIFICATION_ROWS: usize = 4;

/// Rows at most, where a feature has many categories.
const VERIFICATION_ROWS_MAX: usize = 16;

/// Rows in which every number is a mean, or lies a deviation above or below it, and every category has its turn:
/// they reach every coefficient, and no row of the training data leaves it with the model.
pub(super) fn rows(fitted: &Fitted, document: &Document) -> Vec<Vec<Cell>> {
    let features = document.features.iter();
    let categories = features
        .clone()
        .filter_map(|feature| feature.encoding.as_ref());
    let most = categories.map(|encoding| encoding.categories().len()).max();
    let rows = most
        .unwrap_or(0)
        .clamp(VERIFICATION_ROWS, VERIFICATION_ROWS_MAX);
    let with_missing = usize::from(
        features
            .clone()
            .any(|feature| !feature.missing.is_missing()),
    );
    (0..rows + with_missing)
        .map(|row| {
            let mut source = 0;
            let mut cells = Vec::with_capacity(document.features.len());
            for (place, feature) in document.features.iter().enumerate() {
                cells.push(if row == rows && !feature.missing.is_missing() {
                    Cell::Missing
                } else {
                    cell(fitted, feature, source, place, row)
                });
                source += feature.design_columns() - usize::from(feature.missing_indicator);
            }
            cells
        })
        .collect()
}

fn cell(fitted: &Fitted, feature: &Feature, source: usize, place: usize, row: usize) -> Cell {
    if let Some(Encoding::OneHot(one_hot)) = &feature.encoding {
        let turn = (row + place) % one_hot.categories.len().max(1);
        return match one_hot.categories.get(turn) {
            Some(Label::Boolean(value)) => Cell::Boolean(*value),
            Some(Label::Integer(number)) => Cell::Number(*number as f64),
            Some(Label::Text(text)) => Cell::Text(text.clone()),
            None => Cell::Missing,
        };
    }
    let column = fitted
        .design
        .columns
        .iter()
        .find(|column| column.source == source && !column.indicator);
    let (mean, deviation) = column.map_or((0.0, 0.0), |column| (column.mean, column.deviation));
    let sign = match row {
        0 => 0.0,
        1 => 1.0,
        2 => -1.0,
        _ if (row + place).is_multiple_of(2) => 1.0,
        _ => -1.0,
    };
    Cell::Number(mean + sign * deviation)
}
