//! What a job leaves: the document of the model, metrics, and what was seen in the columns.

use std::collections::BTreeMap;

use sagelet_solver::algorithm::Quality;
use sagelet_solver::family::Link;
use sagelet_solver::table::Table;
use sagelet_solver::tally::{Classification, Regression};
use serde::Serialize;

use super::TrainError;
use super::fit::{Fitted, Kind, shown};
use super::settings::{Missing, Settings};
use super::table::Schema;
use crate::artifact::{
    self, Cell, Classifier, Document, Encoding, Feature, GeneralizedLinear, Label, Linear,
    Logistic, Parameters,
};
use crate::model::Model;

/// Rows by which a model of numbers verifies itself whenever it is loaded.
const VERIFICATION_ROWS: usize = 4;

/// Rows at most, where a feature has many categories.
const VERIFICATION_ROWS_MAX: usize = 16;

/// Classes up to which every cell of the confusion matrix is written down.
const CONFUSION_CLASSES_MAX: usize = 100;

/// Unknowns up to which their covariance is written down.
const COVARIANCE_UNKNOWNS_MAX: usize = 500;

/// The document of a fitted model.
pub(super) fn document(
    fitted: &Fitted,
    schema: &Schema,
    settings: &Settings,
    provenance: BTreeMap<String, String>,
) -> Result<Document, TrainError> {
    let mut document = Document::new(
        features(fitted, schema, settings),
        parameters(fitted, settings),
    );
    document.other_columns.clone_from(&schema.other_columns);
    document.missing_values.clone_from(&settings.missing_values);
    document.provenance = provenance;
    let model = Model::load(&document)?;
    for row in verification_rows(fitted, &document) {
        let prediction = model
            .predict_row(&row)
            .map_err(crate::model::ModelError::from)?;
        if prediction.iter().all(|number| number.is_finite()) {
            document.verification.rows.push(row);
            document.verification.predictions.push(prediction);
        }
    }
    Ok(document)
}

/// The features with what stands in for their missing cells.
fn features(fitted: &Fitted, schema: &Schema, settings: &Settings) -> Vec<Feature> {
    let mut features = schema.features.clone();
    let mut source = 0;
    for feature in &mut features {
        let width = feature.design_columns();
        if feature.encoding.is_none() {
            let own = fitted
                .design
                .columns
                .iter()
                .filter(|column| column.source == source);
            let fill = own
                .clone()
                .find(|column| !column.indicator)
                .map(|column| column.fill);
            feature.missing = match (settings.missing, fill) {
                (Missing::Refuse, _) | (_, None) => Cell::Missing,
                (_, Some(fill)) => Cell::Number(fill),
            };
            feature.missing_indicator = own.clone().any(|column| column.indicator);
        }
        source += width;
    }
    features
}

fn parameters(fitted: &Fitted, settings: &Settings) -> Parameters {
    let intercept = fitted.intercepts.first().copied().unwrap_or(0.0);
    let coefficients = fitted.coefficients.first().cloned().unwrap_or_default();
    match (fitted.kind, fitted.labels.as_slice()) {
        (Kind::Logistic, [first, second]) => Parameters::LogisticRegression(Logistic {
            labels: [first.clone(), second.clone()],
            intercept,
            coefficients,
        }),
        (Kind::Softmax | Kind::Logistic, labels) => {
            Parameters::MultinomialLogisticRegression(Classifier {
                labels: labels.to_vec(),
                intercepts: fitted.intercepts.clone(),
                coefficients: fitted.coefficients.clone(),
            })
        }
        (Kind::Generalized(_, link), _) => Parameters::GeneralizedLinear(GeneralizedLinear {
            link: match link {
                Link::Identity => artifact::Link::Identity,
                Link::Log => artifact::Link::Log,
            },
            intercept,
            coefficients,
        }),
        (Kind::LeastSquares, _) => {
            let linear = Linear {
                intercept,
                coefficients,
            };
            if settings.l1 > 0.0 || settings.wd > 0.0 {
                Parameters::ElasticNet(linear)
            } else {
                Parameters::LinearRegression(linear)
            }
        }
    }
}

/// Rows in which every number is a mean, or lies a deviation above or below it, and every category has its turn:
/// they reach every coefficient, and no row of the training data leaves it with the model.
fn verification_rows(fitted: &Fitted, document: &Document) -> Vec<Vec<Cell>> {
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
                    verification_cell(fitted, feature, source, place, row)
                });
                source += feature.design_columns() - usize::from(feature.missing_indicator);
            }
            cells
        })
        .collect()
}

fn verification_cell(
    fitted: &Fitted,
    feature: &Feature,
    source: usize,
    place: usize,
    row: usize,
) -> Cell {
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

/// Metrics of a channel by their names: short ones, and those of Linear Learner that mean the same.
pub(super) fn metrics(quality: &Quality) -> Vec<(&'static str, f64)> {
    let metrics = match quality {
        Quality::Regression(quality) => of_numbers(quality),
        Quality::Classification(quality) => of_classes(quality),
    };
    metrics
        .into_iter()
        .filter(|(_, value)| value.is_finite())
        .collect()
}

fn of_numbers(quality: &Regression) -> Vec<(&'static str, f64)> {
    let mean_square = quality.squares / quality.weight;
    vec![
        ("rmse", mean_square.sqrt()),
        ("mse", mean_square),
        ("mae", quality.magnitudes / quality.weight),
        ("absolute_loss", quality.magnitudes / quality.weight),
        ("r2", quality.r2().unwrap_or(f64::NAN)),
        ("deviance", 2.0 * quality.loss / quality.weight),
    ]
}

fn of_classes(quality: &Classification) -> Vec<(&'static str, f64)> {
    let log_loss = quality.loss / quality.weight;
    let mut metrics = vec![("log_loss", log_loss), ("accuracy", quality.accuracy())];
    if quality.confusion.rows() == 2 {
        let (precision, recall, f1) = quality.precision_recall_f1(1);
        let auc = quality.auc().unwrap_or(f64::NAN);
        metrics.extend([
            ("auc", auc),
            ("f1", f1),
            ("precision", precision),
            ("recall", recall),
            ("binary_classification_accuracy", quality.accuracy()),
            ("binary_f_beta", f1),
            ("roc_auc_score", auc),
        ]);
    } else {
        let (precision, recall, f1) = quality.macro_precision_recall_f1();
        metrics.extend([
            ("f1", f1),
            ("multiclass_accuracy", quality.accuracy()),
            ("macro_precision", precision),
            ("macro_recall", recall),
            ("macro_f_beta", f1),
        ]);
    }
    metrics
}

/// What is written to `output/data/training.json`.
#[derive(Debug, Serialize)]
pub(super) struct Report {
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

#[derive(Debug, Serialize)]
struct ColumnReport {
    name: String,
    count: u64,
    missing: u64,
    mean: f64,
    deviation: f64,
    minimum: f64,
    maximum: f64,
    quantiles: BTreeMap<&'static str, f64>,
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
    pub(super) fn new(
        fitted: &Fitted,
        schema: &Schema,
        channels: &[(&'static str, &Quality)],
    ) -> Self {
        Self {
            columns: columns(fitted, schema),
            coefficients: coefficients(fitted, schema),
            covariance: fitted.covariance.as_ref().and_then(rows_of),
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

fn columns(fitted: &Fitted, schema: &Schema) -> Vec<ColumnReport> {
    let shares = [
        ("1%", 0.01),
        ("5%", 0.05),
        ("25%", 0.25),
        ("50%", 0.5),
        ("75%", 0.75),
        ("95%", 0.95),
        ("99%", 0.99),
    ];
    let own = |index: &usize| {
        !fitted
            .design
            .columns
            .get(*index)
            .is_some_and(|column| column.indicator)
    };
    let designed = (0..fitted.design.columns.len()).filter(own);
    designed
        .zip(&fitted.summary.columns)
        .map(|(index, seen)| {
            let column = fitted.design.columns.get(index);
            let quantile = |(name, share)| Some((name, seen.sketch.quantile(share)?));
            ColumnReport {
                name: shown(&fitted.design, schema, index),
                count: seen.count,
                missing: seen.missing,
                mean: column.map_or(0.0, |column| column.mean),
                deviation: column.map_or(0.0, |column| column.deviation),
                minimum: if seen.count > 0 { seen.minimum } else { 0.0 },
                maximum: if seen.count > 0 { seen.maximum } else { 0.0 },
                quantiles: shares.into_iter().filter_map(quantile).collect(),
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

/// The rows of a covariance, if they are not too many to be read.
fn rows_of(covariance: &Table) -> Option<Vec<Vec<f64>>> {
    let few = covariance.rows() <= COVARIANCE_UNKNOWNS_MAX;
    few.then(|| {
        (0..covariance.rows())
            .map(|row| covariance.row(row).to_vec())
            .collect()
    })
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
