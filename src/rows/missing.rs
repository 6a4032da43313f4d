//! Which cells mean that there is nothing, beside those that are empty.

use super::cell::Origin;
use super::number::{NumberKey, trim};

/// What pandas' `read_csv` takes for missing unless it is told otherwise (`pandas._libs.parsers.STR_NA_VALUES`,
/// pandas 2): most containers read requests with it, and most models were fitted on what it read. CSV has no null,
/// so these stand for one; JSON has, so there they are texts.
const MARKS_OF_CSV: [&str; 16] = [
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
    "N/A", "NA", "NULL", "None", "n/a", "null",
];

/// The marks of an artifact: texts that mean a missing cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// The artifact's own, which hold in every format; if there are none, those of pandas hold in CSV.
    own: Vec<String>,
    /// The numbers among them.
    numbers: Vec<NumberKey>,
}

impl Marks {
    pub(super) fn new(own: &[String]) -> Self {
        Self {
            own: own.to_vec(),
            numbers: own
                .iter()
                .filter_map(|mark| NumberKey::read(mark.as_bytes()))
                .collect(),
        }
    }

    /// Whether a text means that there is nothing: it is empty, `nan` in any case, or a mark.
    pub(super) fn hold(&self, text: &[u8], origin: Origin) -> bool {
        let text = match origin {
            Origin::Csv => trim(text),
            Origin::QuotedCsv | Origin::Json => text,
        };
        let is = |mark: &str| mark.as_bytes() == text;
        if text.is_empty() || text.eq_ignore_ascii_case(b"nan") {
            true
        } else if self.own.is_empty() {
            origin != Origin::Json && MARKS_OF_CSV.iter().any(|mark| is(mark))
        } else {
            self.own.iter().any(|mark| is(mark))
        }
    }

    /// Whether a text is one of the artifact's own marks.
    pub(super) fn hold_text(&self, text: &str) -> bool {
        self.own.iter().any(|mark| mark == text)
    }

    /// Whether the artifact has a number among its marks, so that every number must be looked at.
    pub(super) fn has_numbers(&self) -> bool {
        !self.numbers.is_empty()
    }

    /// Whether a whole number is one of the artifact's marks.
    pub(super) fn hold_whole(&self, number: i128) -> bool {
        self.numbers.contains(&NumberKey::Whole(number))
    }

    /// Whether a number is one of the artifact's marks.
    pub(super) fn hold_number(&self, number: f64) -> bool {
        self.has_numbers()
            && NumberKey::of(number).is_some_and(|number| self.numbers.contains(&number))
    }
}
