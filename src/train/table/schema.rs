//! How rows of training data are read: a layout that hands on label, weight and offset, and the codes of classes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::discover::{Categories, CategoryCounts, Discovery};
use super::parts::{label_of_number, layout, unused};
use super::roles::{Role, Roles, TableError};
use crate::artifact::{self, Encoding, Feature, Label, OneHot, Unknown};
use crate::limits::TRAINING_COLUMNS_MAX;
use crate::rows::Layout;
use crate::train::settings::{Missing, Settings};

/// What labels are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::train) enum LabelKind {
    Number,
    Class,
}

/// How rows are read, and what features they have.
#[derive(Debug)]
pub(in crate::train) struct Schema {
    pub(in crate::train) layout: Layout,
    /// Whether the layout takes all columns as plain numbers, label, weight and offset among them: rows are read
    /// faster, and taken apart afterwards.
    pub(in crate::train) is_plain: bool,
    /// The roles of the columns that the layout hands on, by their number.
    pub(in crate::train) handed_on: Vec<Role>,
    /// The features of the model, in the order of their columns. What stands in for missing numbers is filled in
    /// after the first pass.
    pub(in crate::train) features: Vec<Feature>,
    /// How often their categories were seen, in the same order; none of numbers.
    pub(in crate::train) category_counts: Vec<Option<CategoryCounts>>,
    pub(in crate::train) label_kind: LabelKind,
    pub(in crate::train) codes: Codes,
    /// Columns that rows may carry beside the features.
    pub(in crate::train) other_columns: Vec<String>,
    /// What columns are called in sentences.
    pub(in crate::train) roles: Roles,
}

/// Codes of classes that are texts, in the order in which they turned up.
#[derive(Debug, Default)]
pub(in crate::train) struct Codes(Mutex<HashMap<String, u64>>);

impl Codes {
    /// The code of a text: a number far too small to be a label.
    pub(in crate::train) fn of(&self, text: &str) -> f64 {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(code) = codes.get(text) {
            return f64::from_bits(*code);
        }
        let code = codes.len() as u64 + 1;
        codes.insert(text.to_owned(), code);
        f64::from_bits(code)
    }

    /// All texts, in the order of their codes.
    pub(in crate::train) fn texts(&self) -> Vec<String> {
        let codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut texts: Vec<(&String, &u64)> = codes.iter().collect();
        texts.sort_unstable_by_key(|(_, code)| **code);
        texts.into_iter().map(|(text, _)| text.clone()).collect()
    }

    /// The label that a code stands for.
    pub(in crate::train) fn label(&self, code: f64) -> Label {
        let codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = codes.iter().find(|(_, bits)| **bits == code.to_bits());
        match text {
            Some((text, _)) => Label::Text(text.clone()),
            None => label_of_number(code),
        }
    }
}

impl Schema {
    /// The schema of columns with these roles and categories. `is_by_place` says whether every row has all columns in
    /// their order.
    pub(in crate::train) fn new(
        roles: Roles,
        discovery: &Discovery,
        label_kind: LabelKind,
        is_by_place: bool,
        settings: &Settings,
    ) -> Result<Self, TableError> {
        let (mut all, mut features) = (Vec::new(), Vec::new());
        let mut category_counts = Vec::new();
        let mut width = 0;
        let penalised = settings.l1 > 0.0 || settings.wd > 0.0;
        let mut own_names = settings.feature_names.iter().flatten();
        for &(column, dropped) in &roles.features {
            let name = roles
                .names
                .as_ref()
                .and_then(|names| names.get(column))
                .cloned();
            if dropped {
                all.push(unused(name));
                continue;
            }
            let mut feature = discovery.feature(column, penalised, settings)?;
            all.push(Feature {
                name: name.clone(),
                ..feature.clone()
            });
            feature.name = own_names.next().cloned().or(name);
            width += feature.design_columns();
            if width > TRAINING_COLUMNS_MAX {
                return Err(TableError::TooWide {
                    column: roles.shown(column),
                    width,
                    most: TRAINING_COLUMNS_MAX,
                });
            }
            features.push(feature);
            let categories = discovery.categories(column);
            category_counts.push(categories.as_ref().map(Categories::counts));
        }
        let is_plain = label_kind == LabelKind::Number
            && roles.label.is_some()
            && is_by_place
            && settings.missing_values.is_empty()
            && all.iter().all(Feature::is_plain);
        let mut layout = layout(all, settings)?;
        let mut handed_on = Vec::new();
        if is_plain {
            layout = Layout::numbers(roles.columns());
        } else {
            handed_on = hand_on(&mut layout, &roles);
        }
        Ok(Self {
            layout,
            is_plain,
            handed_on,
            features,
            category_counts,
            label_kind,
            codes: Codes::default(),
            other_columns: other_columns(&roles, settings),
            roles,
        })
    }
}

/// Lets the layout hand on label, weight and offset, and says which number has which role.
fn hand_on(layout: &mut Layout, roles: &Roles) -> Vec<Role> {
    let special = roles.special();
    for (column, _) in &special {
        let name = roles.names.as_ref().and_then(|names| names.get(*column));
        layout.hand_on(*column, name.map(String::as_str));
    }
    special.into_iter().map(|(_, role)| role).collect()
}

fn other_columns(roles: &Roles, settings: &Settings) -> Vec<String> {
    let Some(names) = &roles.names else {
        return Vec::new();
    };
    let kept: Vec<usize> = roles.kept().collect();
    let others = names
        .iter()
        .enumerate()
        .filter(|(column, _)| !kept.contains(column));
    let own = settings.feature_names.as_deref().unwrap_or_default();
    others
        .map(|(_, name)| name.clone())
        .filter(|name| !name.is_empty() && !own.contains(name))
        .collect()
}

impl Discovery {
    /// A column as a feature of the rows that are read for training.
    fn feature(
        &self,
        column: usize,
        penalised: bool,
        settings: &Settings,
    ) -> Result<Feature, TableError> {
        let refuses = settings.missing == Missing::Refuse;
        let Some(categories) = self.categories(column) else {
            return Ok(Feature {
                // Not a number says where a cell was missing until the first pass has shown what stands in.
                missing: if refuses {
                    artifact::Cell::Missing
                } else {
                    artifact::Cell::Number(f64::NAN)
                },
                ..Feature::default()
            });
        };
        let labels = categories.labels();
        let drop = if penalised {
            None
        } else {
            labels.first().cloned()
        };
        Ok(Feature {
            name: None,
            missing: if refuses {
                artifact::Cell::Missing
            } else {
                categories.most_frequent()
            },
            missing_indicator: false,
            encoding: Some(Encoding::OneHot(OneHot {
                categories: labels,
                drop,
                unknown: if settings.ignore_unknown_categories {
                    Unknown::Ignore
                } else {
                    Unknown::Error
                },
            })),
        })
    }
}
