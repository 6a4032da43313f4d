//! What a fitted model predicts, before it is written as the parameters of an artifact.

use sagelet::artifact::{
    Averaged, Classifier, Document, GeneralizedLinear, InverseTransform, Isotonic, Label, Linear,
    Link, Logistic, Member, MultiTarget, Multilabel, OneVsOne, Parameters, Probabilities,
    Threshold, ThresholdOf, Ties,
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
    /// Of a classifier that decides elsewhere than at the score 0.
    pub(crate) threshold: Option<Cut>,
}

/// From which number of which of two labels on this label is predicted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cut {
    pub(crate) of: ThresholdOf,
    pub(crate) at: f64,
    /// The index of the label.
    pub(crate) label: usize,
}

/// One of several classifiers whose probabilities are averaged.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mixed {
    pub(crate) weight: f64,
    /// How many of the scores are its own.
    pub(crate) scores: usize,
    pub(crate) probabilities: Option<Probabilities>,
    pub(crate) calibration: Vec<Isotonic>,
}

impl Mixed {
    /// A member without calibration.
    pub(crate) fn new(weight: f64, scores: usize, probabilities: Option<Probabilities>) -> Self {
        Self {
            weight,
            scores,
            probabilities,
            calibration: Vec::new(),
        }
    }
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
    /// A score for every two classes, which vote.
    OneVsOne(Ties),
    /// Any number of labels, each with a score of its own; its logistic function is the probability where the link is
    /// logit.
    Multilabel(Link),
    /// Classes by the mean of these classifiers' probabilities; the scores are theirs, one classifier after the other.
    Averaged(Vec<Mixed>),
}

impl Prediction {
    /// A regression's.
    pub(crate) fn regression(kind: Kind, scores: Vec<Column>) -> Self {
        Self {
            kind,
            scores,
            labels: Vec::new(),
            inverse: None,
            threshold: None,
        }
    }

    /// A classifier's.
    pub(crate) fn classes(kind: Kind, scores: Vec<Column>, labels: Vec<Label>) -> Self {
        Self {
            kind,
            scores,
            labels,
            inverse: None,
            threshold: None,
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
        match &self.kind {
            Kind::OneVsOne(ties) => {
                return Ok(Parameters::OneVsOne(OneVsOne {
                    labels: self.labels.clone(),
                    ties: *ties,
                    intercepts,
                    coefficients,
                }));
            }
            Kind::Multilabel(link) => {
                return Ok(Parameters::Multilabel(Multilabel {
                    labels: self.labels.clone(),
                    link: *link,
                    intercepts,
                    coefficients,
                }));
            }
            Kind::Averaged(members) => {
                return Ok(self.averaged(members, intercepts, coefficients));
            }
            _ => {}
        }
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
            Kind::Generalized(_)
            | Kind::Isotonic(_)
            | Kind::OneVsOne(_)
            | Kind::Multilabel(_)
            | Kind::Averaged(_) => return Err(self.mismatch(classes)),
        })
    }

    fn averaged(
        &self,
        members: &[Mixed],
        intercepts: Vec<f64>,
        coefficients: Vec<Vec<f64>>,
    ) -> Parameters {
        let (mut intercepts, mut coefficients) = (intercepts.into_iter(), coefficients.into_iter());
        let members = members.iter().map(|member| Member {
            weight: member.weight,
            probabilities: member.probabilities,
            calibration: member.calibration.clone(),
            intercepts: intercepts.by_ref().take(member.scores).collect(),
            coefficients: coefficients.by_ref().take(member.scores).collect(),
        });
        Parameters::AveragedClassifiers(Averaged {
            members: members.collect(),
            labels: self.labels.clone(),
        })
    }

    /// The threshold as an artifact has it.
    fn threshold(&self) -> Option<Threshold> {
        let Cut { of, at, label } = self.threshold?;
        let is_second = label == 1;
        Some(Threshold {
            of,
            at,
            label: self.labels.get(label).filter(|_| !is_second).cloned(),
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
    document.threshold = prediction.threshold();
    Ok((document, conversion.notes))
}
