//! Normal densities of classes: their logarithms are linear in centred cells and in the squares of these.

use std::f64::consts::TAU;

/// The mean of the classes' means, for each column.
pub(crate) fn centres(means: &[Vec<f64>]) -> Vec<f64> {
    let width = means.first().map_or(0, Vec::len);
    let mut centres = vec![0.0; width];
    for row in means {
        let share = 1.0 / means.len() as f64;
        centres
            .iter_mut()
            .zip(row)
            .for_each(|(centre, mean)| *centre += share * mean);
    }
    centres
}

/// The logarithm of a normal density as coefficients of the centred cells, of their squares, and an intercept.
pub(crate) fn density(means: &[f64], variances: &[f64], centres: &[f64]) -> (Vec<f64>, f64) {
    let (mut linear, mut square, mut intercept) = (Vec::new(), Vec::new(), 0.0);
    for ((mean, variance), centre) in means.iter().zip(variances).zip(centres) {
        let mean = mean - centre;
        linear.push(mean / variance);
        square.push(-0.5 / variance);
        intercept -= 0.5 * ((TAU * variance).ln() + mean * mean / variance);
    }
    (linear.into_iter().chain(square).collect(), intercept)
}
