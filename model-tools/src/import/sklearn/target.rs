//! Regressions on a function of the target.

use sagelet::artifact::{InverseTransform, PowerMethod};

use super::step::{Outcome, Step};
use super::{curves, functions, predictors};
use crate::import::linear::Prediction;
use crate::import::linear::{Column, Conversion};

/// A regression on a function of the target: its inverse is applied to what is predicted.
pub(super) fn transformed(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let inner = step.part_under("regressor_")?;
    let prediction = predictors::predict(&inner, columns, conversion)?;
    if prediction.inverse.is_some() || !prediction.labels.is_empty() {
        return Err(inner.refuse("it is no regression on a target of its own"));
    }
    let transformer = step.part_under("transformer_")?;
    if transformer.class == "FunctionTransformer" {
        let inverse = inverse_function(&transformer)?;
        return Ok(Prediction {
            inverse,
            ..prediction
        });
    }
    if !prediction.is_linear() {
        return Err(step.refuse(
            "the target of a model with a link function is scaled, which is not supported",
        ));
    }
    if transformer.class == "PowerTransformer" && transformer.is_scikit_learn() {
        return inverse_power(step, &transformer, prediction);
    }
    let scales = inverse_scaling(&transformer, prediction.scores.len())?;
    let scores = prediction.scores.iter().zip(scales);
    let scores = scores
        .map(|(score, (factor, shift))| score.affine(0.0, factor, shift))
        .collect();
    conversion.note(format!(
        "folded {} of the target into the coefficients",
        transformer.class
    ));
    Ok(Prediction {
        scores,
        ..prediction
    })
}

fn inverse_function(transformer: &Step<'_>) -> Outcome<Option<InverseTransform>> {
    let Some(function) = transformer.optional("inverse_func") else {
        return match transformer.optional("func") {
            None => Ok(None),
            Some(_) => {
                Err(transformer
                    .refuse("the target was transformed by a function without an inverse"))
            }
        };
    };
    Ok(Some(match functions::of_numpy(function) {
        Some("exp") => InverseTransform::Exp,
        Some("expm1") => InverseTransform::Expm1,
        Some("exp2") => InverseTransform::Exp2,
        Some("square") => InverseTransform::Square,
        Some("sqrt") => InverseTransform::Sqrt,
        Some("reciprocal") => InverseTransform::Reciprocal,
        Some("sinh") => InverseTransform::Sinh,
        Some("expit") => InverseTransform::Logistic,
        _ => {
            let global = function.global();
            let name = global.map_or_else(|| "a function".to_owned(), ToString::to_string);
            return Err(transformer.refuse(format_args!(
                "{name} turns predictions back; numpy's exp, exp2, expm1, square, sqrt, reciprocal and sinh and scipy's \
                 expit are supported"
            )));
        }
    }))
}

/// The inverse of a power transform, behind that of the scaler which may follow it.
fn inverse_power(
    step: &Step<'_>,
    transformer: &Step<'_>,
    prediction: Prediction,
) -> Outcome<Prediction> {
    let [score] = prediction.scores.as_slice() else {
        return Err(step.refuse("it transforms several targets by powers: one is supported"));
    };
    let lambdas = transformer.column_numbers("lambdas_", 1)?;
    let lambda = lambdas.first().copied().unwrap_or(f64::NAN);
    let inverse = match curves::power_method(transformer)? {
        PowerMethod::BoxCox => InverseTransform::BoxCox { lambda },
        PowerMethod::YeoJohnson => InverseTransform::YeoJohnson { lambda },
    };
    let scaled = match transformer.flag("standardize", true)? {
        true => {
            let scaling = inverse_scaling(&transformer.part_under("_scaler")?, 1)?;
            let (factor, shift) = scaling.first().copied().unwrap_or((1.0, 0.0));
            score.affine(0.0, factor, shift)
        }
        false => score.clone(),
    };
    Ok(Prediction {
        scores: vec![scaled],
        inverse: Some(inverse),
        ..prediction
    })
}

/// Factor and shift for each target, as `inverse_transform` of the scaler has them.
fn inverse_scaling(scaler: &Step<'_>, targets: usize) -> Outcome<Vec<(f64, f64)>> {
    let numbers = |name: &str, flag: &str, off: f64| -> Outcome<Vec<f64>> {
        if scaler.flag(flag, true)? && scaler.optional(name).is_some() {
            scaler.column_numbers(name, targets)
        } else {
            Ok(vec![off; targets])
        }
    };
    let (factors, shifts) = match scaler.class {
        _ if !scaler.is_scikit_learn() => return Err(scaler.refuse("it is not a class of scikit-learn")),
        "StandardScaler" => (numbers("scale_", "with_std", 1.0)?, numbers("mean_", "with_mean", 0.0)?),
        "RobustScaler" => (numbers("scale_", "with_scaling", 1.0)?, numbers("center_", "with_centering", 0.0)?),
        "MaxAbsScaler" => (scaler.column_numbers("scale_", targets)?, vec![0.0; targets]),
        "MinMaxScaler" if !scaler.flag("clip", false)? => {
            let scales = scaler.column_numbers("scale_", targets)?;
            let minima = scaler.column_numbers("min_", targets)?;
            let pairs = scales.iter().zip(&minima);
            pairs.map(|(scale, minimum)| (1.0 / scale, -minimum / scale)).unzip()
        }
        _ => return Err(scaler.refuse("this transformer of the target is not supported: scalers, PowerTransformer and functions of numpy are")),
    };
    Ok(factors.into_iter().zip(shifts).collect())
}
