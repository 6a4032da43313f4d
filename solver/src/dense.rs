//! Sums over slices, written so that LLVM makes vector instructions of them on any processor: eight partial
//! sums in a fixed order, so that the result does not depend on the machine's vector width.

/// Partial sums that run side by side.
const LANES: usize = 8;

/// Σ aᵢbᵢ.
#[must_use]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a_whole, a_rest) = a.as_chunks::<LANES>();
    let (b_whole, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (a, b) in a_whole.iter().zip(b_whole) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    total(sums) + rest
}

/// y += factor · x.
pub fn add_scaled(y: &mut [f64], factor: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += factor * x;
    }
}

/// The Euclidean length of a vector.
#[must_use]
pub fn norm(x: &[f64]) -> f64 {
    dot(x, x).sqrt()
}

/// The largest magnitude in a vector, 0 for an empty one.
#[must_use]
pub fn largest(x: &[f64]) -> f64 {
    x.iter()
        .fold(0.0, |largest: f64, value| largest.max(value.abs()))
}

fn total(sums: [f64; LANES]) -> f64 {
    ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]))
}

/// √(a² + b²) without overflow, by operations that every system rounds alike: `hypot` of one system's mathematical
/// library differs from another's in the last bit, and with it would the bytes of an artifact.
#[must_use]
pub fn length(a: f64, b: f64) -> f64 {
    let (larger, smaller) = (a.abs().max(b.abs()), a.abs().min(b.abs()));
    if a.is_nan() || b.is_nan() {
        return f64::NAN; // which min and max pass over
    }
    if larger == 0.0 || larger.is_infinite() {
        return larger;
    }
    let ratio = smaller / larger;
    larger * (1.0 + ratio * ratio).sqrt()
}

/// Whether two lists are the same to the last bit.
pub(crate) fn same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
}
