//! Tables of numbers in one piece of memory, and their products.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};

/// A table whose rows lie one behind the other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    rows: usize,
    width: usize,
    cells: Vec<f64>,
}

impl Table {
    /// A table of zeros.
    #[must_use]
    pub fn zeros(rows: usize, width: usize) -> Self {
        Self {
            rows,
            width,
            cells: vec![0.0; rows * width],
        }
    }

    /// A table of these cells, row by row.
    #[must_use]
    pub fn from_cells(width: usize, cells: Vec<f64>) -> Self {
        let rows = cells.len().checked_div(width).unwrap_or(0);
        Self { rows, width, cells }
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns there are.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// One row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.width..(row + 1) * self.width]
    }

    /// One row, to be written.
    pub fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.cells[row * self.width..(row + 1) * self.width]
    }

    /// Row `written`, to be written, beside row `read`, which comes before it.
    pub(crate) fn rows_mut(&mut self, read: usize, written: usize) -> (&[f64], &mut [f64]) {
        let (before, after) = self.cells.split_at_mut(written * self.width);
        (
            &before[read * self.width..(read + 1) * self.width],
            &mut after[..self.width],
        )
    }

    /// One cell.
    #[must_use]
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.cells[row * self.width + column]
    }

    /// Writes one cell.
    pub fn set(&mut self, row: usize, column: usize, value: f64) {
        self.cells[row * self.width + column] = value;
    }

    /// All cells, row by row.
    #[must_use]
    pub fn cells(&self) -> &[f64] {
        &self.cells
    }

    /// All cells, row by row, to be written.
    pub fn cells_mut(&mut self) -> &mut [f64] {
        &mut self.cells
    }

    /// Adds the cells of a table of the same shape.
    pub fn add(&mut self, other: &Self) {
        for (sum, cell) in self.cells.iter_mut().zip(&other.cells) {
            *sum += cell;
        }
    }

    pub(crate) fn view(&self) -> ArrayView2<'_, f64> {
        view(&self.cells, self.rows, self.width)
    }

    pub(crate) fn view_mut(&mut self) -> ArrayViewMut2<'_, f64> {
        match ArrayViewMut2::from_shape((self.rows, self.width), &mut self.cells) {
            Ok(view) => view,
            Err(error) => unreachable!("a table has rows x width cells: {error}"),
        }
    }
}

/// The first `rows` × `width` of these cells as a matrix.
pub(crate) fn view(cells: &[f64], rows: usize, width: usize) -> ArrayView2<'_, f64> {
    match ArrayView2::from_shape((rows, width), &cells[..rows * width]) {
        Ok(view) => view,
        Err(error) => unreachable!("as many cells as the shape has: {error}"),
    }
}

/// c = factor · a b + old · c.
pub(crate) fn product(
    factor: f64,
    a: &ArrayView2<'_, f64>,
    b: &ArrayView2<'_, f64>,
    old: f64,
    c: &mut ArrayViewMut2<'_, f64>,
) {
    general_mat_mul(factor, a, b, old, c);
}

impl Table {
    /// a aᵀ: the products of the rows of a matrix with each other.
    pub(crate) fn gram(a: &ArrayView2<'_, f64>) -> Self {
        let mut gram = Self::zeros(a.nrows(), a.nrows());
        product(1.0, a, &a.t(), 0.0, &mut gram.view_mut());
        gram
    }
}
