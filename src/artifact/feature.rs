//! What an artifact says of a column of a row: its name, and how its cells become columns of the design matrix.
//!
//! Steps that are affine (scaling, centring, principal components) are folded into the coefficients when a
//! model is converted. The steps here cannot be folded, because they are not linear in the cell: filling in
//! missing cells and encoding categories.

use super::cbor::{Fields, Head, Writer};
use super::cell::Cell;
use super::form::{Form, words};
use super::item::{Item, Map, Wrong};
use super::label::Label;

/// One column of a row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Feature {
    /// The column's name, where the training data had names.
    pub name: Option<String>,
    /// What stands in for a missing cell: a number, or for an encoded feature one of its categories. With
    /// [`Cell::Missing`], a missing cell is an error.
    pub missing: Cell,
    /// Whether one more column of the design matrix, after the feature's own, is 1 where the cell was missing
    /// and 0 elsewhere.
    pub missing_indicator: bool,
    /// How categories become numbers; none if the cells are numbers.
    pub encoding: Option<Encoding>,
}

/// How the categories of a feature become numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum Encoding {
    /// One column of the design matrix a category, 1 in the column of the cell's category and 0 elsewhere.
    OneHot(OneHot),
    /// One column of the design matrix, the number of the cell's category.
    Ordinal(Ordinal),
    /// No column of the design matrix: the cell is a text, from which derived columns are computed.
    Text,
    /// No column of the design matrix: the model was trained with the column in its rows, but does not look
    /// at it. The cell may be anything.
    Unused,
}

/// One-hot encoding.
#[derive(Debug, Clone, PartialEq)]
pub struct OneHot {
    /// The categories, in the order of their columns.
    pub categories: Vec<Label>,
    /// A category that has no column: its rows have 0 in all of them.
    pub drop: Option<Label>,
    /// What becomes of any other category.
    pub unknown: Unknown,
}

/// What becomes of a category that was not there in training.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unknown {
    /// The row is refused.
    #[default]
    Error,
    /// 0 in every column.
    Ignore,
}

/// Ordinal encoding.
#[derive(Debug, Clone, PartialEq)]
pub struct Ordinal {
    /// The categories.
    pub categories: Vec<Label>,
    /// Their numbers; 0, 1, 2, … if there are none.
    pub numbers: Vec<f64>,
    /// The number of any other category. Without it, a row with one is refused.
    pub unknown: Option<f64>,
}

impl Feature {
    /// A feature without a name whose cells are numbers: of such, a document keeps only how many there are.
    pub const UNDESCRIBED: Self = Self {
        name: None,
        missing: Cell::Missing,
        missing_indicator: false,
        encoding: None,
    };

    /// A feature whose cells are numbers.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..Self::default()
        }
    }

    /// Whether the cell is the number that the model takes, as it is.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.missing.is_missing() && !self.missing_indicator && self.encoding.is_none()
    }

    /// How many columns of the design matrix the feature makes.
    #[must_use]
    pub fn design_columns(&self) -> usize {
        let own = match &self.encoding {
            Some(Encoding::OneHot(one_hot)) => {
                one_hot.categories.len() - usize::from(one_hot.dropped().is_some())
            }
            Some(Encoding::Ordinal(_)) | None => 1,
            Some(Encoding::Text | Encoding::Unused) => 0,
        };
        own + usize::from(self.missing_indicator)
    }
}

impl Encoding {
    /// The categories.
    #[must_use]
    pub fn categories(&self) -> &[Label] {
        match self {
            Self::OneHot(one_hot) => &one_hot.categories,
            Self::Ordinal(ordinal) => &ordinal.categories,
            Self::Text | Self::Unused => &[],
        }
    }
}

impl OneHot {
    /// The index of the category without a column.
    pub(crate) fn dropped(&self) -> Option<usize> {
        let drop = self.drop.as_ref()?;
        self.categories.iter().position(|category| category == drop)
    }
}

impl Form for Feature {
    /// A feature as it may be written: a map, or its name alone.
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        if let Head::Text(_) = item.head() {
            return item.text().map(Self::named);
        }
        let map = item.map("a feature: its name, or a map")?;
        let name = map.optional("name").map(Item::string_of_own);
        Ok(Self {
            name: name.transpose()?,
            missing: map.get("missing").map_or(Ok(Cell::Missing), Cell::read)?,
            missing_indicator: map.flag_or("missing_indicator", false)?,
            encoding: map.optional("encoding").map(Encoding::read).transpose()?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        let mut map = writer.fields();
        if let Some(name) = &self.name {
            map.text("name", name);
        }
        if !self.missing.is_missing() {
            self.missing.write(map.key("missing"));
        }
        map.set_flag("missing_indicator", self.missing_indicator);
        map.optional("encoding", self.encoding.as_ref());
    }
}

/// The kinds of encodings.
#[derive(Clone, Copy)]
enum Kind {
    OneHot,
    Ordinal,
    Text,
    Unused,
}

words!(Kind {
    OneHot = "one-hot",
    Ordinal = "ordinal",
    Text = "text",
    Unused = "unused",
});

words!(Unknown {
    Error = "error",
    Ignore = "ignore",
});

impl Encoding {
    fn kind(&self) -> Kind {
        match self {
            Self::OneHot(_) => Kind::OneHot,
            Self::Ordinal(_) => Kind::Ordinal,
            Self::Text => Kind::Text,
            Self::Unused => Kind::Unused,
        }
    }
}

impl Form for Encoding {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        let map = item.map("an encoding: a map")?;
        Ok(match map.required("kind")?.word()? {
            Kind::OneHot => Self::OneHot(OneHot::read(&map)?),
            Kind::Ordinal => Self::Ordinal(Ordinal::read(&map)?),
            Kind::Text => Self::Text,
            Kind::Unused => Self::Unused,
        })
    }

    fn write(&self, writer: &mut Writer) {
        let mut map = writer.fields();
        map.word("kind", self.kind());
        match self {
            Self::OneHot(one_hot) => one_hot.write(&mut map),
            Self::Ordinal(ordinal) => ordinal.write(&mut map),
            Self::Text | Self::Unused => {}
        }
    }
}

fn categories(map: &Map<'_>) -> Result<Vec<Label>, Wrong> {
    map.required("categories")?
        .list_of("a list of categories", Label::read)
}

impl OneHot {
    fn read(map: &Map<'_>) -> Result<Self, Wrong> {
        let unknown = |item: Item<'_>| match item.head() {
            Head::Text(_) => item.word(),
            _ => Err(item.wrong(format!(
                "\"unknown\" of a one-hot encoding is {}, not \"error\" or \"ignore\"",
                Cell::read(item)?
            ))),
        };
        Ok(Self {
            categories: categories(map)?,
            drop: map.optional("drop").map(Label::read).transpose()?,
            unknown: map.get("unknown").map_or(Ok(Unknown::default()), unknown)?,
        })
    }

    fn write(&self, map: &mut Fields<'_>) {
        map.list("categories", &self.categories);
        map.optional("drop", self.drop.as_ref());
        map.word("unknown", self.unknown);
    }
}

impl Ordinal {
    fn read(map: &Map<'_>) -> Result<Self, Wrong> {
        Ok(Self {
            categories: categories(map)?,
            numbers: map.some_numbers("numbers")?,
            unknown: map.optional_number("unknown")?,
        })
    }

    fn write(&self, map: &mut Fields<'_>) {
        map.list("categories", &self.categories);
        map.some_numbers("numbers", &self.numbers);
        map.optional_number("unknown", self.unknown);
    }
}
