//! What a model takes in each cell of a row: numbers or categories, and what becomes of missing and unknown ones.

use sagelet::artifact::{Cell, Document, Encoding, Feature, Label, Unknown};
use serde::Serialize;

use super::layout::{grouped, rounded};

use crate::limits::CATEGORIES_LISTED_MAX;

/// A feature's cells in words.
pub(crate) struct CellDescription {
    /// The feature's name.
    pub(crate) name: String,
    /// What may stand there.
    pub(crate) cells: String,
    /// What becomes of a missing cell.
    pub(crate) missing: String,
    /// What becomes of an unknown category; none of numbers.
    pub(crate) unknown: Option<String>,
}

/// The features whose cells are more than a number that has to be there, in words.
pub(crate) fn described(document: &Document) -> Vec<CellDescription> {
    let features = document.features.iter().enumerate();
    let special = features.filter(|(_, feature)| !feature.is_plain());
    special
        .map(|(index, feature)| describe(document.feature_name(index), feature))
        .collect()
}

/// What all other features take; none if there are no others.
pub(crate) fn plain(document: &Document) -> Option<String> {
    const PLAIN: &str = "numbers; a missing one is refused";
    let plain = document
        .features
        .iter()
        .filter(|feature| feature.is_plain())
        .count();
    match plain {
        0 => None,
        all if all == document.features.len() => Some(PLAIN.to_owned()),
        1 => Some("1 number that has to be there, the rest as below".to_owned()),
        some => Some(format!(
            "{} numbers that have to be there, the rest as below",
            grouped(some)
        )),
    }
}

fn describe(name: String, feature: &Feature) -> CellDescription {
    let (cells, unknown) = match &feature.encoding {
        None => ("a number".to_owned(), None),
        Some(Encoding::Text) => ("a text".to_owned(), None),
        Some(Encoding::Unused) => {
            return CellDescription {
                name,
                cells: "anything: it is not looked at".to_owned(),
                missing: "not looked at".to_owned(),
                unknown: None,
            };
        }
        Some(Encoding::OneHot(one_hot)) => (
            categories(&one_hot.categories),
            Some(match one_hot.unknown {
                Unknown::Error => "refused".to_owned(),
                Unknown::Ignore => "adds nothing".to_owned(),
            }),
        ),
        Some(Encoding::Ordinal(ordinal)) => (
            categories(&ordinal.categories),
            Some(match ordinal.unknown {
                Some(number) => format!("counts as {}", rounded(number)),
                None => "refused".to_owned(),
            }),
        ),
    };
    CellDescription {
        name,
        cells,
        missing: missing(feature),
        unknown,
    }
}

fn missing(feature: &Feature) -> String {
    let read = match &feature.missing {
        Cell::Missing => return "refused".to_owned(),
        Cell::Text(text) if text.is_empty() && matches!(feature.encoding, Some(Encoding::Text)) => {
            "read as an empty text".to_owned()
        }
        Cell::Text(text) if text.is_empty() => "a category of its own".to_owned(),
        Cell::Number(number) => format!("read as {}", rounded(*number)),
        other => format!("read as {other}"),
    };
    match feature.missing_indicator {
        true => format!("{read}, and has a coefficient for being missing"),
        false => read,
    }
}

fn categories(labels: &[Label]) -> String {
    // The missing cell is said elsewhere.
    let named: Vec<String> = labels
        .iter()
        .map(Label::to_string)
        .filter(|label| !label.is_empty())
        .map(|label| match label.trim() == label {
            true => label,
            false => format!("{label:?}"), // where spaces stand has to be seen
        })
        .collect();
    let shown = named
        .get(..CATEGORIES_LISTED_MAX.min(named.len()))
        .unwrap_or_default()
        .join(", ");
    match named.len().saturating_sub(CATEGORIES_LISTED_MAX) {
        0 => format!("one of {shown}"),
        more => format!("one of {shown} and {} more", grouped(more)),
    }
}

/// A feature in JSON.
#[derive(Serialize)]
pub(super) struct Input<'a> {
    name: Option<&'a str>,
    /// `number`, `category`, or `any` for a cell that is not looked at.
    cell: &'static str,
    /// What a missing cell is read as; null if it is refused.
    missing: Option<&'a Cell>,
    /// Whether a missing cell has a coefficient of its own.
    missing_indicator: bool,
    /// `error`, `ignore`, or the number of an unknown category; null for other cells.
    unknown: Option<serde_json::Value>,
    /// The categories, in the order of their coefficients or numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    categories: Option<&'a [Label]>,
    /// The numbers of ordinal categories, where they are not 0, 1, 2, …
    #[serde(skip_serializing_if = "Option::is_none")]
    numbers: Option<&'a [f64]>,
    /// The category without a coefficient.
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped: Option<&'a Label>,
}

/// All features, for `inspect --json`.
pub(super) fn inputs(document: &Document) -> Vec<Input<'_>> {
    document.features.iter().map(input).collect()
}

fn input(feature: &Feature) -> Input<'_> {
    let (cell, unknown, dropped) = match &feature.encoding {
        None => ("number", None, None),
        Some(Encoding::Text) => ("text", None, None),
        Some(Encoding::Unused) => ("any", None, None),
        Some(Encoding::OneHot(one_hot)) => {
            let unknown = match one_hot.unknown {
                Unknown::Error => "error",
                Unknown::Ignore => "ignore",
            };
            ("category", Some(unknown.into()), one_hot.drop.as_ref())
        }
        Some(Encoding::Ordinal(ordinal)) => {
            let unknown = ordinal
                .unknown
                .map_or_else(|| "error".into(), serde_json::Value::from);
            ("category", Some(unknown), None)
        }
    };
    let categories = feature.encoding.as_ref().map(Encoding::categories);
    let numbers = match &feature.encoding {
        Some(Encoding::Ordinal(ordinal)) => Some(ordinal.numbers.as_slice()),
        _ => None,
    };
    Input {
        name: feature.name.as_deref(),
        cell,
        missing: Some(&feature.missing).filter(|missing| !missing.is_missing()),
        missing_indicator: feature.missing_indicator,
        unknown,
        categories: categories.filter(|categories| !categories.is_empty()),
        numbers: numbers.filter(|numbers| !numbers.is_empty()),
        dropped,
    }
}
