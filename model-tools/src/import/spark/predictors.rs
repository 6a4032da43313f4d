//! The linear models of Spark ML, and what becomes of their scores.

use sagelet::artifact::{Derived, InverseTransform, Label, Link, ThresholdOf};

use super::SparkError;
use super::columns::Columns;
use super::stage::Stage;
use crate::import::linear::{Column, Cut, Kind, Prediction, combination, normal};
use crate::import::parquet::{Table, Value};
use crate::shown::quoted;

/// What a model predicts from the columns that the stages before it make.
pub(super) fn predict(
    model: &Stage<'_>,
    columns: &mut Columns<'_, '_>,
) -> Result<Prediction, SparkError> {
    match model.name() {
        "LinearRegressionModel" => single(model, Kind::Linear, None, columns),
        // A scale that Weibull-distributed times have.
        "AFTSurvivalRegressionModel" => single(model, Kind::Generalized(Link::Log), None, columns),
        "GeneralizedLinearRegressionModel" => generalized(model, columns),
        "LogisticRegressionModel" => logistic(model, columns),
        "LinearSVCModel" => support_vectors(model, columns),
        "NaiveBayesModel" => bayes(model, columns),
        "OneVsRestModel" => one_vs_rest(model, columns),
        name if !model.class.starts_with("org.apache.spark.ml.") => {
            Err(model.refuse(format_args!(
                "{} is no class of Spark ML itself",
                quoted(
                    model
                        .class
                        .strip_suffix(name)
                        .map_or(name, |_| &model.class)
                )
            )))
        }
        "Pipeline" | "LinearRegression" | "LogisticRegression" | "CrossValidator" => {
            Err(model.refuse("it was not fitted: save what fit() returned"))
        }
        "ALSModel"
        | "LDAModel"
        | "KMeansModel"
        | "IsotonicRegressionModel"
        | "FMRegressionModel"
        | "FMClassificationModel"
        | "MultilayerPerceptronClassificationModel" => Err(model.refuse(NOT_READ)),
        name if ["Tree", "Forest", "GBT"]
            .iter()
            .any(|word| name.contains(word)) =>
        {
            Err(model.refuse("it consists of decision trees: that is not a linear model"))
        }
        _ => Err(model.refuse(NOT_READ)),
    }
}

const NOT_READ: &str = "not a model that is read: LinearRegression, LogisticRegression, GeneralizedLinearRegression, LinearSVC, NaiveBayes, OneVsRest and AFTSurvivalRegression are";

/// The vector that the model looks at.
fn features(
    model: &Stage<'_>,
    width: usize,
    columns: &mut Columns<'_, '_>,
) -> Result<Vec<Column>, SparkError> {
    let name = model.text("featuresCol").unwrap_or("features").to_owned();
    columns.vector(&name, Some(width), usize::MAX)
}

/// A score for each list of coefficients.
fn scores(
    model: &Stage<'_>,
    matrix: &[Vec<f64>],
    intercepts: &[f64],
    columns: &mut Columns<'_, '_>,
) -> Result<Vec<Column>, SparkError> {
    let width = matrix.first().map_or(0, Vec::len);
    if width == 0 || matrix.len() != intercepts.len() {
        return Err(model.without("coefficients"));
    }
    let vector = features(model, width, columns)?;
    let terms: usize = vector.iter().map(|column| column.terms.len()).sum();
    columns
        .conversion
        .spend(terms.saturating_mul(matrix.len()))?;
    let rows = matrix.iter().zip(intercepts);
    let scores = rows.map(|(weights, intercept)| combination(&vector, weights, *intercept));
    let scores: Vec<_> = scores.collect();
    let is_finite = |score: &Column| {
        score.constant.is_finite() && score.terms.iter().all(|(_, weight)| weight.is_finite())
    };
    match scores.iter().all(is_finite) {
        true => Ok(scores),
        false => Err(model.refuse("its coefficients are not all finite: it did not converge")),
    }
}

/// A model of one score.
fn single(
    model: &Stage<'_>,
    kind: Kind,
    inverse: Option<InverseTransform>,
    columns: &mut Columns<'_, '_>,
) -> Result<Prediction, SparkError> {
    let table = model.table()?;
    let (weights, intercept) = coefficients(model, &table)?;
    let scores = scores(model, &[weights], &[intercept], columns)?;
    Ok(Prediction {
        inverse,
        ..Prediction::regression(kind, scores)
    })
}

fn coefficients(model: &Stage<'_>, table: &Table) -> Result<(Vec<f64>, f64), SparkError> {
    let weights = model.vector(table, "coefficients")?;
    Ok((weights, model.value(table, "intercept")?))
}

/// A generalised linear model: which link it has is told by its family, unless it is named.
fn generalized(model: &Stage<'_>, columns: &mut Columns<'_, '_>) -> Result<Prediction, SparkError> {
    let (kind, inverse) = link(model)?;
    let mut prediction = single(model, kind, inverse, columns)?;
    let offset = model.text("offsetCol").filter(|name| !name.is_empty());
    if let Some(name) = offset {
        let offset = columns.number(name, usize::MAX)?;
        let scores = prediction.scores.pop().into_iter().chain([offset]);
        let scores: Vec<_> = scores.collect();
        prediction.scores = vec![combination(&scores, &[1.0, 1.0], 0.0)];
    }
    Ok(prediction)
}

fn link(model: &Stage<'_>) -> Result<(Kind, Option<InverseTransform>), SparkError> {
    let family = model
        .text("family")
        .unwrap_or("gaussian")
        .to_ascii_lowercase();
    let link = model.text("link").map(str::to_ascii_lowercase);
    let name = match (family.as_str(), link) {
        ("tweedie", _) => {
            let variance = model.number("variancePower").unwrap_or(0.0);
            match model.number("linkPower").unwrap_or(1.0 - variance) {
                0.0 => "log".to_owned(),
                1.0 => "identity".to_owned(),
                -1.0 => "inverse".to_owned(),
                0.5 => "sqrt".to_owned(),
                power => format!("power {power}"),
            }
        }
        (_, Some(link)) => link,
        ("gaussian", None) => "identity".to_owned(),
        ("binomial", None) => "logit".to_owned(),
        ("poisson", None) => "log".to_owned(),
        ("gamma", None) => "inverse".to_owned(),
        (family, None) => family.to_owned(),
    };
    Ok(match name.as_str() {
        "identity" => (Kind::Generalized(Link::Identity), None),
        "log" => (Kind::Generalized(Link::Log), None),
        "logit" => (Kind::Generalized(Link::Logit), None),
        "sqrt" => (Kind::Linear, Some(InverseTransform::Square)),
        "inverse" => (Kind::Linear, Some(InverseTransform::Reciprocal)),
        other => {
            return Err(model.refuse(format_args!(
                "its link is {}, and an artifact has the links identity, log, logit, square root and inverse",
                quoted(other)
            )));
        }
    })
}

/// The classes 0, 1, … as many as there are.
fn classes(count: usize) -> Vec<Label> {
    let mut labels = Vec::new();
    labels.extend((0..).take(count).map(Label::Integer));
    labels
}

fn logistic(model: &Stage<'_>, columns: &mut Columns<'_, '_>) -> Result<Prediction, SparkError> {
    let table = model.table()?;
    let (matrix, intercepts) = match table.first("coefficientMatrix") {
        Some(_) => (
            model.matrix(&table, "coefficientMatrix")?,
            model.vector(&table, "interceptVector")?,
        ),
        // Before version 2.1.
        None => {
            let (weights, intercept) = coefficients(model, &table)?;
            (vec![weights], vec![intercept])
        }
    };
    let count = table.first("numClasses").and_then(Value::count);
    let scores = scores(model, &matrix, &intercepts, columns)?;
    match (scores.len(), count) {
        (1, Some(2)) => {
            let prediction = Prediction::classes(Kind::OneVsRest, scores, classes(2));
            decided(model, prediction)
        }
        (found, Some(count)) if found == count && count > 1 => {
            check_thresholds(model)?;
            Ok(Prediction::classes(
                Kind::Multinomial,
                scores,
                classes(count),
            ))
        }
        _ => Err(model.without("numClasses")),
    }
}

/// A threshold for the second class's probability, above which it is predicted.
fn decided(model: &Stage<'_>, prediction: Prediction) -> Result<Prediction, SparkError> {
    let at = match model.numbers("thresholds").as_deref() {
        Some([first, second]) => 1.0 / (1.0 + first / second),
        _ => model.number("threshold").unwrap_or(0.5),
    };
    cut(model, prediction, ThresholdOf::Probability, at, 0.5)
}

/// Spark asks whether a number is above the threshold, an artifact whether it is that or above.
fn cut(
    model: &Stage<'_>,
    prediction: Prediction,
    of: ThresholdOf,
    at: f64,
    usual: f64,
) -> Result<Prediction, SparkError> {
    if !at.is_finite() {
        return Err(model.refuse("its threshold is not finite"));
    }
    let cut = Cut {
        of,
        at: at.next_up(),
        label: 1,
    };
    Ok(Prediction {
        threshold: (at != usual).then_some(cut),
        ..prediction
    })
}

/// Thresholds of several classes divide their probabilities, unless all are the same.
fn check_thresholds(model: &Stage<'_>) -> Result<(), SparkError> {
    let thresholds = model.numbers("thresholds").unwrap_or_default();
    match thresholds.iter().all(|threshold| Some(threshold) == thresholds.first()) {
        true => Ok(()),
        false => Err(model.refuse(
            "it has a threshold for each class, by which probabilities are divided; an artifact has none for several classes",
        )),
    }
}

fn support_vectors(
    model: &Stage<'_>,
    columns: &mut Columns<'_, '_>,
) -> Result<Prediction, SparkError> {
    let table = model.table()?;
    let (weights, intercept) = coefficients(model, &table)?;
    let scores = scores(model, &[weights], &[intercept], columns)?;
    let prediction = Prediction::classes(Kind::Classes, scores, classes(2));
    let at = model.number("threshold").unwrap_or(0.0);
    cut(model, prediction, ThresholdOf::Score, at, 0.0)
}

/// Naive Bayes: the logarithm of each class's share, and of how likely each element is in it.
fn bayes(model: &Stage<'_>, columns: &mut Columns<'_, '_>) -> Result<Prediction, SparkError> {
    let table = model.table()?;
    let priors = model.vector(&table, "pi")?;
    let theta = model.matrix(&table, "theta")?;
    check_thresholds(model)?;
    if priors.len() != theta.len() || theta.len() < 2 {
        return Err(model.without("pi or theta"));
    }
    let scores = match model.text("modelType").unwrap_or("multinomial") {
        "multinomial" => scores(model, &theta, &priors, columns)?,
        "bernoulli" => {
            let left = |log: &f64| (-log.exp()).ln_1p();
            let rows = theta.iter().zip(&priors);
            let intercepts = rows.map(|(row, prior)| prior + row.iter().map(left).sum::<f64>());
            let intercepts: Vec<f64> = intercepts.collect();
            let differences = |row: &Vec<f64>| row.iter().map(|log| log - left(log)).collect();
            let matrix: Vec<Vec<f64>> = theta.iter().map(differences).collect();
            scores(model, &matrix, &intercepts, columns)?
        }
        "gaussian" => gaussian(model, &table, &theta, &priors, columns)?,
        other => {
            return Err(model.refuse(format_args!(
                "its modelType is {}, and multinomial, bernoulli and gaussian are read",
                quoted(other)
            )));
        }
    };
    if model.text("modelType") != Some("gaussian") {
        columns.conversion.note(
            "Spark refuses rows with numbers that naive Bayes was not made for (negative ones, or others than 0 and 1); an artifact predicts for them"
                .to_owned(),
        );
    }
    let labels = classes(theta.len());
    Ok(Prediction::classes(Kind::Multinomial, scores, labels))
}

/// Normally distributed elements: their distances from each class's means, squared, by its variances.
fn gaussian(
    model: &Stage<'_>,
    table: &Table,
    means: &[Vec<f64>],
    priors: &[f64],
    columns: &mut Columns<'_, '_>,
) -> Result<Vec<Column>, SparkError> {
    let variances = model.matrix(table, "sigma")?;
    let width = means.first().map_or(0, Vec::len);
    if variances.len() != means.len() || variances.iter().any(|row| row.len() != width) {
        return Err(model.without("sigma"));
    }
    let vector = features(model, width, columns)?;
    let centres = normal::centres(means);
    let centred = columns.conversion.centred(&vector, &centres)?;
    let places = columns.conversion.refer(&centred)?;
    let of = places.into_iter().map(|place| vec![place, place]).collect();
    let squares = columns.conversion.compute(Derived::Products { of });
    let both = [centred, squares].concat();
    columns
        .conversion
        .spend(both.len().saturating_mul(means.len()))?;
    let rows = means.iter().zip(&variances).zip(priors);
    Ok(rows
        .map(|((means, variances), prior)| {
            let (weights, intercept) = normal::density(means, variances, &centres);
            combination(&both, &weights, prior + intercept)
        })
        .collect())
}

/// A model for each class; the one with the highest score is predicted.
fn one_vs_rest(model: &Stage<'_>, columns: &mut Columns<'_, '_>) -> Result<Prediction, SparkError> {
    let count = model
        .addition("numClasses")
        .and_then(serde_json::Value::as_u64);
    let count = count.and_then(|count| usize::try_from(count).ok());
    let count = count.filter(|count| (2..=1_000).contains(count));
    let count = count.ok_or_else(|| model.without("numClasses"))?;
    let (mut matrix, mut intercepts) = (Vec::new(), Vec::new());
    for number in 0..count {
        let inner = Stage::read(model.folder.inner(&format!("model_{number}")))?;
        let table = inner.table()?;
        let (weights, intercept) = match inner.name() {
            "LinearSVCModel" => coefficients(&inner, &table)?,
            "LogisticRegressionModel" => {
                let matrix = inner.matrix(&table, "coefficientMatrix")?;
                let intercepts = inner.vector(&table, "interceptVector")?;
                match (<[Vec<f64>; 1]>::try_from(matrix), intercepts.as_slice()) {
                    (Ok([weights]), [intercept]) => (weights, *intercept),
                    _ => return Err(inner.without("a model of two classes")),
                }
            }
            _ => {
                return Err(
                    inner.refuse("OneVsRest is read of LogisticRegression and LinearSVC only")
                );
            }
        };
        matrix.push(weights);
        intercepts.push(intercept);
    }
    let scores = scores(model, &matrix, &intercepts, columns)?;
    let scores = match scores.as_slice() {
        [first, second] => vec![combination(
            &[second.clone(), first.clone()],
            &[1.0, -1.0],
            0.0,
        )],
        _ => scores,
    };
    Ok(Prediction::classes(Kind::Classes, scores, classes(count)))
}
