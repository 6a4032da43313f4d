//! The optimality conditions of the documented objective, recomputed from the rows: the gradient of what is
//! smooth is 0, or within l1 where a coefficient is 0.

use sagelet_solver::block::Rows;
use sagelet_solver::design::{Fill, Treatment};
use sagelet_solver::family::{Family, Link};
use sagelet_solver::penalty::Penalty;

use crate::support::{PLAIN, Random, cells, design, scalar, softmax, squared};

const ROWS: usize = 700;
const WIDTH: usize = 6;

/// The penalties that are tried: none, each, both.
const PENALTIES: [Penalty; 4] = [
    Penalty { l1: 0.0, l2: 0.0 },
    Penalty { l1: 0.0, l2: 0.05 },
    Penalty { l1: 0.03, l2: 0.0 },
    Penalty { l1: 0.02, l2: 0.01 },
];

fn rows(seed: u64, label: impl Fn(f64, &mut Random) -> f64) -> Rows {
    let mut random = Random::new(seed);
    let mut rows = Rows {
        width: WIDTH,
        cells: cells(&mut random, ROWS, WIDTH),
        ..Rows::default()
    };
    for row in 0..ROWS {
        let cells = &rows.cells[row * WIDTH..(row + 1) * WIDTH];
        let predictor = 0.4 * cells[0] - 300.0 * cells[1] + 0.2 * (cells[3] - 9.0) / 3.0 - 0.3;
        rows.labels.push(label(predictor, &mut random));
        rows.weights.push(0.5 + random.uniform());
        rows.offsets.push(0.1 * random.normal());
    }
    rows
}

/// Means and deviations of the columns, by weight, as plainly as can be.
fn moments(rows: &Rows) -> Vec<(f64, f64)> {
    let weight: f64 = rows.weights.iter().sum();
    (0..rows.width)
        .map(|column| {
            let cells = || {
                rows.cells
                    .iter()
                    .skip(column)
                    .step_by(rows.width)
                    .zip(&rows.weights)
            };
            let mean = cells().map(|(cell, v)| cell * v).sum::<f64>() / weight;
            let variance = cells()
                .map(|(cell, v)| (cell - mean).powi(2) * v)
                .sum::<f64>()
                / weight;
            (mean, variance.sqrt())
        })
        .collect()
}

/// Asserts the conditions for one score whose derivative by the predictor is `slope(label, predictor)`.
#[track_caller]
fn assert_optimal(
    rows: &Rows,
    intercept: f64,
    coefficients: &[f64],
    normalised: bool,
    penalty: Penalty,
    slope: impl Fn(f64, f64) -> f64,
) {
    let weight: f64 = rows.weights.iter().sum();
    let moments = moments(rows);
    let mut gradient = vec![0.0; rows.width];
    let (mut of_intercept, mut size) = (0.0, 0.0);
    for row in 0..rows.labels.len() {
        let cells = &rows.cells[row * rows.width..(row + 1) * rows.width];
        let sum: f64 = cells.iter().zip(coefficients).map(|(x, w)| x * w).sum();
        let slope = slope(rows.labels[row], intercept + sum + rows.offsets[row])
            * rows.weights[row]
            / weight;
        of_intercept += slope;
        size += slope.abs();
        for (column, cell) in cells.iter().enumerate() {
            gradient[column] += slope * (cell - moments[column].0) / moments[column].1;
        }
    }
    assert!(
        of_intercept.abs() <= 1e-10 * size,
        "intercept: {of_intercept} of {size}"
    );
    for (column, gradient) in gradient.iter().enumerate() {
        let deviation = moments[column].1;
        // The penalty is on w·deviation if columns are normalised, else on w; the gradient is by w·deviation.
        let unit = if normalised { 1.0 } else { 1.0 / deviation };
        let w = coefficients[column] * deviation;
        let smooth = gradient + penalty.l2 * w * unit * unit;
        let bound = penalty.l1 * unit;
        let violation = if w == 0.0 {
            smooth.abs() - bound
        } else {
            (smooth + bound * w.signum()).abs()
        };
        assert!(
            violation <= 1e-10 * size,
            "column {column}: {violation} of {size}, w = {w}"
        );
    }
}

#[test]
fn squared_loss_is_optimal_with_every_penalty() {
    let rows = rows(1, |predictor, random| {
        5.0 + 2.0 * predictor + random.normal()
    });
    for penalty in PENALTIES {
        for normalise in [true, false] {
            let treatment = Treatment { normalise, ..PLAIN };
            let fitted = squared(&rows, treatment, true, penalty).unwrap();
            assert_optimal(
                &rows,
                fitted.intercept,
                &fitted.coefficients,
                normalise,
                penalty,
                |label, predictor| predictor - label,
            );
        }
    }
}

#[test]
fn a_lasso_keeps_exact_zeros_and_a_strong_one_keeps_the_mean_alone() {
    let rows = rows(2, |predictor, random| predictor + random.normal());
    let weak = Penalty { l1: 0.1, l2: 0.0 };
    let fitted = squared(&rows, PLAIN, true, weak).unwrap();
    assert!(
        fitted.coefficients.contains(&0.0),
        "{:?}",
        fitted.coefficients
    );
    let strong = Penalty { l1: 1e3, l2: 0.0 };
    let fitted = squared(&rows, PLAIN, true, strong).unwrap();
    assert_eq!(fitted.coefficients, [0.0; WIDTH]);
}

#[test]
fn losses_of_one_score_are_optimal_with_every_penalty() {
    let tweedie = |power, link| Family::Tweedie { power, link };
    for (index, family) in [
        Family::Logistic,
        tweedie(1.0, Link::Log),
        tweedie(1.5, Link::Log),
        tweedie(2.0, Link::Log),
        tweedie(3.0, Link::Log),
        tweedie(0.0, Link::Log),
    ]
    .into_iter()
    .enumerate()
    {
        let rows = rows(10 + index as u64, |predictor, random| {
            let mean = family.mean(predictor * 0.3);
            match family {
                Family::Logistic => f64::from(u8::from(random.uniform() < mean)),
                Family::Tweedie { power: 1.0, .. } => (mean * 4.0 * random.uniform()).floor(),
                Family::Tweedie { power: 1.5, .. } => {
                    (mean * (3.0 * random.uniform() - 1.0)).max(0.0)
                }
                Family::Tweedie { .. } => mean * (0.5 + random.uniform()),
            }
        });
        for penalty in PENALTIES {
            let fitted = scalar(&rows, family, PLAIN, penalty).unwrap();
            assert!(
                fitted.violation <= 1e-10,
                "{family:?} {penalty:?} {}",
                fitted.violation
            );
            assert_optimal(
                &rows,
                fitted.intercepts[0],
                &fitted.coefficients[0],
                true,
                penalty,
                |label, predictor| derivative(family, label, predictor),
            );
        }
    }
}

/// The derivative of the loss by the predictor, from the definition of the family.
fn derivative(family: Family, label: f64, predictor: f64) -> f64 {
    let mean = family.mean(predictor);
    match family {
        Family::Logistic => mean - label,
        Family::Tweedie { power, link } => {
            let by_predictor = if link == Link::Log { mean } else { 1.0 };
            (mean - label) * mean.powf(-power) * by_predictor
        }
    }
}

#[test]
fn an_identity_link_stays_where_means_are_positive() {
    let family = Family::Tweedie {
        power: 1.0,
        link: Link::Identity,
    };
    let mut rows = rows(20, |predictor, random| {
        ((predictor.abs() + 1.0) * 3.0 * random.uniform()).floor()
    });
    for cell in &mut rows.cells {
        *cell = cell.abs();
    }
    rows.offsets.fill(0.0);
    let penalty = Penalty { l1: 0.0, l2: 1e-3 };
    let fitted = scalar(&rows, family, PLAIN, penalty).unwrap();
    assert_optimal(
        &rows,
        fitted.intercepts[0],
        &fitted.coefficients[0],
        true,
        penalty,
        |label, predictor| derivative(family, label, predictor),
    );
}

#[test]
fn several_scores_are_optimal_with_every_penalty() {
    let codes = [3.0, 7.0, 8.0];
    let rows = rows(30, |predictor, random| {
        codes[((predictor + 1.5 + 2.0 * random.uniform()).clamp(0.0, 2.9)) as usize]
    });
    for penalty in PENALTIES {
        let fitted = softmax(&rows, &codes, PLAIN, penalty).unwrap();
        assert!(
            fitted.violation <= 1e-10,
            "{penalty:?}: {}",
            fitted.violation
        );
        let probability = |class: usize, row: usize| {
            let cells = &rows.cells[row * WIDTH..(row + 1) * WIDTH];
            let scores: Vec<f64> = fitted
                .coefficients
                .iter()
                .zip(&fitted.intercepts)
                .map(|(w, b)| {
                    b + cells.iter().zip(w).map(|(x, w)| x * w).sum::<f64>() + rows.offsets[row]
                })
                .collect();
            let total: f64 = scores.iter().map(|score| (score - scores[0]).exp()).sum();
            (scores[class] - scores[0]).exp() / total
        };
        for (class, code) in codes.iter().enumerate() {
            // One class at a time is a loss of one score; its label is the row's number.
            let mut numbered = rows.clone();
            numbered.labels = (0..ROWS).map(|row| row as f64).collect();
            assert_optimal(
                &numbered,
                fitted.intercepts[class],
                &fitted.coefficients[class],
                true,
                penalty,
                |row, _| {
                    let row = row as usize;
                    probability(class, row) - f64::from(u8::from(rows.labels[row] == *code))
                },
            );
        }
        let sum: f64 = fitted.intercepts.iter().sum();
        assert!(sum.abs() < 1e-9, "intercepts are centred: {sum}");
    }
}

#[test]
fn without_penalty_coefficients_of_classes_have_mean_0() {
    let codes = [0.0, 1.0, 2.0];
    let rows = rows(31, |predictor, random| {
        (predictor + 1.5 + 2.0 * random.uniform())
            .clamp(0.0, 2.9)
            .floor()
    });
    let fitted = softmax(&rows, &codes, PLAIN, Penalty::default()).unwrap();
    for column in 0..WIDTH {
        let sum: f64 = fitted.coefficients.iter().map(|list| list[column]).sum();
        let size: f64 = fitted
            .coefficients
            .iter()
            .map(|list| list[column].abs())
            .sum();
        assert!(sum.abs() <= 1e-12 * size, "{sum} of {size}");
    }
}

#[test]
fn filled_in_cells_and_indicators_are_those_of_rows_that_are_filled_in_first() {
    let mut holes = rows(40, |predictor, random| predictor + random.normal());
    let mut random = Random::new(41);
    for cell in &mut holes.cells {
        if random.uniform() < 0.1 {
            *cell = f64::NAN;
        }
    }
    let treatment = Treatment {
        fill: Fill::Mean,
        indicator: true,
        normalise: true,
    };
    let (_, design) = design(&holes, None, treatment, true);
    let mut filled = holes.clone();
    filled.width = 2 * WIDTH;
    filled.cells = holes
        .cells
        .iter()
        .enumerate()
        .flat_map(|(index, &cell)| {
            let fill = design.columns[2 * (index % WIDTH)].fill;
            let missing = cell.is_nan();
            [
                if missing { fill } else { cell },
                f64::from(u8::from(missing)),
            ]
        })
        .collect();
    let a = squared(&holes, treatment, true, Penalty::default()).unwrap();
    let b = squared(&filled, PLAIN, true, Penalty::default()).unwrap();
    for (index, (a, b)) in a.coefficients.iter().zip(&b.coefficients).enumerate() {
        assert!(
            (a - b).abs() <= 1e-11 * b.abs().max(1e-3),
            "{index}: {a} {b}"
        );
    }
    assert!((a.intercept - b.intercept).abs() < 1e-9);
}

#[test]
fn a_weight_of_two_is_the_row_twice() {
    let mut weighted = rows(50, |predictor, random| predictor + random.normal());
    let mut random = Random::new(51);
    weighted.weights = (0..ROWS)
        .map(|_| f64::from((random.uniform() * 3.0) as u8))
        .collect();
    let mut repeated = Rows {
        width: WIDTH,
        ..Rows::default()
    };
    for row in 0..ROWS {
        for _ in 0..weighted.weights[row] as usize {
            repeated
                .cells
                .extend_from_slice(&weighted.cells[row * WIDTH..(row + 1) * WIDTH]);
            repeated.labels.push(weighted.labels[row]);
            repeated.offsets.push(weighted.offsets[row]);
        }
    }
    let penalty = Penalty { l1: 0.01, l2: 0.01 };
    let a = squared(&weighted, PLAIN, true, penalty).unwrap();
    let b = squared(&repeated, PLAIN, true, penalty).unwrap();
    for (a, b) in a.coefficients.iter().zip(&b.coefficients) {
        assert!((a - b).abs() <= 1e-11 * b.abs().max(1e-6), "{a} {b}");
    }
}
