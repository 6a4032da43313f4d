//! Chunks of bytes to blocks of rows: what labels, weights and offsets are, beside what the row builder decides.

use ndarray::ArrayView2;
use sagelet_solver::block::Block;

use super::table::{LabelKind, Role, Schema};
use crate::codec::{ContentType, DecodeError, examples};
use crate::rows::{Cell, Entries, Origin, RowBuilder, RowError, Sink, TextNumber, read_number};
use crate::text::Quoted;

/// Why a row cannot be trained on. Rows are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExampleError {
    /// The row is none of this table.
    #[error(transparent)]
    Row(#[from] DecodeError),
    /// A row without label, in a format that keeps labels apart.
    #[error(
        "row {row}: the label is missing or not a finite number: correct it, or remove the row"
    )]
    NoLabel {
        /// The row.
        row: usize,
    },
    /// A label, weight or offset that is none.
    #[error("row {row}, column {column} ({role}): {value} is not {expected}")]
    Special {
        /// The row.
        row: usize,
        /// The column.
        column: String,
        /// `label`, `weights` or `offset`.
        role: &'static str,
        /// What stands there.
        value: Quoted,
        /// What was expected.
        expected: &'static str,
    },
}

/// Reads chunks by a schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decoder<'a> {
    pub(super) schema: &'a Schema,
    pub(super) content_type: ContentType,
}

impl Decoder<'_> {
    /// Reads the rows of a chunk, the first of which has this number, and gives them out block by block.
    pub(super) fn read(
        &self,
        bytes: &[u8],
        first: usize,
        each: &mut dyn FnMut(&Block<'_>),
    ) -> Result<(), ExampleError> {
        let mut apart = Vec::new();
        examples(self.content_type, bytes, &mut |example| {
            apart.push(example.label)
        })?;
        let mut examples = Examples {
            schema: self.schema,
            each,
            apart: apart.into_iter(),
            cells: Vec::new(),
            labels: Vec::new(),
            weights: Vec::new(),
            offsets: Vec::new(),
            refused: None,
        };
        let builder = RowBuilder::new(&self.schema.layout, &mut examples).starting_at(first);
        let read = self.content_type.read(bytes, builder);
        match examples.refused {
            Some(refused) => Err(refused),
            None => Ok(read.map(|_| ())?),
        }
    }
}

/// What a weight has to be.
const A_WEIGHT: &str = "a weight: a number of 0 or more";

struct Examples<'a> {
    schema: &'a Schema,
    each: &'a mut dyn FnMut(&Block<'_>),
    /// The labels of the rows to come, where the format keeps them apart.
    apart: std::vec::IntoIter<Option<f64>>,
    /// The cells of features, where they are taken out of plain rows.
    cells: Vec<f64>,
    labels: Vec<f64>,
    weights: Vec<f64>,
    offsets: Vec<f64>,
    refused: Option<ExampleError>,
}

impl Sink for Examples<'_> {
    fn block(
        &mut self,
        rows: ArrayView2<'_, f64>,
        _: &Entries,
        first: usize,
    ) -> Result<(), RowError> {
        if self.schema.roles.label.is_none() {
            self.take_labels(rows.nrows(), first)?;
        }
        let mut cells = rows.to_slice().unwrap_or_default();
        let mut width = rows.ncols();
        if self.schema.is_plain {
            self.take_apart(cells, first)?;
            cells = &self.cells;
            width = self.schema.roles.features.len();
        }
        let block = Block {
            width,
            cells,
            labels: &self.labels,
            weights: &self.weights,
            offsets: &self.offsets,
            folds: &[],
        };
        (self.each)(&block);
        self.labels.clear();
        self.weights.clear();
        self.offsets.clear();
        Ok(())
    }

    fn cell(&mut self, row: usize, number: usize, cell: Cell<'_>) -> Result<(), RowError> {
        let Some(role) = self.schema.handed_on.get(number) else {
            return Ok(());
        };
        let read = match (role, self.schema.label_kind) {
            (Role::Label, LabelKind::Class) => self.class(cell).ok_or("a label: the cell is empty"),
            (Role::Label, LabelKind::Number) => number_of(cell)
                .ok_or("a number (hyperparameter predictor_type makes labels classes)"),
            (Role::Weight, _) => number_of(cell)
                .filter(|weight| *weight >= 0.0)
                .ok_or(A_WEIGHT),
            (Role::Offset, _) => number_of(cell).ok_or("a number"),
        };
        match read {
            Ok(value) => {
                self.list(*role).push(value);
                Ok(())
            }
            Err(expected) => {
                self.refused = Some(self.special(row, *role, cell, expected));
                Err(RowError::Stopped)
            }
        }
    }
}

impl Examples<'_> {
    /// Takes label, weight and offset out of rows of plain numbers.
    fn take_apart(&mut self, rows: &[f64], first: usize) -> Result<(), RowError> {
        let special = self.schema.roles.special();
        self.cells.clear();
        for (place, row) in rows.chunks(self.schema.roles.columns().max(1)).enumerate() {
            let mut from = 0;
            for &(column, role) in &special {
                let cell = row.get(column).copied().unwrap_or_default();
                if role == Role::Weight && cell < 0.0 {
                    let (row, cell) = (first + place, Cell::Number(cell));
                    self.refused = Some(self.special(row, role, cell, A_WEIGHT));
                    return Err(RowError::Stopped);
                }
                self.list(role).push(cell);
                self.cells
                    .extend_from_slice(row.get(from..column).unwrap_or_default());
                from = column + 1;
            }
            self.cells
                .extend_from_slice(row.get(from..).unwrap_or_default());
        }
        Ok(())
    }

    /// Takes the labels of so many rows.
    fn take_labels(&mut self, rows: usize, first: usize) -> Result<(), RowError> {
        for row in first..first + rows {
            match self
                .apart
                .next()
                .flatten()
                .filter(|label| label.is_finite())
            {
                Some(label) => self.labels.push(label),
                None => {
                    self.refused = Some(ExampleError::NoLabel { row });
                    return Err(RowError::Stopped);
                }
            }
        }
        Ok(())
    }

    fn list(&mut self, role: Role) -> &mut Vec<f64> {
        match role {
            Role::Label => &mut self.labels,
            Role::Weight => &mut self.weights,
            Role::Offset => &mut self.offsets,
        }
    }

    /// The code of a class: the number itself, or one for a text.
    fn class(&self, cell: Cell<'_>) -> Option<f64> {
        match cell {
            Cell::Text { text, origin } => {
                let text = if origin == Origin::Csv {
                    text.trim_ascii()
                } else {
                    text
                };
                let is_word = text.first().is_some_and(u8::is_ascii_alphabetic);
                match read_number(text) {
                    TextNumber::Number(number) if !is_word => Some(number),
                    _ if text.is_empty() || text.eq_ignore_ascii_case(b"nan") => None,
                    _ => Some(self.schema.codes.of(&String::from_utf8_lossy(text))),
                }
            }
            Cell::Boolean(value) => {
                Some(self.schema.codes.of(if value { "true" } else { "false" }))
            }
            cell => number_of(cell),
        }
    }

    fn special(
        &self,
        row: usize,
        role: Role,
        cell: Cell<'_>,
        expected: &'static str,
    ) -> ExampleError {
        let roles = &self.schema.roles;
        let (column, role) = match role {
            Role::Label => (roles.label, "label"),
            Role::Weight => (roles.weights, "weights"),
            Role::Offset => (roles.offset, "offset"),
        };
        let value = match cell {
            Cell::Text { text, .. } => Quoted::of(text),
            Cell::Missing => Quoted::of(b""),
            Cell::Boolean(value) => Quoted::of(value.to_string().as_bytes()),
            Cell::Integer(number) => Quoted::of(number.to_string().as_bytes()),
            Cell::Number(number) => Quoted::of(number.to_string().as_bytes()),
        };
        ExampleError::Special {
            row,
            column: roles.shown(column.unwrap_or(0)),
            role,
            value,
            expected,
        }
    }
}

/// The finite number that a cell is.
#[expect(clippy::cast_precision_loss, reason = "the nearest float is meant")]
fn number_of(cell: Cell<'_>) -> Option<f64> {
    let number = match cell {
        Cell::Missing => None,
        Cell::Boolean(value) => Some(f64::from(u8::from(value))),
        Cell::Integer(number) => Some(number as f64),
        Cell::Number(number) => Some(number),
        Cell::Text { text, .. } => match read_number(text) {
            TextNumber::Number(number) => Some(number),
            _ => None,
        },
    };
    number.filter(|number| number.is_finite())
}
