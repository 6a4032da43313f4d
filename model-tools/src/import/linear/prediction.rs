//! What a fitted model predicts, before it is written as the parameters of an artifact.

use sagelet::artifact::{
    Classifier, Document, GeneralizedLinear, InverseTransform, Isotonic, Label, Linear, Link,
    Logistic, MultiTarget, Parameters,
};

use super::columns::{Column, Conflict};
use super::conversion::Conversion;
use super::entries::Layout;

/// Scores, and what becomes of them.
#[derive(Debug, Clone)]
pub(crate) struct Prediction {
    pub(crate) kind: Kind,
    /// One a target or class; one alone for two classes.
    pub(crate) scores: Vec<Column>,
    /// Of a classifier.
    pub(crate) labels: Vec<Label>,
    /// Of a regression on a transformed target.
    pub(crate) inverse: Option<InverseTransform>,
}

/// What becomes of the scores.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
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
    pub(crate) fn regression(kind: Kind, scores: Vec<Column>) -> Self {
        Self {
            kind,
            scores,
            labels: Vec::new(),
            inverse: None,
        }
    }

    /// A classifier's.
    pub(crate) fn classes(kind: Kind, scores: Vec<Column>, labels: Vec<Label>) -> Self {
        Self {
            kind,
            scores,
            labels,
            inverse: None,
        }
    }

    /// Whether the scores are numbers that may be scaled and shifted.
    pub(crate) fn is_linear(&self) -> bool {
        matches!(self.kind, Kind::Linear | Kind::ElasticNet) && self.inverse.is_none()
    }

    /// The parameters of an artifact with the features of this conversion.
    fn parameters(&self, conversion: &Conversion, layout: &Layout) -> Result<Parameters, Conflict> {
        if let Kind::Isotonic(isotonic) = &self.kind {
            return Ok(Parameters::Isotonic(isotonic.clone()));
        }
        let (mut intercepts, mut coefficients): (Vec<_>, Vec<_>) = self
            .scores
            .iter()
            .map(|score| conversion.dense(score, layout))
            .unzip();
        if self.scores.len() != 1 {
            return self.several(intercepts, coefficients);
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
            (_, labels) => return Err(self.mismatch(labels.len())),
        })
    }

    fn several(
        &self,
        intercepts: Vec<f64>,
        coefficients: Vec<Vec<f64>>,
    ) -> Result<Parameters, Conflict> {
        let classes = self.labels.len();
        if !self.labels.is_empty() && classes != intercepts.len() {
            return Err(self.mismatch(classes));
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
            Kind::Generalized(_) | Kind::Isotonic(_) => return Err(self.mismatch(classes)),
        })
    }

    fn mismatch(&self, classes: usize) -> Conflict {
        let scores = self.scores.len();
        Conflict::new(format_args!(
            "it has {scores} lists of coefficients for {classes} classes"
        ))
    }
}

/// The document of a prediction, with the features that the conversion found for it.
pub(crate) fn document(
    mut conversion: Conversion,
    prediction: &Prediction,
) -> Result<(Document, Vec<String>), Conflict> {
    let layout = conversion.lay_out(&prediction.scores)?;
    let parameters = prediction.parameters(&conversion, &layout)?;
    let derived = conversion.entries.finish(&conversion.features, &layout);
    let mut document = Document::new(conversion.features, parameters);
    document.derived = derived;
    document.inverse_transform = prediction.inverse;
    Ok((document, conversion.notes))
}
