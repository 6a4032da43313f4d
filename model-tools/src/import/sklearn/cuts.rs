//! Transformers that compare each number with bounds, or divide a row by its length.

use sagelet::artifact::{BinEncoding, Columns, Derived, Norm};

use super::step::{Outcome, Step};
use super::text;
use crate::import::linear::{Column, Conversion};

/// 1 where a number is above the threshold, else 0.
pub(super) fn binarizer(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    above(step, "threshold", columns, conversion)
}

/// Columns of 1 where a cell is above the number that an attribute names, else 0.
pub(super) fn above(
    step: &Step<'_>,
    name: &str,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let above = step.attribute(name)?.number();
    let above = above.ok_or_else(|| step.wrong(name, "a number"))?;
    if let Some(binary) = text::binary(above, columns, conversion) {
        return Ok(binary);
    }
    let of = conversion.refer_exactly(columns);
    let of = of.map_err(|conflict| step.refuse(conflict))?;
    Ok(conversion.compute(Derived::Threshold { of, above }))
}

/// Columns no lower and no higher than the range that the training data were scaled to.
pub(super) fn clipped(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let (range, _) = step.numbers("feature_range")?;
    let [lower, upper] = *range.as_slice() else {
        return Err(step.wrong("feature_range", "two numbers"));
    };
    let of = conversion.refer(columns);
    let of = of.map_err(|conflict| step.refuse(conflict))?;
    Ok(conversion.compute(Derived::Clip {
        of,
        lower: Some(lower),
        upper: Some(upper),
    }))
}

/// The interval of each number.
pub(super) fn bins(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let encode = match step.text("encode") {
        Some("onehot" | "onehot-dense") => BinEncoding::OneHot,
        Some("ordinal") => BinEncoding::Ordinal,
        _ => return Err(step.refuse("its encode is not known")),
    };
    let value = step.attribute("bin_edges_")?;
    let edges: Vec<_> = value
        .elements()
        .filter(|lists| lists.len() == columns.len())
        .ok_or_else(|| step.wrong("bin_edges_", "a list of edges for each column"))?
        .collect();
    let moves = step.version().is_some_and(|version| version < (1, 1));
    let refused = |conflict| step.refuse(conflict);
    let of = conversion.refer_exactly(columns).map_err(refused)?;
    let mut made = Vec::new();
    for (of, list) in of.into_iter().zip(edges) {
        let list = list
            .array()
            .and_then(|list| list.floats(value.objects()).ok());
        let list =
            list.ok_or_else(|| step.wrong("bin_edges_", "a list of edges for each column"))?;
        let inner = list
            .get(1..list.len().saturating_sub(1))
            .unwrap_or_default();
        let edges: Vec<f64> = match moves {
            true => inner.iter().map(|edge| where_moved(*edge)).collect(),
            false => inner.to_vec(),
        };
        conversion.spend(3 * list.len()).map_err(refused)?;
        made.extend(conversion.compute(Derived::Bins { of, edges, encode }));
    }
    Ok(made)
}

/// The least number that scikit-learn before 1.1 finds not below an edge, since it moves each number up a little first.
fn where_moved(edge: f64) -> f64 {
    let reaches = |number: f64| number + (1e-8 + 1e-5 * number.abs()) >= edge;
    let size = 1.0 + edge.abs();
    let (mut below, mut reached) = (edge - size, edge + size);
    if !edge.is_finite() || !reaches(reached) || reaches(below) {
        return edge;
    }
    // Halving ends where no number lies between the two.
    loop {
        let middle = below + (reached - below) / 2.0;
        if middle <= below || middle >= reached {
            return reached;
        }
        match reaches(middle) {
            true => reached = middle,
            false => below = middle,
        }
    }
}

/// Each row divided by its norm.
pub(super) fn normalizer(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let norm = norm(step, "norm")?;
    let norm = norm.ok_or_else(|| step.wrong("norm", "\"l1\", \"l2\" or \"max\""))?;
    let is_signed = step.version().is_some_and(|version| version < (0, 24));
    if norm == Norm::Max && is_signed {
        return Err(step.refuse(
            "before scikit-learn 0.24, norm=\"max\" divides by the largest number instead of the largest magnitude: load it \
             with a newer version, and dump it again",
        ));
    }
    if let Some(divided) = text::normalized(norm, columns, conversion) {
        return Ok(divided);
    }
    let of = conversion.refer(columns);
    let of = Columns::List(of.map_err(|conflict| step.refuse(conflict))?);
    Ok(conversion.compute(Derived::Normalize { of, norm }))
}

/// A norm by its name; none if it is `None`.
pub(super) fn norm(step: &Step<'_>, name: &str) -> Outcome<Option<Norm>> {
    match step.text(name) {
        Some("l1") => Ok(Some(Norm::L1)),
        Some("l2") => Ok(Some(Norm::L2)),
        Some("max") => Ok(Some(Norm::Max)),
        None if step.optional(name).is_none() => Ok(None),
        _ => Err(step.wrong(name, "\"l1\", \"l2\", \"max\" or None")),
    }
}
