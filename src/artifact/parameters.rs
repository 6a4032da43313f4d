//! The fitted parameters of a model, by kind.

mod form;

use super::label::Label;

/// The fitted parameters, by kind of model. A "column" is one of the design matrix: one a feature, unless the
/// feature is encoded or has an indicator.
#[derive(Debug, Clone, PartialEq)]
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
    /// A linear score for every two of several classes, which vote. linfa has no such type.
    OneVsOne(OneVsOne),
    /// Any number of labels for each row: each is predicted where its own score is above 0. linfa has no such type.
    Multilabel(Multilabel),
    /// A classifier whose probabilities are the mean of those of several linear classifiers. linfa has no such type.
    AveragedClassifiers(Averaged),
}

/// Parameters of a linear regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// The prediction for a row of zeros.
    pub intercept: f64,
    /// One a column.
    pub coefficients: Vec<f64>,
}

/// Parameters of a generalised linear model.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneralizedLinear {
    /// How the linear predictor and the mean are linked.
    pub link: Link,
    /// The linear predictor for a row of zeros.
    pub intercept: f64,
    /// One a column.
    pub coefficients: Vec<f64>,
}

/// Link function g of a generalised linear model: g(mean) = linear predictor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// mean = predictor
    Identity,
    /// mean = exp(predictor)
    Log,
    /// mean = 1 / (1 + exp(−predictor))
    Logit,
}

/// Parameters of an isotonic regression: a piecewise linear function of one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Isotonic {
    /// Where the pieces meet, strictly increasing.
    pub x_thresholds: Vec<f64>,
    /// The function's values there, monotonic.
    pub y_thresholds: Vec<f64>,
}

/// Parameters of several linear regressions of the same row.
#[derive(Debug, Clone, PartialEq)]
pub struct MultiTarget {
    /// Names of the targets, or none.
    pub targets: Vec<String>,
    /// One a target.
    pub intercepts: Vec<f64>,
    /// One list a target, one number a column in it.
    pub coefficients: Vec<Vec<f64>>,
}

/// Parameters of a logistic regression between two classes.
#[derive(Debug, Clone, PartialEq)]
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
#[derive(Debug, Clone, PartialEq)]
pub struct Classifier {
    /// The classes.
    pub labels: Vec<Label>,
    /// One a score.
    pub intercepts: Vec<f64>,
    /// One list a score, one number a column in it.
    pub coefficients: Vec<Vec<f64>>,
}

/// Parameters of a classifier with a score for every two of its classes: of labels 0, 1 and 2 for 0 and 1, 0 and 2, 1
/// and 2. A score above 0 is a vote for the second of the two.
#[derive(Debug, Clone, PartialEq)]
pub struct OneVsOne {
    /// The classes, at least three.
    pub labels: Vec<Label>,
    /// Which class is predicted where several have as many votes.
    pub ties: Ties,
    /// One per pair.
    pub intercepts: Vec<f64>,
    /// One list per pair, one number per column in it.
    pub coefficients: Vec<Vec<f64>>,
}

/// Which class is predicted where several have the most votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ties {
    /// The first of them. A score of exactly 0 is a vote for the second of its two classes, as LIBSVM has it.
    First,
    /// The one with the largest sum of scores for it. A score of exactly 0 is a vote for the first of its two classes.
    Confidence,
}

/// Parameters of a classifier that predicts each of its labels or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Multilabel {
    /// The labels.
    pub labels: Vec<Label>,
    /// `logit`: the probability of a label is the logistic function of its score. `identity`: there are none.
    pub link: Link,
    /// One per label.
    pub intercepts: Vec<f64>,
    /// One list per label, one number per column in it.
    pub coefficients: Vec<Vec<f64>>,
}

/// Parameters of a classifier whose probabilities are the weighted mean of its members'. The class with the highest
/// probability is predicted, the first of them if several are equal.
#[derive(Debug, Clone, PartialEq)]
pub struct Averaged {
    /// The classes.
    pub labels: Vec<Label>,
    /// The classifiers, each of them for all classes.
    pub members: Vec<Member>,
}

/// A linear classifier of several whose probabilities are averaged.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its share in the mean, as a part of the sum of all members' weights.
    pub weight: f64,
    /// How its scores become probabilities. None: the class that it predicts has the probability 1.
    pub probabilities: Option<Probabilities>,
    /// One per score, or none: functions that take the place of the logistic function.
    pub calibration: Vec<Isotonic>,
    /// One per score.
    pub intercepts: Vec<f64>,
    /// One list per score, one number per column in it. A single score of two classes is the second one's.
    pub coefficients: Vec<Vec<f64>>,
}

/// One linear function of the design matrix's columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score<'a> {
    /// Its value for a row of zeros.
    pub intercept: f64,
    /// One per column.
    pub coefficients: &'a [f64],
}

/// What becomes of a model's scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome<'a> {
    /// Numbers, one per score: the inverse link of each.
    Values(Link),
    /// A number: a piecewise linear function of the only column. There are no scores.
    Isotonic(&'a Isotonic),
    /// The class with the highest score; the second of two where there is one score and it is above 0.
    Classes(&'a [Label], Option<Probabilities>),
    /// The class that most scores vote for.
    Votes(&'a OneVsOne),
    /// Each label whose score is above 0.
    Labels(&'a Multilabel),
    /// The class whose probability, the mean of several classifiers' ones, is the highest. The scores are those of all
    /// members, one member after the other.
    Mean(&'a Averaged),
}

/// How scores become probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probabilities {
    /// Of the second of two classes: the logistic function of the only score.
    Logistic,
    /// The softmax of the scores.
    Softmax,
    /// The logistic function of each score, divided by their sum.
    OneVsRest,
}

/// The one description of each kind: its name, its scores and what becomes of them. What else is asked of a kind
/// follows from these.
impl Parameters {
    /// The scores, in the order of targets or classes. A classifier between two classes has one where a score above 0
    /// means the second.
    #[must_use]
    pub fn scores(&self) -> Vec<Score<'_>> {
        match self {
            Self::LinearRegression(linear) | Self::ElasticNet(linear) => {
                one(linear.intercept, &linear.coefficients)
            }
            Self::GeneralizedLinear(model) => one(model.intercept, &model.coefficients),
            Self::LogisticRegression(model) => one(model.intercept, &model.coefficients),
            Self::Isotonic(_) => Vec::new(),
            Self::MultiTargetRegression(multi) => several(&multi.intercepts, &multi.coefficients),
            Self::MultinomialLogisticRegression(model)
            | Self::OneVsRest(model)
            | Self::LinearClassifier(model) => several(&model.intercepts, &model.coefficients),
            Self::OneVsOne(model) => several(&model.intercepts, &model.coefficients),
            Self::Multilabel(model) => several(&model.intercepts, &model.coefficients),
            Self::AveragedClassifiers(model) => {
                let members = model.members.iter();
                members
                    .flat_map(|member| several(&member.intercepts, &member.coefficients))
                    .collect()
            }
        }
    }

    /// What becomes of the scores.
    #[must_use]
    pub fn outcome(&self) -> Outcome<'_> {
        match self {
            Self::LinearRegression(_) | Self::ElasticNet(_) | Self::MultiTargetRegression(_) => {
                Outcome::Values(Link::Identity)
            }
            Self::GeneralizedLinear(model) => Outcome::Values(model.link),
            Self::Isotonic(isotonic) => Outcome::Isotonic(isotonic),
            Self::LogisticRegression(model) => {
                Outcome::Classes(&model.labels, Some(Probabilities::Logistic))
            }
            Self::MultinomialLogisticRegression(model) => {
                Outcome::Classes(&model.labels, Some(Probabilities::Softmax))
            }
            Self::OneVsRest(model) => {
                Outcome::Classes(&model.labels, Some(Probabilities::OneVsRest))
            }
            Self::LinearClassifier(model) => Outcome::Classes(&model.labels, None),
            Self::OneVsOne(model) => Outcome::Votes(model),
            Self::Multilabel(model) => Outcome::Labels(model),
            Self::AveragedClassifiers(model) => Outcome::Mean(model),
        }
    }

    /// How many columns of the design matrix the parameters take.
    #[must_use]
    pub fn width(&self) -> usize {
        match self.outcome() {
            Outcome::Isotonic(_) => 1,
            Outcome::Values(_)
            | Outcome::Classes(..)
            | Outcome::Votes(_)
            | Outcome::Labels(_)
            | Outcome::Mean(_) => {
                let scores = self.scores();
                scores.first().map_or(0, |score| score.coefficients.len())
            }
        }
    }

    /// The classes of a classifier, or the labels that it predicts or not; none for a regression.
    #[must_use]
    pub fn labels(&self) -> &[Label] {
        match self.outcome() {
            Outcome::Classes(labels, _) => labels,
            Outcome::Votes(model) => &model.labels,
            Outcome::Labels(model) => &model.labels,
            Outcome::Mean(model) => &model.labels,
            Outcome::Values(_) | Outcome::Isotonic(_) => &[],
        }
    }

    /// The names of a regression's targets, where it has names for them.
    #[must_use]
    pub fn targets(&self) -> &[String] {
        match self {
            Self::MultiTargetRegression(multi) => &multi.targets,
            Self::LinearRegression(_)
            | Self::ElasticNet(_)
            | Self::GeneralizedLinear(_)
            | Self::Isotonic(_)
            | Self::LogisticRegression(_)
            | Self::MultinomialLogisticRegression(_)
            | Self::OneVsRest(_)
            | Self::LinearClassifier(_)
            | Self::OneVsOne(_)
            | Self::Multilabel(_)
            | Self::AveragedClassifiers(_) => &[],
        }
    }

    /// Whether this is a classifier that knows probabilities.
    #[must_use]
    pub fn has_probabilities(&self) -> bool {
        match self.outcome() {
            Outcome::Classes(_, probabilities) => probabilities.is_some(),
            Outcome::Labels(model) => model.link == Link::Logit,
            Outcome::Mean(_) => true,
            Outcome::Values(_) | Outcome::Isotonic(_) | Outcome::Votes(_) => false,
        }
    }

    /// Whether its scores are linear functions that a label is decided by.
    pub(super) fn has_label_scores(&self) -> bool {
        matches!(self.outcome(), Outcome::Classes(..) | Outcome::Labels(_))
    }

    /// Whether any number of labels is predicted for each row.
    #[must_use]
    pub fn is_multilabel(&self) -> bool {
        matches!(self.outcome(), Outcome::Labels(_))
    }

    /// How many numbers a prediction has in the verification rows: targets of a regression, probabilities of
    /// a classifier, scores of a classifier without them.
    #[must_use]
    pub fn outputs(&self) -> usize {
        match self.outcome() {
            Outcome::Isotonic(_) => 1,
            Outcome::Classes(labels, Some(_)) => labels.len(),
            Outcome::Votes(_) | Outcome::Labels(_) | Outcome::Mean(_) => self.labels().len(),
            Outcome::Values(_) | Outcome::Classes(_, None) => self.scores().len(),
        }
    }
}

fn one(intercept: f64, coefficients: &[f64]) -> Vec<Score<'_>> {
    vec![Score {
        intercept,
        coefficients,
    }]
}

fn several<'a>(intercepts: &[f64], coefficients: &'a [Vec<f64>]) -> Vec<Score<'a>> {
    let scores = intercepts.iter().zip(coefficients);
    let score = |(&intercept, coefficients): (&f64, &'a Vec<f64>)| Score {
        intercept,
        coefficients,
    };
    scores.map(score).collect()
}
