//! Quantiles of a column by counting: integers in logarithmic buckets, so that the result does not depend on the
//! order of the rows or on how they are shared out.

use crate::bytes::{Reader, Writer};

/// How fine the buckets are: an octave has 2^bits of them, so a bucket is 2^−bits of its numbers wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolution(u32);

impl Resolution {
    /// 0.1 %.
    pub const FINE: Self = Self(10);

    /// What keeps the counts of a table of this width within some 40 MB: 0.1 % up to 64 columns, 0.4 % up to
    /// 512, 1.6 % beyond.
    #[must_use]
    pub fn of_width(width: usize) -> Self {
        match width {
            0..=64 => Self::FINE,
            65..=512 => Self(8),
            _ => Self(6),
        }
    }

    /// Bytes that the counts of one column's numbers take if those lie in so many octaves.
    #[must_use]
    pub fn bytes(self, octaves: usize) -> usize {
        octaves * self.buckets() * size_of::<u32>() + OCTAVES * size_of::<u16>()
    }

    fn buckets(self) -> usize {
        1 << self.0
    }
}

/// Octaves of a column of measurements: six decimal orders of magnitude have 20, and half as many with the other sign.
pub const USUAL_OCTAVES: usize = 30;

/// Signs and exponents of numbers.
const OCTAVES: usize = 1 << 12;

/// What a bucket counts with: `u32` for rows, so that the counts of a table stay in a core's cache; `f64` for weights.
pub trait Count: Copy + Default + PartialEq {
    /// The sum of two counts.
    #[must_use]
    fn plus(self, other: Self) -> Self;

    /// The count as a number.
    fn number(self) -> f64;

    /// The count as a whole number that is small for the counts that are frequent.
    fn saved(self) -> u64;

    /// The count that was saved as this number.
    fn restored(saved: u64) -> Option<Self>;
}

impl Count for u32 {
    fn plus(self, other: Self) -> Self {
        self.saturating_add(other)
    }

    fn number(self) -> f64 {
        self.into()
    }

    fn saved(self) -> u64 {
        self.into()
    }

    fn restored(saved: u64) -> Option<Self> {
        saved.try_into().ok()
    }
}

impl Count for f64 {
    fn plus(self, other: Self) -> Self {
        self + other
    }

    fn number(self) -> f64 {
        self
    }

    fn saved(self) -> u64 {
        // Few digits leave the last bytes 0, which stand first then.
        self.to_bits().swap_bytes()
    }

    fn restored(saved: u64) -> Option<Self> {
        Some(Self::from_bits(saved.swap_bytes()))
    }
}

/// Counts of numbers, by bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct Sketch<C> {
    resolution: Resolution,
    /// The place of each octave's counts among all, plus one; 0 for an octave that has none. Empty at first.
    places: Vec<u16>,
    /// The octaves that have counts, in the order of their counts.
    octaves: Vec<usize>,
    counts: Vec<C>,
}

impl<C: Count> Sketch<C> {
    /// Counts of nothing.
    #[must_use]
    pub fn new(resolution: Resolution) -> Self {
        Self {
            resolution,
            places: Vec::new(),
            octaves: Vec::new(),
            counts: Vec::new(),
        }
    }

    /// Counts a number that is not NaN. Weights of whole numbers keep the result independent of the order.
    pub fn add(&mut self, number: f64, weight: C) {
        let Resolution(bits) = self.resolution;
        let key = usize::try_from(rising(number) >> (52 - bits)).unwrap_or(0);
        let count = self.count(key);
        *count = count.plus(weight);
    }

    /// The count of a bucket, by its octave and its place in it.
    fn count(&mut self, key: usize) -> &mut C {
        let Resolution(bits) = self.resolution;
        let place = match self.places.get(key >> bits) {
            Some(place) if *place > 0 => usize::from(*place) - 1,
            _ => self.make_room(key >> bits),
        };
        &mut self.counts[(place << bits) + key % self.resolution.buckets()]
    }

    /// Makes counts for an octave. Returns their place.
    fn make_room(&mut self, octave: usize) -> usize {
        self.places.resize(OCTAVES, 0);
        self.octaves.push(octave);
        self.counts
            .resize(self.octaves.len() * self.resolution.buckets(), C::default());
        self.places[octave] = u16::try_from(self.octaves.len()).unwrap_or(u16::MAX);
        self.octaves.len() - 1
    }

    /// Adds the counts of another one.
    pub fn merge(&mut self, other: &Self) {
        let buckets = self.resolution.buckets();
        for (octave, counts) in other.octaves.iter().zip(other.counts.chunks(buckets)) {
            let place = match self.places.get(*octave) {
                Some(place) if *place > 0 => usize::from(*place) - 1,
                _ => self.make_room(*octave),
            };
            let own = &mut self.counts[place * buckets..(place + 1) * buckets];
            for (own, count) in own.iter_mut().zip(counts) {
                *own = own.plus(*count);
            }
        }
    }

    /// The number below which `share` of the count lies, to 0.1 %; none if nothing was counted.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<f64> {
        self.quantiles(&[share]).first().map(|(number, _)| *number)
    }

    /// For each of these shares, which rise, the number below which it lies, and the share of the count that its
    /// bucket and those below it have; empty if nothing was counted.
    #[must_use]
    pub fn quantiles(&self, shares: &[f64]) -> Vec<(f64, f64)> {
        let buckets = self.buckets();
        let total: f64 = buckets.iter().map(|(_, count)| count).sum();
        let mut counted = 0.0;
        let mut shares = shares.iter().peekable();
        let mut found = Vec::with_capacity(shares.len());
        for (number, count) in buckets {
            counted += count;
            while shares.next_if(|share| counted >= **share * total).is_some() {
                found.push((number, counted / total));
            }
        }
        found
    }

    /// The buckets that are not empty, in the order of their numbers: the number of each and its count.
    #[must_use]
    pub fn buckets(&self) -> Vec<(f64, f64)> {
        let Resolution(bits) = self.resolution;
        let mut found = Vec::new();
        self.each_filled(|key, count| {
            let number = self.number(key >> bits, key % self.resolution.buckets());
            found.push((number, count.number()));
        });
        found
    }

    /// Gives out the buckets that are not empty, in their order.
    fn each_filled(&self, mut each: impl FnMut(usize, C)) {
        let Resolution(bits) = self.resolution;
        let buckets = self.resolution.buckets();
        let mut octaves: Vec<(usize, &[C])> = self
            .octaves
            .iter()
            .copied()
            .zip(self.counts.chunks(buckets))
            .collect();
        octaves.sort_unstable_by_key(|(octave, _)| *octave);
        for (octave, counts) in octaves {
            for (bucket, &count) in counts.iter().enumerate() {
                if count != C::default() {
                    each(octave << bits | bucket, count);
                }
            }
        }
    }

    /// Writes the buckets that are not empty: how far each is behind the one before it, and its count.
    pub(crate) fn save(&self, to: &mut Writer) {
        let mut filled = Vec::new();
        self.each_filled(|key, count| filled.push((key, count)));
        to.whole(filled.len() as u64);
        let mut next = 0;
        for (key, count) in filled {
            to.whole((key - next) as u64);
            to.whole(count.saved());
            next = key + 1;
        }
    }

    /// Reads the buckets of a sketch of this resolution.
    pub(crate) fn restore(from: &mut Reader<'_>, resolution: Resolution) -> Option<Self> {
        let Resolution(bits) = resolution;
        let mut sketch = Self::new(resolution);
        let filled = from.count(2)?;
        let mut next = 0_usize;
        for _ in 0..filled {
            let key = usize::try_from(from.whole()?).ok()?.checked_add(next)?;
            if key >> bits >= OCTAVES {
                return None;
            }
            *sketch.count(key) = C::restored(from.whole()?)?;
            next = key + 1;
        }
        Some(sketch)
    }

    /// The number that a bucket stands for: its edge that is nearer to 0, where whole numbers and 0 itself lie.
    fn number(&self, octave: usize, bucket: usize) -> f64 {
        let Resolution(bits) = self.resolution;
        let key = (octave as u64) << bits | bucket as u64;
        let low = from_rising(key << (52 - bits));
        let high = from_rising(key << (52 - bits) | ((1 << (52 - bits)) - 1));
        if low.abs() < high.abs() { low } else { high }
    }
}

/// Bits that rise with the number.
fn rising(number: f64) -> u64 {
    // 0 and −0 are one number.
    let bits = (number + 0.0).to_bits();
    if bits >> 63 == 1 {
        !bits
    } else {
        bits | 1 << 63
    }
}

fn from_rising(bits: u64) -> f64 {
    f64::from_bits(if bits >> 63 == 1 {
        bits ^ 1 << 63
    } else {
        !bits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_right_to_a_thousandth_in_any_order() {
        let numbers: Vec<f64> = (1..=10_001)
            .map(|n| f64::from(n) * 0.37 - 1_000.0)
            .collect();
        let mut forward = Sketch::<u32>::new(Resolution::FINE);
        let (mut even, mut odd) = (
            Sketch::<u32>::new(Resolution::FINE),
            Sketch::<u32>::new(Resolution::FINE),
        );
        for (index, &number) in numbers.iter().enumerate() {
            forward.add(number, 1);
            let half = if index % 2 == 0 { &mut even } else { &mut odd };
            half.add(number, 1);
        }
        odd.merge(&even);
        for (share, place) in [
            (0.01, 100),
            (0.25, 2_500),
            (0.5, 5_000),
            (0.75, 7_500),
            (0.99, 9_900),
        ] {
            let exact = numbers[place];
            let found = forward.quantile(share).unwrap();
            assert!(
                (found - exact).abs() <= exact.abs() * 1e-3 + 0.37,
                "{found} for {exact}"
            );
            assert_eq!(odd.quantile(share), Some(found));
        }
    }

    #[test]
    fn zeros_ones_and_signs_are_found_as_they_are() {
        let mut sketch = Sketch::<u32>::new(Resolution::FINE);
        for (number, times) in [(-3.0, 10), (0.0, 30), (-0.0, 10), (1.0, 30), (7.0, 20)] {
            for _ in 0..times {
                sketch.add(number, 1);
            }
        }
        let found: Vec<f64> = [0.05, 0.3, 0.6, 0.95]
            .iter()
            .map(|&share| sketch.quantile(share).unwrap())
            .collect();
        assert_eq!(found, [-3.0, 0.0, 1.0, 7.0]);
        assert_eq!(Sketch::<u32>::new(Resolution::FINE).quantile(0.5), None);
    }
}
