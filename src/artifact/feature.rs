//! What an artifact says of a column of a row: its name, and how its cells become columns of the design matrix.
//!
//! Steps that are affine (scaling, centring, principal components) are folded into the coefficients when a
//! model is converted. The steps here cannot be folded, because they are not linear in the cell: filling in
//! missing cells and encoding categories.

use serde::Serialize;

use super::cell::Cell;
use super::label::Label;

/// One column of a row.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Feature {
    /// The column's name, where the training data had names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What stands in for a missing cell: a number, or for an encoded feature one of its categories. With
    /// [`Cell::Missing`], a missing cell is an error.
    #[serde(skip_serializing_if = "Cell::is_missing")]
    pub missing: Cell,
    /// Whether one more column of the design matrix, after the feature's own, is 1 where the cell was missing
    /// and 0 elsewhere.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub missing_indicator: bool,
    /// How categories become numbers; none if the cells are numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
}

/// How the categories of a feature become numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
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
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OneHot {
    /// The categories, in the order of their columns.
    pub categories: Vec<Label>,
    /// A category that has no column: its rows have 0 in all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drop: Option<Label>,
    /// What becomes of any other category.
    pub unknown: Unknown,
}

/// What becomes of a category that was not there in training.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// The row is refused.
    #[default]
    Error,
    /// 0 in every column.
    Ignore,
}

/// Ordinal encoding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ordinal {
    /// The categories.
    pub categories: Vec<Label>,
    /// Their numbers; 0, 1, 2, … if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<f64>,
    /// The number of any other category. Without it, a row with one is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
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
