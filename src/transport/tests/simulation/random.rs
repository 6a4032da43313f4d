//! Numbers that a seed gives.

/// Numbers without a pattern, the same in every run (SplitMix64, by Sebastiano Vigna).
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap()
    }

    /// Mostly small numbers, sometimes up to the bound.
    pub(super) fn size(&mut self, bound: usize) -> usize {
        let bound = [2, 30, 1_000, bound][self.below(4)].min(bound);
        1 + self.below(bound)
    }
}
