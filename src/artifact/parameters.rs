//! The fitted parameters of a model, by kind.

use serde::{Deserialize, Serialize};

use super::label::Label;

/// The fitted parameters, by kind of model. A "column" is one of the design matrix: one a feature, unless the
/// feature is encoded or has an indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Parameters {
    /// `FittedLinearRegression` of linfa-linear: prediction = intercept + Σ coefficient · cell.
    LinearRegression(Linear),
    /// `ElasticNet` of linfa-elasticnet, with ridge and lasso as its extremes. It predicts as a linear
    /// regression does; the kind tells how the coefficients were found.
    ElasticNet(Linear),
    /// `TweedieRegressor` of linfa-linear: prediction = inverse link of (intercept + Σ coefficient · cell).
    GeneralizedLinear(GeneralizedLinear),
    /// `FittedIsotonicRegression` of linfa-linear: linear interpolation between thresholds, constant outside.
    Isotonic(Isotonic),
    /// `MultiTaskElasticNet` of linfa-elasticnet: several linear regressions of the same row.
    MultiTargetRegression(MultiTarget),
    /// `FittedLogisticRegression` of linfa-logistic: the probability of the second of two classes is the
    /// logistic function of the score.
    LogisticRegression(Logistic),
    /// `MultiFittedLogisticRegression` of linfa-logistic: probabilities are the softmax of the scores.
    MultinomialLogisticRegression(Classifier),
    /// One logistic regression a class against all others: probabilities are the logistic function of each
    /// score, divided by their sum. linfa has no such type.
    OneVsRest(Classifier),
    /// A linear classifier without probabilities (support vector machine, ridge classifier, perceptron).
    /// linfa has no such type for several classes and labels of any sort.
    LinearClassifier(Classifier),
}

/// Parameters of a linear regression.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Linear {
    /// The prediction for a row of zeros.
    pub intercept: f64,
    /// One a column.
    pub coefficients: Vec<f64>,
}

/// Parameters of a generalised linear model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GeneralizedLinear {
    /// How the linear predictor and the mean are linked.
    pub link: Link,
    /// The linear predictor for a row of zeros.
    pub intercept: f64,
    /// One a column.
    pub coefficients: Vec<f64>,
}

/// Link function g of a generalised linear model: g(mean) = linear predictor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// mean = predictor
    Identity,
    /// mean = exp(predictor)
    Log,
    /// mean = 1 / (1 + exp(−predictor))
    Logit,
}

/// Parameters of an isotonic regression: a piecewise linear function of one column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Isotonic {
    /// Where the pieces meet, strictly increasing.
    pub x_thresholds: Vec<f64>,
    /// The function's values there, monotonic.
    pub y_thresholds: Vec<f64>,
}

/// Parameters of several linear regressions of the same row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MultiTarget {
    /// Names of the targets, or none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
    /// One a target.
    pub intercepts: Vec<f64>,
    /// One list a target, one number a column in it.
    pub coefficients: Vec<Vec<f64>>,
}

/// Parameters of a logistic regression between two classes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Logistic {
    /// The two classes. A score above 0 means the second one; a score of exactly 0 the first.
    pub labels: [Label; 2],
    /// The score of a row of zeros.
    pub intercept: f64,
    /// One a column.
    pub coefficients: Vec<f64>,
}

/// Parameters of a classifier with a score for each class. The class with the highest score is predicted, the
/// first of them if several are equal.
///
/// A linear classifier between two classes may have a single score instead: above 0 means the second class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Classifier {
    /// The classes.
    pub labels: Vec<Label>,
    /// One a score.
    pub intercepts: Vec<f64>,
    /// One list a score, one number a column in it.
    pub coefficients: Vec<Vec<f64>>,
}

impl Parameters {
    /// The kind's name, as the format writes it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::LinearRegression(_) => "linear-regression",
            Self::ElasticNet(_) => "elastic-net",
            Self::GeneralizedLinear(_) => "generalized-linear",
            Self::Isotonic(_) => "isotonic",
            Self::MultiTargetRegression(_) => "multi-target-regression",
            Self::LogisticRegression(_) => "logistic-regression",
            Self::MultinomialLogisticRegression(_) => "multinomial-logistic-regression",
            Self::OneVsRest(_) => "one-vs-rest",
            Self::LinearClassifier(_) => "linear-classifier",
        }
    }

    /// How many columns of the design matrix the parameters take.
    #[must_use]
    pub fn width(&self) -> usize {
        match self {
            Self::LinearRegression(linear) | Self::ElasticNet(linear) => linear.coefficients.len(),
            Self::GeneralizedLinear(generalized) => generalized.coefficients.len(),
            Self::Isotonic(_) => 1,
            Self::MultiTargetRegression(multi) => first_len(&multi.coefficients),
            Self::LogisticRegression(logistic) => logistic.coefficients.len(),
            Self::MultinomialLogisticRegression(classifier)
            | Self::OneVsRest(classifier)
            | Self::LinearClassifier(classifier) => first_len(&classifier.coefficients),
        }
    }

    /// The classes of a classifier; none for a regression.
    #[must_use]
    pub fn labels(&self) -> &[Label] {
        match self {
            Self::LogisticRegression(logistic) => &logistic.labels,
            Self::MultinomialLogisticRegression(classifier)
            | Self::OneVsRest(classifier)
            | Self::LinearClassifier(classifier) => &classifier.labels,
            _ => &[],
        }
    }

    /// Whether this is a classifier that knows probabilities.
    #[must_use]
    pub fn has_probabilities(&self) -> bool {
        matches!(
            self,
            Self::LogisticRegression(_)
                | Self::MultinomialLogisticRegression(_)
                | Self::OneVsRest(_)
        )
    }

    /// How many numbers a prediction has in the verification rows: targets of a regression, probabilities of
    /// a classifier, scores of a classifier without them.
    #[must_use]
    pub fn outputs(&self) -> usize {
        match self {
            Self::LinearRegression(_)
            | Self::ElasticNet(_)
            | Self::GeneralizedLinear(_)
            | Self::Isotonic(_) => 1,
            Self::MultiTargetRegression(multi) => multi.coefficients.len(),
            Self::LinearClassifier(classifier) => classifier.coefficients.len(),
            Self::LogisticRegression(_)
            | Self::MultinomialLogisticRegression(_)
            | Self::OneVsRest(_) => self.labels().len(),
        }
    }
}

fn first_len(table: &[Vec<f64>]) -> usize {
    table.first().map_or(0, Vec::len)
}
