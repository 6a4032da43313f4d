//! Means and percentiles as numpy computes them, to the bit: columns are kept by comparison with them.

use std::cmp::Ordering;

/// Up to so many numbers are added up in eight sums, more than that in two halves.
const BLOCK: usize = 128;

/// The mean.
pub(super) fn mean(numbers: &[f64]) -> f64 {
    sum(numbers) / numbers.len() as f64
}

/// The median.
pub(super) fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(ascending);
    let middle = sorted.len() / 2;
    let upper = at(&sorted, middle);
    if sorted.len() % 2 == 1 {
        return upper;
    }
    mean(&[at(&sorted, middle.wrapping_sub(1)), upper])
}

/// The percentile, between two numbers on the straight line.
pub(super) fn percentile(numbers: &[f64], percent: f64) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(ascending);
    let place = (sorted.len() as f64 - 1.0) * (percent / 100.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place that is none gives NaN"
    )]
    let below = place.floor() as usize;
    let share = place - place.floor();
    let (low, high) = (
        at(&sorted, below),
        at(&sorted, (below + 1).min(sorted.len().saturating_sub(1))),
    );
    if share < 0.5 {
        low + (high - low) * share
    } else {
        high - (high - low) * (1.0 - share)
    }
}

/// numpy's order of numbers: NaN of either sign is last, and 0 is not more than −0.
pub(super) fn ascending(a: &f64, b: &f64) -> Ordering {
    let by_number = (a + 0.0).total_cmp(&(b + 0.0));
    a.is_nan().cmp(&b.is_nan()).then(by_number)
}

/// numpy's pairwise sum: <https://github.com/numpy/numpy/blob/main/numpy/_core/src/umath/loops_utils.h.src>.
pub(super) fn sum(numbers: &[f64]) -> f64 {
    if numbers.len() < 8 {
        return numbers.iter().sum();
    }
    if numbers.len() > BLOCK {
        let half = numbers.len() / 2;
        let (first, second) = numbers.split_at(half - half % 8);
        return sum(first) + sum(second);
    }
    let (blocks, rest) = numbers.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for block in blocks {
        for (sum, number) in sums.iter_mut().zip(block) {
            *sum += number;
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    let blocks = ((a + b) + (c + d)) + ((e + f) + (g + h));
    rest.iter().fold(blocks, |sum, number| sum + number)
}

/// The number in a place.
pub(super) fn at(sorted: &[f64], index: usize) -> f64 {
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

/// Which of `count` columns are among the chosen ones.
pub(super) fn mask(count: usize, chosen: &[usize]) -> Vec<bool> {
    let mut mask = vec![false; count];
    for &index in chosen {
        if let Some(place) = mask.get_mut(index) {
            *place = true;
        }
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 300 numbers of very different sizes, whose plain sum differs. Expected is what numpy 2.4 says.
    #[test]
    fn sums_means_and_percentiles_are_numpys_to_the_bit() {
        let numbers: Vec<f64> = (1..=300).map(|i| 1.0 / f64::from(i)).collect();
        assert_ne!(
            numbers.iter().sum::<f64>().to_bits(),
            sum(&numbers).to_bits()
        );
        assert_eq!(sum(&numbers), SUM);
        assert_eq!(mean(&numbers[..100]), MEAN_OF_100);
        assert_eq!(median(&numbers), MEDIAN);
        assert_eq!(percentile(&numbers, 90.0), PERCENTILE_90);
        assert_eq!(percentile(&numbers, 33.3), PERCENTILE_33);
    }

    const SUM: f64 = 6.282663880299504;
    const MEAN_OF_100: f64 = 0.05187377517639621;
    const MEDIAN: f64 = 0.006644591611479029;
    const PERCENTILE_90: f64 = 0.03236559139784949;
    const PERCENTILE_33: f64 = 0.004989228855721393;
}
