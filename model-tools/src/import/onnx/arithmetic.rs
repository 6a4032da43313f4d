//! Sums, differences, products, quotients and comparisons of tensors.

use super::message::Tensor;
use super::value::{Clamp, Curve, Sort, Value};
use crate::import::linear::{Cells, Column, combination};

/// Why a node is refused.
pub(super) type Reason = String;

/// The result of an operator on two tensors, element by element.
pub(super) fn binary(
    operator: &str,
    left: &Value,
    right: &Value,
    cells: &mut Cells,
) -> Result<Value, Reason> {
    match (left, right) {
        (Value::Linear(a), Value::Linear(b)) => linear(operator, a, b, cells),
        (value, Value::Constant(constant)) => {
            with_constant(operator, value, numbers(constant)?, false, cells)
        }
        (Value::Constant(constant), value) => {
            with_constant(operator, value, numbers(constant)?, true, cells)
        }
        (Value::Curved(curves, columns), other @ Value::Curved(..))
            if operator == "Mul" && same(left, other) =>
        {
            Ok(Value::Curved(
                curves.iter().cloned().chain([Curve::Square]).collect(),
                columns.clone(),
            ))
        }
        (logistic, Value::LogisticSum(sum))
            if operator == "Div" && logistic.of_logistic() == Some(sum) =>
        {
            Ok(Value::Shares(sum.clone()))
        }
        _ => Err(unknown(left, right)),
    }
}

fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Curved(a, x), Value::Curved(b, y)) => a == b && x == y,
        _ => false,
    }
}

fn unknown(left: &Value, right: &Value) -> Reason {
    format!("of {left} and {right} it makes nothing that a linear model has")
}

/// The columns that a linear operator of ai.onnx.ml takes, which also takes whole numbers as numbers.
pub(super) fn linear_columns(value: &Value) -> Result<Vec<Column>, Reason> {
    match value {
        Value::Linear(columns) => Ok(columns.clone()),
        Value::Cells(features, Sort::Integer) => {
            Ok(features.iter().copied().map(Cells::number).collect())
        }
        other => Err(format!(
            "of {other} it makes nothing that a linear model has"
        )),
    }
}

/// The numbers of a constant that stands beside each row.
pub(super) fn numbers(constant: &Tensor) -> Result<&[f64], Reason> {
    let numbers = constant.row().filter(|numbers| !numbers.is_empty());
    numbers.ok_or_else(|| "its constant is not one number for each column".to_owned())
}

/// One number for each of `count` columns; a single one is for all.
pub(super) fn spread(numbers: &[f64], count: usize) -> Result<Vec<f64>, Reason> {
    match numbers {
        [single] => Ok(vec![*single; count]),
        several if several.len() == count => Ok(several.to_vec()),
        several => Err(format!(
            "it has {} numbers for {count} columns",
            several.len()
        )),
    }
}

fn linear(operator: &str, a: &[Column], b: &[Column], cells: &mut Cells) -> Result<Value, Reason> {
    let sign = match operator {
        "Add" => 1.0,
        "Sub" => -1.0,
        "Mul" if a == b => return Ok(Value::Curved(vec![Curve::Square], a.to_vec())),
        _ => {
            return Err(
                "a product, quotient or comparison of two columns is not linear".to_owned(),
            );
        }
    };
    let width = a.len().max(b.len());
    if [a.len(), b.len()]
        .iter()
        .any(|length| *length != 1 && *length != width)
    {
        return Err(format!("it joins {} columns with {}", a.len(), b.len()));
    }
    let terms: usize = a.iter().chain(b).map(|column| column.terms.len()).sum();
    spend(
        cells,
        terms.saturating_mul(if a.len() == b.len() { 1 } else { width }),
    )?;
    let pairs = a.iter().cycle().zip(b.iter().cycle()).take(width);
    let sum = |(a, b): (&Column, &Column)| combination(&[a.clone(), b.clone()], &[1.0, sign], 0.0);
    Ok(Value::Linear(pairs.map(sum).collect()))
}

/// Counts weights that are about to be made.
pub(super) fn spend(cells: &mut Cells, weights: usize) -> Result<(), Reason> {
    let counted = cells.conversion.spend(weights);
    counted.map_err(|conflict| conflict.to_string())
}

/// A tensor and a constant; `swapped` if the constant is the first operand.
fn with_constant(
    operator: &str,
    value: &Value,
    constant: &[f64],
    swapped: bool,
    cells: &mut Cells,
) -> Result<Value, Reason> {
    let all = |number: f64| constant.iter().all(|other| *other == number);
    let unknown = || {
        Err(format!(
            "of {value} and a constant it makes nothing that a linear model has"
        ))
    };
    match value {
        Value::Linear(columns) => linear_with_constant(operator, columns, constant, swapped, cells),
        Value::Clamped(column, clamps) => {
            clamped_with_constant(operator, column, clamps, constant, swapped)
        }
        Value::OnePlusExp(columns) if operator == "Div" && swapped && all(1.0) => {
            Ok(Value::logistic(negative(columns)))
        }
        Value::LogisticSum(columns) if operator == "Greater" && !swapped && all(0.0) => {
            Ok(Value::LogisticSumIsPositive(columns.clone()))
        }
        Value::LogisticSum(columns) if operator == "Equal" && all(0.0) => {
            Ok(Value::LogisticSumIsZero(columns.clone()))
        }
        Value::Curved(curves, columns) => match (operator, curves.as_slice()) {
            ("Add", [Curve::Exp]) if all(1.0) => Ok(Value::OnePlusExp(columns.clone())),
            ("Sub", [Curve::Logistic]) if swapped && all(1.0) => {
                Ok(Value::logistic(negative(columns)))
            }
            ("Sub", [before @ .., Curve::Exp]) if !swapped && all(1.0) => Ok(Value::Curved(
                before.iter().cloned().chain([Curve::Expm1]).collect(),
                columns.clone(),
            )),
            ("Pow", _) if !swapped && all(2.0) => Ok(Value::Curved(
                curves.iter().cloned().chain([Curve::Square]).collect(),
                columns.clone(),
            )),
            ("Add", [Curve::Interpolated(points)]) if constant.len() == 1 => {
                let moved = |(x, y): &(f64, f64)| (*x, constant.iter().sum::<f64>() + y);
                let points = points.iter().map(moved).collect();
                Ok(Value::Curved(
                    vec![Curve::Interpolated(points)],
                    columns.clone(),
                ))
            }
            _ => unknown(),
        },
        _ => unknown(),
    }
}

/// The negative of each column.
pub(super) fn negative(columns: &[Column]) -> Vec<Column> {
    columns
        .iter()
        .map(|column| column.affine(0.0, -1.0, 0.0))
        .collect()
}

fn linear_with_constant(
    operator: &str,
    columns: &[Column],
    constant: &[f64],
    swapped: bool,
    cells: &mut Cells,
) -> Result<Value, Reason> {
    match (operator, columns, constant, swapped) {
        ("Greater", [column], [bound], false) | ("Less", [column], [bound], true) => {
            return Ok(Value::Above(column.affine(0.0, 1.0, -bound)));
        }
        ("Greater", [column], [bound], true) | ("Less", [column], [bound], false) => {
            return Ok(Value::Above(column.affine(0.0, -1.0, *bound)));
        }
        ("Max" | "Min", [column], ..) => {
            let unbounded = Clamp {
                low: f64::NEG_INFINITY,
                high: f64::INFINITY,
                scale: 1.0,
                shift: 0.0,
            };
            return clamped_with_constant(
                operator,
                column,
                &vec![unbounded; constant.len()],
                constant,
                swapped,
            );
        }
        ("Pow", ..) if !swapped && constant.iter().all(|power| *power == 2.0) => {
            return Ok(Value::Curved(vec![Curve::Square], columns.to_vec()));
        }
        _ => {}
    }
    let width = columns.len().max(constant.len());
    let numbers = spread(constant, width)?;
    if columns.len() != width && columns.len() != 1 {
        return Err(format!(
            "it has {width} numbers for {} columns",
            columns.len()
        ));
    }
    let terms: usize = columns.iter().map(|column| column.terms.len()).sum();
    spend(cells, terms.saturating_mul(width / columns.len().max(1)))?;
    let pairs = columns.iter().cycle().zip(&numbers);
    let results = pairs.map(|(column, number)| {
        affine(operator, *number, swapped)
            .map(|(before, factor, after)| column.affine(before, factor, after))
    });
    Ok(Value::Linear(results.collect::<Result<_, _>>()?))
}

/// What an operator with a constant does to x: (x + before) · factor + after.
fn affine(operator: &str, number: f64, swapped: bool) -> Result<(f64, f64, f64), Reason> {
    match (operator, swapped) {
        ("Add", _) => Ok((0.0, 1.0, number)),
        ("Sub", false) => Ok((-number, 1.0, 0.0)),
        ("Sub", true) => Ok((0.0, -1.0, number)),
        ("Mul", _) => Ok((0.0, number, 0.0)),
        ("Div", false) if number != 0.0 => Ok((0.0, 1.0 / number, 0.0)),
        ("Div", false) => Err("it divides by 0".to_owned()),
        _ => Err("of a column and a constant it makes nothing linear".to_owned()),
    }
}

fn clamped_with_constant(
    operator: &str,
    column: &Column,
    clamps: &[Clamp],
    constant: &[f64],
    swapped: bool,
) -> Result<Value, Reason> {
    let numbers = spread(constant, clamps.len())?;
    let changed = clamps.iter().zip(numbers).map(|(clamp, number)| {
        let untouched = clamp.scale == 1.0 && clamp.shift == 0.0;
        match operator {
            "Max" if untouched && number <= clamp.high => Ok(Clamp {
                low: clamp.low.max(number),
                ..*clamp
            }),
            "Min" if untouched && number >= clamp.low => Ok(Clamp {
                high: clamp.high.min(number),
                ..*clamp
            }),
            "Max" | "Min" => Err("its bounds leave nothing between them".to_owned()),
            _ => {
                let (before, factor, after) = affine(operator, number, swapped)?;
                Ok(Clamp {
                    scale: clamp.scale * factor,
                    shift: (clamp.shift + before) * factor + after,
                    ..*clamp
                })
            }
        }
    });
    Ok(Value::Clamped(
        column.clone(),
        changed.collect::<Result<_, Reason>>()?,
    ))
}

/// The sum of clamps of one column times weights, as the straight lines that it is.
pub(super) fn interpolated(
    column: &Column,
    clamps: &[Clamp],
    weights: &[f64],
) -> Result<Value, Reason> {
    let mut pieces: Vec<(&Clamp, f64)> = clamps.iter().zip(weights.iter().copied()).collect();
    pieces.sort_by(|(a, _), (b, _)| a.low.total_cmp(&b.low));
    let bounded = pieces
        .iter()
        .all(|(clamp, _)| clamp.low.is_finite() && clamp.high.is_finite());
    let mut neighbours = pieces.iter().zip(pieces.iter().skip(1));
    if !bounded || !neighbours.all(|((a, _), (b, _))| a.high == b.low) {
        return Err(
            "its bounds do not follow one another as those of an isotonic regression do".to_owned(),
        );
    }
    let level = |(clamp, weight): &(&Clamp, f64)| weight * (clamp.scale * clamp.low + clamp.shift);
    let mut y: f64 = pieces.iter().map(level).sum();
    let mut points: Vec<(f64, f64)> = pieces
        .first()
        .map(|(clamp, _)| (clamp.low, y))
        .into_iter()
        .collect();
    for (clamp, weight) in pieces {
        y += weight * (clamp.scale * (clamp.high - clamp.low));
        points.push((clamp.high, y));
    }
    Ok(Value::Curved(
        vec![Curve::Interpolated(points)],
        vec![column.clone()],
    ))
}
