//! The row builder: cells in, whole rows out in blocks.

mod cell;

use ndarray::ArrayView2;

use super::cell::Cell;
use super::columns::{Columns, HeaderOrder};
use super::derived::{Fault, Plan};
use super::entries::Entries;
use super::error::{Place, RowError};
use super::layout::{Layout, Rule};
use super::sink::Sink;
use super::sparse::SparseRow;
use crate::limits::BLOCK_CELLS;
use crate::text::Quoted;

/// Bytes that a column of a wide row takes at most: an entry of a sparse row with its number and its index as they
/// stood in the body, or a name with the place of its cells.
const COLUMN_BYTES: usize = 128;

/// Turns cells into rows of the design matrix and hands them to a sink in blocks that fit a processor's cache, so
/// that the memory it needs does not grow with the rows.
pub struct RowBuilder<'a> {
    layout: &'a Layout,
    sink: &'a mut dyn Sink,
    columns: Columns,
    /// Numbers of the whole rows since the last block, and of the row being read.
    block: Vec<f64>,
    /// The sparse part of the same rows.
    entries: Entries,
    /// Bytes that are reserved for working on a text.
    text_bytes: usize,
    /// Whole rows in `block`.
    rows: usize,
    /// The number of the first row of `block`.
    first: usize,
    /// Cells of the row being read.
    position: usize,
    /// Rows of a whole block.
    rows_of_block: usize,
    /// Cells that were none of their column's categories and were taken all the same.
    unknown_categories: usize,
}

impl<'a> RowBuilder<'a> {
    /// A builder of rows that are counted from 1.
    #[must_use]
    pub fn new(layout: &'a Layout, sink: &'a mut dyn Sink) -> Self {
        Self {
            layout,
            sink,
            columns: Columns::default(),
            // One row at once: most requests have one, and its width is the model's own.
            block: Vec::with_capacity(layout.width()),
            entries: Entries::default(),
            text_bytes: 0,
            rows: 0,
            first: 1,
            position: 0,
            rows_of_block: (BLOCK_CELLS / layout.width().max(1)).max(1),
            unknown_categories: 0,
        }
    }

    /// The same, with the number of the first row: for a piece of a larger body.
    #[must_use]
    pub fn starting_at(mut self, row: usize) -> Self {
        self.first = row;
        self
    }

    /// The same, of rows whose columns another builder has taken from a header.
    #[must_use]
    pub fn with_columns(mut self, columns: Columns) -> Self {
        self.columns = columns;
        self
    }

    /// The same, with the memory that another builder [had](Self::finish_with_block) for its blocks.
    #[must_use]
    pub fn with_block(mut self, mut block: Vec<f64>) -> Self {
        block.clear();
        self.block = block;
        self
    }

    /// The columns that a header has named, for builders of further rows.
    #[must_use]
    pub fn into_columns(self) -> Columns {
        self.columns
    }

    /// What the rows are.
    #[must_use]
    pub fn layout(&self) -> &'a Layout {
        self.layout
    }

    /// The number of the row being read.
    #[must_use]
    pub fn row(&self) -> usize {
        self.first + self.rows
    }

    /// How many cells of the row have been read.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// How many cells a row has that does not name them one by one.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.columns.cells(self.layout)
    }

    /// How many cells were no known category of their column and were taken by its rule for unknown ones.
    #[must_use]
    pub fn unknown_categories(&self) -> usize {
        self.unknown_categories
    }

    /// Whether the next cell may be given as a number whatever text it came from: a column of categories has to
    /// see the text.
    #[must_use]
    pub fn takes_plain_numbers(&self) -> bool {
        self.layout.is_plain()
            || matches!(
                self.layout.rule(self.columns.at(self.position)),
                Some(Rule::Number { .. })
            )
    }

    /// Reserves memory that a format is about to take beside the body itself.
    ///
    /// # Errors
    /// The sink says that it is not there.
    pub fn reserve(&mut self, bytes: usize) -> Result<(), RowError> {
        self.sink.reserve(bytes)
    }

    /// Reserves what the columns of so wide a model take: a number for each in a block, a sparse row, and the place
    /// of each column. `cells` cells are in the body at most.
    ///
    /// # Errors
    /// The sink says that it is not there.
    pub fn reserve_row(&mut self, cells: usize) -> Result<(), RowError> {
        let (width, columns) = (self.layout.width(), self.layout.columns());
        if width.max(columns) <= BLOCK_CELLS {
            return Ok(());
        }
        self.reserve(width * size_of::<f64>() + columns.min(cells) * COLUMN_BYTES)
    }

    /// The columns of the rows to come, by name.
    ///
    /// # Errors
    /// A name is unknown or given twice, or a required column is absent: all of them are named.
    pub fn set_header<'n>(
        &mut self,
        names: impl IntoIterator<Item = &'n str>,
        order: HeaderOrder,
    ) -> Result<(), RowError> {
        self.columns.set_header(names, order, self.layout)
    }

    /// Says by name whose the next cell is.
    ///
    /// # Errors
    /// The name is unknown, or had a cell in this row.
    pub fn select(&mut self, name: &str) -> Result<(), RowError> {
        let (row, expected) = (self.row(), self.position);
        self.columns.select(name, expected, row, self.layout)
    }

    /// Adds a cell.
    ///
    /// # Errors
    /// The cell is not what its column takes.
    #[inline]
    pub fn push(&mut self, cell: Cell<'_>) -> Result<(), RowError> {
        if let (Cell::Number(number), true) = (cell, self.layout.is_plain()) {
            return self.push_plain(number);
        }
        self.place_cell(cell)?;
        self.position += 1;
        Ok(())
    }

    /// Adds a number to a row of plain numbers.
    #[inline]
    fn push_plain(&mut self, number: f64) -> Result<(), RowError> {
        if !number.is_finite() {
            return Err(self.no_plain_number(number));
        }
        self.write_plain(number);
        self.position += 1;
        Ok(())
    }

    /// Writes a number of a row of plain numbers: behind the last one, if they come in order.
    #[inline]
    fn write_plain(&mut self, number: f64) {
        if !self.columns.are_in_order() {
            self.write(self.columns.at(self.position), number);
        } else if self.position < self.layout.cells() {
            self.block.push(number);
        }
    }

    /// Adds all cells of a row at once, where a row is plain numbers in the order of the columns: `read` writes them, each
    /// finite, or says by `None` that this is another row, which is then read cell by cell.
    #[inline]
    pub fn push_plain_row<T>(&mut self, read: impl FnOnce(&mut [f64]) -> Option<T>) -> Option<T> {
        let cells = self.layout.cells();
        let is_plain = self.layout.has_plain_rows() && self.columns.are_in_order();
        if !is_plain || self.position > 0 {
            return None;
        }
        let start = self.rows * self.layout.width();
        self.block.resize(start + cells, 0.0);
        let read = self.block.get_mut(start..).and_then(read);
        if read.is_some() {
            self.position = cells;
        } else {
            self.block.truncate(start);
        }
        read
    }

    /// Adds the cells of a sparse row: a column that has none is 0.
    ///
    /// # Errors
    /// A position is given twice, or a cell is not what its column takes. `counted_from` is what the format
    /// calls the first position.
    pub fn push_sparse(
        &mut self,
        sparse: &mut SparseRow<'_>,
        counted_from: u64,
    ) -> Result<(), RowError> {
        let (row, columns) = (self.row(), self.layout.cells());
        let cells = sparse.sorted().map_err(|position| RowError::IndexTwice {
            row,
            index: position + counted_from,
        })?;
        if let Some(&(position, _)) = cells.last()
            && position >= columns as u64
        {
            return Err(RowError::NoSuchIndex {
                row,
                index: position.saturating_add(counted_from),
                inputs: columns,
                first: counted_from,
            });
        }
        if self.layout.is_plain() && self.columns.are_in_order() {
            return self.push_plain_sparse(cells);
        }
        let mut cells = cells.iter().peekable();
        for position in 0..columns as u64 {
            let given = cells.next_if(|(at, _)| *at == position);
            self.push(given.map_or(Cell::Number(0.0), |&(_, cell)| cell))?;
        }
        Ok(())
    }

    /// Writes the given cells only: a wide row costs what it holds.
    fn push_plain_sparse(&mut self, cells: &[(u64, Cell<'_>)]) -> Result<(), RowError> {
        self.block
            .resize((self.rows + 1) * self.layout.width(), 0.0);
        for &(position, cell) in cells {
            self.position = usize::try_from(position).unwrap_or(usize::MAX);
            let number = self.number(cell)?.ok_or_else(|| self.missing())?;
            self.write(self.position, number);
        }
        self.position = self.layout.cells();
        Ok(())
    }

    /// Ends the row.
    ///
    /// # Errors
    /// It has too few or too many cells, or the sink takes no more rows.
    #[inline]
    pub fn end_row(&mut self) -> Result<(), RowError> {
        if self.position != self.layout.cells() || !self.columns.are_in_order() {
            self.columns
                .check_row(self.position, self.row(), self.layout)?;
        }
        // A row of no cells that land anywhere is a row of zeros.
        let width = self.layout.width();
        self.block.resize((self.rows + 1) * width, 0.0);
        if let Some(plan) = self.layout.plan() {
            self.compute(plan)?;
        }
        self.rows += 1;
        self.position = 0;
        self.columns.end_row();
        if self.rows >= self.rows_of_block || self.entries.len() > BLOCK_CELLS {
            return self.hand_over();
        }
        Ok(())
    }

    /// Computes the columns of the row that are computed from others.
    fn compute(&mut self, plan: &Plan) -> Result<(), RowError> {
        let start = self.rows * self.layout.width();
        let row = self.block.get_mut(start..).unwrap_or_default();
        let computed = plan.compute(row);
        computed.map_err(|fault| self.not_computed(fault))?;
        if !plan.sparse().is_empty() {
            let start = self.entries.start();
            plan.normalize(self.entries.open(), start);
            self.entries.end_row();
        }
        Ok(())
    }

    fn not_computed(&self, fault: Fault) -> RowError {
        let column = self.layout.column_of_input(fault.feature);
        let name = self.layout.name(column);
        RowError::NotComputed {
            place: Place {
                row: self.row(),
                column: column + 1,
                name: name.map(|name| Quoted::of(name.as_bytes())),
            },
            what: fault.what,
        }
    }

    /// Ends the rows: the sink gets those that it has not had.
    ///
    /// # Errors
    /// The sink takes no more rows.
    pub fn finish(self) -> Result<(), RowError> {
        self.finish_with_block().map(drop)
    }

    /// The same, and leaves the memory of its blocks to the next builder.
    ///
    /// # Errors
    /// The sink takes no more rows.
    pub fn finish_with_block(mut self) -> Result<Vec<f64>, RowError> {
        if self.rows > 0 {
            self.hand_over()?;
        }
        Ok(self.block)
    }

    fn hand_over(&mut self) -> Result<(), RowError> {
        let shape = (self.rows, self.layout.width());
        if let Ok(block) = ArrayView2::from_shape(shape, &self.block) {
            self.sink.block(block, &self.entries, self.first)?;
        }
        self.entries.clear();
        self.first += self.rows;
        self.rows = 0;
        self.block.clear();
        Ok(())
    }

    /// Writes one number of the row, which is zeros until then.
    fn write(&mut self, offset: usize, number: f64) {
        let (start, width) = (self.rows * self.layout.width(), self.layout.width());
        if self.block.len() < start + width {
            self.block.resize(start + width, 0.0);
        }
        if let Some(cell) = self.block.get_mut(start + offset) {
            *cell = number;
        }
    }
}
