//! `coef_` and `intercept_`: what nearly every linear model of scikit-learn has learnt.

use super::step::{Outcome, Step};
use crate::import::linear::{Column, combination};

/// The scores of an estimator with `coef_` and `intercept_`, one for each list of coefficients.
pub(super) fn scores(step: &Step<'_>, columns: &[Column]) -> Outcome<Vec<Column>> {
    let table = step.table("coef_")?;
    let intercepts = intercepts(step, table.len())?;
    check_width(step, &table, columns)?;
    let rows = table.iter().zip(intercepts);
    Ok(rows
        .map(|(coefficients, intercept)| combination(columns, coefficients, intercept))
        .collect())
}

/// One intercept a score. Without an intercept some estimators hold a single 0.
pub(super) fn intercepts(step: &Step<'_>, count: usize) -> Outcome<Vec<f64>> {
    let (intercepts, _) = step.numbers("intercept_")?;
    match intercepts.as_slice() {
        [single] => Ok(vec![*single; count]),
        several if several.len() == count => Ok(intercepts),
        several => Err(step.refuse(format_args!(
            "intercept_ has {} numbers for {count} lists of coefficients",
            several.len()
        ))),
    }
}

/// Checks that a table of coefficients has one for each column.
pub(super) fn check_width(step: &Step<'_>, table: &[Vec<f64>], columns: &[Column]) -> Outcome<()> {
    let (width, count) = (table.first().map_or(0, Vec::len), columns.len());
    if width == count {
        Ok(())
    } else {
        Err(step.refuse(format_args!(
            "it has {width} coefficients for {count} columns"
        )))
    }
}
