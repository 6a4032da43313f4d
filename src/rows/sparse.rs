//! Rows of which only some cells are given: the others are 0.

use super::cell::Cell;

/// The given cells of a sparse row, by the position of their inputs.
#[derive(Debug)]
pub struct SparseRow<'a> {
    entries: Vec<(u64, Cell<'a>)>,
    columns: usize,
}

impl<'a> SparseRow<'a> {
    /// A row of so many columns, none of which has a cell yet.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self {
            entries: Vec::new(),
            columns,
        }
    }

    /// Gives the cell at a position, counted from 0. One cell more than there are columns is enough to refuse the row:
    /// two have one place, or one has none. Further ones are not kept.
    pub fn set(&mut self, position: u64, cell: Cell<'a>) {
        if self.entries.len() <= self.columns {
            self.entries.push((position, cell));
        }
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
