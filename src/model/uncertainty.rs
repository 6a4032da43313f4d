//! How sure a model is of a prediction: standard errors and intervals, from the covariance of its coefficients.

use ndarray::ArrayView1;

use super::quantile::two_sided;
use crate::artifact::{
    Covariance, Document, InverseTransform, Link, Outcome, Parameters, Probabilities, Score,
    logistic,
};

/// Standard errors and intervals of the rows of a model with one score.
#[derive(Debug, Clone)]
pub struct Uncertainty<'d> {
    covariance: &'d Covariance,
    intercept: f64,
    coefficients: &'d [f64],
    /// How far an interval reaches, in standard errors.
    quantile: f64,
    link: Link,
    inverse: Option<InverseTransform>,
    /// Whether single observations have an interval: they have one constant variance.
    is_least_squares: bool,
}

/// How sure the prediction of a row is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Errors {
    /// The standard error of the score, on the link's scale.
    pub standard_error: f64,
    /// Where the mean of such rows lies.
    pub confidence: [f64; 2],
    /// Where a single observation lies; NaN where that is not defined.
    pub prediction: [f64; 2],
}

impl<'d> Uncertainty<'d> {
    /// That of a document's model, with intervals that hold this share of all cases. `None` if the artifact has no
    /// covariance.
    pub(super) fn of(document: &'d Document, level: f64) -> Option<Self> {
        let covariance = document.covariance.as_ref()?;
        let scores = document.model.scores();
        let &[
            Score {
                intercept,
                coefficients,
            },
        ] = scores.as_slice()
        else {
            return None;
        };
        let link = match document.model.outcome() {
            Outcome::Values(link) => link,
            Outcome::Classes(_, Some(Probabilities::Logistic)) => Link::Logit,
            _ => Link::Identity,
        };
        let is_least_squares = is_least_squares(&document.model);
        let degrees = covariance.degrees_of_freedom;
        let degrees = (is_least_squares && degrees > 0).then_some(degrees);
        Some(Self {
            covariance,
            intercept,
            coefficients,
            quantile: two_sided(level, degrees),
            link,
            inverse: document.inverse_transform,
            is_least_squares,
        })
    }

    /// Whether single observations have an interval.
    #[must_use]
    pub fn has_prediction_interval(&self) -> bool {
        self.is_least_squares
    }

    /// Whether the ends of an interval of scores are those of an interval of predictions.
    #[must_use]
    pub fn has_intervals(&self) -> bool {
        !matches!(
            self.inverse,
            Some(InverseTransform::Square | InverseTransform::Reciprocal)
        )
    }

    /// That of a row of the design matrix; `with_one` is room for it with a 1 in front.
    #[must_use]
    pub fn of_row(&self, row: ArrayView1<'_, f64>, with_one: &mut Vec<f64>) -> Errors {
        with_one.clear();
        with_one.push(1.0);
        with_one.extend(row);
        let score = self.intercept + ArrayView1::from(self.coefficients).dot(&row);
        let variance = self.variance(with_one);
        let observed = (variance + self.covariance.dispersion).sqrt();
        let standard_error = variance.sqrt();
        Errors {
            standard_error,
            confidence: self.around(score, standard_error),
            prediction: match self.is_least_squares {
                true => self.around(score, observed),
                false => [f64::NAN; 2],
            },
        }
    }

    /// ‖F x‖² of the lower triangular factor.
    fn variance(&self, row: &[f64]) -> f64 {
        let (mut rest, mut sum) = (self.covariance.factor.as_slice(), 0.0);
        for length in 1..=row.len() {
            let (Some((line, after)), Some(row)) =
                (rest.split_at_checked(length), row.get(..length))
            else {
                break;
            };
            let product = ArrayView1::from(line).dot(&ArrayView1::from(row));
            sum += product * product;
            rest = after;
        }
        sum
    }

    /// An interval around a score, on the scale of the predictions.
    fn around(&self, score: f64, error: f64) -> [f64; 2] {
        let reach = self.quantile * error;
        let [low, high] = [score - reach, score + reach].map(|end| self.predicted(end));
        if low > high { [high, low] } else { [low, high] }
    }

    fn predicted(&self, score: f64) -> f64 {
        let mean = match self.link {
            Link::Identity => score,
            Link::Log => score.exp(),
            Link::Logit => logistic(score),
        };
        self.inverse.map_or(mean, |inverse| inverse.apply(mean))
    }
}

fn is_least_squares(parameters: &Parameters) -> bool {
    matches!(
        parameters,
        Parameters::LinearRegression(_) | Parameters::ElasticNet(_)
    )
}
