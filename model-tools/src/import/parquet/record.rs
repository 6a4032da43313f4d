//! Rows out of columns: the levels beside each value say which lists go on, and what is missing.

use super::footer::{Column, Repetition};
use super::page::Cells;
use super::{Budget, ParquetError, Table, Value};

const DAMAGED: ParquetError = ParquetError::Damaged("its columns do not fit each other");

/// Puts the rows of a table together.
pub(super) fn assemble(
    schema: &[Column],
    columns: Vec<Cells>,
    budget: &mut Budget,
) -> Result<Table, ParquetError> {
    let mut assembly = Assembly {
        cursors: columns.into_iter().map(Cursor::new).collect(),
        budget,
    };
    let mut rows = Vec::new();
    while assembly
        .cursors
        .first()
        .is_some_and(|cursor| !cursor.is_at_end())
    {
        let row: Result<Vec<_>, _> = schema.iter().map(|column| assembly.read(column)).collect();
        rows.push(row?);
    }
    if !assembly.cursors.iter().all(Cursor::is_at_end) {
        return Err(DAMAGED);
    }
    let names = schema.iter().map(|column| column.name.clone()).collect();
    Ok(Table { names, rows })
}

/// A column of values, read from front to back.
struct Cursor {
    definitions: Vec<u8>,
    repetitions: Vec<u8>,
    values: std::vec::IntoIter<Value>,
    next: usize,
}

impl Cursor {
    fn new(cells: Cells) -> Self {
        Self {
            definitions: cells.definitions,
            repetitions: cells.repetitions,
            values: cells.values.into_iter(),
            next: 0,
        }
    }

    fn is_at_end(&self) -> bool {
        self.next >= self.definitions.len()
    }
}

struct Assembly<'b> {
    cursors: Vec<Cursor>,
    budget: &'b mut Budget,
}

impl Assembly<'_> {
    fn cursor(&mut self, leaf: usize) -> Result<&mut Cursor, ParquetError> {
        self.cursors.get_mut(leaf).ok_or(DAMAGED)
    }

    /// The next value of a column or of a part of one.
    fn read(&mut self, column: &Column) -> Result<Value, ParquetError> {
        self.budget.values(1)?;
        if column.repetition == Repetition::Required {
            return self.content(column);
        }
        let cursor = self.cursor(column.first)?;
        let definition = cursor.definitions.get(cursor.next).copied();
        let is_there = definition.ok_or(DAMAGED)? >= column.definition;
        match (column.repetition, is_there) {
            (Repetition::Repeated, true) => self.list(column),
            (Repetition::Repeated, false) => {
                self.skip(column)?;
                Ok(Value::List(Vec::new()))
            }
            (_, true) => self.content(column),
            (_, false) => {
                self.skip(column)?;
                Ok(Value::Null)
            }
        }
    }

    fn list(&mut self, column: &Column) -> Result<Value, ParquetError> {
        let mut list = Vec::new();
        loop {
            self.budget.values(1)?;
            list.push(self.content(column)?);
            let cursor = self.cursor(column.first)?;
            if cursor.repetitions.get(cursor.next) != Some(&column.level) {
                return Ok(Value::List(list));
            }
        }
    }

    fn content(&mut self, column: &Column) -> Result<Value, ParquetError> {
        if !column.parts.is_empty() {
            let parts = column.parts.iter().map(|part| self.read(part));
            return Ok(Value::Struct(parts.collect::<Result<_, _>>()?));
        }
        let cursor = self.cursor(column.first)?;
        if cursor.definitions.get(cursor.next) != Some(&column.definition) {
            return Err(DAMAGED);
        }
        cursor.next += 1;
        cursor.values.next().ok_or(DAMAGED)
    }

    /// Steps over what is missing, in all leaves of the column.
    fn skip(&mut self, column: &Column) -> Result<(), ParquetError> {
        for leaf in column.first..column.first + column.count {
            let cursor = self.cursor(leaf)?;
            let definition = cursor.definitions.get(cursor.next).copied();
            if definition.ok_or(DAMAGED)? >= column.definition {
                return Err(DAMAGED);
            }
            cursor.next += 1;
        }
        Ok(())
    }
}
