//! Coefficients and standard errors that other programs found for the same 24 rows: statsmodels 0.15 (`GLM`),
//! scikit-learn 1.9 (`LogisticRegression`), R's glmnet 4.1-6. `scripts/training/compare.py` compares larger tables.

use sagelet_solver::algorithm::Fit;
use sagelet_solver::block::Rows;
use sagelet_solver::family::{Family, Link};
use sagelet_solver::penalty::Penalty;

use crate::support::{PLAIN, design, scalar, softmax};

const NONE: Penalty = Penalty { l1: 0.0, l2: 0.0 };

fn rows(label: impl Fn(u32) -> f64) -> Rows {
    let mut rows = Rows {
        width: 3,
        ..Rows::default()
    };
    for i in 0..24_u32 {
        let cells = [
            f64::from(i * 7 % 11) / 3.0,
            f64::from(i * 5 % 13) - 6.0,
            f64::from(i * i % 17) / 5.0,
        ];
        rows.cells.extend(cells);
        rows.labels.push(label(i));
    }
    rows
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64], allowed: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let close = (found - expected).abs() <= allowed * expected.abs().max(0.01);
        assert!(close, "{found} instead of {expected}");
    }
}

fn assert_statsmodels(fit: &Fit, coefficients: &[f64; 4], errors: &[f64; 4]) {
    let mut found = fit.intercepts.clone();
    found.extend(&fit.coefficients[0]);
    assert_close(&found, coefficients, 1e-11);
    let covariance = fit.covariance.as_ref().unwrap().table();
    let found: Vec<f64> = (0..4)
        .map(|place| covariance.at(place, place).sqrt())
        .collect();
    assert_close(&found, errors, 1e-9);
}

#[test]
fn counts_amounts_and_classes_are_those_of_statsmodels() {
    let tweedie = |power| Family::Tweedie {
        power,
        link: Link::Log,
    };
    let counts = scalar(&rows(|i| f64::from(i * 3 % 7)), tweedie(1.0), PLAIN, NONE).unwrap();
    assert_statsmodels(
        &counts,
        &[
            1.2846279749385032,
            -0.010725323654680596,
            0.027877751327119626,
            -0.1270426979877718,
        ],
        &[
            0.25627377595354056,
            0.11354534027820563,
            0.031749486199740586,
            0.1086886889507926,
        ],
    );
    let amounts = rows(|i| (f64::from(i * 5 % 9) + 1.0) / 2.0);
    let amounts = scalar(&amounts, tweedie(2.0), PLAIN, NONE).unwrap();
    assert_statsmodels(
        &amounts,
        &[
            0.6322249538850786,
            0.09588252155524243,
            0.003255998326541904,
            0.06504533978827853,
        ],
        &[
            0.26830908737484205,
            0.1158177943381437,
            0.03258540011339383,
            0.10753762910681733,
        ],
    );
    let classes = scalar(&rows(binary), Family::Logistic, PLAIN, NONE).unwrap();
    assert_statsmodels(
        &classes,
        &[
            -0.5413932640939576,
            -0.7433440464964886,
            0.006312459359665908,
            0.601873939544807,
        ],
        &[
            0.9930877192585791,
            0.5133825647624881,
            0.1262223185423479,
            0.4266417428054317,
        ],
    );
}

fn binary(i: u32) -> f64 {
    f64::from((i * i + i / 3) % 2)
}

/// Coefficients times the deviations of their columns.
fn standardised(rows: &Rows, coefficients: &[f64]) -> Vec<f64> {
    let (_, design) = design(rows, None, PLAIN, true);
    let columns = design.columns.iter().zip(coefficients);
    columns.map(|(column, w)| w * column.deviation).collect()
}

#[test]
fn three_classes_with_wd_are_those_of_scikit_learn() {
    let rows = rows(|i| f64::from(i * i % 7 % 3));
    let fit = softmax(
        &rows,
        &[0.0, 1.0, 2.0],
        PLAIN,
        Penalty { l1: 0.0, l2: 0.05 },
    )
    .unwrap();
    let expected = [
        [
            0.015106310626469013,
            -0.4128109103528147,
            0.2559905559887799,
        ],
        [
            -0.15405224492858802,
            0.15166251936040512,
            -0.1773344884091039,
        ],
        [0.13894593430211927, 0.2611483909924096, -0.0786560675796761],
    ];
    for (coefficients, expected) in fit.coefficients.iter().zip(&expected) {
        assert_close(&standardised(&rows, coefficients), expected, 1e-7);
    }
}

#[test]
fn two_classes_with_l1_are_those_of_glmnet() {
    let rows = rows(binary);
    let fit = scalar(
        &rows,
        Family::Logistic,
        PLAIN,
        Penalty { l1: 0.02, l2: 0.0 },
    )
    .unwrap();
    let found = standardised(&rows, &fit.coefficients[0]);
    assert_close(&found, &[-0.6442190023732316, 0.0, 0.549083782920865], 1e-9);
    assert_eq!(found[1], 0.0);
}
