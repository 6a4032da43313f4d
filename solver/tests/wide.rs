//! More unknowns than Newton's steps are taken for: L-BFGS finds the same kind of optimum.

use sagelet_solver::block::Rows;
use sagelet_solver::optimiser::NEWTON_UNKNOWNS_MAX;
use sagelet_solver::penalty::Penalty;

use crate::support::{PLAIN, Random, cells, softmax};

const ROWS: usize = 1_500;
const WIDTH: usize = 70;
const CLASSES: usize = 30;

/// Rows whose classes follow scores that each add up a few columns.
fn rows() -> Rows {
    let mut random = Random::new(77);
    let cells = cells(&mut random, ROWS, WIDTH);
    let score = |row: usize, class: usize, noise: f64| {
        let picked = (0..5).map(|k| (class * 7 + k * 11) % WIDTH);
        let size = |column: usize| [1.0, 1e-3, 1e4, 3.0][column % 4];
        let terms = picked.map(|column| cells[row * WIDTH + column] / size(column) - column as f64);
        0.5 * terms.sum::<f64>() + noise
    };
    let labels = (0..ROWS)
        .map(|row| {
            let scores = (0..CLASSES).map(|class| score(row, class, 2.0 * random.normal()));
            let best = scores.enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b));
            best.map_or(0.0, |(class, _)| class as f64)
        })
        .collect();
    Rows {
        width: WIDTH,
        cells,
        labels,
        ..Rows::default()
    }
}

/// The gradient of the mean log loss by the score of each class, of each row.
fn slopes(rows: &Rows, intercepts: &[f64], coefficients: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let row = |row: usize| {
        let cells = &rows.cells[row * WIDTH..(row + 1) * WIDTH];
        let scores = intercepts.iter().zip(coefficients);
        let scores: Vec<f64> = scores
            .map(|(b, w)| b + cells.iter().zip(w).map(|(x, w)| x * w).sum::<f64>())
            .collect();
        let most = scores.iter().copied().fold(f64::MIN, f64::max);
        let total: f64 = scores.iter().map(|score| (score - most).exp()).sum();
        let of_class = |(class, score): (usize, &f64)| {
            let is_label = f64::from(u8::from(rows.labels[row] == class as f64));
            ((score - most).exp() / total - is_label) / ROWS as f64
        };
        scores.iter().enumerate().map(of_class).collect()
    };
    (0..ROWS).map(row).collect()
}

#[test]
fn a_softmax_too_wide_for_newton_is_optimal() {
    let unknowns = CLASSES * (WIDTH + 1);
    assert!(unknowns > NEWTON_UNKNOWNS_MAX, "{unknowns} unknowns");
    let rows = rows();
    let codes: Vec<f64> = (0..CLASSES).map(|class| class as f64).collect();
    let penalty = Penalty { l1: 0.0, l2: 0.01 };
    let fitted = softmax(&rows, &codes, PLAIN, penalty).unwrap();
    let none = vec![vec![0.0; WIDTH]; CLASSES];
    let at_zero = slopes(&rows, &[0.0; CLASSES], &none);
    let at_optimum = slopes(&rows, &fitted.intercepts, &fitted.coefficients);
    let (mut size, mut violation) = (0.0_f64, 0.0_f64);
    for column in 0..WIDTH {
        let cells: Vec<f64> = rows
            .cells
            .iter()
            .skip(column)
            .step_by(WIDTH)
            .copied()
            .collect();
        let mean = cells.iter().sum::<f64>() / ROWS as f64;
        let squares = cells.iter().map(|cell| (cell - mean).powi(2));
        let deviation = (squares.sum::<f64>() / ROWS as f64).sqrt();
        for (class, coefficients) in fitted.coefficients.iter().enumerate() {
            let gradient = |slopes: &[Vec<f64>]| {
                let terms = slopes.iter().zip(&cells);
                terms
                    .map(|(slope, cell)| slope[class] * (cell - mean))
                    .sum::<f64>()
                    / deviation
            };
            let pull = penalty.l2 * coefficients[column] * deviation;
            size = size.max(gradient(&at_zero).abs());
            violation = violation.max((gradient(&at_optimum) + pull).abs());
        }
    }
    for class in 0..CLASSES {
        let gradient: f64 = at_optimum.iter().map(|slopes| slopes[class]).sum();
        violation = violation.max(gradient.abs());
    }
    assert!(violation <= 1e-9 * size, "{violation:e} of {size:e}");
}
