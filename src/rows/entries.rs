//! The sparse part of rows: only the columns that are not 0.

/// A sparse column, counted from 0, and its number.
pub type Entry = (usize, f64);

/// Sparse entries of some rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entries {
    entries: Vec<Entry>,
    /// Where the entries of each row end.
    ends: Vec<usize>,
}

/// The entries of some of these rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct EntryRows<'a> {
    entries: Option<&'a Entries>,
    first: usize,
}

impl Entries {
    /// All rows.
    #[must_use]
    pub fn rows(&self) -> EntryRows<'_> {
        EntryRows {
            entries: Some(self),
            first: 0,
        }
    }

    /// Adds rows behind these.
    pub fn extend(&mut self, rows: &Self) {
        let before = self.entries.len();
        self.entries.extend_from_slice(&rows.entries);
        self.ends.extend(rows.ends.iter().map(|end| end + before));
    }

    /// How many entries there are, with those of the row that has not ended.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// All entries, to add those of the row that has not ended.
    pub(super) fn open(&mut self) -> &mut Vec<Entry> {
        &mut self.entries
    }

    /// Where the row begins that has not ended.
    pub(super) fn start(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Ends the row: its entries are in the order of their columns, whatever order its cells came in.
    pub(super) fn end_row(&mut self) {
        let start = self.start();
        let row = self.entries.get_mut(start..).unwrap_or_default();
        row.sort_unstable_by_key(|&(column, _)| column);
        self.ends.push(self.entries.len());
    }

    /// Forgets all rows.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.ends.clear();
    }
}

impl<'a> EntryRows<'a> {
    /// The rows behind the first `count` ones.
    #[must_use]
    pub fn skip(self, count: usize) -> Self {
        Self {
            first: self.first + count,
            ..self
        }
    }

    /// The entries of a row, in the order of their columns.
    #[must_use]
    pub fn row(self, index: usize) -> &'a [Entry] {
        let Some(entries) = self.entries else {
            return &[];
        };
        let index = self.first + index;
        let before = index
            .checked_sub(1)
            .and_then(|before| entries.ends.get(before));
        let (start, end) = (before.copied().unwrap_or(0), entries.ends.get(index));
        let end = end.copied().unwrap_or(start);
        entries.entries.get(start..end).unwrap_or_default()
    }
}
