//! Transformers that are affine: what they do is folded into the coefficients.

use super::cuts;
use super::step::{Outcome, Step};
use crate::import::linear::{Column, Conversion, combination};

/// (x − `mean_`) / `scale_`
pub(super) fn standard(step: &Step<'_>, columns: &[Column]) -> Outcome<Vec<Column>> {
    let count = columns.len();
    let means = optional_numbers(step, "with_mean", "mean_", count, 0.0)?;
    let scales = optional_numbers(step, "with_std", "scale_", count, 1.0)?;
    centred_and_scaled(step, columns, &means, &scales)
}

/// (x − `center_`) / `scale_`
pub(super) fn robust(step: &Step<'_>, columns: &[Column]) -> Outcome<Vec<Column>> {
    let count = columns.len();
    let centres = optional_numbers(step, "with_centering", "center_", count, 0.0)?;
    let scales = optional_numbers(step, "with_scaling", "scale_", count, 1.0)?;
    centred_and_scaled(step, columns, &centres, &scales)
}

/// x / `scale_`
pub(super) fn max_abs(step: &Step<'_>, columns: &[Column]) -> Outcome<Vec<Column>> {
    let scales = step.column_numbers("scale_", columns.len())?;
    centred_and_scaled(step, columns, &vec![0.0; columns.len()], &scales)
}

/// x · `scale_` + `min_`, and with `clip` no further than the range of the training data.
pub(super) fn min_max(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let scales = step.column_numbers("scale_", columns.len())?;
    let minima = step.column_numbers("min_", columns.len())?;
    let pairs = scales.iter().zip(&minima);
    let scaled = columns.iter().zip(pairs);
    let scaled: Vec<_> = scaled
        .map(|(column, (scale, minimum))| column.affine(0.0, *scale, *minimum))
        .collect();
    match step.flag("clip", false)? {
        true => cuts::clipped(step, &scaled, conversion),
        false => Ok(scaled),
    }
}

/// `components_` · (x − `mean_`), divided by the standard deviations where it whitens.
pub(super) fn principal_components(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let means = match step.optional("mean_") {
        Some(_) => step.column_numbers("mean_", columns.len())?,
        None => vec![0.0; columns.len()],
    };
    let components = components(step, columns, conversion)?;
    // The components of FastICA are whitened already.
    let deviations = if step.class != "FastICA" && step.flag("whiten", false)? {
        let variances = step.column_numbers("explained_variance_", components.len())?;
        // As scikit-learn has it, a direction without variance is not blown up beyond measure.
        variances
            .iter()
            .map(|variance| variance.sqrt().max(f64::EPSILON))
            .collect()
    } else {
        vec![1.0; components.len()]
    };
    let centred: Vec<_> = columns
        .iter()
        .zip(&means)
        .map(|(column, mean)| column.affine(-mean, 1.0, 0.0))
        .collect();
    let directions = components.iter().zip(&deviations);
    Ok(directions
        .map(|(weights, deviation)| {
            combination(&centred, weights, 0.0).affine(0.0, 1.0 / deviation, 0.0)
        })
        .collect())
}

/// `components_` · x, of TruncatedSVD and random projections.
pub(super) fn truncated_svd(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let components = components(step, columns, conversion)?;
    Ok(components
        .iter()
        .map(|weights| combination(columns, weights, 0.0))
        .collect())
}

/// `scalings_` · (x − `xbar_`): the directions in which the classes differ most. Only the solver "svd" centres.
pub(super) fn discriminant(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    if step.text("solver") == Some("lsqr") {
        return Err(step.refuse("solver=\"lsqr\" has no directions to turn columns into"));
    }
    let count = columns.len();
    let means = match step.text("solver") {
        Some("svd") | None => step.column_numbers("xbar_", count)?,
        Some(_) => vec![0.0; count],
    };
    let scalings = step.table("scalings_")?;
    let most = step.attribute("_max_components")?.integer();
    let most = most.and_then(|most| usize::try_from(most).ok());
    let most = most.ok_or_else(|| step.wrong("_max_components", "a whole number"))?;
    if scalings.len() != count {
        let found = scalings.len();
        return Err(step.refuse(format_args!(
            "scalings_ has {found} rows for {count} columns"
        )));
    }
    let width = scalings.first().map_or(0, Vec::len).min(most);
    let terms: usize = columns.iter().map(|column| column.terms.len()).sum();
    conversion
        .spend(terms.saturating_mul(width))
        .map_err(|conflict| step.refuse(conflict))?;
    let centred: Vec<_> = columns
        .iter()
        .zip(&means)
        .map(|(column, mean)| column.affine(-mean, 1.0, 0.0))
        .collect();
    let direction = |place: usize| {
        let weights: Vec<_> = scalings
            .iter()
            .filter_map(|row| row.get(place).copied())
            .collect();
        combination(&centred, &weights, 0.0)
    };
    Ok((0..width).map(direction).collect())
}

fn components(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Vec<f64>>> {
    let components = step.table("components_")?;
    let width = components.first().map_or(0, Vec::len);
    if width != columns.len() {
        let count = columns.len();
        return Err(step.refuse(format_args!(
            "components_ has {width} numbers for {count} columns"
        )));
    }
    let terms: usize = columns.iter().map(|column| column.terms.len()).sum();
    conversion
        .spend(terms.saturating_mul(components.len()))
        .map_err(|conflict| step.refuse(conflict))?;
    Ok(components)
}

/// The numbers of an attribute, unless a parameter turns them off: an estimator may hold them all the same.
fn optional_numbers(
    step: &Step<'_>,
    flag: &str,
    name: &str,
    count: usize,
    off: f64,
) -> Outcome<Vec<f64>> {
    if step.flag(flag, true)?
        && step
            .value
            .attribute(name)
            .is_none_or(|value| !value.is_none())
    {
        step.column_numbers(name, count)
    } else {
        Ok(vec![off; count])
    }
}

fn centred_and_scaled(
    step: &Step<'_>,
    columns: &[Column],
    centres: &[f64],
    scales: &[f64],
) -> Outcome<Vec<Column>> {
    if scales.contains(&0.0) {
        return Err(step.refuse("it divides a column by 0"));
    }
    let pairs = centres.iter().zip(scales);
    let scaled = columns.iter().zip(pairs);
    Ok(scaled
        .map(|(column, (centre, scale))| column.affine(-centre, 1.0 / scale, 0.0))
        .collect())
}
