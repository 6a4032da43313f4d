//! Which rows of a channel a pass is over: all, those that are held out or not, those of a fold or of the others.

use sagelet_solver::block::{Block, Rows};

/// Which rows a pass is over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Part {
    All,
    /// The rows that are not held out.
    Fitted {
        held_out: f64,
        seed: u64,
    },
    /// The rows that are held out.
    HeldOut {
        held_out: f64,
        seed: u64,
    },
    /// All rows, each with its fold.
    Folded(Folds),
    /// The rows of one fold.
    Fold(Folds, usize),
    /// The rows of all folds but one.
    Others(Folds, usize),
}

/// How rows are dealt out to folds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Folds {
    /// How many folds there are: two or more.
    pub(super) count: usize,
    pub(super) rule: FoldRule,
}

/// Which fold a row is in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum FoldRule {
    /// Scrambled from the place of the row.
    Hashed { seed: u64 },
    /// Rows that follow each other, as scikit-learn's `KFold` has it without shuffling.
    Contiguous { rows: u64 },
}

/// Where a block lies in its channel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) chunk: usize,
    /// Rows of the channel before the chunk; known after the first pass.
    pub(super) before: u64,
    /// Rows of the chunk before the block.
    pub(super) row: u64,
}

impl Part {
    /// The rows of a block that belong to the part, copied.
    pub(super) fn select(self, block: &Block<'_>, place: Place) -> Rows {
        Rows::some_of(block, |row| self.holds(block, row, place))
    }

    /// Gives `each` the rows of a block that belong to the part, if there are any.
    pub(super) fn give(self, block: &Block<'_>, place: Place, each: &mut dyn FnMut(&Block<'_>)) {
        if let Self::Folded(folds) = self {
            let fold = |row| u8::try_from(folds.fold(row, place)).unwrap_or(u8::MAX);
            let folds: Vec<u8> = (0..block.rows()).map(fold).collect();
            return each(&Block {
                folds: &folds,
                ..*block
            });
        }
        let wanted = (0..block.rows()).filter(|row| self.holds(block, *row, place));
        match wanted.count() {
            0 => {}
            count if count == block.rows() => each(block),
            _ => {
                let rows = self.select(block, place);
                each(&rows.block(0, rows.labels.len()));
            }
        }
    }

    /// Whether a row belongs to the part: by its content and its place, so that it is the same in every pass.
    fn holds(self, block: &Block<'_>, row: usize, place: Place) -> bool {
        match self {
            Self::All | Self::Folded(_) => true,
            Self::Fitted { held_out, seed } => share(block, row, place.chunk, seed) >= held_out,
            Self::HeldOut { held_out, seed } => share(block, row, place.chunk, seed) < held_out,
            Self::Fold(folds, fold) => folds.fold(row, place) == fold,
            Self::Others(folds, fold) => folds.fold(row, place) != fold,
        }
    }
}

impl Folds {
    /// The fold of a row of a block.
    fn fold(self, row: usize, place: Place) -> usize {
        let (count, row) = (self.count as u64, place.row + row as u64);
        let fold = match self.rule {
            FoldRule::Hashed { seed } => {
                let chunk = scramble(seed ^ (place.chunk as u64 + 1).rotate_left(32));
                scramble(chunk ^ row.wrapping_mul(0x9e37_79b9_7f4a_7c15)) % count
            }
            FoldRule::Contiguous { rows } => {
                let (number, size, larger) = (place.before + row, rows / count, rows % count);
                let in_larger = larger * (size + 1);
                match number.checked_sub(in_larger) {
                    None => number / (size + 1),
                    Some(after) => larger + after / size.max(1),
                }
            }
        };
        usize::try_from(fold).unwrap_or(0).min(self.count - 1)
    }
}

/// A number from 0 up to 1 that looks random.
fn share(block: &Block<'_>, row: usize, chunk: usize, seed: u64) -> f64 {
    let mut state = seed ^ (chunk as u64).rotate_left(32) ^ row as u64;
    for cell in block.row(row) {
        state = scramble(state ^ cell.to_bits());
    }
    (scramble(state) >> 11) as f64 / (1u64 << 53) as f64
}

fn scramble(state: u64) -> u64 {
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(folds: Folds, rows: u64) -> Vec<usize> {
        let mut sizes = vec![0; folds.count];
        for row in 0..rows {
            let place = Place {
                chunk: 0,
                before: row,
                row: 0,
            };
            sizes[folds.fold(0, place)] += 1;
        }
        sizes
    }

    #[test]
    fn contiguous_folds_have_the_sizes_of_scikit_learn() {
        let folds = |count, rows| Folds {
            count,
            rule: FoldRule::Contiguous { rows },
        };
        assert_eq!(sizes(folds(3, 11), 11), [4, 4, 3]);
        assert_eq!(sizes(folds(5, 442), 442), [89, 89, 88, 88, 88]);
        assert_eq!(sizes(folds(4, 4), 4), [1, 1, 1, 1]);
    }

    #[test]
    fn hashed_folds_are_about_as_large_as_each_other_and_differ_by_seed() {
        let fold = |seed, row| {
            let rule = FoldRule::Hashed { seed };
            let place = Place {
                chunk: 3,
                before: 0,
                row,
            };
            Folds { count: 5, rule }.fold(0, place)
        };
        let mut sizes = [0; 5];
        (0..10_000).for_each(|row| sizes[fold(0, row)] += 1);
        assert!(
            sizes.iter().all(|size| (1_900..2_100).contains(size)),
            "{sizes:?}"
        );
        assert!((0..100).any(|row| fold(0, row) != fold(1, row)));
    }
}
