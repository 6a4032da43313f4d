//! How the cells of a row become its part of the design matrix: prepared once from an artifact's features.

use std::collections::HashMap;

use crate::artifact::{Cell, Encoding, Feature, Label, OneHot, Ordinal, Unknown};

/// How many categories an error lists.
const CATEGORIES_SHOWN: usize = 5;

/// What the cells of a row are.
#[derive(Debug, Clone)]
pub struct Schema {
    names: Vec<Option<String>>,
    /// The features by name.
    by_name: HashMap<String, usize>,
    /// One a feature; empty if every cell is a number that the model takes as it is, which is nearly always.
    columns: Vec<Column>,
    features: usize,
    width: usize,
}

/// How one cell becomes numbers.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// The first of its columns in the design matrix.
    pub(super) offset: usize,
    /// What stands in for a missing cell.
    pub(super) missing: Cell,
    /// The column that says whether the cell was missing.
    pub(super) indicator: Option<usize>,
    /// None for numbers.
    pub(super) encoder: Option<Encoder>,
}

/// Categories by their text, with what each becomes.
#[derive(Debug, Clone)]
pub(super) struct Encoder {
    codes: HashMap<String, Code>,
    unknown: Option<Code>,
    /// What a missing cell becomes where the feature says nothing of it.
    missing: Option<Code>,
    known: String,
}

/// What a category becomes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Code {
    /// 1 in this column, counted from the feature's first.
    Column(usize),
    /// 0 in all columns.
    Zeros,
    /// This number.
    Number(f64),
}

impl Schema {
    /// Prepares the features of a checked document.
    #[must_use]
    pub fn new(features: &[Feature]) -> Self {
        let plain = features.iter().all(Feature::is_plain);
        let mut width = 0;
        let columns = features.iter().map(|feature| {
            let offset = width;
            width += feature.design_columns();
            Column {
                offset,
                missing: feature.missing.clone(),
                indicator: feature.missing_indicator.then(|| width - 1),
                encoder: feature.encoding.as_ref().map(Encoder::new),
            }
        });
        let columns: Vec<_> = columns.collect();
        let named = features.iter().enumerate();
        let by_name = named.filter_map(|(index, feature)| Some((feature.name.clone()?, index)));
        Self {
            by_name: by_name.collect(),
            names: features
                .iter()
                .map(|feature| feature.name.clone())
                .collect(),
            columns: if plain { Vec::new() } else { columns },
            features: features.len(),
            width,
        }
    }

    /// Rows of this many numbers without names.
    #[must_use]
    pub fn numbers(features: usize) -> Self {
        Self {
            names: Vec::new(),
            by_name: HashMap::new(),
            columns: Vec::new(),
            features,
            width: features,
        }
    }

    /// How many cells a row has.
    #[must_use]
    pub fn features(&self) -> usize {
        self.features
    }

    /// How many columns the design matrix has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The name of a feature, counted from 0, if it has one.
    #[must_use]
    pub fn name(&self, feature: usize) -> Option<&str> {
        self.names.get(feature)?.as_deref()
    }

    /// Whether features have names, so that columns can be matched by them.
    #[must_use]
    pub fn has_names(&self) -> bool {
        !self.by_name.is_empty()
    }

    /// The feature of this name, counted from 0.
    #[must_use]
    pub fn feature(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Whether a missing cell of this feature, counted from 0, has a replacement.
    #[must_use]
    pub fn takes_missing(&self, feature: usize) -> bool {
        self.column(feature)
            .is_some_and(|column| !column.missing.is_missing())
    }

    /// Whether every cell is a number that the model takes as it is.
    pub(super) fn is_plain(&self) -> bool {
        self.columns.is_empty()
    }

    pub(super) fn column(&self, feature: usize) -> Option<&Column> {
        self.columns.get(feature)
    }
}

impl Encoder {
    fn new(encoding: &Encoding) -> Self {
        let (codes, unknown) = match encoding {
            Encoding::OneHot(one_hot) => (one_hot_codes(one_hot), one_hot_unknown(one_hot)),
            Encoding::Ordinal(ordinal) => {
                (ordinal_codes(ordinal), ordinal.unknown.map(Code::Number))
            }
            Encoding::Unused => (Vec::new(), Some(Code::Zeros)),
        };
        let mut lookup = HashMap::new();
        for (category, code) in encoding.categories().iter().zip(codes) {
            if let Label::Boolean(value) = category {
                lookup.insert(value.to_string(), code); // "true" beside "True"
            }
            lookup.insert(category.to_string(), code);
        }
        Self {
            codes: lookup,
            unknown,
            missing: matches!(encoding, Encoding::Unused).then_some(Code::Zeros),
            known: listed(encoding.categories()),
        }
    }

    /// What the category written as `text` becomes: a category of this text, else one of the number that the
    /// text means (`3.0` is the category 3).
    pub(super) fn code(&self, text: &str) -> Option<Code> {
        let by_text = self.codes.get(text).copied();
        by_text.or_else(|| {
            let number: f64 = text.parse().ok()?;
            self.codes.get(&number.to_string()).copied()
        })
    }

    /// What any other category becomes; none if it is an error.
    pub(super) fn unknown(&self) -> Option<Code> {
        self.unknown
    }

    /// What a missing cell becomes where the feature says nothing of it; none if it is an error.
    pub(super) fn missing(&self) -> Option<Code> {
        self.missing
    }

    /// The categories, for an error that has to list them.
    pub(super) fn known(&self) -> &str {
        &self.known
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
        .take(CATEGORIES_SHOWN)
        .map(|category| format!("\"{category}\""))
        .collect();
    let more = categories.len() - shown.len();
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
