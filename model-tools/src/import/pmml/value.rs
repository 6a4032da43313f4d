//! What a field of a PMML document is, as a function of the cells of a row.

use std::collections::HashMap;
use std::rc::Rc;

use roxmltree::Node;
use sagelet::artifact::Label;

use crate::import::linear::Column;

/// What a field is, as a function of the cells of a row.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Number(Column),
    /// Straight lines between points, level outside of them.
    Interpolated(Vec<(f64, f64)>, Column),
    Category(Category),
}

/// A field of categories.
#[derive(Debug, Clone)]
pub(super) struct Category {
    pub(super) feature: usize,
    /// By which its categories are told apart.
    pub(super) reading: usize,
    pub(super) sort: Sort,
    /// What stands in for a missing cell.
    pub(super) replacement: Option<Label>,
    /// The categories that its own were renamed to, if they were, with those of their own that each stands for.
    pub(super) names: Option<Rc<HashMap<String, Vec<String>>>>,
}

/// Pairs of a category, and what stands for it.
pub(super) type Table = Vec<(String, String)>;

/// What the categories of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Text,
    Integer,
    Boolean,
}

impl Category {
    /// The category with other names for its values.
    pub(super) fn renamed(self, table: Table) -> Self {
        let mut names: HashMap<String, Vec<String>> = HashMap::new();
        for (own, name) in table {
            names.entry(name).or_default().push(own);
        }
        Self {
            names: Some(Rc::new(names)),
            ..self
        }
    }
}

impl Sort {
    pub(super) fn of(field: Node<'_, '_>) -> Self {
        match field.attribute("dataType") {
            Some("integer") => Self::Integer,
            Some("boolean") => Self::Boolean,
            _ => Self::Text,
        }
    }

    pub(super) fn label(self, text: &str) -> Label {
        match (self, text.parse(), text) {
            (Self::Integer, Ok(number), _) => Label::Integer(number),
            (Self::Boolean, _, "true" | "1") => Label::Boolean(true),
            (Self::Boolean, _, "false" | "0") => Label::Boolean(false),
            _ => Label::Text(text.to_owned()),
        }
    }
}
