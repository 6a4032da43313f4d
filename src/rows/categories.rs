//! Which category a cell is, and what the category becomes.

use std::collections::HashMap;

use super::cell::{Cell, Origin};
use super::error::LayoutError;
use super::number::{NumberKey, boolean, trim};
use crate::artifact::{Encoding, Label, OneHot, Ordinal, Unknown};
use crate::limits::ERROR_CATEGORIES_MAX;
use crate::text::{Quoted, and_more};

/// What a category becomes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Code {
    /// 1 in this column, counted from the input's first.
    Column(usize),
    /// 0 in all columns.
    Zeros,
    /// This number.
    Number(f64),
}

/// The categories of an input, by everything that a cell may have in common with one.
#[derive(Debug, Clone)]
pub(super) struct Categories {
    by_text: HashMap<Box<[u8]>, Code>,
    by_number: HashMap<NumberKey, Code>,
    /// The boolean categories, false and true.
    booleans: [Option<Code>; 2],
    /// The text categories that spell false and true.
    boolean_texts: [Option<Code>; 2],
    unknown: Option<Code>,
    known: String,
}

impl Categories {
    /// Bytes of memory that the categories take.
    pub(super) fn memory_bytes(&self) -> usize {
        let texts = self.by_text.keys().map(|text| text.len()).sum::<usize>();
        let entries = self.by_text.len() * size_of::<(Box<[u8]>, Code)>();
        size_of::<Self>()
            + self.known.len()
            + texts
            + entries
            + self.by_number.len() * size_of::<(NumberKey, Code)>()
    }

    /// # Errors
    /// A cell could mean two of the categories.
    pub(super) fn new(encoding: &Encoding, name: &str) -> Result<Self, LayoutError> {
        let (codes, unknown) = match encoding {
            Encoding::OneHot(one_hot) => (one_hot_codes(one_hot), one_hot_unknown(one_hot)),
            Encoding::Ordinal(ordinal) => {
                (ordinal_codes(ordinal), ordinal.unknown.map(Code::Number))
            }
            Encoding::Text | Encoding::Unused => (Vec::new(), Some(Code::Zeros)),
        };
        let mut categories = Self {
            by_text: HashMap::new(),
            by_number: HashMap::new(),
            booleans: [None; 2],
            boolean_texts: [None; 2],
            unknown,
            known: listed(encoding.categories()),
        };
        for (label, code) in encoding.categories().iter().zip(codes) {
            if !categories.add(label, code) {
                return Err(LayoutError::Ambiguous {
                    input: name.to_owned(),
                    category: Quoted::of(label.to_string().as_bytes()),
                });
            }
        }
        Ok(categories)
    }

    /// Adds a category. False if a cell could mean this one and another.
    fn add(&mut self, label: &Label, code: Code) -> bool {
        match label {
            Label::Boolean(value) => vacant(&mut self.booleans, *value, code),
            Label::Integer(number) => {
                let text = number.to_string().into_bytes().into_boxed_slice();
                self.by_text.insert(text, code).is_none()
                    && self.add_number(NumberKey::Whole((*number).into()), code)
            }
            Label::Text(text) => {
                let bytes = text.as_bytes();
                let spelled =
                    boolean(bytes).is_none_or(|value| vacant(&mut self.boolean_texts, value, code));
                let number = is_decimal(bytes).then(|| NumberKey::read(bytes)).flatten();
                spelled
                    && self.by_text.insert(bytes.into(), code).is_none()
                    && number.is_none_or(|number| self.add_number(number, code))
            }
        }
    }

    fn add_number(&mut self, number: NumberKey, code: Code) -> bool {
        self.by_number.insert(number, code).is_none()
    }

    /// What the category of a cell becomes; none if the cell is none of the categories.
    pub(super) fn code(&self, cell: Cell<'_>) -> Option<Code> {
        match cell {
            Cell::Missing => None,
            Cell::Boolean(value) => {
                at(&self.booleans, value).or_else(|| at(&self.boolean_texts, value))
            }
            Cell::Integer(number) => self.of_number(NumberKey::Whole(number)),
            Cell::Number(number) => self.of_number(NumberKey::of(number)?),
            Cell::Text { text, origin } => self.of_text(text, origin),
        }
    }

    fn of_text(&self, text: &[u8], origin: Origin) -> Option<Code> {
        let trimmed = trim(text);
        let exact = self.by_text.get(text).copied();
        exact
            .or_else(|| {
                let unquoted = origin == Origin::Csv;
                unquoted.then(|| self.by_text.get(trimmed).copied())?
            })
            .or_else(|| self.number_code(NumberKey::read(trimmed)?))
            .or_else(|| at(&self.booleans, boolean(trimmed)?))
            .or_else(|| at(&self.booleans, NumberKey::read(trimmed)?.boolean()?))
    }

    fn of_number(&self, number: NumberKey) -> Option<Code> {
        let code = self.number_code(number);
        code.or_else(|| at(&self.booleans, number.boolean()?))
    }

    fn number_code(&self, number: NumberKey) -> Option<Code> {
        self.by_number.get(&number).copied()
    }

    /// What any other category becomes; none if it is an error.
    pub(super) fn unknown(&self) -> Option<Code> {
        self.unknown
    }

    /// The first few categories, for an error.
    pub(super) fn known(&self) -> &str {
        &self.known
    }
}

fn at(codes: &[Option<Code>; 2], value: bool) -> Option<Code> {
    codes.get(usize::from(value)).copied().flatten()
}

/// Puts a code where none is. False if one is there.
fn vacant(codes: &mut [Option<Code>; 2], value: bool, code: Code) -> bool {
    let place = codes.get_mut(usize::from(value));
    place.is_some_and(|place| place.replace(code).is_none())
}

/// Whether a text category is a number as programs write one, so that a number may mean it: `1.5` and `3.0` are,
/// `007` and `+3` are texts of their own.
fn is_decimal(text: &[u8]) -> bool {
    let unsigned = text.strip_prefix(b"-").unwrap_or(text);
    match unsigned {
        [b'0', b'0'..=b'9', ..] => false,
        [b'0'..=b'9', ..] => !unsigned.ends_with(b"."),
        _ => false,
    }
}

fn one_hot_codes(one_hot: &OneHot) -> Vec<Code> {
    let dropped = one_hot.dropped();
    let mut column = 0;
    let code = |index| {
        if Some(index) == dropped {
            return Code::Zeros;
        }
        column += 1;
        Code::Column(column - 1)
    };
    (0..one_hot.categories.len()).map(code).collect()
}

fn one_hot_unknown(one_hot: &OneHot) -> Option<Code> {
    match one_hot.unknown {
        Unknown::Error => None,
        Unknown::Ignore => Some(Code::Zeros),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "an index of a category is far below 2^53"
)]
fn ordinal_codes(ordinal: &Ordinal) -> Vec<Code> {
    if ordinal.numbers.is_empty() {
        return (0..ordinal.categories.len())
            .map(|index| Code::Number(index as f64))
            .collect();
    }
    ordinal.numbers.iter().copied().map(Code::Number).collect()
}

fn listed(categories: &[Label]) -> String {
    let shown: Vec<_> = categories
        .iter()
        .take(ERROR_CATEGORIES_MAX)
        .map(|category| Quoted::of(category.to_string().as_bytes()).to_string())
        .collect();
    and_more(&shown.join(", "), categories.len() - shown.len())
}
