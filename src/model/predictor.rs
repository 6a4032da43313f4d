//! The fitted types behind a model, and what each needs to be called safely.

use std::ops::Range;

use linfa::traits::PredictInplace;
use linfa_elasticnet::{ElasticNet, MultiTaskElasticNet};
use linfa_linear::{FittedIsotonicRegression, FittedLinearRegression, TweedieRegressor};
use linfa_logistic::{FittedLogisticRegression, MultiFittedLogisticRegression};
use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut1, Axis, stack};

use super::averaged::Mean;
use super::linfa_types::{self, Class};
use super::scores::{Scores, one_vs_rest, softmax};
use super::sparse::SparseScores;
use super::votes::Votes;
use super::{Classes, Labels, ModelError, Outputs, PredictError};
use crate::artifact::{Link, Parameters, Probabilities, logistic};
use crate::rows::EntryRows;

/// A fitted model. The callers of its methods have compared the rows' width with the model's: linfa panics
/// on another one, and where a row has one column ndarray spreads it over all coefficients.
#[derive(Debug, Clone)]
pub(super) enum Predictor {
    Linear(FittedLinearRegression<f64>),
    ElasticNet(ElasticNet<f64>),
    GeneralizedLinear(TweedieRegressor<f64>),
    Isotonic(FittedIsotonicRegression<f64>),
    MultiTarget(MultiTaskElasticNet<f64>, usize),
    Logistic(FittedLogisticRegression<f64, Class>),
    Multinomial(MultiFittedLogisticRegression<f64, Class>),
    OneVsRest(Scores),
    LinearClassifier(Scores),
    /// Any kind whose columns are computed from texts.
    Sparse(SparseScores),
    OneVsOne(Votes),
    Multilabel(Scores, Link),
    Averaged(Mean),
}

impl Predictor {
    /// `sparse` are the ranges of the columns of the sparse part.
    pub(super) fn build(
        parameters: &Parameters,
        sparse: &[Range<usize>],
    ) -> Result<Self, ModelError> {
        if !sparse.is_empty() {
            return Ok(Self::Sparse(SparseScores::build(parameters, sparse)?));
        }
        Ok(match parameters {
            Parameters::LinearRegression(linear) => Self::Linear(linfa_types::linear(linear)?),
            Parameters::ElasticNet(linear) => Self::ElasticNet(linfa_types::elastic_net(linear)?),
            Parameters::GeneralizedLinear(generalized) => {
                Self::GeneralizedLinear(linfa_types::generalized_linear(generalized)?)
            }
            Parameters::Isotonic(isotonic) => Self::Isotonic(linfa_types::isotonic(isotonic)?),
            Parameters::MultiTargetRegression(multi) => {
                Self::MultiTarget(linfa_types::multi_target(multi)?, multi.intercepts.len())
            }
            Parameters::LogisticRegression(logistic) => {
                Self::Logistic(linfa_types::logistic(logistic)?)
            }
            Parameters::MultinomialLogisticRegression(classifier) => {
                Self::Multinomial(linfa_types::multinomial(classifier)?)
            }
            Parameters::OneVsRest(classifier) => Self::OneVsRest(Scores::build(
                &classifier.intercepts,
                &classifier.coefficients,
            )?),
            Parameters::LinearClassifier(classifier) => Self::LinearClassifier(Scores::build(
                &classifier.intercepts,
                &classifier.coefficients,
            )?),
            Parameters::OneVsOne(model) => Self::OneVsOne(Votes::build(model)?),
            Parameters::Multilabel(model) => Self::Multilabel(
                Scores::build(&model.intercepts, &model.coefficients)?,
                model.link,
            ),
            Parameters::AveragedClassifiers(model) => Self::Averaged(Mean::build(model)?),
        })
    }

    pub(super) fn predict(
        &self,
        rows: ArrayView2<'_, f64>,
        entries: EntryRows<'_>,
    ) -> Result<Outputs, PredictError> {
        let scores = match self {
            Self::Sparse(sparse) => return sparse.predict(rows, entries),
            Self::Linear(linear) => return Ok(single(linear, rows)),
            Self::ElasticNet(elastic_net) => return Ok(single(elastic_net, rows)),
            Self::GeneralizedLinear(tweedie) => return Ok(single(tweedie, rows)),
            Self::Isotonic(isotonic) => return Ok(single(isotonic, rows)),
            Self::MultiTarget(multi, targets) => {
                // `predict` would begin with a table of rows × rows: its `default_target` is wrong.
                let mut values = Array2::zeros((rows.nrows(), *targets));
                multi.predict_inplace(&rows, &mut values);
                return Ok(Outputs::Values(values));
            }
            Self::Logistic(logistic) => {
                let scores = rows.dot(logistic.params()) + logistic.intercept();
                scores.insert_axis(Axis(1))
            }
            Self::Multinomial(multinomial) => {
                rows.dot(multinomial.params()) + multinomial.intercept()
            }
            Self::OneVsRest(scores) | Self::LinearClassifier(scores) => scores.of(rows),
            Self::Averaged(mean) => mean.probabilities(rows).map_err(overflow)?,
            Self::OneVsOne(votes) => {
                let classes = votes.classes(rows).map_err(overflow)?;
                return Ok(Outputs::Classes(classes));
            }
            Self::Multilabel(scores, _) => {
                let labels = Labels::from_scores(scores.of(rows)).map_err(overflow)?;
                return Ok(Outputs::Labels(labels));
            }
        };
        // linfa's multinomial `predict` panics on scores that are not numbers, its binary one silently
        // calls them the first class. Finite cells can make them: 1e308 · 10 − 1e308 · 10.
        let classes = Classes::from_scores(scores).map_err(overflow)?;
        Ok(Outputs::Classes(classes))
    }

    /// Whether scores mean probabilities.
    pub(super) fn has_probabilities(&self) -> bool {
        matches!(self, Self::Averaged(_) | Self::Multilabel(_, Link::Logit))
            || self.link_of_probabilities().is_some()
    }

    /// How scores become probabilities, if they do.
    fn link_of_probabilities(&self) -> Option<Probabilities> {
        match self {
            Self::Logistic(_) => Some(Probabilities::Logistic),
            Self::Multinomial(_) => Some(Probabilities::Softmax),
            Self::OneVsRest(_) => Some(Probabilities::OneVsRest),
            Self::Sparse(sparse) => sparse.probabilities(),
            Self::Averaged(_) => None,
            Self::LinearClassifier(_)
            | Self::OneVsOne(_)
            | Self::Multilabel(..)
            | Self::Linear(_)
            | Self::ElasticNet(_)
            | Self::GeneralizedLinear(_)
            | Self::Isotonic(_)
            | Self::MultiTarget(..) => None,
        }
    }

    /// The probabilities that scores mean, in the shape (rows, classes), as linfa's `predict_probabilities`
    /// computes them: but without multiplying the rows by the coefficients a second time.
    pub(super) fn probabilities(&self, scores: &Array2<f64>) -> Option<Array2<f64>> {
        match self {
            Self::Averaged(_) => return Some(scores.clone()),
            Self::Multilabel(_, Link::Logit) => return Some(scores.mapv(logistic)),
            _ => {}
        }
        match self.link_of_probabilities()? {
            Probabilities::Logistic => {
                let second = scores.column(0).mapv(logistic);
                Some(stack![Axis(1), second.mapv(|p| 1.0 - p), second])
            }
            Probabilities::Softmax => Some(each_row(scores, softmax)),
            Probabilities::OneVsRest => Some(each_row(scores, one_vs_rest)),
        }
    }
}

/// The error for the row with this index.
fn overflow(row: usize) -> PredictError {
    PredictError::Overflow { row: row + 1 }
}

fn each_row(scores: &Array2<f64>, change: fn(ArrayViewMut1<'_, f64>)) -> Array2<f64> {
    let mut changed = scores.clone();
    changed.rows_mut().into_iter().for_each(change);
    changed
}

fn single<'a, P>(model: &P, rows: ArrayView2<'a, f64>) -> Outputs
where
    P: PredictInplace<ArrayView2<'a, f64>, Array1<f64>>,
{
    let mut values = Array1::zeros(rows.nrows());
    model.predict_inplace(&rows, &mut values);
    Outputs::Values(values.insert_axis(Axis(1)))
}
