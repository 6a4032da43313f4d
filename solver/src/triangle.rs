//! Triangular factors of tables of rows: the R of a QR decomposition, grown block by block.
//!
//! R stands for the rows it was made of: RᵀR is their cross-product, but R has all digits of the rows, where
//! the cross-product keeps half of them. A block of rows is appended by Householder reflections of [R; block],
//! which leave a new R and use the block up (LAPACK calls this `tpqrt`).

use ndarray::{Axis, Slice};

use crate::bytes::{Reader, Writer};
use crate::dense::{add_scaled, dot, largest, length};
use crate::table::{Table, product};

/// Columns that are reflected one by one before the rest of the table is updated by matrix products.
const PANEL: usize = 24;

/// An upper triangular matrix R with as many columns as the rows that it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Triangle {
    cells: Table,
}

/// A reflection I − factor · u uᵀ: u is 1 in one row of R and the rest of it lies where the block was.
type Factor = f64;

impl Triangle {
    /// The factor of no rows.
    #[must_use]
    pub fn zeros(width: usize) -> Self {
        Self {
            cells: Table::zeros(width, width),
        }
    }

    /// An upper triangular table.
    pub(crate) fn from_table(cells: Table) -> Self {
        Self { cells }
    }

    /// Writes the rows from the diagonal on.
    pub(crate) fn save(&self, to: &mut Writer) {
        for row in 0..self.width() {
            to.numbers(&self.row(row)[row..]);
        }
    }

    /// Reads the rows of a factor of this width.
    pub(crate) fn restore(from: &mut Reader<'_>, width: usize) -> Option<Self> {
        let packed = from.numbers(width.checked_mul(width + 1)? / 2)?;
        let (mut triangle, mut next) = (Self::zeros(width), 0);
        for row in 0..width {
            let length = width - row;
            triangle.cells.row_mut(row)[row..].copy_from_slice(&packed[next..next + length]);
            next += length;
        }
        Some(triangle)
    }

    /// The identity.
    pub(crate) fn identity(width: usize) -> Self {
        let mut identity = Self::zeros(width);
        for index in 0..width {
            identity.cells.set(index, index, 1.0);
        }
        identity
    }

    /// The same with one more column, 0 in its last row.
    pub(crate) fn with_column(&self, column: impl Iterator<Item = f64>) -> Self {
        let width = self.width();
        let places: Vec<usize> = (0..width).collect();
        let mut wider = self.spread(&places, width + 1);
        for (row, cell) in column.enumerate().take(width) {
            wider.cells.set(row, width, cell);
        }
        wider
    }

    /// How many columns there are.
    #[must_use]
    pub fn width(&self) -> usize {
        self.cells.width()
    }

    /// One cell; those below the diagonal are 0.
    #[must_use]
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.cells.at(row, column)
    }

    /// One row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f64] {
        self.cells.row(row)
    }

    /// The Euclidean length of a column of the rows.
    #[must_use]
    pub fn length(&self, column: usize) -> f64 {
        (0..=column)
            .map(|row| self.at(row, column))
            .fold(0.0, length)
    }

    /// Appends rows. The table has one *row* for each column of them, since the work runs along columns; it is
    /// used up.
    pub fn append(&mut self, by_column: &mut Table) {
        let height = by_column.width();
        self.reflect(by_column, |_| height);
    }

    /// Appends the rows that another factor stands for.
    pub fn merge(&mut self, other: &Self) {
        let mut by_column = other.transposed();
        self.reflect(&mut by_column, |last_column| last_column + 1);
    }

    /// The factor of the same rows with other columns: column k of the result is the sum of `weight` times
    /// column `index` over the pairs of `combinations[k]`.
    #[must_use]
    pub fn combine(&self, combinations: &[Vec<(usize, f64)>]) -> Self {
        let mut by_column = Table::zeros(combinations.len(), self.width());
        let mut triangular = true;
        for (column, combination) in combinations.iter().enumerate() {
            let sums = by_column.row_mut(column);
            for &(index, weight) in combination {
                triangular &= index <= column;
                for (row, sum) in sums.iter_mut().enumerate().take(index + 1) {
                    *sum += weight * self.at(row, index);
                }
            }
        }
        let mut combined = Self::zeros(combinations.len());
        if triangular && combinations.len() == self.width() {
            combined.cells.view_mut().assign(&by_column.view().t());
        } else {
            combined.append(&mut by_column);
        }
        combined
    }

    /// The factor of the same rows without their first column, after that column was projected out of the
    /// others: without a column of ones in front, the factor of the centred rows.
    #[must_use]
    pub fn without_first(&self) -> Self {
        let width = self.width().saturating_sub(1);
        let mut rest = Self::zeros(width);
        for row in 0..width {
            rest.cells
                .row_mut(row)
                .copy_from_slice(&self.row(row + 1)[1..]);
        }
        rest
    }

    /// Puts columns of zeros between the columns: column k of this factor becomes column `places[k]`. The
    /// places rise.
    #[must_use]
    pub fn spread(&self, places: &[usize], width: usize) -> Self {
        let mut spread = Self::zeros(width);
        for (row, &to_row) in places.iter().enumerate() {
            for (column, &to_column) in places.iter().enumerate().skip(row) {
                spread.cells.set(to_row, to_column, self.at(row, column));
            }
        }
        spread
    }

    /// Solves min ½‖R w − z‖² + penalties·w, where z is the last column. None if R is singular.
    #[must_use]
    pub fn solve_penalised(&self, penalties: &[f64]) -> Option<Vec<f64>> {
        let last = penalties.len();
        // R w = z − R⁻ᵀ penalties
        let mut w: Vec<f64> = (0..last).map(|row| self.at(row, last)).collect();
        if largest(penalties) > 0.0 {
            let mut forward = penalties.to_vec();
            self.substitute_transposed(&mut forward);
            add_scaled(&mut w, -1.0, &forward);
        }
        self.substitute(&mut w);
        w.iter().all(|w| w.is_finite()).then_some(w)
    }

    /// Solves R w = right for the first columns, in place.
    pub(crate) fn substitute(&self, right: &mut [f64]) {
        for row in (0..right.len()).rev() {
            let after = dot(&self.row(row)[row + 1..right.len()], &right[row + 1..]);
            right[row] = (right[row] - after) / self.at(row, row);
        }
    }

    fn transposed(&self) -> Table {
        let mut transposed = Table::zeros(self.width(), self.width());
        transposed.view_mut().assign(&self.cells.view().t());
        transposed
    }

    /// Reflects panel by panel. `height` says how many rows of a panel are not zero, by its last column.
    fn reflect(&mut self, by_column: &mut Table, height: impl Fn(usize) -> usize) {
        let width = self.width();
        for start in (0..width).step_by(PANEL) {
            let end = (start + PANEL).min(width);
            let rows = height(end - 1).min(by_column.width());
            let factors = self.reflect_panel(by_column, start, end, rows);
            if end < width {
                self.update(by_column, start, end, rows, &factors);
            }
        }
    }

    fn reflect_panel(
        &mut self,
        by_column: &mut Table,
        start: usize,
        end: usize,
        rows: usize,
    ) -> Vec<Factor> {
        let mut factors = vec![0.0; end - start];
        for column in start..end {
            let block = &mut by_column.row_mut(column)[..rows];
            let factor = reflection(self.cells.row_mut(column), column, block);
            factors[column - start] = factor;
            if factor == 0.0 {
                continue;
            }
            let own = self.cells.row_mut(column);
            for other in column + 1..end {
                let (reflector, block) = by_column.rows_mut(column, other);
                let (reflector, block) = (&reflector[..rows], &mut block[..rows]);
                let amount = factor * (own[other] + dot(reflector, block));
                own[other] -= amount;
                add_scaled(block, -amount, reflector);
            }
        }
        factors
    }

    /// Applies the reflections of a panel to the columns after it, all at once: I − V T Vᵀ.
    fn update(
        &mut self,
        by_column: &mut Table,
        start: usize,
        end: usize,
        rows: usize,
        factors: &[Factor],
    ) {
        let width = self.width();
        let (head, mut tail) = by_column.view_mut().split_at(Axis(0), end);
        let reflectors = head.slice_axis(Axis(0), Slice::from(start..));
        let reflectors = reflectors.slice_axis(Axis(1), Slice::from(..rows));
        let mut tail = tail.slice_axis_mut(Axis(1), Slice::from(..rows));
        let compact = compact(&Table::gram(&reflectors), factors);
        let mut own = self.cells.view_mut();
        let mut own = own.slice_axis_mut(Axis(0), Slice::from(start..end));
        let mut own = own.slice_axis_mut(Axis(1), Slice::from(end..));
        // own + V · block, for all columns after the panel.
        let mut sums = Table::zeros(end - start, width - end);
        sums.view_mut().assign(&own);
        product(1.0, &reflectors, &tail.t(), 1.0, &mut sums.view_mut());
        let mut amounts = Table::zeros(end - start, width - end);
        product(
            1.0,
            &compact.view().t(),
            &sums.view(),
            0.0,
            &mut amounts.view_mut(),
        );
        own -= &amounts.view();
        product(-1.0, &amounts.view().t(), &reflectors, 1.0, &mut tail);
    }
}

/// Turns [own cell; block] into [−sign · length; 0]: the own cell becomes that length, the block the reflector.
fn reflection(own: &mut [f64], column: usize, block: &mut [f64]) -> Factor {
    let below = dot(block, block);
    if below == 0.0 {
        return 0.0;
    }
    let old = own[column];
    let length = length(old, below.sqrt());
    let new = if old > 0.0 { -length } else { length };
    own[column] = new;
    let scale = 1.0 / (old - new);
    for cell in block.iter_mut() {
        *cell *= scale;
    }
    (new - old) / new
}

/// The triangular T of reflections in a row: I − V T Vᵀ is their product. `gram` is VᵀV without the ones.
fn compact(gram: &Table, factors: &[Factor]) -> Table {
    let count = factors.len();
    let mut compact = Table::zeros(count, count);
    for (column, &factor) in factors.iter().enumerate() {
        compact.set(column, column, factor);
        for row in 0..column {
            let sum: f64 = (row..column)
                .map(|between| compact.at(row, between) * gram.at(between, column))
                .sum();
            compact.set(row, column, -factor * sum);
        }
    }
    compact
}
