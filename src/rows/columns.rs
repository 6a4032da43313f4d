//! Which column the next cell belongs to: by its position, by a header, or by a name of its own.

use super::error::{Names, RowError};
use super::layout::Layout;
use crate::text::Quoted;

/// What the order of a header's names says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderOrder {
    /// The names stand in the order of the cells, as in a table. Where no input has a name, names that the model
    /// cannot know are taken for the columns in their order.
    Meant,
    /// The names stand in any order, as in an object: each must be known.
    Accidental,
}

/// How the cells of a row are told apart.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// The column of each cell, where a header names them once for all rows.
    header: Option<Vec<usize>>,
    /// The column of the next cell, where each cell of a row comes with its name.
    named: Option<usize>,
    /// The row in which each column last had a cell with a name.
    seen: Vec<usize>,
}

impl Columns {
    /// Whether cells come in the order of the layout's columns.
    pub(super) fn are_in_order(&self) -> bool {
        self.header.is_none() && self.named.is_none()
    }

    /// The column of the cell at a position of the row.
    pub(super) fn at(&self, position: usize) -> usize {
        match (self.named, &self.header) {
            (Some(column), _) => column,
            (None, Some(header)) => header.get(position).copied().unwrap_or(usize::MAX),
            (None, None) => position,
        }
    }

    /// How many cells a row has, if they are not named one by one.
    pub(super) fn cells(&self, layout: &Layout) -> usize {
        self.header.as_ref().map_or(layout.cells(), Vec::len)
    }

    /// The next row may be a list again.
    pub(super) fn end_row(&mut self) {
        self.named = None;
    }

    /// Takes the names of the columns of all rows to come.
    pub(super) fn set_header<'n>(
        &mut self,
        names: impl IntoIterator<Item = &'n str>,
        order: HeaderOrder,
        layout: &Layout,
    ) -> Result<(), RowError> {
        let names: Vec<&str> = names.into_iter().collect();
        let columns: Vec<Option<usize>> = names.iter().map(|name| layout.column(name)).collect();
        let foreign = columns.iter().all(Option::is_none) && !layout.has_named_inputs();
        if foreign && order == HeaderOrder::Meant {
            return foreign_header(&names, layout);
        }
        let header = known_header(&names, &columns, layout)?;
        let in_order = header.iter().copied().eq(0..layout.cells());
        self.header = (!in_order).then_some(header);
        Ok(())
    }

    /// Says whose the next cell is.
    pub(super) fn select(
        &mut self,
        name: &str,
        expected: usize,
        row: usize,
        layout: &Layout,
    ) -> Result<(), RowError> {
        // Records mostly have their fields in the order of the columns.
        let column = if layout.name(expected) == Some(name) {
            Some(expected)
        } else {
            layout.column(name)
        };
        let Some(column) = column else {
            return Err(unknown_field(row, name, layout));
        };
        self.seen.resize(layout.columns(), 0);
        match self.seen.get_mut(column) {
            Some(seen) if *seen != row => {
                *seen = row;
                self.named = Some(column);
                Ok(())
            }
            _ => Err(twice(Some(row), name)),
        }
    }

    /// Checks that a row whose cells had names, or that has `cells` cells without, is whole.
    pub(super) fn check_row(
        &self,
        cells: usize,
        row: usize,
        layout: &Layout,
    ) -> Result<(), RowError> {
        if self.named.is_some() {
            let seen = |column| self.seen.get(column) == Some(&row);
            return match absent(layout, seen) {
                names if names.is_empty() => Ok(()),
                missing => Err(RowError::MissingFields { row, missing }),
            };
        }
        let expected = self.cells(layout);
        if cells == expected {
            return Ok(());
        }
        Err(RowError::Width {
            row,
            found: cells,
            expected,
        })
    }
}

fn twice(row: Option<usize>, name: &str) -> RowError {
    RowError::Twice {
        row,
        name: Quoted::of(name.as_bytes()),
    }
}

fn unknown_field(row: usize, name: &str, layout: &Layout) -> RowError {
    let mut known = Names::default();
    for column in 0..layout.cells() {
        known.push_with(|| layout.shown_name(column));
    }
    RowError::UnknownField {
        row,
        name: Quoted::of(name.as_bytes()),
        known,
    }
}

/// Names that a model without names cannot know: they say how many columns there are, and no more.
fn foreign_header(names: &[&str], layout: &Layout) -> Result<(), RowError> {
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    let mut pairs = sorted.iter().zip(sorted.iter().skip(1));
    if let Some((name, _)) = pairs.find(|(one, next)| one == next) {
        return Err(twice(None, name));
    }
    if names.len() == layout.cells() {
        return Ok(());
    }
    Err(RowError::HeaderWidth {
        found: names.len(),
        expected: layout.cells(),
    })
}

/// The column of each name, which must be known and may not stand twice; no required column may be absent.
fn known_header(
    names: &[&str],
    columns: &[Option<usize>],
    layout: &Layout,
) -> Result<Vec<usize>, RowError> {
    let mut seen = vec![false; layout.columns()];
    let (mut header, mut unknown) = (Vec::with_capacity(names.len()), Names::default());
    for (name, column) in names.iter().zip(columns) {
        match column.and_then(|column| Some((column, seen.get_mut(column)?))) {
            Some((_, true)) => return Err(twice(None, name)),
            Some((column, seen)) => {
                *seen = true;
                header.push(column);
            }
            None => unknown.push(name),
        }
    }
    let missing = absent(layout, |column| seen.get(column) == Some(&true));
    if unknown.is_empty() && missing.is_empty() {
        return Ok(header);
    }
    Err(RowError::Columns { unknown, missing })
}

/// The names of the required columns that were not seen.
fn absent(layout: &Layout, seen: impl Fn(usize) -> bool) -> Names {
    let mut names = Names::default();
    for column in (0..layout.cells()).filter(|&column| !layout.is_optional(column)) {
        if !seen(column) {
            names.push_with(|| layout.shown_name(column));
        }
    }
    names
}
