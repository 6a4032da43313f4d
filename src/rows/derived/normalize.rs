//! Dividing numbers by their norm.

use crate::artifact::Norm;
use crate::rows::entries::Entry;

/// Divides numbers by their norm. Zeros stay.
pub(super) fn divide(norm: Norm, numbers: &mut [f64]) {
    let length = length(norm, numbers.iter().copied());
    if length > 0.0 {
        for number in numbers {
            *number /= length;
        }
    }
}

/// The norm of some numbers.
pub(super) fn length(norm: Norm, numbers: impl Iterator<Item = f64>) -> f64 {
    match norm {
        Norm::L1 => numbers.map(f64::abs).sum(),
        Norm::L2 => numbers.map(|number| number * number).sum::<f64>().sqrt(),
        Norm::Max => numbers.fold(0.0, |most, number| most.max(number.abs())),
    }
}

/// The same for sparse entries: columns that are not there are 0.
pub(super) fn divide_entries(norm: Norm, entries: &mut [Entry]) {
    let length = length(norm, entries.iter().map(|&(_, value)| value));
    if length > 0.0 {
        for (_, value) in entries {
            *value /= length;
        }
    }
}
