//! Which column's cells explain why predictions differ: what a failing proof says beside the first difference.
//!
//! Rows are changed in one way after another, and predicted again. A change that makes all of them right tells what
//! the rows of the proof and those that were predicted elsewhere differ in.

use sagelet::artifact::{Cell, Document, Encoding, Label};
use sagelet::model::Model;
use sagelet::text::Quoted;

use crate::limits::{BLAME_ROWS_MAX, BLAME_TRIES_MAX};

/// Predictions that are as close as this share of the larger one are the same here: enough to tell a cause.
const CLOSE: f64 = 1e-9;

/// A row, and what is expected for it.
pub(crate) type Pair = (Vec<Cell>, Vec<f64>);

/// What explains that some of these rows are predicted otherwise than expected; none if nothing simple does.
pub(crate) fn explanation(document: &Document, model: &Model, pairs: &[Pair]) -> Option<String> {
    let mut trial = Trial {
        document,
        model,
        left: BLAME_TRIES_MAX,
    };
    let pairs = pairs
        .get(..BLAME_ROWS_MAX.min(pairs.len()))
        .unwrap_or_default();
    let mut wrong: Vec<(usize, &Pair)> = pairs.iter().enumerate().collect();
    wrong.retain(|(_, (cells, expected))| !trial.is_right(cells, expected));
    if wrong.is_empty() {
        return None;
    }
    let columns = 0..document.features.len();
    let told = trial.other_cells(&wrong).or_else(|| trial.swapped(pairs));
    told.or_else(|| {
        columns
            .into_iter()
            .find_map(|column| trial.scaled(column, pairs, &wrong))
    })
}

struct Trial<'a> {
    document: &'a Document,
    model: &'a Model,
    left: usize,
}

impl Trial<'_> {
    /// Whether a row is predicted as expected. It is not once too many were tried.
    fn is_right(&mut self, cells: &[Cell], expected: &[f64]) -> bool {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            return false;
        }
        self.model.predict_row(cells).is_ok_and(|found| {
            found.len() == expected.len()
                && found.iter().zip(expected).all(|(found, expected)| {
                    (found - expected).abs() <= CLOSE * found.abs().max(expected.abs())
                })
        })
    }

    /// A column's name, as an error shows it.
    fn name(&self, column: usize) -> String {
        Quoted::of(self.document.feature_name(column).as_bytes()).to_string()
    }

    fn is_right_with(
        &mut self,
        cells: &[Cell],
        column: usize,
        cell: Cell,
        expected: &[f64],
    ) -> bool {
        let mut changed = cells.to_vec();
        match changed.get_mut(column) {
            Some(place) => *place = cell,
            None => return false,
        }
        self.is_right(&changed, expected)
    }

    /// The only column of which another category, or a missing cell, makes each wrong row right.
    fn other_cells(&mut self, wrong: &[(usize, &Pair)]) -> Option<String> {
        let mut told = None;
        for column in 0..self.document.features.len() {
            let mut first = None;
            let explains = wrong.iter().all(|(index, (cells, expected))| {
                let cell = self.instead(column, cells, expected);
                first = first.take().or_else(|| Some((*index, cell.clone()?)));
                cell.is_some()
            });
            if let (true, Some((index, cell))) = (explains, first) {
                if told.is_some() {
                    return None; // two columns explain it as well
                }
                let name = self.name(column);
                let held = wrong.first().and_then(|(_, (cells, _))| cells.get(column));
                told = Some(format!(
                    "the cells of {name} differ: row {} would be right if it held {} instead of {}",
                    index + 1,
                    shown(&cell),
                    held.map(shown).unwrap_or_default()
                ));
            }
        }
        told
    }

    /// Another cell of a column that makes a row right.
    fn instead(&mut self, column: usize, cells: &[Cell], expected: &[f64]) -> Option<Cell> {
        let feature = self.document.features.get(column)?;
        let categories = feature
            .encoding
            .as_ref()
            .map_or(&[][..], Encoding::categories);
        let missing = (!feature.missing.is_missing()).then_some(Cell::Missing);
        let others: Vec<Cell> = missing
            .into_iter()
            .chain(categories.iter().map(cell))
            .collect();
        others
            .into_iter()
            .find(|other| self.is_right_with(cells, column, other.clone(), expected))
    }

    /// Two columns in each other's place.
    fn swapped(&mut self, pairs: &[Pair]) -> Option<String> {
        let count = self.document.features.len();
        for first in 0..count {
            for second in first + 1..count {
                let right = pairs.iter().all(|(cells, expected)| {
                    let mut swapped = cells.clone();
                    if first < swapped.len() && second < swapped.len() {
                        swapped.swap(first, second);
                    }
                    self.is_right(&swapped, expected)
                });
                if right {
                    let [first, second] = [first, second].map(|column| self.name(column));
                    return Some(format!(
                        "the columns {first} and {second} have changed places"
                    ));
                }
                if self.left == 0 {
                    return None;
                }
            }
        }
        None
    }

    /// One column of numbers in another unit: the factor that makes the first wrong row right, if it does so for all.
    fn scaled(
        &mut self,
        column: usize,
        pairs: &[Pair],
        wrong: &[(usize, &Pair)],
    ) -> Option<String> {
        let (_, (cells, expected)) = wrong.first().filter(|_| wrong.len() > 1)?;
        let number = number(cells, column).filter(|number| *number != 0.0)?;
        let factor = self.solve(column, cells, expected)? / number;
        let right = pairs
            .iter()
            .all(|(cells, expected)| match self::number(cells, column) {
                Some(number) => {
                    self.is_right_with(cells, column, Cell::Number(number * factor), expected)
                }
                None => self.is_right(cells, expected),
            });
        let name = self.name(column);
        right.then(|| {
            format!(
                "the cells of {name} differ by the factor {}",
                rounded(factor)
            )
        })
    }

    /// The number in a column that makes a row right, of a model whose first output is linear in it.
    fn solve(&mut self, column: usize, cells: &[Cell], expected: &[f64]) -> Option<f64> {
        let mut output = |number: f64| {
            let mut changed = cells.to_vec();
            *changed.get_mut(column)? = Cell::Number(number);
            self.left = self.left.saturating_sub(1);
            self.model.predict_row(&changed).ok()?.first().copied()
        };
        let start = number(cells, column)?;
        let (at_start, beside) = (output(start)?, output(start + 1.0)?);
        let slope = beside - at_start;
        let solved = start + (expected.first()? - at_start) / slope;
        solved.is_finite().then_some(solved)
    }
}

fn number(cells: &[Cell], column: usize) -> Option<f64> {
    match cells.get(column) {
        Some(Cell::Number(number)) => Some(*number),
        _ => None,
    }
}

fn cell(label: &Label) -> Cell {
    match label {
        Label::Text(text) => Cell::Text(text.clone()),
        Label::Boolean(truth) => Cell::Boolean(*truth),
        #[expect(
            clippy::cast_precision_loss,
            reason = "a category past 2^53 is only not tried"
        )]
        Label::Integer(number) => Cell::Number(*number as f64),
    }
}

/// A cell as an error shows it.
fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Missing => "nothing".to_owned(),
        Cell::Text(text) => Quoted::of(text.as_bytes()).to_string(),
        other => other.to_string(),
    }
}

/// A factor to six digits: it comes out of a division.
fn rounded(factor: f64) -> f64 {
    format!("{factor:.5e}").parse().unwrap_or(factor)
}
