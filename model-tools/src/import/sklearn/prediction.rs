//! What a fitted model predicts, before it is written as the parameters of an artifact.

use sagelet::artifact::{
    Classifier, GeneralizedLinear, InverseTransform, Isotonic, Label, Linear, Link, Logistic,
    MultiTarget, Parameters,
};

use super::columns::{Column, Conversion, combination};
use super::step::{Outcome, Step};

/// Scores, and what becomes of them.
#[derive(Debug, Clone)]
pub(super) struct Prediction {
    pub(super) kind: Kind,
    /// One a target or class; one alone for two classes.
    pub(super) scores: Vec<Column>,
    /// Of a classifier.
    pub(super) labels: Vec<Label>,
    /// Of a regression on a transformed target.
    pub(super) inverse: Option<InverseTransform>,
}

/// What becomes of the scores.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// They are the predictions.
    Linear,
    /// They are the predictions; the coefficients were found with a penalty.
    ElasticNet,
    /// The inverse link of them is the prediction.
    Generalized(Link),
    /// A piecewise linear function of the single score is the prediction.
    Isotonic(Isotonic),
    /// Classes with the logistic function of the single score as the probability of the second, or of several
    /// scores divided by their sum.
    OneVsRest,
    /// Classes with the softmax of the scores as probabilities.
    Multinomial,
    /// Classes without probabilities.
    Classes,
}

impl Prediction {
    /// A regression's.
    pub(super) fn regression(kind: Kind, scores: Vec<Column>) -> Self {
        Self {
            kind,
            scores,
            labels: Vec::new(),
            inverse: None,
        }
    }

    /// A classifier's.
    pub(super) fn classes(kind: Kind, scores: Vec<Column>, labels: Vec<Label>) -> Self {
        Self {
            kind,
            scores,
            labels,
            inverse: None,
        }
    }

    /// Whether the scores are numbers that may be scaled and shifted.
    pub(super) fn is_linear(&self) -> bool {
        matches!(self.kind, Kind::Linear | Kind::ElasticNet) && self.inverse.is_none()
    }

    /// The parameters of an artifact with the features of this conversion.
    pub(super) fn parameters(
        &self,
        step: &Step<'_>,
        conversion: &Conversion,
    ) -> Outcome<Parameters> {
        if let Kind::Isotonic(isotonic) = &self.kind {
            return Ok(Parameters::Isotonic(isotonic.clone()));
        }
        let (mut intercepts, mut coefficients): (Vec<_>, Vec<_>) = self
            .scores
            .iter()
            .map(|score| conversion.dense(score))
            .unzip();
        if self.scores.len() != 1 {
            return self.several(step, intercepts, coefficients);
        }
        let (intercept, coefficients) = (
            intercepts.pop().unwrap_or_default(),
            coefficients.pop().unwrap_or_default(),
        );
        let linear = Linear {
            intercept,
            coefficients,
        };
        Ok(match (&self.kind, self.labels.as_slice()) {
            (Kind::Generalized(link), _) => Parameters::GeneralizedLinear(GeneralizedLinear {
                link: *link,
                intercept: linear.intercept,
                coefficients: linear.coefficients,
            }),
            (Kind::OneVsRest, [first, second]) => Parameters::LogisticRegression(Logistic {
                labels: [first.clone(), second.clone()],
                intercept: linear.intercept,
                coefficients: linear.coefficients,
            }),
            (Kind::Classes, labels @ [_, _]) => Parameters::LinearClassifier(Classifier {
                labels: labels.to_vec(),
                intercepts: vec![linear.intercept],
                coefficients: vec![linear.coefficients],
            }),
            (Kind::ElasticNet, []) => Parameters::ElasticNet(linear),
            (Kind::Linear, []) => Parameters::LinearRegression(linear),
            (_, labels) => return Err(self.mismatch(step, labels.len())),
        })
    }

    fn several(
        &self,
        step: &Step<'_>,
        intercepts: Vec<f64>,
        coefficients: Vec<Vec<f64>>,
    ) -> Outcome<Parameters> {
        let classes = self.labels.len();
        if !self.labels.is_empty() && classes != intercepts.len() {
            return Err(self.mismatch(step, classes));
        }
        let classifier = |intercepts, coefficients| Classifier {
            labels: self.labels.clone(),
            intercepts,
            coefficients,
        };
        Ok(match self.kind {
            Kind::Linear | Kind::ElasticNet => Parameters::MultiTargetRegression(MultiTarget {
                targets: Vec::new(),
                intercepts,
                coefficients,
            }),
            Kind::Multinomial => {
                Parameters::MultinomialLogisticRegression(classifier(intercepts, coefficients))
            }
            Kind::OneVsRest => Parameters::OneVsRest(classifier(intercepts, coefficients)),
            Kind::Classes => Parameters::LinearClassifier(classifier(intercepts, coefficients)),
            Kind::Generalized(_) | Kind::Isotonic(_) => return Err(self.mismatch(step, classes)),
        })
    }

    fn mismatch(&self, step: &Step<'_>, classes: usize) -> super::step::Refusal {
        let scores = self.scores.len();
        step.refuse(format_args!(
            "it has {scores} lists of coefficients for {classes} classes"
        ))
    }
}

/// The scores of an estimator with `coef_` and `intercept_`, one for each list of coefficients.
pub(super) fn scores(step: &Step<'_>, columns: &[Column]) -> Outcome<Vec<Column>> {
    let table = step.table("coef_")?;
    let intercepts = intercepts(step, table.len())?;
    check_width(step, &table, columns)?;
    let rows = table.iter().zip(intercepts);
    Ok(rows
        .map(|(coefficients, intercept)| combination(columns, coefficients, intercept))
        .collect())
}

/// One intercept a score. Without an intercept some estimators hold a single 0.
pub(super) fn intercepts(step: &Step<'_>, count: usize) -> Outcome<Vec<f64>> {
    let (intercepts, _) = step.numbers("intercept_")?;
    match intercepts.as_slice() {
        [single] => Ok(vec![*single; count]),
        several if several.len() == count => Ok(intercepts),
        several => Err(step.refuse(format_args!(
            "intercept_ has {} numbers for {count} lists of coefficients",
            several.len()
        ))),
    }
}

/// Checks that a table of coefficients has one for each column.
pub(super) fn check_width(step: &Step<'_>, table: &[Vec<f64>], columns: &[Column]) -> Outcome<()> {
    let (width, count) = (table.first().map_or(0, Vec::len), columns.len());
    if width == count {
        Ok(())
    } else {
        Err(step.refuse(format_args!(
            "it has {width} coefficients for {count} columns"
        )))
    }
}
