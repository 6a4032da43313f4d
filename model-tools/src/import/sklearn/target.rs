//! Regressions on a function of the target.

use sagelet::artifact::InverseTransform;

use super::predictors;
use super::step::{Outcome, Step};
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
    let global = function.global();
    // numpy 2 names itself, numpy 1 the module that defines a function, and in Python 2 any module that uses it.
    let of_numpy = global.filter(|global| {
        let package = global.module.split('.').next();
        matches!(package, Some("numpy" | "scipy"))
    });
    match of_numpy.map(|global| global.name.as_str()) {
        Some("exp") => Ok(Some(InverseTransform::Exp)),
        Some("expm1") => Ok(Some(InverseTransform::Expm1)),
        Some("square") => Ok(Some(InverseTransform::Square)),
        _ => {
            let name = global.map_or_else(|| "a function".to_owned(), ToString::to_string);
            Err(transformer.refuse(format_args!(
                "{name} turns predictions back; only numpy's exp, expm1 and square are supported"
            )))
        }
    }
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
        _ => return Err(scaler.refuse("this transformer of the target is not supported: scalers and numpy's log, log1p and sqrt are")),
    };
    Ok(factors.into_iter().zip(shifts).collect())
}
