//! Chunks: sums of chunks in their order are the sums of all rows.

use sagelet_solver::block::{Pass, Rows};
use sagelet_solver::design::Design;
use sagelet_solver::family::Family;
use sagelet_solver::fit;
use sagelet_solver::labels::Classes;
use sagelet_solver::least_squares;
use sagelet_solver::penalty::Penalty;
use sagelet_solver::survey::{Summary, Survey};

use crate::support::{PLAIN, Random, cells};

fn rows() -> Rows {
    let mut random = Random::new(3);
    let mut rows = Rows {
        width: 30,
        cells: cells(&mut random, 5_000, 30),
        ..Rows::default()
    };
    for (index, row) in rows.cells.chunks_mut(30).enumerate() {
        rows.labels.push(row[0] - 0.5 * row[3] + random.normal());
        // Missing cells turn up in one column after the other.
        if index > 100 && index % 7 == 0 {
            row[(index / 200) % 20] = f64::NAN;
        }
    }
    rows
}

/// A survey whose chunks end at these rows.
fn survey(rows: &Rows, survey: &Survey, ends: &[usize]) -> Summary {
    let mut total = survey.begin();
    let mut from = 0;
    for &end in ends.iter().chain([&rows.labels.len()]) {
        let mut sum = survey.begin();
        for block in (from..end).step_by(300) {
            survey.block(&mut sum, &rows.block(block, (block + 300).min(end)));
        }
        survey.merge(&mut total, sum);
        from = end;
    }
    survey.summary(total)
}

#[test]
fn rows_cut_elsewhere_give_the_same_model_to_ten_digits() {
    let rows = rows();
    let first = Survey::regression(&rows.block(0, 256));
    let fitted = |ends: &[usize]| {
        let summary = survey(&rows, &first, ends);
        let design = Design::new(&summary, &[PLAIN; 30], true);
        let fitted = least_squares::fit(&summary, &design, Penalty::default(), false);
        (fitted.unwrap(), design)
    };
    let (whole, design) = fitted(&[]);
    for ends in [
        &[2_500][..],
        &[1, 2, 3, 90, 1_700, 4_999],
        &[40, 2_000, 2_001],
    ] {
        let (cut, other) = fitted(ends);
        for (index, (a, b)) in whole.coefficients.iter().zip(&cut.coefficients).enumerate() {
            let scale = design.columns[index].deviation;
            assert!((a - b).abs() * scale < 1e-11, "{index}: {a} {b}");
            assert!(
                (design.columns[index].fill - other.columns[index].fill).abs()
                    < 1e-11 * scale.max(1.0) * 40.0
            );
        }
    }
}

#[test]
fn counts_and_drawn_rows_do_not_depend_on_chunks() {
    let rows = rows();
    let first = Survey::regression(&rows.block(0, 256));
    let (a, b) = (
        survey(&rows, &first, &[]),
        survey(&rows, &first, &[33, 2_400]),
    );
    for (a, b) in a.columns.iter().zip(&b.columns) {
        assert_eq!(
            (a.count, a.missing, a.minimum, a.maximum),
            (b.count, b.missing, b.minimum, b.maximum)
        );
        assert_eq!(a.sketch.quantile(0.3), b.sketch.quantile(0.3));
    }
    assert_eq!((a.rows, a.with_missing), (b.rows, b.with_missing));
}

#[test]
fn a_start_from_drawn_rows_saves_passes_and_leads_to_the_same_optimum() {
    let mut random = Random::new(9);
    let width = 8;
    let mut rows = Rows {
        width,
        cells: cells(&mut random, 60_000, width),
        ..Rows::default()
    };
    for row in rows.cells.chunks(width) {
        let p = Family::Logistic.mean(1.5 * row[0] - 0.8 * row[3] / 3.0 + 2.0);
        rows.labels.push(f64::from(u8::from(random.uniform() < p)));
    }
    let first = Survey::classification(&rows.block(0, 256), 10);
    let mut summary = survey(&rows, &first, &[10_000, 20_000, 45_000]);
    let design = Design::new(&summary, &vec![PLAIN; width], true);
    let classes = Classes::new(&[0.0, 1.0], &[]);
    let fitted = |summary: &Summary| {
        let none = Penalty::default();
        let fitted = fit::scalar(
            &mut &rows,
            summary,
            &design,
            Family::Logistic,
            Some(&classes),
            none,
            |_, _| (),
        );
        match fitted {
            Ok(fitted) => fitted,
            Err(error) => panic!("{error:?}"),
        }
    };
    let from_sample = fitted(&summary);
    summary.sample = Rows::default();
    let from_null = fitted(&summary);
    assert!(
        from_sample.passes < from_null.passes,
        "{} {}",
        from_sample.passes,
        from_null.passes
    );
    assert!(from_sample.passes <= 4, "{}", from_sample.passes);
    for (a, b) in from_sample.coefficients[0]
        .iter()
        .zip(&from_null.coefficients[0])
    {
        assert!((a - b).abs() <= 1e-10 * b.abs().max(1e-4), "{a} {b}");
    }
}
