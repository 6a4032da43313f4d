//! What a job leaves: the document of the model, metrics, and what was seen in the columns.

mod metrics;
mod path;
mod report;
mod statistics;
mod verification;

pub(super) use metrics::metrics;
pub(super) use report::{measured, report};

use std::collections::BTreeMap;

use sagelet_solver::family::Link;

use super::TrainError;
use super::fit::{Fitted, Kind};
use super::settings::{Missing, Settings};
use super::table::Schema;
use crate::artifact::{
    self, Cell, Classifier, Document, Feature, GeneralizedLinear, Linear, Logistic, Parameters,
    Threshold, ThresholdOf,
};
use crate::model::Model;

/// The document of a fitted model.
pub(super) fn document(
    fitted: &Fitted,
    schema: &Schema,
    settings: &Settings,
    provenance: BTreeMap<String, String>,
) -> Result<Document, TrainError> {
    let mut document = Document::new(features(fitted, schema, settings), parameters(fitted));
    document.other_columns.clone_from(&schema.other_columns);
    document.missing_values.clone_from(&settings.missing_values);
    document.provenance = provenance;
    document.training = Some(statistics::statistics(fitted, schema));
    document.threshold = fitted.threshold.map(|at| Threshold {
        of: ThresholdOf::Score,
        at,
        label: None,
    });
    document.covariance = fitted.covariance.as_ref().and_then(statistics::covariance);
    let model = Model::load(&document)?;
    for row in verification::rows(fitted, &document) {
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

fn parameters(fitted: &Fitted) -> Parameters {
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
            match fitted.penalty.is_none() {
                true => Parameters::LinearRegression(linear),
                false => Parameters::ElasticNet(linear),
            }
        }
    }
}
