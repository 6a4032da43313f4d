//! Which of several penalties is the best, by the loss on rows that were held out.

use crate::penalty::Penalty;

/// A penalty that was tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// The penalty.
    pub penalty: Penalty,
    /// The mean loss on held-out rows: one per fold, or one.
    pub losses: Vec<f64>,
    /// The mean loss on all rows that are fitted, of a model of all of them.
    pub training: f64,
    /// Coefficients of that model that are not 0.
    pub coefficients: usize,
}

impl Tried {
    /// The mean of the folds' losses.
    #[must_use]
    pub fn loss(&self) -> f64 {
        self.losses.iter().sum::<f64>() / self.losses.len() as f64
    }

    /// The standard error of that mean; none without several folds.
    #[must_use]
    pub fn standard_error(&self) -> Option<f64> {
        let (mean, count) = (self.loss(), self.losses.len() as f64);
        let squares: f64 = self.losses.iter().map(|loss| (loss - mean).powi(2)).sum();
        (self.losses.len() > 1).then(|| (squares / (count - 1.0) / count).sqrt())
    }
}

/// Numbers from `largest` down to `share` of it, evenly spaced on the scale of logarithms.
#[must_use]
pub fn falling(largest: f64, share: f64, count: usize) -> Vec<f64> {
    let steps = count.saturating_sub(1).max(1) as f64;
    (0..count)
        .map(|step| largest * share.powf(step as f64 / steps))
        .collect()
}

/// The place of the smallest loss, the first of several: penalties fall, so it is the strongest. Losses that are not
/// finite do not count.
#[must_use]
pub fn best(tried: &[Tried]) -> Option<usize> {
    let finite = (0..tried.len()).filter(|&place| tried[place].loss().is_finite());
    finite.min_by(|&a, &b| tried[a].loss().total_cmp(&tried[b].loss()))
}

/// The place of the strongest penalty whose loss is within one standard error of that of `best`, among those of one
/// path: `first` is where the path of `best` begins.
#[must_use]
pub fn within_one_standard_error(tried: &[Tried], first: usize, best: usize) -> usize {
    let bound = tried[best].loss() + tried[best].standard_error().unwrap_or(0.0);
    (first..best)
        .find(|&place| tried[place].loss() <= bound)
        .unwrap_or(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(losses: &[f64]) -> Tried {
        Tried {
            penalty: Penalty::default(),
            losses: losses.to_vec(),
            training: 0.0,
            coefficients: 0,
        }
    }

    #[test]
    fn the_smallest_loss_is_the_best_and_the_strongest_penalty_near_it_is_on_request() {
        let path = [
            tried(&[9.0, 9.0]),
            tried(&[2.0, 4.0]),
            tried(&[1.0, 3.0]),
            tried(&[1.0, 3.0]),
            tried(&[f64::NAN, 0.0]),
        ];
        assert_eq!(best(&path), Some(2));
        assert_eq!(path[2].standard_error(), Some(1.0));
        assert_eq!(within_one_standard_error(&path, 0, 2), 1);
        assert_eq!(within_one_standard_error(&path, 2, 2), 2);
        assert_eq!(best(&[tried(&[f64::NAN])]), None);
    }

    #[test]
    fn penalties_fall_evenly_to_their_share() {
        let path = falling(8.0, 1.0 / 64.0, 4);
        for (found, expected) in path.iter().zip([8.0, 2.0, 0.5, 0.125]) {
            assert!((found / expected - 1.0).abs() < 1e-15, "{path:?}");
        }
        assert_eq!(falling(8.0, 0.1, 1), [8.0]);
    }
}
