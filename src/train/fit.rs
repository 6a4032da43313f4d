//! Ordinary least squares by linfa-linear, and what is worth knowing about the result.

use std::collections::BTreeMap;

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_linalg::qr::QR;
use linfa_linear::LinearRegression;
use ndarray::{Array1, Array2, Axis};

use super::channel::TrainingData;
use super::hyperparameters::Settings;
use crate::artifact::{Document, Feature, Linear, Parameters, Verification};
use crate::model::{Model, ModelError, PredictError};

/// Why the data determine no model.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// Fewer rows than unknowns.
    #[error(
        "{rows} rows cannot determine {unknowns} coefficients (intercept included): more rows or fewer features"
    )]
    TooFewRows {
        /// Rows of training data.
        rows: usize,
        /// Coefficients and intercept.
        unknowns: usize,
    },
    /// A column that adds nothing to those before it.
    #[error(
        "feature {name} (column {column}, counted with the label) is constant or a combination of the features \
         before it, so its coefficient is not determined: leave it out"
    )]
    Dependent {
        /// Its name, or `x0`, `x1`, …
        name: String,
        /// Its column in the files.
        column: usize,
    },
    /// As many names as features are needed.
    #[error(
        "hyperparameter feature_names has {names} names, the data have {features} features after the label"
    )]
    Names {
        /// How many names there are.
        names: usize,
        /// How many features there are.
        features: usize,
    },
    /// linfa refused.
    #[error("linfa cannot fit these data: {0}")]
    Linfa(String),
    /// The fitted model does not load.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// Fits a linear regression and describes it as a document.
pub(super) fn linear_regression(
    data: &TrainingData,
    settings: &Settings,
) -> Result<Document, FitError> {
    let features = features(data, settings)?;
    let parameters = Parameters::LinearRegression(solve(data, settings.fit_intercept, &features)?);
    let mut document = Document::new(features, parameters);
    document.provenance = provenance(data);
    let model = Model::load(&document)?;
    document.metrics = metrics(&model, data)?;
    document.verification = verification(&model, data)?;
    Ok(document)
}

fn features(data: &TrainingData, settings: &Settings) -> Result<Vec<Feature>, FitError> {
    match &settings.feature_names {
        None => Ok(vec![Feature::default(); data.features()]),
        Some(names) if names.len() == data.features() => {
            Ok(names.iter().map(Feature::named).collect())
        }
        Some(names) => Err(FitError::Names {
            names: names.len(),
            features: data.features(),
        }),
    }
}

/// Centres the columns before the fit, as scikit-learn does: linfa's own intercept is one more column of
/// ones, which costs digits where means are large against deviations.
fn solve(
    data: &TrainingData,
    fit_intercept: bool,
    features: &[Feature],
) -> Result<Linear, FitError> {
    let (rows, unknowns) = (data.rows(), data.features() + usize::from(fit_intercept));
    if rows < unknowns {
        return Err(FitError::TooFewRows { rows, unknowns });
    }
    let (means, target_mean) = if fit_intercept {
        centre(data)
    } else {
        (Array1::zeros(data.features()), 0.0)
    };
    let records = &data.records - &means;
    let targets = &data.targets - target_mean;
    check_independent(&records, &data.records, features)?;
    let fitted = LinearRegression::new()
        .with_intercept(false)
        .fit(&Dataset::new(records, targets))
        .map_err(|error| FitError::Linfa(error.to_string()))?;
    let intercept = target_mean - means.dot(fitted.params());
    Ok(Linear {
        intercept,
        coefficients: fitted.params().to_vec(),
    })
}

/// Means of the features and of the label.
fn centre(data: &TrainingData) -> (Array1<f64>, f64) {
    let features = data
        .records
        .mean_axis(Axis(0))
        .unwrap_or_else(|| Array1::zeros(data.features()));
    (features, data.targets.mean().unwrap_or(0.0))
}

/// In the QR decomposition of the records, the diagonal of R has the length of what each column adds to the
/// ones before it. A column that adds less than rounding leaves (of its length before centring) adds nothing.
fn check_independent(
    centred: &Array2<f64>,
    records: &Array2<f64>,
    features: &[Feature],
) -> Result<(), FitError> {
    let triangle = centred
        .qr()
        .map_err(|error| FitError::Linfa(error.to_string()))?
        .into_r();
    let rounding = f64::EPSILON * records.nrows().max(records.ncols()) as f64;
    for (index, (added, column)) in triangle.diag().iter().zip(records.columns()).enumerate() {
        if added.abs() <= rounding * column.dot(&column).sqrt() {
            let name = features.get(index).and_then(|feature| feature.name.clone());
            return Err(FitError::Dependent {
                name: name.unwrap_or(format!("x{index}")),
                column: index + 2,
            });
        }
    }
    Ok(())
}

fn provenance(data: &TrainingData) -> BTreeMap<String, String> {
    let entries = [
        ("producer", crate::PRODUCER.to_owned()),
        (
            "algorithm",
            "ordinary least squares, linfa-linear 0.8".to_owned(),
        ),
        ("training_files", data.files.join(", ")),
    ];
    entries
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Rows, root mean squared error and coefficient of determination on the training data.
fn metrics(model: &Model, data: &TrainingData) -> Result<BTreeMap<String, f64>, ModelError> {
    let rows = data.rows() as f64;
    let residuals = &data.targets - &predict(model, &data.records)?;
    let unexplained = residuals.dot(&residuals);
    let deviations = &data.targets - data.targets.mean().unwrap_or(0.0);
    let total = deviations.dot(&deviations);
    let mut metrics = BTreeMap::from([
        ("training_rows".to_owned(), rows),
        ("train_rmse".to_owned(), (unexplained / rows).sqrt()),
    ]);
    if total > 0.0 {
        metrics.insert("train_r2".to_owned(), 1.0 - unexplained / total);
    }
    Ok(metrics)
}

/// Rows in which every feature has its mean, or lies one standard deviation above or below it: they reach
/// every coefficient, and no row of the training data leaves it with the model.
fn verification(model: &Model, data: &TrainingData) -> Result<Verification, ModelError> {
    let (means, _) = centre(data);
    let deviations = data.records.std_axis(Axis(0), 0.0);
    let alternating =
        Array1::from_shape_fn(means.len(), |index| if index % 2 == 0 { 1.0 } else { -1.0 });
    let rows = [
        means.clone(),
        &means + &deviations,
        &means - &deviations,
        &means + &(&deviations * &alternating),
    ];
    let mut verification = Verification::default();
    for row in rows {
        let prediction = predict(model, &row.clone().insert_axis(Axis(0)))?;
        verification.push(&row.to_vec(), prediction.to_vec());
    }
    Ok(verification)
}

/// The predictions of a model with one target.
fn predict(model: &Model, rows: &Array2<f64>) -> Result<Array1<f64>, PredictError> {
    let outputs = model.predict(rows.view())?;
    Ok(outputs.single().unwrap_or_default())
}
