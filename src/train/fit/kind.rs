//! Which model the settings and the labels ask for.

use sagelet_solver::family::{Family, Link};

use crate::train::settings::{LinkChoice, Loss, Settings};
use crate::train::table::{LabelKind, Schema};

/// What is fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::train) enum Kind {
    LeastSquares,
    Generalized(f64, Link),
    Logistic,
    Softmax,
}

impl Kind {
    pub(in crate::train) fn family(self) -> Option<Family> {
        match self {
            Self::LeastSquares | Self::Softmax => None,
            Self::Logistic => Some(Family::Logistic),
            Self::Generalized(power, link) => Some(Family::Tweedie { power, link }),
        }
    }

    /// The kind of a regression.
    pub(super) fn of_numbers(settings: &Settings) -> Self {
        let power = match settings.loss {
            Some(Loss::Poisson) => 1.0,
            Some(Loss::Gamma) => 2.0,
            Some(Loss::Tweedie) => settings.tweedie_power.unwrap_or(1.5),
            _ => return Self::LeastSquares,
        };
        let link = match settings.link {
            Some(LinkChoice::Identity) => Link::Identity,
            Some(LinkChoice::Log) => Link::Log,
            None if power == 0.0 => Link::Identity,
            None => Link::Log,
        };
        if power == 0.0 && link == Link::Identity {
            return Self::LeastSquares;
        }
        Self::Generalized(power, link)
    }
}

/// Whether the model follows from one pass over the rows.
pub(in crate::train) fn is_one_pass(schema: &Schema, settings: &Settings) -> bool {
    schema.label_kind == LabelKind::Number && Kind::of_numbers(settings) == Kind::LeastSquares
}
