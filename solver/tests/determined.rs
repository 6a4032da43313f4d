//! Rows that determine no model are refused by what is wrong with them.

use sagelet_solver::block::Rows;
use sagelet_solver::design::Treatment;
use sagelet_solver::error::FitError;
use sagelet_solver::family::{Family, Link};
use sagelet_solver::penalty::Penalty;

use crate::support::{PLAIN, Random, cells, scalar, softmax, squared};

const NONE: Penalty = Penalty { l1: 0.0, l2: 0.0 };
const LOG: Family = Family::Tweedie {
    power: 1.0,
    link: Link::Log,
};

fn rows(width: usize, label: impl Fn(&[f64], &mut Random) -> f64) -> Rows {
    let mut random = Random::new(7);
    let mut rows = Rows {
        width,
        cells: cells(&mut random, 300, width),
        ..Rows::default()
    };
    for row in rows.cells.chunks(width) {
        rows.labels.push(label(row, &mut random));
    }
    rows
}

#[test]
fn a_column_that_depends_on_others_is_named_in_their_order() {
    let mut rows = rows(5, |cells, random| cells[0] + random.normal());
    for cells in rows.cells.chunks_mut(5) {
        cells[3] = 2.0 * cells[0] - cells[2] / 7.0 + 3.0;
    }
    let error = squared(&rows, PLAIN, true, NONE).unwrap_err();
    assert_eq!(error, FitError::Dependent(3));
    assert_eq!(
        scalar(&rows, LOG, PLAIN, NONE).unwrap_err(),
        FitError::Dependent(3)
    );
    let ridge = Penalty { l1: 0.0, l2: 1e-3 };
    squared(&rows, PLAIN, true, ridge).unwrap();
}

#[test]
fn columns_that_nearly_depend_on_others_are_fitted() {
    let mut rows = rows(3, |cells, random| cells[0] + random.normal());
    let mut random = Random::new(8);
    for cells in rows.cells.chunks_mut(3) {
        cells[2] = cells[0] * (1.0 + 1e-8 * random.normal());
    }
    squared(&rows, PLAIN, true, NONE).unwrap();
}

#[test]
fn a_constant_column_has_coefficient_0() {
    let mut rows = rows(3, |cells, random| cells[0] + random.normal());
    for cells in rows.cells.chunks_mut(3) {
        cells[1] = 7.1;
    }
    let fitted = squared(&rows, PLAIN, true, NONE).unwrap();
    assert_eq!(fitted.coefficients[1], 0.0);
    assert!(fitted.coefficients[0] != 0.0);
    let fitted = squared(&rows, PLAIN, false, NONE).unwrap();
    assert!(
        fitted.coefficients[1] != 0.0,
        "without intercept it has a meaning"
    );
}

#[test]
fn fewer_rows_than_unknowns_are_counted() {
    let mut few = rows(4, |cells, _| cells[0]);
    few.cells.truncate(4 * 4);
    few.labels.truncate(4);
    let error = squared(&few, PLAIN, true, NONE).unwrap_err();
    assert_eq!(
        error,
        FitError::TooFewRows {
            rows: 4,
            unknowns: 5
        }
    );
    squared(&few, PLAIN, true, Penalty { l1: 0.0, l2: 0.1 }).unwrap();
}

#[test]
fn classes_that_a_plane_separates_have_no_best_coefficients() {
    let apart = rows(3, |cells, _| f64::from(u8::from(cells[0] > 1.0)));
    let error = scalar(&apart, Family::Logistic, PLAIN, NONE).unwrap_err();
    assert_eq!(error, FitError::Separable);
    let three = rows(3, |cells, _| (cells[0] * 2.0).clamp(0.0, 2.0).round());
    let error = softmax(&three, &[0.0, 1.0, 2.0], PLAIN, NONE).unwrap_err();
    assert!(
        matches!(error, FitError::Separable | FitError::Diverging(_)),
        "{error}"
    );
    let ridge = Penalty { l1: 0.0, l2: 1e-4 };
    scalar(&apart, Family::Logistic, PLAIN, ridge).unwrap();
    softmax(&three, &[0.0, 1.0, 2.0], PLAIN, ridge).unwrap();
}

#[test]
fn a_column_that_separates_some_rows_diverges_by_name() {
    let mut some = rows(3, |cells, random| {
        f64::from(u8::from(cells[0] + random.normal() > 0.0))
    });
    for (row, cells) in some.cells.chunks_mut(3).enumerate() {
        cells[1] = f64::from(u8::from(some.labels[row] == 1.0 && row % 3 == 0));
    }
    let treatment = Treatment {
        normalise: false,
        ..PLAIN
    };
    let error = scalar(&some, Family::Logistic, treatment, NONE).unwrap_err();
    assert_eq!(error, FitError::Diverging(1));
    let counts = Rows {
        labels: some
            .cells
            .chunks(3)
            .map(|cells| {
                if cells[1] == 1.0 {
                    0.0
                } else {
                    2.0 + cells[0].floor().abs()
                }
            })
            .collect(),
        ..some
    };
    assert_eq!(
        scalar(&counts, LOG, treatment, NONE).unwrap_err(),
        FitError::Diverging(1)
    );
}

#[test]
fn numbers_whose_squares_are_not_finite_are_called_too_large() {
    let mut rows = rows(2, |cells, _| cells[0]);
    rows.cells[0] = 1e200;
    assert_eq!(
        squared(&rows, PLAIN, true, NONE).unwrap_err(),
        FitError::Overflow
    );
}
