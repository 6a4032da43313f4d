//! Scalers: each element of a vector is moved and multiplied.

use super::SparkError;
use super::stage::Stage;
use crate::import::linear::Column;
use crate::import::parquet::Table;

/// What becomes of an element: (element + before) · factor + after.
type Affine = (f64, f64, f64);

/// How many elements the vector has that a scaler was fitted to.
pub(super) fn width(stage: &Stage<'_>, table: &Table) -> Result<usize, SparkError> {
    let name = match stage.name() {
        "StandardScalerModel" => "std",
        "MinMaxScalerModel" => "originalMin",
        "MaxAbsScalerModel" => "maxAbs",
        _ => "range",
    };
    Ok(stage.vector(table, name)?.len())
}

/// The scaled elements.
pub(super) fn scaled(
    stage: &Stage<'_>,
    table: &Table,
    columns: &[Column],
) -> Result<Vec<Column>, SparkError> {
    let vector = |name: &str| {
        let vector = stage.vector(table, name)?;
        match vector.len() == columns.len() {
            true => Ok(vector),
            false => Err(stage.without(name)),
        }
    };
    let changes: Vec<Affine> = match stage.name() {
        "StandardScalerModel" => {
            let centre = stage.flag("withMean", false);
            let scale = stage.flag("withStd", true);
            moved(&vector("mean")?, centre, &vector("std")?, scale)
        }
        "RobustScalerModel" => {
            let centre = stage.flag("withCentering", false);
            let scale = stage.flag("withScaling", true);
            moved(&vector("median")?, centre, &vector("range")?, scale)
        }
        "MinMaxScalerModel" => {
            let bounds = (stage.number("min"), stage.number("max"));
            let (Some(least), Some(most)) = bounds else {
                return Err(stage.without("min or max"));
            };
            let (from, to) = (vector("originalMin")?, vector("originalMax")?);
            let change = |(from, to): (&f64, &f64)| match to - from {
                0.0 => (0.0, 0.0, 0.5 * (least + most)),
                range => (-from, (most - least) / range, least),
            };
            from.iter().zip(&to).map(change).collect()
        }
        _ => {
            let most = vector("maxAbs")?;
            let factor = |most: &f64| match *most {
                0.0 => 1.0,
                most => 1.0 / most,
            };
            most.iter().map(|most| (0.0, factor(most), 0.0)).collect()
        }
    };
    let scaled = columns.iter().zip(changes);
    Ok(scaled
        .map(|(column, (before, factor, after))| column.affine(before, factor, after))
        .collect())
}

/// Less the centres and divided by the widths, as far as that is asked for. A constant element becomes 0.
fn moved(centres: &[f64], is_centred: bool, widths: &[f64], is_scaled: bool) -> Vec<Affine> {
    let change = |(centre, width): (&f64, &f64)| {
        let before = if is_centred { -centre } else { 0.0 };
        let factor = match (is_scaled, *width) {
            (false, _) => 1.0,
            (true, 0.0) => 0.0,
            (true, width) => 1.0 / width,
        };
        (before, factor, 0.0)
    };
    centres.iter().zip(widths).map(change).collect()
}
