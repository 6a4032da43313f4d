//! A way in which a model of a portable format reads the cells of one feature.

use sagelet::artifact::{Label, Unknown};

/// A way in which a model reads the cells of a feature.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reading {
    /// `Part::Number`: the number in the cell, or `fill` if it is missing.
    Number { feature: usize, fill: Option<f64> },
    /// `Part::Missing`: 1 if the cell is missing, else 0.
    Missing { feature: usize, is_text: bool },
    /// `Part::Category`: 1 if the cell is the label with this index, else 0; `Part::Missing` as above.
    Categories {
        feature: usize,
        labels: Vec<Label>,
        unknown: Unknown,
    },
}

impl Reading {
    /// The index of the feature whose cells are read.
    pub(super) fn feature(&self) -> usize {
        match self {
            Self::Number { feature, .. }
            | Self::Missing { feature, .. }
            | Self::Categories { feature, .. } => *feature,
        }
    }
}
