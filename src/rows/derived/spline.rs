//! B-splines, by the recursion of Cox and de Boor.

use crate::artifact::Extrapolation;
use crate::limits::SPLINE_DEGREE_MAX;

/// Values of the splines that are not 0 in one piece.
type Piece = [f64; SPLINE_DEGREE_MAX + 1];

/// Writes the value of each spline at a number.
///
/// # Errors
/// The number is outside of the splines' interval, and nothing may be extrapolated.
pub(super) fn values(
    number: f64,
    knots: &[f64],
    degree: usize,
    extrapolation: Extrapolation,
    out: &mut [f64],
) -> Result<(), String> {
    let last = knots.len().saturating_sub(degree + 1);
    let (low, high) = (at(knots, degree), at(knots, last));
    let inside = number.clamp(low, high);
    let x = match extrapolation {
        Extrapolation::Error if number != inside => {
            return Err(format!(
                "the spline is defined from {low} to {high}, not at {number}"
            ));
        }
        Extrapolation::Periodic => low + (number - low).rem_euclid(high - low),
        Extrapolation::Continue => number,
        Extrapolation::Error | Extrapolation::Constant | Extrapolation::Linear => inside,
    };
    let piece = piece(knots, degree, last, x);
    let mut found = basis(knots, degree, piece, x);
    if extrapolation == Extrapolation::Linear && number != inside {
        let slopes = slopes(knots, degree, piece, x);
        for (value, slope) in found.iter_mut().zip(slopes) {
            *value += (number - inside) * slope;
        }
    }
    out.fill(0.0);
    let count = out.len().max(1);
    for (index, value) in found.iter().take(degree + 1).enumerate() {
        // Periodic splines behind the last are the first ones again.
        if let Some(out) = out.get_mut((piece - degree + index) % count) {
            *out += value;
        }
    }
    Ok(())
}

/// The knot that the piece with this number begins at.
fn piece(knots: &[f64], degree: usize, last: usize, x: f64) -> usize {
    let inner = knots.get(degree + 1..last).unwrap_or_default();
    degree + inner.partition_point(|&knot| knot <= x)
}

/// The `degree` + 1 splines that are not 0 between knots `piece` and `piece` + 1.
fn basis(knots: &[f64], degree: usize, piece: usize, x: f64) -> Piece {
    let mut values = [0.0; SPLINE_DEGREE_MAX + 1];
    if let Some(first) = values.first_mut() {
        *first = 1.0;
    }
    for level in 1..=degree {
        let mut carried = 0.0;
        for index in 0..level {
            let (right, left) = (
                at(knots, piece + index + 1),
                at(knots, piece + index + 1 - level),
            );
            let share = quotient(at(&values, index), right - left);
            set(&mut values, index, carried + share * (right - x));
            carried = share * (x - left);
        }
        set(&mut values, level, carried);
    }
    values
}

/// Their derivatives.
fn slopes(knots: &[f64], degree: usize, piece: usize, x: f64) -> Piece {
    let mut slopes = [0.0; SPLINE_DEGREE_MAX + 1];
    let Some(lower) = degree.checked_sub(1) else {
        return slopes;
    };
    let below = basis(knots, lower, piece, x);
    for index in 0..=degree {
        // Spline `piece − degree + index`, from the two of the lower degree that it is made of.
        let share = |index: usize| {
            let (right, left) = (at(knots, piece + index), at(knots, piece + index - degree));
            quotient(at(&below, index - 1), right - left)
        };
        let rising = if index > 0 { share(index) } else { 0.0 };
        let falling = if index < degree {
            share(index + 1)
        } else {
            0.0
        };
        set(&mut slopes, index, degree as f64 * (rising - falling));
    }
    slopes
}

fn quotient(number: f64, by: f64) -> f64 {
    if by == 0.0 { 0.0 } else { number / by }
}

fn at(numbers: &[f64], index: usize) -> f64 {
    numbers.get(index).copied().unwrap_or_default()
}

fn set(numbers: &mut [f64], index: usize, number: f64) {
    if let Some(place) = numbers.get_mut(index) {
        *place = number;
    }
}
