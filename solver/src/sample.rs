//! Rows drawn at random: those with the smallest priorities, which are scrambled from the row itself. So the
//! drawn rows do not depend on the number of threads.

use crate::block::{Block, Rows};
use crate::bytes::{Reader, Writer};

/// Numbers that a sample holds: 2 MB of them.
const CELLS: usize = 1 << 18;

/// Rows that a sample holds at most: enough for the optimum of a few dozen columns to two digits.
const ROWS_MAX: usize = 1 << 14;

/// Some of the rows, and their priorities.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    most: usize,
    /// Whether the sample is all rows or none.
    all_or_none: bool,
    /// Rows with a priority of this or above are not drawn.
    bound: u64,
    priorities: Vec<u64>,
    rows: Rows,
}

impl Sample {
    pub(crate) fn new(width: usize, all_or_none: bool) -> Self {
        Self {
            most: (CELLS / (width + 1)).clamp(1, ROWS_MAX),
            all_or_none,
            bound: u64::MAX,
            priorities: Vec::new(),
            rows: Rows {
                width,
                ..Rows::default()
            },
        }
    }

    /// Draws no rows.
    pub(crate) fn none(width: usize) -> Self {
        Self {
            bound: 0,
            ..Self::new(width, true)
        }
    }

    /// Considers a row, `number` being the number of rows of its chunk before it. `seed` is what else its priority
    /// depends on.
    pub(crate) fn add(&mut self, number: u64, block: &Block<'_>, row: usize, seed: u64) {
        if self.bound == 0 {
            return;
        }
        let priority = priority(number ^ seed, block, row);
        if priority >= self.bound {
            return;
        }
        self.priorities.push(priority);
        self.rows.cells.extend_from_slice(block.row(row));
        self.rows.labels.push(block.labels[row]);
        self.rows.weights.push(block.weight(row));
        self.rows.offsets.push(block.offset(row));
        if self.priorities.len() >= 2 * self.most {
            self.prune();
        }
    }

    /// Adds the rows that were drawn from the chunk that comes next.
    pub(crate) fn merge(&mut self, next: Self) {
        self.bound = self.bound.min(next.bound);
        self.priorities.extend(next.priorities);
        self.rows.cells.extend(next.rows.cells);
        self.rows.labels.extend(next.rows.labels);
        self.rows.weights.extend(next.rows.weights);
        self.rows.offsets.extend(next.rows.offsets);
        if self.priorities.len() >= 2 * self.most {
            self.prune();
        }
    }

    pub(crate) fn save(&self, to: &mut Writer) {
        to.whole(self.bound);
        to.whole(self.priorities.len() as u64);
        self.priorities
            .iter()
            .for_each(|priority| to.whole(*priority));
        to.numbers(&self.rows.cells);
        to.numbers(&self.rows.labels);
        to.numbers(&self.rows.weights);
        to.numbers(&self.rows.offsets);
    }

    /// Reads the rows that a sample of the same kind had drawn.
    pub(crate) fn restore(mut self, from: &mut Reader<'_>) -> Option<Self> {
        self.bound = from.whole()?;
        let count = from.count(1)?;
        for _ in 0..count {
            self.priorities.push(from.whole()?);
        }
        self.rows.cells = from.numbers(count.checked_mul(self.rows.width)?)?;
        self.rows.labels = from.numbers(count)?;
        self.rows.weights = from.numbers(count)?;
        self.rows.offsets = from.numbers(count)?;
        Some(self)
    }

    /// The drawn rows, in the order in which they came.
    pub(crate) fn into_rows(mut self) -> Rows {
        self.prune();
        self.rows
    }

    /// Keeps the rows with the smallest priorities.
    fn prune(&mut self) {
        if self.priorities.len() <= self.most && self.bound > 0 {
            return;
        }
        let mut sorted = self.priorities.clone();
        let last = self.most.min(sorted.len().saturating_sub(1));
        let bound = if sorted.is_empty() {
            0
        } else {
            *sorted.select_nth_unstable(last).1
        };
        // A bound of 0 draws no row any more.
        let bound = if self.all_or_none { 0 } else { bound };
        self.bound = bound;
        let width = self.rows.width;
        let mut kept = 0;
        for row in 0..self.priorities.len() {
            if self.priorities[row] >= bound {
                continue;
            }
            self.priorities[kept] = self.priorities[row];
            let cells = row * width..(row + 1) * width;
            self.rows.cells.copy_within(cells, kept * width);
            self.rows.labels[kept] = self.rows.labels[row];
            self.rows.weights[kept] = self.rows.weights[row];
            self.rows.offsets[kept] = self.rows.offsets[row];
            kept += 1;
        }
        self.priorities.truncate(kept);
        self.rows.cells.truncate(kept * width);
        self.rows.labels.truncate(kept);
        self.rows.weights.truncate(kept);
        self.rows.offsets.truncate(kept);
    }
}

/// A number that looks random, from the row's place and its first cells (`SplitMix64`).
fn priority(number: u64, block: &Block<'_>, row: usize) -> u64 {
    let mut state = number;
    for cell in block.row(row).iter().take(4) {
        state = scramble(state ^ cell.to_bits());
    }
    scramble(state)
}

fn scramble(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
