//! Cholesky factors of cross-products and Hessians.

use ndarray::{Axis, Slice};

use crate::dense::add_scaled;
use crate::table::{Table, product};
use crate::triangle::Triangle;

/// Rows that are worked on one by one before the rest of the matrix is updated by a product.
const PANEL: usize = 32;

impl Triangle {
    /// The R with RᵀR = H; none if H is not positive definite to rounding. Only the upper half of H is read.
    #[must_use]
    pub fn cholesky(matrix: &Table) -> Option<Self> {
        let width = matrix.width();
        let mut cells = matrix.clone();
        let smallest: Vec<f64> = (0..width)
            .map(|index| matrix.at(index, index) * f64::EPSILON * width as f64)
            .collect();
        for start in (0..width).step_by(PANEL) {
            let end = (start + PANEL).min(width);
            factor_panel(&mut cells, start, end, &smallest)?;
            if end < width {
                update(&mut cells, start, end);
            }
        }
        for row in 1..width {
            cells.row_mut(row)[..row].fill(0.0);
        }
        Some(Self::from_table(cells))
    }

    /// Solves RᵀR x = right, in place.
    pub fn solve_normal(&self, right: &mut [f64]) {
        self.substitute_transposed(right);
        self.substitute(right);
    }

    /// Solves Rᵀ x = right for the first columns, in place.
    pub(crate) fn substitute_transposed(&self, right: &mut [f64]) {
        for row in 0..right.len() {
            right[row] /= self.at(row, row);
            let (value, after) = (right[row], row + 1..right.len());
            add_scaled(&mut right[after.clone()], -value, &self.row(row)[after]);
        }
    }
}

fn factor_panel(cells: &mut Table, start: usize, end: usize, smallest: &[f64]) -> Option<()> {
    for row in start..end {
        let pivot = cells.at(row, row);
        if !(pivot > smallest[row] && pivot.is_finite()) {
            return None;
        }
        let scale = 1.0 / pivot.sqrt();
        cells.row_mut(row)[row..]
            .iter_mut()
            .for_each(|cell| *cell *= scale);
        for below in row + 1..end {
            let (own, other) = cells.rows_mut(row, below);
            add_scaled(&mut other[below..], -own[below], &own[below..]);
        }
    }
    Some(())
}

/// Takes what the panel explains off the rest of the matrix.
fn update(cells: &mut Table, start: usize, end: usize) {
    let (head, mut tail) = cells.view_mut().split_at(Axis(0), end);
    let panel = head.slice_axis(Axis(0), Slice::from(start..));
    let panel = panel.slice_axis(Axis(1), Slice::from(end..));
    let mut tail = tail.slice_axis_mut(Axis(1), Slice::from(end..));
    product(-1.0, &panel.t(), &panel, 1.0, &mut tail);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_solves_its_matrix_and_a_singular_one_has_none() {
        let width = 75;
        let cell = |row: usize, column: usize| ((row * 7 + column * 13) % 17) as f64 / 17.0;
        let mut rows = Table::zeros(width, 90);
        for row in 0..width {
            for column in 0..90 {
                rows.set(
                    row,
                    column,
                    cell(row, column) + f64::from(u8::from(row == column)),
                );
            }
        }
        let matrix = Table::gram(&rows.view());
        let factor = Triangle::cholesky(&matrix).unwrap();
        let wanted: Vec<f64> = (0..width).map(|index| index as f64 - 30.0).collect();
        let mut right: Vec<f64> = (0..width)
            .map(|row| crate::dense::dot(matrix.row(row), &wanted))
            .collect();
        factor.solve_normal(&mut right);
        for (found, wanted) in right.iter().zip(&wanted) {
            assert!((found - wanted).abs() < 1e-8, "{found} {wanted}");
        }
        let singular = Table::from_cells(2, vec![1.0, 2.0, 2.0, 4.0]);
        assert_eq!(Triangle::cholesky(&singular), None);
    }
}
