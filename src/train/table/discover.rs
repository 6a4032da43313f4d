//! Which columns hold categories, and which categories there are.

use std::collections::BTreeMap;

use super::parts::{as_booleans, label_of_number, layout, plain_number, unused};
use super::roles::{Roles, TableError, find};
use crate::artifact::{self, Encoding, Feature, Label, OneHot, Unknown};
use crate::codec::{ContentType, DecodeError};
use crate::limits::TRAINING_COLUMNS_MAX;
use crate::rows::{Cell, Entries, Layout, RowBuilder, RowError, Sink};
use crate::text::Quoted;
use crate::train::settings::Settings;
use ndarray::ArrayView2;

/// What was seen in the columns.
#[derive(Debug, Clone, Default)]
pub(in crate::train) struct Discovery {
    /// One per column of the data.
    columns: Vec<Seen>,
}

/// What was seen in a column.
#[derive(Debug, Clone, Default)]
struct Seen {
    /// Whether the settings say that it holds categories.
    named: bool,
    numbers: u64,
    /// Texts that are no numbers and do not mean a missing cell.
    texts: u64,
    first_text: Option<Quoted>,
    missing: u64,
    /// How often each category was seen.
    categories: BTreeMap<Label, u64>,
}

/// The categories of a column.
pub(super) struct Categories<'a>(&'a Seen);

/// How often the categories of a column were seen in all rows of the channel.
#[derive(Debug)]
pub(in crate::train) struct CategoryCounts {
    /// In the order of the categories.
    pub(in crate::train) categories: Vec<u64>,
    /// Cells without a category.
    pub(in crate::train) missing: u64,
}

impl Categories<'_> {
    /// In their order: whole numbers and booleans if all of them are.
    pub(super) fn labels(&self) -> Vec<Label> {
        self.counted().into_iter().map(|(label, _)| label).collect()
    }

    /// How often each was seen, in their order.
    pub(super) fn counts(&self) -> CategoryCounts {
        CategoryCounts {
            categories: self.counted().into_iter().map(|(_, count)| count).collect(),
            missing: self.0.missing,
        }
    }

    fn counted(&self) -> Vec<(Label, u64)> {
        let mut labels: Vec<Label> = self.0.categories.keys().cloned().collect();
        let is_text = |label: &Label| matches!(label, Label::Text(_));
        if labels.iter().all(is_text) {
            as_booleans(&mut labels);
        } else {
            // Numbers and texts in one column are texts together.
            let mixed = labels.iter().any(is_text);
            for label in labels.iter_mut().filter(|_| mixed) {
                *label = Label::Text(label.to_string());
            }
        }
        let counts = self.0.categories.values().copied();
        let mut counted: Vec<_> = labels.into_iter().zip(counts).collect();
        counted.sort_unstable();
        counted
    }

    /// The one that was seen most often, the first of several.
    pub(super) fn most_frequent(&self) -> artifact::Cell {
        let seen = &self.0.categories;
        let most = seen.values().max().copied().unwrap_or(0);
        let label = seen.iter().find(|(_, count)| **count == most);
        let label = label.map(|(label, _)| label.clone());
        let labels = self.labels();
        let own = labels
            .iter()
            .find(|own| label.as_ref().is_some_and(|label| same(own, label)));
        match own {
            Some(Label::Boolean(value)) => artifact::Cell::Boolean(*value),
            Some(Label::Integer(number)) => artifact::Cell::Number(*number as f64),
            Some(Label::Text(text)) => artifact::Cell::Text(text.clone()),
            None => artifact::Cell::Missing,
        }
    }
}

fn same(own: &Label, seen: &Label) -> bool {
    own.to_string().eq_ignore_ascii_case(&seen.to_string())
}

impl Discovery {
    /// The categories of a column; none if it holds numbers.
    pub(super) fn categories(&self, column: usize) -> Option<Categories<'_>> {
        let seen = self.columns.get(column)?;
        (!seen.categories.is_empty()).then_some(Categories(seen))
    }

    /// Whether a column holds texts.
    pub(in crate::train) fn holds_texts(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(|seen| seen.texts > 0)
    }

    /// Whether the rows seen so far do not say what the columns of all rows are: some hold texts, or nothing yet.
    pub(in crate::train) fn needs_all_rows(&self, roles: &Roles) -> bool {
        let unsettled = |column: usize| {
            let seen = self.columns.get(column);
            seen.is_some_and(|seen| seen.named || seen.texts > 0 || seen.numbers == 0)
        };
        roles.kept().any(unsettled)
    }

    /// Adds what was seen in the rows that come next.
    pub(in crate::train) fn merge(&mut self, next: Self) {
        if self.columns.is_empty() {
            *self = next;
            return;
        }
        for (own, other) in self.columns.iter_mut().zip(next.columns) {
            own.numbers += other.numbers;
            own.texts += other.texts;
            own.missing += other.missing;
            own.first_text = own.first_text.take().or(other.first_text);
            for (label, count) in other.categories {
                *own.categories.entry(label).or_default() += count;
            }
        }
    }

    /// Refuses columns of numbers and texts, and forgets what columns of numbers looked like.
    pub(in crate::train) fn settle(&mut self, roles: &Roles) -> Result<(), TableError> {
        for column in roles.kept() {
            let Some(seen) = self.columns.get_mut(column) else {
                continue;
            };
            if !seen.named && seen.numbers > 0 {
                if let Some(text) = seen.first_text.clone() {
                    return Err(TableError::Mixed {
                        column: roles.shown(column),
                        text,
                    });
                }
                seen.categories.clear();
            }
        }
        Ok(())
    }
}

/// What is looked for while rows are read.
#[derive(Debug)]
pub(in crate::train) struct Discoverer {
    /// Hands on the columns that are looked at.
    reading: Layout,
    /// Says which cells are missing: every column holds categories.
    meaning: Layout,
    /// The columns that the layout hands on, by their number.
    columns: Vec<usize>,
    all: usize,
    named: Vec<usize>,
}

impl Discoverer {
    /// Looks at these columns of so many.
    pub(in crate::train) fn new(
        columns: Vec<usize>,
        all: usize,
        names: Option<&[String]>,
        settings: &Settings,
    ) -> Result<Self, TableError> {
        let name = |column: usize| names.and_then(|names| names.get(column)).cloned();
        let ignored = (0..all).filter(|column| !columns.contains(column));
        let mut reading = layout(
            ignored.map(|column| unused(name(column))).collect(),
            settings,
        )?;
        for column in &columns {
            reading.hand_on(*column, name(*column).as_deref());
        }
        let nothing = Label::Text("\u{0}".to_owned());
        let category = Feature {
            encoding: Some(Encoding::OneHot(OneHot {
                categories: vec![nothing],
                drop: None,
                unknown: Unknown::Error,
            })),
            ..Feature::default()
        };
        let mut named = Vec::new();
        for choice in &settings.categories {
            named.push(find("categories", choice, all, names)?);
        }
        Ok(Self {
            reading,
            meaning: layout(vec![category], settings)?,
            columns,
            all,
            named,
        })
    }

    /// Looks at the rows of a chunk.
    pub(in crate::train) fn look(
        &self,
        bytes: &[u8],
        content_type: ContentType,
    ) -> Result<Discovery, DecodeError> {
        let mut seeing = Seeing {
            discoverer: self,
            columns: vec![Seen::default(); self.all],
        };
        for column in &self.named {
            if let Some(seen) = seeing.columns.get_mut(*column) {
                seen.named = true;
            }
        }
        content_type.read(bytes, RowBuilder::new(&self.reading, &mut seeing))?;
        Ok(Discovery {
            columns: seeing.columns,
        })
    }
}

struct Seeing<'a> {
    discoverer: &'a Discoverer,
    columns: Vec<Seen>,
}

impl Sink for Seeing<'_> {
    fn block(&mut self, _: ArrayView2<'_, f64>, _: &Entries, _: usize) -> Result<(), RowError> {
        Ok(())
    }

    fn cell(&mut self, _: usize, number: usize, cell: Cell<'_>) -> Result<(), RowError> {
        let column = self.discoverer.columns.get(number);
        let Some(seen) = column.and_then(|column| self.columns.get_mut(*column)) else {
            return Ok(());
        };
        if !seen.named {
            let is_number = match cell {
                Cell::Text { text, .. } => plain_number(text).is_some(),
                Cell::Integer(_) => true,
                Cell::Number(number) => !number.is_nan(),
                Cell::Missing | Cell::Boolean(_) => false,
            };
            if is_number {
                seen.numbers += 1;
                return Ok(());
            }
        }
        seen.add(self.discoverer.meaning.kept(0, cell));
        Ok(())
    }
}

impl Seen {
    fn add(&mut self, cell: artifact::Cell) {
        let label = match cell {
            artifact::Cell::Missing => {
                self.missing += 1;
                return;
            }
            artifact::Cell::Boolean(value) => Label::Boolean(value),
            artifact::Cell::Number(number) => label_of_number(number),
            artifact::Cell::Text(text) => match plain_number(text.as_bytes()) {
                Some(number) => label_of_number(number),
                None => Label::Text(text),
            },
        };
        if matches!(label, Label::Text(_)) {
            self.texts += 1;
            self.first_text
                .get_or_insert_with(|| Quoted::of(label.to_string().as_bytes()));
        }
        // One more than can be fitted is enough to know that they are too many.
        if self.categories.len() <= TRAINING_COLUMNS_MAX + 1 || self.categories.contains_key(&label)
        {
            *self.categories.entry(label).or_default() += 1;
        }
    }
}
