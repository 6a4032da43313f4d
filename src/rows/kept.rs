//! A cell of a request as an artifact keeps it, so that it means the same when it is read again.

use super::cell::{Cell, Origin};
use super::layout::{Layout, Rule};
use super::number::{self, TextNumber, trim};
use crate::artifact;

/// Whole numbers up to 2^53 are floats exactly.
const EXACT: std::ops::RangeInclusive<i128> =
    -(artifact::EXACT_INTEGER_MAX as i128)..=artifact::EXACT_INTEGER_MAX as i128;

impl Layout {
    /// The cell of a verification row that means what this cell of a column means, whatever its format.
    #[must_use]
    pub fn kept(&self, column: usize, cell: Cell<'_>) -> artifact::Cell {
        match (self.rule(column), cell) {
            (Some(Rule::Category { categories, .. }), Cell::Text { text, origin }) => {
                let code = categories.code(cell);
                let means_the_same = |text: &[u8]| {
                    let origin = Origin::Json;
                    code.is_some() && categories.code(Cell::Text { text, origin }) == code
                };
                if !means_the_same(text) && means_the_same(trim(text)) {
                    kept_text(trim(text))
                } else if code.is_none() && self.marks().hold(text, origin) {
                    artifact::Cell::Missing
                } else {
                    kept_text(text)
                }
            }
            (Some(Rule::Ignored | Rule::HandedOn(_)), _) => artifact::Cell::Missing,
            (_, Cell::Text { text, .. }) => match number::read(text) {
                TextNumber::Number(number) if !self.marks().hold_number(number) => {
                    artifact::Cell::Number(number)
                }
                _ => artifact::Cell::Missing,
            },
            (_, cell) => kept_typed(cell),
        }
    }
}

fn kept_text(text: &[u8]) -> artifact::Cell {
    artifact::Cell::Text(String::from_utf8_lossy(text).into_owned())
}

fn kept_typed(cell: Cell<'_>) -> artifact::Cell {
    match cell {
        Cell::Missing | Cell::Text { .. } => artifact::Cell::Missing,
        Cell::Boolean(value) => artifact::Cell::Boolean(value),
        Cell::Number(number) if number.is_nan() => artifact::Cell::Missing,
        Cell::Number(number) => artifact::Cell::Number(number),
        #[expect(clippy::cast_precision_loss, reason = "compared with 2^53 first")]
        Cell::Integer(number) if EXACT.contains(&number) => artifact::Cell::Number(number as f64),
        Cell::Integer(number) => artifact::Cell::Text(number.to_string()),
    }
}
