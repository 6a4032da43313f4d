//! Where rows go: what takes the blocks of a row builder.

use ndarray::{Array2, ArrayView2};

use super::cell::Cell;
use super::entries::Entries;
use super::error::RowError;

/// Takes rows of the design matrix in blocks.
///
/// A sink that cannot go on keeps its own error and answers [`RowError::Stopped`]: whoever gave the builder the
/// sink looks there for the reason.
pub trait Sink {
    /// Takes whole rows: their dense part, in the shape (rows, dense columns of the design matrix), and the entries of
    /// their columns that are computed from texts, of which most models have none. `first` is the number of the first row.
    ///
    /// # Errors
    /// The sink takes no more rows.
    fn block(
        &mut self,
        rows: ArrayView2<'_, f64>,
        entries: &Entries,
        first: usize,
    ) -> Result<(), RowError>;

    /// Takes a cell of a column that the layout [hands on](super::Layout::hand_on), such as a label. `column` is
    /// its number among those columns; among all, if the layout hands on [all](super::Layout::hand_on_all).
    ///
    /// # Errors
    /// The cell is not what the column may hold.
    fn cell(&mut self, row: usize, column: usize, cell: Cell<'_>) -> Result<(), RowError> {
        let _ = (row, column, cell);
        Ok(())
    }

    /// Reserves memory that decoding is about to take beside the body itself, until its end.
    ///
    /// # Errors
    /// It is not there.
    fn reserve(&mut self, bytes: usize) -> Result<(), RowError> {
        let _ = bytes;
        Ok(())
    }
}

/// Keeps all rows.
#[derive(Debug, Default)]
pub struct Collected {
    numbers: Vec<f64>,
    entries: Entries,
    rows: usize,
}

impl Collected {
    /// All rows, in the shape (rows, columns of the design matrix).
    #[must_use]
    pub fn into_matrix(self) -> Array2<f64> {
        let width = self.numbers.len() / self.rows.max(1);
        // Blocks of one layout have one width, so the numbers fill the shape.
        Array2::from_shape_vec((self.rows, width), self.numbers).unwrap_or_default()
    }

    /// The same, with the sparse part of the rows.
    #[must_use]
    pub fn into_parts(mut self) -> (Array2<f64>, Entries) {
        let entries = std::mem::take(&mut self.entries);
        (self.into_matrix(), entries)
    }
}

impl Sink for Collected {
    fn block(
        &mut self,
        rows: ArrayView2<'_, f64>,
        entries: &Entries,
        _: usize,
    ) -> Result<(), RowError> {
        self.rows += rows.nrows();
        self.numbers.extend(rows.iter());
        self.entries.extend(entries);
        Ok(())
    }
}

/// Keeps nothing: for asking whether something could be a row.
#[derive(Debug, Default)]
pub struct Discarded;

impl Sink for Discarded {
    fn block(&mut self, _: ArrayView2<'_, f64>, _: &Entries, _: usize) -> Result<(), RowError> {
        Ok(())
    }
}
