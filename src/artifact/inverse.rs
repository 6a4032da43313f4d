//! The functions that turn a regression's result into its prediction, where the model was fitted to a transformed target.

use std::fmt;

use super::cbor::Writer;
use super::form::Form;
use super::item::{Item, Wrong};

/// The inverse of the function that was applied to the target before the fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum InverseTransform {
    /// exp(result), for a logarithm.
    Exp,
    /// exp(result) − 1, for the logarithm of the target plus one.
    Expm1,
    /// 2 to the power of the result, for a logarithm to base 2.
    Exp2,
    /// result², for a square root.
    Square,
    /// √result, for a square.
    Sqrt,
    /// 1 / result, for a reciprocal.
    Reciprocal,
    /// sinh(result), for an inverse hyperbolic sine.
    Sinh,
    /// 1 / (1 + exp(−result)), for a logit.
    Logistic,
    /// (lambda · result + 1) to the power of 1 / lambda; exp(result) for lambda = 0.
    BoxCox {
        /// The parameter of the transform.
        lambda: f64,
    },
    /// Box-Cox of the target plus one, from 0 on; below, its mirror image with 2 − lambda.
    YeoJohnson {
        /// The parameter of the transform.
        lambda: f64,
    },
}

impl InverseTransform {
    /// The prediction that a regression's result stands for.
    #[must_use]
    pub fn apply(self, result: f64) -> f64 {
        match self {
            Self::Exp => result.exp(),
            Self::Expm1 => result.exp_m1(),
            Self::Exp2 => result.exp2(),
            Self::Square => result * result,
            Self::Sqrt => result.sqrt(),
            Self::Reciprocal => 1.0 / result,
            Self::Sinh => result.sinh(),
            Self::Logistic => logistic(result),
            Self::BoxCox { lambda } => box_cox(result, lambda),
            Self::YeoJohnson { lambda } if result >= 0.0 => box_cox(result, lambda) - 1.0,
            Self::YeoJohnson { lambda } => 1.0 - box_cox(-result, 2.0 - lambda),
        }
    }

    /// The result that a prediction stands for, and by how much the prediction grows with it there.
    #[must_use]
    pub(crate) fn undo(self, prediction: f64) -> (f64, f64) {
        match self {
            Self::Exp => (prediction.abs().ln(), prediction.abs()),
            Self::Expm1 => (prediction.ln_1p(), (prediction + 1.0).abs()),
            Self::Exp2 => (
                prediction.abs().log2(),
                prediction.abs() * std::f64::consts::LN_2,
            ),
            Self::Square => {
                let root = prediction.abs().sqrt();
                (root, 2.0 * root)
            }
            Self::Sqrt => (prediction * prediction, 0.5 / prediction.abs()),
            Self::Reciprocal => (1.0 / prediction, prediction * prediction),
            Self::Sinh => (prediction.asinh(), prediction.hypot(1.0)),
            Self::Logistic => (
                (prediction / (1.0 - prediction)).ln(),
                (prediction * (1.0 - prediction)).abs(),
            ),
            Self::BoxCox { lambda } => transformed(prediction, lambda),
            Self::YeoJohnson { lambda } if prediction >= 0.0 => {
                transformed(prediction + 1.0, lambda)
            }
            Self::YeoJohnson { lambda } => {
                let (mirrored, slope) = transformed(1.0 - prediction, 2.0 - lambda);
                (-mirrored, slope)
            }
        }
    }

    /// Whether it has the numbers that it needs.
    pub(super) fn is_finite(self) -> bool {
        match self {
            Self::BoxCox { lambda } | Self::YeoJohnson { lambda } => lambda.is_finite(),
            _ => true,
        }
    }
}

/// The inverse of the transform of Box and Cox.
fn box_cox(result: f64, lambda: f64) -> f64 {
    match lambda == 0.0 {
        true => result.exp(),
        false => ((lambda * result).ln_1p() / lambda).exp(),
    }
}

/// The transform of Box and Cox, and the slope of its inverse there.
fn transformed(number: f64, lambda: f64) -> (f64, f64) {
    let result = match lambda == 0.0 {
        true => number.ln(),
        false => (number.powf(lambda) - 1.0) / lambda,
    };
    (result, number.powf(1.0 - lambda).abs())
}

/// The transforms without a parameter, by their names in the format.
const PLAIN: [(&str, InverseTransform); 8] = [
    ("exp", InverseTransform::Exp),
    ("expm1", InverseTransform::Expm1),
    ("exp2", InverseTransform::Exp2),
    ("square", InverseTransform::Square),
    ("sqrt", InverseTransform::Sqrt),
    ("reciprocal", InverseTransform::Reciprocal),
    ("sinh", InverseTransform::Sinh),
    ("logistic", InverseTransform::Logistic),
];

impl Form for InverseTransform {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        let names = PLAIN.map(|plain| plain.0);
        if let Ok(text) = item.text() {
            let found = PLAIN.iter().find(|plain| plain.0 == text);
            return match found {
                Some(plain) => Ok(plain.1),
                None => Err(item.unknown_word(text, &names)),
            };
        }
        let (name, parameters) = item.variant("the name of a transform, or a map with it")?;
        let lambda = || parameters.map("a map with lambda")?.number("lambda");
        match name {
            "box-cox" => Ok(Self::BoxCox { lambda: lambda()? }),
            "yeo-johnson" => Ok(Self::YeoJohnson { lambda: lambda()? }),
            other => Err(item.unknown_word(other, &["box-cox", "yeo-johnson"])),
        }
    }

    fn write(&self, writer: &mut Writer) {
        match *self {
            Self::BoxCox { lambda } => write_lambda("box-cox", lambda, writer),
            Self::YeoJohnson { lambda } => write_lambda("yeo-johnson", lambda, writer),
            plain => {
                let found = PLAIN.iter().find(|entry| entry.1 == plain);
                writer.text(found.map_or("", |entry| entry.0));
            }
        }
    }
}

fn write_lambda(name: &str, lambda: f64, writer: &mut Writer) {
    let mut map = writer.fields();
    map.key(name).fields().number("lambda", lambda);
}

impl fmt::Display for InverseTransform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Exp => "exp",
            Self::Expm1 => "expm1",
            Self::Exp2 => "exp2",
            Self::Square => "square",
            Self::Sqrt => "square root",
            Self::Reciprocal => "reciprocal",
            Self::Sinh => "sinh",
            Self::Logistic => "logistic function",
            Self::BoxCox { lambda } => {
                return write!(formatter, "inverse Box-Cox (lambda {lambda})");
            }
            Self::YeoJohnson { lambda } => {
                return write!(formatter, "inverse Yeo-Johnson (lambda {lambda})");
            }
        };
        formatter.write_str(name)
    }
}

/// The logistic function: 1 / (1 + e to the minus x).
#[must_use]
pub(crate) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
