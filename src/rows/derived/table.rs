//! Functions that are given piece by piece: intervals, and straight lines between points.

/// Writes the interval that a number falls into: 1 in its column, or its index.
pub(super) fn bins(number: f64, edges: &[f64], one_hot: bool, out: &mut [f64]) {
    let bin = edges.partition_point(|&edge| edge <= number);
    if one_hot {
        out.fill(0.0);
        if let Some(out) = out.get_mut(bin) {
            *out = 1.0;
        }
    } else {
        out.fill(bin as f64);
    }
}

/// The value at `number` of the function through the points, as scikit-learn's `QuantileTransformer` finds it: the mean
/// of reading it from the left and from the right, which differ where x repeats.
pub(super) fn value(number: f64, x: &[f64], y: &[f64], margin: Option<f64>) -> f64 {
    let ends = (x.first(), x.last(), y.first(), y.last());
    let (Some(&first), Some(&last), Some(&lowest), Some(&highest)) = ends else {
        return f64::NAN;
    };
    let (is_first, is_last) = match margin {
        Some(margin) => (number - margin < first, number + margin > last),
        None => (number <= first, number >= last),
    };
    if is_first {
        return lowest;
    }
    if is_last {
        return highest;
    }
    let right = x.partition_point(|&point| point <= number);
    let left = x.partition_point(|&point| point < number);
    // From the left, the line begins at the last point that is not above the number; from the right, at the first that
    // is not below it.
    let forward = line(
        x,
        y,
        right.saturating_sub(1),
        right,
        right.saturating_sub(1),
        number,
    );
    let backward = line(x, y, left.saturating_sub(1), left, left, number);
    0.5 * (forward + backward)
}

/// The line through two points, reckoned from one of them. Where that point is the number's own, its value.
fn line(x: &[f64], y: &[f64], from: usize, to: usize, base: usize, number: f64) -> f64 {
    let point = |index: usize| Some((*x.get(index)?, *y.get(index)?));
    let Some((base_x, base_y)) = point(base) else {
        // Beyond the last point: its value.
        return y.last().copied().unwrap_or(f64::NAN);
    };
    if base_x == number {
        return base_y;
    }
    match (point(from), point(to)) {
        (Some((x0, y0)), Some((x1, y1))) => (y1 - y0) / (x1 - x0) * (number - base_x) + base_y,
        _ => base_y,
    }
}
