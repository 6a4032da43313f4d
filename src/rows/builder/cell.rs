//! What a cell means: decided here for every format, and refused here with its place.

use super::RowBuilder;
use crate::limits::TEXT_BYTES_FREE;
use crate::rows::categories::{Categories, Code};
use crate::rows::cell::{Cell, Origin};
use crate::rows::error::{Place, RowError};
use crate::rows::layout::Rule;
use crate::rows::number::{self, TextNumber};
use crate::text::Quoted;

impl RowBuilder<'_> {
    /// Decides what a cell means for its column, and writes it.
    pub(super) fn place_cell(&mut self, cell: Cell<'_>) -> Result<(), RowError> {
        let (layout, column) = (self.layout, self.columns.at(self.position));
        if layout.hands_on_all() && column < layout.cells() {
            self.sink.cell(self.row(), column, cell)?;
        }
        match layout.rule(column) {
            Some(Rule::Number {
                offset,
                missing,
                indicator,
            }) => match self.number(cell)? {
                Some(number) => self.write(*offset, number),
                None => {
                    let number = missing.ok_or_else(|| self.missing())?;
                    self.write(*offset, number);
                    self.mark_missing(*indicator);
                }
            },
            Some(Rule::Category {
                categories,
                offset,
                missing,
                indicator,
            }) => match self.category(cell, categories)? {
                Some(code) => self.write_code(*offset, code),
                None => {
                    let code = missing.ok_or_else(|| self.missing())?;
                    self.write_code(*offset, code);
                    self.mark_missing(*indicator);
                }
            },
            Some(Rule::Text {
                feature,
                missing,
                indicator,
            }) => match self.text(cell)? {
                Some(content) => self.read_text(*feature, content)?,
                None => {
                    let content = missing.as_ref().ok_or_else(|| self.missing())?;
                    self.read_text(*feature, content)?;
                    self.mark_missing(*indicator);
                }
            },
            Some(Rule::Ignored) => {}
            Some(Rule::HandedOn(number)) => self.sink.cell(self.row(), *number, cell)?,
            // A cell beyond the row's width is found when the row ends.
            None if column >= layout.cells() => {}
            None => {
                let number = self.number(cell)?.ok_or_else(|| self.missing())?;
                self.write_plain(number);
            }
        }
        Ok(())
    }

    /// The text in a cell; none if it is missing. An empty text is one where a format has another way to say that there
    /// is none, and the marks of pandas are words like any other.
    fn text<'c>(&self, cell: Cell<'c>) -> Result<Option<&'c str>, RowError> {
        let (text, origin) = match cell {
            Cell::Missing => return Ok(None),
            Cell::Number(number) if number.is_nan() => return Ok(None),
            Cell::Text { text, origin } => (text, origin),
            other => {
                return Err(RowError::NotAText {
                    place: self.place(),
                    value: shown(other),
                });
            }
        };
        let content = std::str::from_utf8(text).map_err(|_| RowError::NotUtf8 {
            place: self.place(),
            value: Quoted::of(text),
        })?;
        let is_missing =
            content.is_empty() && origin != Origin::Json || self.layout.marks().hold_text(content);
        Ok((!is_missing).then_some(content))
    }

    /// Adds the columns that are computed from a text.
    fn read_text(&mut self, feature: usize, content: &str) -> Result<(), RowError> {
        let Some(plan) = self.layout.plan() else {
            return Ok(());
        };
        let needed = plan.text_bytes(feature, content.len());
        if needed > self.text_bytes.max(TEXT_BYTES_FREE) {
            self.reserve(needed - self.text_bytes)?;
            self.text_bytes = needed;
        }
        let read = plan.read_text(feature, content, self.entries.open());
        read.map_err(|fault| self.not_computed(fault))
    }

    /// The number that a cell means; none if it is missing.
    pub(super) fn number(&self, cell: Cell<'_>) -> Result<Option<f64>, RowError> {
        #[expect(clippy::cast_precision_loss, reason = "the nearest float is meant")]
        let number = match cell {
            Cell::Missing => return Ok(None),
            Cell::Boolean(value) => f64::from(u8::from(value)),
            Cell::Integer(number) => number as f64,
            Cell::Number(number) => number,
            Cell::Text { text, origin } => return self.number_of_text(text, origin),
        };
        if number.is_nan() || self.layout.marks().hold_number(number) {
            return Ok(None);
        }
        if number.is_finite() {
            return Ok(Some(number));
        }
        Err(self.not_finite(number.to_string().as_bytes()))
    }

    fn number_of_text(&self, text: &[u8], origin: Origin) -> Result<Option<f64>, RowError> {
        let text = number::trim(text);
        match number::read(text) {
            TextNumber::Number(number) if self.layout.marks().hold_number(number) => Ok(None),
            TextNumber::Number(number) => Ok(Some(number)),
            TextNumber::Nan => Ok(None),
            _ if self.layout.marks().hold(text, origin) => Ok(None),
            TextNumber::NotFinite => Err(self.not_finite(text)),
            TextNumber::None => Err(self.not_a_number(text)),
        }
    }

    /// What the category of a cell becomes; none if the cell is missing.
    fn category(
        &mut self,
        cell: Cell<'_>,
        categories: &Categories,
    ) -> Result<Option<Code>, RowError> {
        if let Some(code) = categories.code(cell) {
            return Ok(Some(code));
        }
        let is_missing = match cell {
            Cell::Missing => true,
            Cell::Number(number) => number.is_nan() || self.layout.marks().hold_number(number),
            Cell::Text { text, origin } => self.layout.marks().hold(text, origin),
            Cell::Integer(number) => self.layout.marks().hold_whole(number),
            Cell::Boolean(_) => false,
        };
        if is_missing {
            return Ok(None);
        }
        match categories.unknown() {
            Some(code) => {
                self.unknown_categories += 1;
                Ok(Some(code))
            }
            None => Err(RowError::UnknownCategory {
                place: self.place(),
                value: shown(cell),
                known: categories.known().to_owned(),
            }),
        }
    }

    fn write_code(&mut self, offset: usize, code: Code) {
        match code {
            Code::Zeros => {}
            Code::Column(index) => self.write(offset + index, 1.0),
            Code::Number(number) => self.write(offset, number),
        }
    }

    fn mark_missing(&mut self, indicator: Option<usize>) {
        if let Some(indicator) = indicator {
            self.write(indicator, 1.0);
        }
    }

    fn place(&self) -> Place {
        let column = self.columns.at(self.position);
        let is_named = !self.columns.are_in_order();
        Place {
            row: self.row(),
            column: self.position + 1,
            name: is_named.then(|| Quoted::of(self.layout.shown_name(column).as_bytes())),
        }
    }

    pub(super) fn no_plain_number(&self, number: f64) -> RowError {
        if number.is_nan() {
            return self.missing();
        }
        self.not_finite(number.to_string().as_bytes())
    }

    fn not_a_number(&self, text: &[u8]) -> RowError {
        RowError::NotANumber {
            place: self.place(),
            value: Quoted::of(text),
        }
    }

    fn not_finite(&self, text: &[u8]) -> RowError {
        RowError::NotFinite {
            place: self.place(),
            value: Quoted::of(text),
        }
    }

    pub(super) fn missing(&self) -> RowError {
        RowError::Missing {
            place: self.place(),
        }
    }
}

/// A cell as an error repeats it.
fn shown(cell: Cell<'_>) -> Quoted {
    match cell {
        Cell::Missing => Quoted::of(b""),
        Cell::Boolean(value) => Quoted::of(value.to_string().as_bytes()),
        Cell::Integer(number) => Quoted::of(number.to_string().as_bytes()),
        Cell::Number(number) => Quoted::of(number.to_string().as_bytes()),
        Cell::Text { text, .. } => Quoted::of(text),
    }
}
