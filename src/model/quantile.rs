//! Quantiles of the normal distribution and of Student's t.

use std::f64::consts::FRAC_PI_2;

use crate::rows::normal_quantile;

/// Degrees of freedom past which Student's t is an expansion of the normal distribution: its error is below 1e-12 there.
const EXPANDED_FROM: u64 = 1_000;

/// How often the interval of an angle is halved until its ends are neighbouring floats.
const HALVINGS: usize = 64;

/// The number that bounds the middle `level` of a distribution on both sides: of Student's t with so many degrees of
/// freedom, or of the normal distribution.
pub(super) fn two_sided(level: f64, degrees: Option<u64>) -> f64 {
    let normal = -normal_quantile((1.0 - level) / 2.0);
    match degrees {
        None => normal,
        Some(degrees) if degrees > EXPANDED_FROM => expanded(normal, degrees as f64),
        Some(degrees) => halved(level, degrees),
    }
}

/// Abramowitz and Stegun, 26.7.5.
fn expanded(x: f64, degrees: f64) -> f64 {
    let s = x * x;
    let terms = [
        (s + 1.0) / 4.0,
        ((5.0 * s + 16.0) * s + 3.0) / 96.0,
        (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0,
        ((((79.0 * s + 776.0) * s + 1482.0) * s - 1920.0) * s - 945.0) / 92_160.0,
    ];
    let last_first = terms.iter().rev();
    x + x * last_first.fold(0.0, |sum, term| (sum + term) / degrees)
}

/// The number with this probability between it and its negative, by halving: t = √degrees · tan(angle).
fn halved(level: f64, degrees: u64) -> f64 {
    let (mut low, mut high) = (0.0, FRAC_PI_2);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if probability(middle, degrees) < level {
            low = middle;
        } else {
            high = middle;
        }
    }
    (degrees as f64).sqrt() * f64::midpoint(low, high).tan()
}

/// The probability of a number between −√degrees · tan(angle) and √degrees · tan(angle): Abramowitz and Stegun, 26.7.3
/// and 26.7.4.
fn probability(angle: f64, degrees: u64) -> f64 {
    let (sine, cosine) = angle.sin_cos();
    let is_odd = degrees % 2 == 1;
    let mut term = if is_odd { cosine } else { 1.0 };
    let mut sum = if degrees == 1 { 0.0 } else { term };
    let mut factor = if is_odd { 2.0 } else { 1.0 };
    while factor + 1.0 < degrees as f64 - 1.0 {
        term *= cosine * cosine * factor / (factor + 1.0);
        sum += term;
        factor += 2.0;
    }
    if is_odd {
        (angle + sine * sum) / FRAC_PI_2
    } else {
        sine * sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As R 4 has them: `qt((1 + level) / 2, degrees)` and `qnorm`.
    #[test]
    fn quantiles_are_those_of_scipy_and_r() {
        for (level, degrees, expected) in QUANTILES {
            let found = two_sided(level, degrees);
            let error = (found / expected - 1.0).abs();
            assert!(error < 1e-11, "{level} {degrees:?}: {found} {error:e}");
        }
    }

    const QUANTILES: [(f64, Option<u64>, f64); 34] = [
        (0.5, Some(1), 1.0),
        (0.5, Some(2), 0.8164965809277259),
        (0.5, Some(3), 0.7648923284043452),
        (0.5, Some(4), 0.7406970841126826),
        (0.5, Some(87), 0.6773201856280874),
        (0.5, Some(432), 0.6750580809883973),
        (0.5, Some(999), 0.6747354103467189),
        (0.5, Some(1000), 0.6747351646070093),
        (0.5, Some(1001), 0.6747349193584471),
        (0.5, Some(2500), 0.674587896884621),
        (0.5, Some(1000000), 0.6744899955310873),
        (0.95, Some(1), 12.706204736174694),
        (0.95, Some(2), 4.302652729749462),
        (0.95, Some(3), 3.1824463052837078),
        (0.95, Some(4), 2.7764451051977934),
        (0.95, Some(87), 1.9876082815890703),
        (0.95, Some(432), 1.9654705088614155),
        (0.95, Some(999), 1.9623414611334493),
        (0.95, Some(1000), 1.9623390808264076),
        (0.95, Some(1001), 1.9623367052808791),
        (0.95, Some(2500), 1.9609133447955664),
        (0.95, Some(1000000), 1.9599663568141066),
        (0.999, Some(1), 636.6192487687897),
        (0.999, Some(2), 31.599054576445365),
        (0.999, Some(3), 12.923978636687961),
        (0.999, Some(4), 8.610301581379522),
        (0.999, Some(87), 3.4058974990766706),
        (0.999, Some(432), 3.313189948275646),
        (0.999, Some(999), 3.3002924403987666),
        (0.999, Some(1000), 3.3002826484239436),
        (0.999, Some(1001), 3.30027287606604),
        (0.999, Some(2500), 3.2944228084453666),
        (0.999, Some(1000000), 3.2905364612487213),
        (0.95, None, 1.9599639845400536),
    ];
}
