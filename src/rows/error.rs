//! Why a row or a layout is refused: each error names the place, what was found and what was expected.

use std::fmt;

use crate::limits::ERROR_NAMES_MAX;
use crate::text::Quoted;

/// What is wrong with a row. Rows and columns are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "the text of each variant says what its fields are"
)]
pub enum RowError {
    /// A row with too few or too many cells.
    #[error("row {row} has {}, not {expected}", columns(*.found))]
    Width {
        row: usize,
        found: usize,
        expected: usize,
    },
    /// A header with too few or too many names for a model whose columns have none.
    #[error("the header names {}, not {expected}", columns(*.found))]
    HeaderWidth { found: usize, expected: usize },
    /// Columns by name that are not the model's.
    #[error("{}{}", unknown_columns(.unknown), missing_columns(.unknown, .missing))]
    Columns { unknown: Names, missing: Names },
    /// A name that stands twice in a header, or a record that has a field twice.
    #[error("{}column {name} is given twice", in_row(*.row))]
    Twice { row: Option<usize>, name: Quoted },
    /// A record with a field that is not a column of the model.
    #[error("row {row}: the model has no feature {name}: its features are {known}")]
    UnknownField {
        row: usize,
        name: Quoted,
        known: Names,
    },
    /// A record without a field for each column of the model.
    #[error("row {row}: there is no column {missing}")]
    MissingFields { row: usize, missing: Names },
    /// A cell with nothing in it, where the model has nothing to put in its place.
    #[error("{place}: the cell is empty")]
    Missing { place: Place },
    /// A cell that is no number.
    #[error("{place}: {value} is not a number")]
    NotANumber { place: Place, value: Quoted },
    /// A cell that is infinite.
    #[error("{place}: {value} is not a finite number")]
    NotFinite { place: Place, value: Quoted },
    /// A category that was not there in training.
    #[error("{place}: {value} is none of the categories {known}")]
    UnknownCategory {
        place: Place,
        value: Quoted,
        known: String,
    },
    /// A cell that is no text, in a column of texts.
    #[error("{place}: {value} is not a text")]
    NotAText { place: Place, value: Quoted },
    /// A text that is not UTF-8.
    #[error("{place}: the text {value} is not UTF-8")]
    NotUtf8 { place: Place, value: Quoted },
    /// A column that is computed from others, and is not a finite number.
    #[error("{place}: {what}")]
    NotComputed { place: Place, what: String },
    /// A sparse row with a cell at a place that the model does not have.
    #[error(
        "row {row}: there is no column with index {index}: the model has {inputs} features, counted from {first}"
    )]
    NoSuchIndex {
        row: usize,
        index: u64,
        inputs: usize,
        first: u64,
    },
    /// A sparse row with two cells at one place.
    #[error("row {row}: index {index} is given twice")]
    IndexTwice { row: usize, index: u64 },
    /// The sink takes no more rows. It knows why.
    #[error("the rows are not taken any more")]
    Stopped,
}

/// Why an artifact's inputs make no layout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// A cell could mean either of two categories.
    #[error(
        "feature {input}: a cell that means the category {category} means another one as well: \
         numbers are compared by value, and true, True and TRUE are the same"
    )]
    Ambiguous {
        /// The input's name.
        input: String,
        /// The second of the two categories.
        category: Quoted,
    },
}

/// Where a cell stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Counted from 1.
    pub row: usize,
    /// Counted from 1, in the order of the request.
    pub column: usize,
    /// The column's name, where the request names its columns.
    pub name: Option<Quoted>,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(formatter, "row {}, column {name}", self.row),
            None => write!(formatter, "row {}, column {}", self.row, self.column),
        }
    }
}

/// Names in an error: the first few, and how many more there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    shown: Vec<Quoted>,
    more: usize,
}

impl Names {
    /// Adds a name.
    pub fn push(&mut self, name: &str) {
        self.push_with(|| name);
    }

    /// Adds a name, which is made only if it will be shown.
    pub(super) fn push_with<Name: AsRef<str>>(&mut self, name: impl FnOnce() -> Name) {
        if self.shown.len() < ERROR_NAMES_MAX {
            self.shown.push(Quoted::of(name().as_ref().as_bytes()));
        } else {
            self.more += 1;
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }
}

impl fmt::Display for Names {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.shown.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(formatter, "{comma}{name}")?;
        }
        match self.more {
            0 => Ok(()),
            more => write!(formatter, " and {more} more"),
        }
    }
}

fn columns(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} column{plural}")
}

fn in_row(row: Option<usize>) -> String {
    row.map_or(String::new(), |row| format!("row {row}: "))
}

fn unknown_columns(unknown: &Names) -> String {
    if unknown.is_empty() {
        return String::new();
    }
    format!("the model has no feature {unknown}")
}

fn missing_columns(unknown: &Names, missing: &Names) -> String {
    let and = if unknown.is_empty() { "" } else { "; " };
    if missing.is_empty() {
        return String::new();
    }
    format!("{and}there is no column {missing}")
}
