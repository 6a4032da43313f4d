//! Polynomials of degree 1, which are the columns themselves and perhaps a column of ones.

use super::reasons;
use super::step::{Outcome, Step};
use crate::import::linear::Column;
use crate::import::objects::Value;

/// The columns, after a column of ones if `include_bias`.
pub(super) fn of_degree_one(step: &Step<'_>, columns: &[Column]) -> Outcome<Vec<Column>> {
    if !is_of_degree_one(step) {
        return Err(step.refuse(reasons::of_transformer(step.class)));
    }
    let mut made = Vec::with_capacity(columns.len() + 1);
    if step.flag("include_bias", true)? {
        made.push(Column {
            constant: 1.0,
            ..Column::zero()
        });
    }
    made.extend_from_slice(columns);
    Ok(made)
}

/// `degree` is a number, or the least and the most.
fn is_of_degree_one(step: &Step<'_>) -> bool {
    let Some(degree) = step.optional("degree") else {
        return false;
    };
    match degree.elements() {
        Some(bounds) => {
            let bounds: Vec<_> = bounds.take(3).map(Value::integer).collect();
            matches!(bounds.as_slice(), [Some(0 | 1), Some(1)])
        }
        None => degree.integer() == Some(1),
    }
}
