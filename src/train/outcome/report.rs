//! `output/data/training.json`: what people look at after a job.
//!
//! It is put together as JSON: maps and structures of its own would be 60 kB of machine code for a file that is written
//! once.

use sagelet_solver::algorithm::Quality;
use sagelet_solver::table::Table;
use serde_json::{Map, Value};

use super::metrics::metrics;
use super::path::path;
use super::statistics::LEVELS;
use crate::artifact::{ColumnStatistics, Document, Encoding, Feature, Label};
use crate::train::fit::{Fitted, shown, shown_feature};
use crate::train::table::Schema;

/// Classes up to which every cell of the confusion matrix is written down.
const CONFUSION_CLASSES_MAX: usize = 100;

/// What is written to `output/data/training.json`.
pub(in crate::train) fn report(
    document: &Document,
    fitted: &Fitted,
    schema: &Schema,
    channels: &[(&'static str, Quality)],
) -> Value {
    let mut confused = Map::new();
    for (channel, quality) in channels {
        if let Some(table) = confusion(fitted, quality) {
            put(&mut confused, channel, table);
        }
    }
    let mut report = Map::new();
    put(&mut report, "columns", columns(document, schema));
    put(&mut report, "coefficients", coefficients(fitted, schema));
    if let Some(covariance) = &fitted.covariance {
        put(&mut report, "covariance", rows_of(&covariance.table()));
    }
    put(&mut report, "objective", fitted.objective.into());
    put(&mut report, "passes", fitted.passes.into());
    put(&mut report, "metrics", metrics_of(fitted, channels));
    if !confused.is_empty() {
        put(&mut report, "confusion", Value::Object(confused));
    }
    Value::Object(report)
}

/// What is written to `output/data/metrics.json`: the metrics of each channel, and the path of penalties.
pub(in crate::train) fn measured(fitted: &Fitted, channels: &[(&'static str, Quality)]) -> Value {
    let mut measured = Map::new();
    put(&mut measured, "metrics", metrics_of(fitted, channels));
    if let Some(choice) = &fitted.choice {
        put(&mut measured, "path", path(choice));
    }
    Value::Object(measured)
}

fn metrics_of(fitted: &Fitted, channels: &[(&'static str, Quality)]) -> Value {
    let mut measured = Map::new();
    for (channel, quality) in channels {
        let mut of_channel = Map::new();
        for (name, value) in metrics(quality, fitted.f_beta) {
            put(&mut of_channel, name, value.into());
        }
        put(&mut measured, channel, Value::Object(of_channel));
    }
    Value::Object(measured)
}

pub(super) fn put(map: &mut Map<String, Value>, name: &str, value: Value) {
    map.insert(name.to_owned(), value);
}

fn columns(document: &Document, schema: &Schema) -> Value {
    let training = document.training.iter();
    let statistics = training.flat_map(|training| &training.features);
    let features = document.features.iter().zip(statistics).enumerate();
    let column = |(place, (feature, seen))| column(shown_feature(schema, place), feature, seen);
    Value::Array(features.map(column).collect())
}

/// What was seen in a column: moments and quantiles of numbers, counts of categories.
fn column(name: String, feature: &Feature, seen: &ColumnStatistics) -> Value {
    let mut column = Map::new();
    put(&mut column, "name", name.into());
    put(&mut column, "count", seen.count.into());
    put(&mut column, "missing", seen.missing.into());
    for (name, number) in [
        ("mean", seen.mean),
        ("deviation", seen.deviation),
        ("minimum", seen.minimum),
        ("maximum", seen.maximum),
    ] {
        if let Some(number) = number {
            put(&mut column, name, number.into());
        }
    }
    let (mut quantiles, mut counts) = (Map::new(), Map::new());
    for (level, number) in LEVELS.iter().zip(&seen.quantiles) {
        put(
            &mut quantiles,
            &format!("{:.0}%", level * 100.0),
            (*number).into(),
        );
    }
    let encoding = feature.encoding.as_ref();
    let labels = encoding.map_or(&[][..], Encoding::categories);
    for (label, count) in labels.iter().zip(&seen.categories) {
        put(&mut counts, &label.to_string(), (*count).into());
    }
    for (name, map) in [("quantiles", quantiles), ("categories", counts)] {
        if !map.is_empty() {
            put(&mut column, name, Value::Object(map));
        }
    }
    Value::Object(column)
}

fn coefficients(fitted: &Fitted, schema: &Schema) -> Value {
    let entry = |name: String, values: Vec<Value>| {
        let mut entry = Map::new();
        put(&mut entry, "name", name.into());
        put(&mut entry, "values", Value::Array(values));
        Value::Object(entry)
    };
    let intercepts = fitted.intercepts.iter().map(|number| Value::from(*number));
    let mut entries = vec![entry("intercept".to_owned(), intercepts.collect())];
    for column in 0..fitted.design.columns.len() {
        let lists = fitted.coefficients.iter();
        let values = lists.filter_map(|list| Some(Value::from(*list.get(column)?)));
        let name = shown(&fitted.design, schema, column);
        entries.push(entry(name, values.collect()));
    }
    Value::Array(entries)
}

fn rows_of(table: &Table) -> Value {
    let row = |row: usize| {
        let numbers = table.row(row).iter();
        Value::Array(numbers.map(|number| Value::from(*number)).collect())
    };
    Value::Array((0..table.rows()).map(row).collect())
}

/// Sums of weights, by label (row) and predicted label (column).
fn confusion(fitted: &Fitted, quality: &Quality) -> Option<Value> {
    let Quality::Classification(quality) = quality else {
        return None;
    };
    let table = &quality.confusion;
    if table.rows() > CONFUSION_CLASSES_MAX {
        return None;
    }
    let labels = fitted.labels.iter().map(|label| match label {
        Label::Boolean(value) => Value::from(*value),
        Label::Integer(number) => Value::from(*number),
        Label::Text(text) => Value::from(text.as_str()),
    });
    let mut confusion = Map::new();
    put(&mut confusion, "labels", Value::Array(labels.collect()));
    put(&mut confusion, "table", rows_of(table));
    Some(Value::Object(confusion))
}
