//! Rows of which only some cells are given: the others are 0.

use super::cell::Cell;

/// The given cells of a sparse row, by the position of their inputs.
#[derive(Debug, Default)]
pub struct SparseRow<'a> {
    entries: Vec<(u64, Cell<'a>)>,
}

impl<'a> SparseRow<'a> {
    /// Gives the cell at a position, counted from 0.
    pub fn set(&mut self, position: u64, cell: Cell<'a>) {
        self.entries.push((position, cell));
    }

    /// Forgets the row.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// The cells in the order of their positions, or the position that is given twice.
    pub(super) fn sorted(&mut self) -> Result<&[(u64, Cell<'a>)], u64> {
        // Nearly every writer writes them in order.
        if !self.entries.is_sorted_by_key(|&(position, _)| position) {
            self.entries.sort_by_key(|&(position, _)| position);
        }
        let mut pairs = self.entries.iter().zip(self.entries.iter().skip(1));
        match pairs.find(|(one, next)| one.0 == next.0) {
            Some(((position, _), _)) => Err(*position),
            None => Ok(&self.entries),
        }
    }
}
