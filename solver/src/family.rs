//! Losses of one score: the value and its first two derivatives by the linear predictor.

/// A loss of one score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Family {
    /// Labels are 0 or 1: log(1 + exp(±score)).
    Logistic,
    /// Half the deviance of Tweedie's families: normal (power 0), Poisson (1), compound (between 1 and 2),
    /// Gamma (2), inverse Gaussian (3).
    Tweedie {
        /// Power of the mean that the variance grows with.
        power: f64,
        /// What turns the linear predictor into the mean.
        link: Link,
    },
}

/// What turns the linear predictor into the mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// mean = predictor
    Identity,
    /// mean = exp(predictor)
    Log,
}

/// The loss of a row and its derivatives by the linear predictor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Slope {
    pub(crate) loss: f64,
    pub(crate) first: f64,
    /// The second derivative, or its expectation where it can be negative.
    pub(crate) second: f64,
}

impl Family {
    /// What the predictor says is expected: a mean, or the probability of class 1.
    #[must_use]
    pub fn mean(self, predictor: f64) -> f64 {
        match self {
            Self::Logistic => 1.0 / (1.0 + (-predictor).exp()),
            Self::Tweedie {
                link: Link::Identity,
                ..
            } => predictor,
            Self::Tweedie {
                link: Link::Log, ..
            } => predictor.exp(),
        }
    }

    /// The predictor whose mean this is.
    #[must_use]
    pub fn predictor(self, mean: f64) -> f64 {
        match self {
            Self::Logistic => (mean / (1.0 - mean)).ln(),
            Self::Tweedie {
                link: Link::Identity,
                ..
            } => mean,
            Self::Tweedie {
                link: Link::Log, ..
            } => mean.ln(),
        }
    }

    /// The smallest label that can be, and whether it can be reached.
    #[must_use]
    pub fn smallest_label(self) -> Option<(f64, bool)> {
        match self {
            Self::Logistic => None,
            Self::Tweedie { power, .. } if power >= 2.0 => Some((0.0, false)),
            Self::Tweedie { power, .. } if power >= 1.0 => Some((0.0, true)),
            Self::Tweedie { .. } => None,
        }
    }

    /// Half the unit deviance of a mean, or the log loss of a probability.
    #[must_use]
    pub fn loss(self, label: f64, predictor: f64) -> f64 {
        match self {
            Self::Logistic => softplus(predictor) - label * predictor,
            Self::Tweedie { power, .. } => half_deviance(power, label, self.mean(predictor)),
        }
    }

    /// Loss and derivatives. Outside of where the mean can be, the loss is infinite.
    pub(crate) fn slope(self, label: f64, predictor: f64) -> Slope {
        let loss = self.loss(label, predictor);
        let (first, second) = match self {
            Self::Logistic => {
                let mean = self.mean(predictor);
                (mean - label, mean * (1.0 - mean))
            }
            Self::Tweedie {
                power,
                link: Link::Log,
            } => log_link(power, label, predictor),
            Self::Tweedie {
                power,
                link: Link::Identity,
            } => identity_link(power, label, predictor),
        };
        let outside = !(loss.is_finite() && first.is_finite() && second.is_finite());
        Slope {
            loss: if outside { f64::INFINITY } else { loss },
            first: if outside { 0.0 } else { first },
            second: if outside { 0.0 } else { second },
        }
    }

    /// The expectation of the second derivative, which the covariance of coefficients is defined by.
    pub(crate) fn information(self, predictor: f64) -> f64 {
        let mean = self.mean(predictor);
        match self {
            Self::Logistic => mean * (1.0 - mean),
            Self::Tweedie {
                power,
                link: Link::Log,
            } => scaled(predictor, 2.0 - power),
            Self::Tweedie { power, .. } => mean.powf(-power),
        }
    }

    /// Whether the second derivative is its own expectation, as canonical links have it.
    pub(crate) fn is_canonical(self) -> bool {
        match self {
            Self::Logistic => true,
            Self::Tweedie { power, link } => {
                (power == 1.0 && link == Link::Log) || (power == 0.0 && link == Link::Identity)
            }
        }
    }

    /// Whether `second` is the second derivative itself, so that Newton's steps converge fast.
    #[must_use]
    pub fn is_observed(self) -> bool {
        match self {
            Self::Logistic => true,
            Self::Tweedie {
                power,
                link: Link::Log,
            } => (1.0..=2.0).contains(&power),
            Self::Tweedie { power, .. } => power == 1.0 || power == 0.0,
        }
    }
}

fn log_link(power: f64, label: f64, predictor: f64) -> (f64, f64) {
    let mean = predictor.exp();
    let first = (mean - label) * scaled(predictor, 1.0 - power);
    let second = if (1.0..=2.0).contains(&power) {
        // Both terms are 0 or more where the power is from 1 to 2.
        (2.0 - power) * scaled(predictor, 2.0 - power)
            + (power - 1.0) * label * scaled(predictor, 1.0 - power)
    } else {
        scaled(predictor, 2.0 - power)
    };
    (first, second)
}

fn identity_link(power: f64, label: f64, mean: f64) -> (f64, f64) {
    if power > 0.0 && mean <= 0.0 {
        return (f64::NAN, f64::NAN);
    }
    let spread = mean.powf(-power);
    let second = if power == 1.0 {
        label / (mean * mean)
    } else {
        spread
    };
    ((mean - label) * spread, second)
}

/// exp(factor · predictor), without a call where the factor is 0.
fn scaled(predictor: f64, factor: f64) -> f64 {
    if factor == 0.0 {
        1.0
    } else {
        (factor * predictor).exp()
    }
}

/// log(1 + exp(x)), for any x.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

fn half_deviance(power: f64, label: f64, mean: f64) -> f64 {
    if power > 0.0 && mean <= 0.0 {
        return f64::INFINITY;
    }
    if power == 0.0 {
        return 0.5 * (label - mean) * (label - mean);
    }
    if power == 1.0 {
        let logarithm = if label > 0.0 {
            label * (label / mean).ln()
        } else {
            0.0
        };
        return logarithm - label + mean;
    }
    if power == 2.0 {
        let ratio = label / mean;
        return ratio - 1.0 - ratio.ln();
    }
    let own = if label > 0.0 {
        label.powf(2.0 - power) / ((1.0 - power) * (2.0 - power))
    } else {
        0.0
    };
    own - label * mean.powf(1.0 - power) / (1.0 - power) + mean.powf(2.0 - power) / (2.0 - power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_loss() {
        let tweedie = |power, link| Family::Tweedie { power, link };
        let families = [
            Family::Logistic,
            tweedie(1.0, Link::Log),
            tweedie(1.5, Link::Log),
            tweedie(2.0, Link::Log),
            tweedie(3.0, Link::Log),
            tweedie(0.0, Link::Log),
            tweedie(1.0, Link::Identity),
            tweedie(2.0, Link::Identity),
        ];
        for family in families {
            for (label, predictor) in [(1.0, 0.7), (1.0, 1.3), (3.0, 0.4)] {
                let label = if family == Family::Logistic {
                    1.0
                } else {
                    label
                };
                let step = 1e-5;
                let (low, high) = (
                    family.slope(label, predictor - step),
                    family.slope(label, predictor + step),
                );
                let at = family.slope(label, predictor);
                let first = (high.loss - low.loss) / (2.0 * step);
                assert!(
                    (first - at.first).abs() < 1e-7,
                    "{family:?}: {first} {at:?}"
                );
                let second = (high.first - low.first) / (2.0 * step);
                let close = (second - at.second).abs() < 1e-7;
                assert!(
                    close || !family.is_observed(),
                    "{family:?}: {second} {at:?}"
                );
            }
        }
    }

    #[test]
    fn large_scores_have_finite_losses_and_means_outside_infinite_ones() {
        assert_eq!(Family::Logistic.loss(1.0, 800.0), 0.0);
        assert_eq!(Family::Logistic.loss(0.0, 800.0), 800.0);
        let identity = Family::Tweedie {
            power: 1.0,
            link: Link::Identity,
        };
        assert_eq!(identity.slope(1.0, -1.0).loss, f64::INFINITY);
    }
}
