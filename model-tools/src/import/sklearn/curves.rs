//! Transformers that map each column by a curve of its own: powers, quantiles, splines.

use sagelet::artifact::{Derived, Extrapolation, Function, PowerMethod};

use super::scaling;
use super::step::{Outcome, Step};
use crate::import::linear::{Column, Conversion};
use crate::import::objects::Value;

/// How close to 0 or 1, and to the ends of its quantiles, QuantileTransformer lets a number come that becomes a
/// normal one.
const MARGIN: f64 = 1e-7;

/// Box-Cox or Yeo-Johnson, then perhaps StandardScaler.
pub(super) fn power(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let method = power_method(step)?;
    let lambdas = step.column_numbers("lambdas_", columns.len())?;
    let of = conversion.refer(columns);
    let of = of.map_err(|conflict| step.refuse(conflict))?;
    let powers = conversion.compute(Derived::Power {
        of,
        method,
        lambdas,
    });
    match step.flag("standardize", true)? {
        true => scaling::standard(&step.part_under("_scaler")?, &powers),
        false => Ok(powers),
    }
}

/// Which power transform it is.
pub(super) fn power_method(step: &Step<'_>) -> Outcome<PowerMethod> {
    match step.text("method") {
        Some("box-cox") => Ok(PowerMethod::BoxCox),
        Some("yeo-johnson") => Ok(PowerMethod::YeoJohnson),
        _ => Err(step.wrong("method", "\"box-cox\" or \"yeo-johnson\"")),
    }
}

/// The place of a number among the quantiles of its column, from 0 to 1, and perhaps the normal number of that place.
pub(super) fn quantile(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let is_normal = match step.text("output_distribution") {
        Some("normal") => true,
        Some("uniform") => false,
        _ => return Err(step.wrong("output_distribution", "\"uniform\" or \"normal\"")),
    };
    let quantiles = step.table("quantiles_")?;
    let references = step.column_numbers("references_", quantiles.len())?;
    let refused = |conflict| step.refuse(conflict);
    let size = quantiles.len().saturating_mul(2 * columns.len());
    conversion.spend(size).map_err(refused)?;
    // A value that was often there in training is a jump.
    let of = conversion.refer_exactly(columns).map_err(refused)?;
    let mut tables = Vec::with_capacity(columns.len());
    for (column, of) in of.into_iter().enumerate() {
        let x: Option<Vec<f64>> = quantiles
            .iter()
            .map(|row| row.get(column).copied())
            .collect();
        let x =
            x.ok_or_else(|| step.wrong("quantiles_", "a table with a column for each column"))?;
        tables.extend(conversion.compute(Derived::Table {
            of,
            x,
            y: references.clone(),
            margin: is_normal.then_some(MARGIN),
        }));
    }
    if !is_normal {
        return Ok(tables);
    }
    // scikit-learn clips the normal numbers at those of these places: clipping the places is the same.
    let least = MARGIN - f64::EPSILON;
    let of = conversion.refer(&tables).map_err(refused)?;
    let clipped = conversion.compute(Derived::Clip {
        of,
        lower: Some(least),
        upper: Some(1.0 - least),
    });
    let of = conversion.refer(&clipped).map_err(refused)?;
    Ok(conversion.compute(Derived::Function {
        of,
        function: Function::NormalQuantile,
    }))
}

/// The B-splines of each column.
pub(super) fn splines(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let value = step.attribute("bsplines_")?;
    let splines: Vec<_> = value
        .elements()
        .filter(|splines| splines.len() == columns.len())
        .ok_or_else(|| step.wrong("bsplines_", "a list with a spline for each column"))?
        .collect();
    if step.text("handle_missing") == Some("zeros") {
        return Err(step.refuse(
            "handle_missing=\"zeros\" makes all splines of a missing cell 0, which is not supported",
        ));
    }
    let extrapolation = extrapolation(step)?;
    let keeps_last = step.flag("include_bias", true)?;
    let refused = |conflict| step.refuse(conflict);
    let of = conversion.refer(columns).map_err(refused)?;
    let mut made = Vec::new();
    for (of, spline) in of.into_iter().zip(splines) {
        let (knots, degree) = knots(step, spline)?;
        if degree <= 1 && extrapolation == Extrapolation::Linear && columns.len() > 1 {
            return Err(step.refuse(
                "with degree 1, extrapolation=\"linear\" and several columns scikit-learn itself takes the wrong knots from \
                 the second column on, which an artifact does not repeat",
            ));
        }
        conversion.spend(2 * knots.len()).map_err(refused)?;
        let mut columns = conversion.compute(Derived::Spline {
            of,
            knots,
            degree,
            extrapolation,
        });
        if !keeps_last {
            columns.pop();
        }
        made.append(&mut columns);
    }
    Ok(made)
}

fn extrapolation(step: &Step<'_>) -> Outcome<Extrapolation> {
    Ok(match step.text("extrapolation") {
        Some("error") => Extrapolation::Error,
        Some("constant") => Extrapolation::Constant,
        Some("linear") => Extrapolation::Linear,
        Some("continue") => Extrapolation::Continue,
        Some("periodic") => Extrapolation::Periodic,
        _ => return Err(step.refuse("its extrapolation is not known")),
    })
}

/// The knots and the degree of a spline of scipy.
fn knots(step: &Step<'_>, spline: Value<'_>) -> Outcome<(Vec<f64>, usize)> {
    let spline = step.part(spline, "bsplines_")?;
    let (knots, _) = spline.numbers(spline.either("_t", "t"))?;
    let degree = spline.attribute("k")?.integer();
    let degree = degree.and_then(|degree| usize::try_from(degree).ok());
    let degree = degree.filter(|degree| knots.len() > 2 * degree + 1);
    match degree {
        Some(degree) => Ok((knots, degree)),
        None => Err(spline.wrong("k", "a degree that its knots allow")),
    }
}
