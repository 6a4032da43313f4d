//! `output/data/training.json`: what people look at after a job.

use std::collections::BTreeMap;

use sagelet_solver::algorithm::Quality;
use sagelet_solver::covariance::Covariance;
use serde::Serialize;

use super::metrics::metrics;
use super::statistics::LEVELS;
use crate::artifact::{Document, Encoding, Label};
use crate::train::fit::{Fitted, shown, shown_feature};
use crate::train::table::Schema;

/// Classes up to which every cell of the confusion matrix is written down.
const CONFUSION_CLASSES_MAX: usize = 100;

/// What is written to `output/data/training.json`.
#[derive(Debug, Serialize)]
pub(in crate::train) struct Report {
    columns: Vec<ColumnReport>,
    coefficients: Vec<CoefficientReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    covariance: Option<Vec<Vec<f64>>>,
    objective: f64,
    passes: usize,
    metrics: BTreeMap<String, BTreeMap<&'static str, f64>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    confusion: BTreeMap<String, Confusion>,
}

/// What was seen in a column: moments and quantiles of numbers, counts of categories.
#[derive(Debug, Serialize)]
struct ColumnReport {
    name: String,
    count: u64,
    missing: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    mean: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deviation: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum: Option<f64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    quantiles: BTreeMap<String, f64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    categories: BTreeMap<String, u64>,
}

#[derive(Debug, Serialize)]
struct CoefficientReport {
    name: String,
    values: Vec<f64>,
}

/// Sums of weights, by label (row) and predicted label (column).
#[derive(Debug, Serialize)]
struct Confusion {
    labels: Vec<Label>,
    table: Vec<Vec<f64>>,
}

impl Report {
    pub(in crate::train) fn new(
        document: &Document,
        fitted: &Fitted,
        schema: &Schema,
        channels: &[(&'static str, &Quality)],
    ) -> Self {
        Self {
            columns: columns(document, schema),
            coefficients: coefficients(fitted, schema),
            covariance: fitted.covariance.as_ref().map(rows_of),
            objective: fitted.objective,
            passes: fitted.passes,
            metrics: channels
                .iter()
                .map(|(channel, quality)| {
                    (
                        (*channel).to_owned(),
                        metrics(quality).into_iter().collect(),
                    )
                })
                .collect(),
            confusion: channels
                .iter()
                .filter_map(|(channel, quality)| {
                    Some(((*channel).to_owned(), confusion(fitted, quality)?))
                })
                .collect(),
        }
    }
}

fn columns(document: &Document, schema: &Schema) -> Vec<ColumnReport> {
    let training = document.training.iter();
    let statistics = training.flat_map(|training| &training.features);
    let features = document.features.iter().zip(statistics).enumerate();
    features
        .map(|(place, (feature, seen))| {
            let encoding = feature.encoding.as_ref();
            let labels = encoding.map_or(&[][..], Encoding::categories).iter();
            let counts = labels.map(Label::to_string).zip(seen.categories.clone());
            let quantiles = LEVELS.iter().zip(&seen.quantiles);
            ColumnReport {
                name: shown_feature(schema, place),
                count: seen.count,
                missing: seen.missing,
                mean: seen.mean,
                deviation: seen.deviation,
                minimum: seen.minimum,
                maximum: seen.maximum,
                quantiles: quantiles
                    .map(|(level, number)| (format!("{:.0}%", level * 100.0), *number))
                    .collect(),
                categories: counts.collect(),
            }
        })
        .collect()
}

fn coefficients(fitted: &Fitted, schema: &Schema) -> Vec<CoefficientReport> {
    let of_column = |column: usize| -> Vec<f64> {
        fitted
            .coefficients
            .iter()
            .filter_map(|list| list.get(column).copied())
            .collect()
    };
    let intercept = CoefficientReport {
        name: "intercept".to_owned(),
        values: fitted.intercepts.clone(),
    };
    let own = (0..fitted.design.columns.len()).map(|column| CoefficientReport {
        name: shown(&fitted.design, schema, column),
        values: of_column(column),
    });
    std::iter::once(intercept).chain(own).collect()
}

fn rows_of(covariance: &Covariance) -> Vec<Vec<f64>> {
    let table = covariance.table();
    (0..table.rows())
        .map(|row| table.row(row).to_vec())
        .collect()
}

fn confusion(fitted: &Fitted, quality: &Quality) -> Option<Confusion> {
    let Quality::Classification(quality) = quality else {
        return None;
    };
    let table = &quality.confusion;
    (table.rows() <= CONFUSION_CLASSES_MAX).then(|| Confusion {
        labels: fitted.labels.clone(),
        table: (0..table.rows())
            .map(|row| table.row(row).to_vec())
            .collect(),
    })
}
