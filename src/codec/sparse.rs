//! Rows of which only some cells are given: the others are 0.

use crate::model::{Design, RowError};

/// A row that is 0 wherever no cell is set, used again for each row.
#[derive(Debug, Default)]
pub(super) struct SparseRow {
    cells: Vec<f64>,
    set: Vec<usize>,
}

impl SparseRow {
    /// Sets the cell with this index, counted from `first`.
    pub(super) fn set(
        &mut self,
        index: u64,
        first: u64,
        number: f64,
        design: &Design<'_>,
    ) -> Result<(), RowError> {
        let features = design.schema().features();
        self.cells.resize(features, 0.0);
        let place = index
            .checked_sub(first)
            .and_then(|index| usize::try_from(index).ok());
        let Some((place, cell)) = place.and_then(|place| Some((place, self.cells.get_mut(place)?)))
        else {
            return Err(RowError::NoSuchIndex {
                row: design.row(),
                index,
                features,
                first,
            });
        };
        *cell = number;
        self.set.push(place);
        Ok(())
    }

    /// Adds the cells of the row to the design matrix, and is 0 everywhere again.
    pub(super) fn push(&mut self, design: &mut Design<'_>) -> Result<(), RowError> {
        self.cells.resize(design.schema().features(), 0.0);
        for &number in &self.cells {
            design.push_number(number)?;
        }
        for place in self.set.drain(..) {
            if let Some(cell) = self.cells.get_mut(place) {
                *cell = 0.0;
            }
        }
        Ok(())
    }
}
