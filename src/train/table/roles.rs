//! Which column is the label, which the weight, which are features.

use crate::text::Quoted;
use crate::train::settings::{ColumnChoice, Settings};

/// What a column that is no feature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::train) enum Role {
    Label,
    Weight,
    Offset,
}

/// Why the columns make no table to train on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// A setting names a column that is not there.
    #[error("hyperparameter {setting}: the data have no column {column}: {known}")]
    NoColumn {
        /// The hyperparameter.
        setting: &'static str,
        /// What it says.
        column: Quoted,
        /// What columns there are.
        known: String,
    },
    /// Two settings name one column.
    #[error(
        "column {column} is set as {first} and as {second}: a column has one role, so remove one of the two settings"
    )]
    Twice {
        /// The column.
        column: String,
        /// The first setting.
        first: &'static str,
        /// The second.
        second: &'static str,
    },
    /// A column given by name where columns have none.
    #[error(
        "hyperparameter {setting}={column} is a name, but the data have no header: give a number, counted from 1, \
         or header=present"
    )]
    NoNames {
        /// The hyperparameter.
        setting: &'static str,
        /// What it says.
        column: Quoted,
    },
    /// Names of features that are not as many as features.
    #[error(
        "hyperparameter feature_names has {names} names, but the data have {features} features: give one name per feature"
    )]
    FeatureNames {
        /// Names.
        names: usize,
        /// Features.
        features: usize,
    },
    /// Names that stand twice.
    #[error("the header names {0} twice: every column needs a name of its own, or header=absent")]
    NameTwice(Quoted),
    /// Nothing but a label.
    #[error(
        "the first row has {0} columns: the label and at least one feature are needed (is the delimiter another \
         one? hyperparameter delimiter)"
    )]
    NoFeatures(usize),
    /// A number of features that is not the one that was said.
    #[error(
        "hyperparameter feature_dim={said}, but the data have {found} features: correct it, or leave it unset"
    )]
    FeatureDim {
        /// The hyperparameter.
        said: u64,
        /// Features of the data.
        found: usize,
    },
    /// An index column.
    #[error(
        "{0}: the first name of the header is empty, as a table with its index is written: the index would be \
         taken for the label. Write the table without it (index=False in pandas), or drop it (hyperparameter \
         drop=1 together with label)"
    )]
    IndexColumn(String),
    /// A name that is no text.
    #[error(
        "{path}: the name of column {column} in the header is not UTF-8: write the file in UTF-8, or say \
         charset=iso-8859-1 in the content type of the channel if it is in that"
    )]
    HeaderEncoding {
        /// The file.
        path: String,
        /// The column, counted from 1.
        column: usize,
    },
    /// A column of numbers and texts.
    #[error(
        "column {column} holds numbers, but also the text {text}: name the column in categories if it holds \
         categories, or the text in missing_values if it means a missing cell"
    )]
    Mixed {
        /// The column.
        column: String,
        /// The first text.
        text: Quoted,
    },
    /// More columns than are fitted.
    #[error(
        "feature {column} and those before it make {width} columns: at most {most} are fitted. Drop it, or join \
         its rare categories"
    )]
    TooWide {
        /// The feature.
        column: String,
        /// Columns up to it.
        width: usize,
        /// Columns at most.
        most: usize,
    },
    /// A file of another header.
    #[error(
        "{path}: the header is not the one of the first file: every file needs the same columns in the same order"
    )]
    OtherHeader {
        /// The file.
        path: String,
    },
    /// A table without rows.
    #[error("{0} has a header and no rows")]
    NoRows(String),
    /// A format that has no place for what is asked.
    #[error("{0}")]
    Format(String),
    /// Categories that no row can tell apart.
    #[error(transparent)]
    Layout(#[from] crate::rows::LayoutError),
}

/// The roles of columns, which are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::train) struct Roles {
    /// None where the format keeps labels apart from columns.
    pub(in crate::train) label: Option<usize>,
    pub(in crate::train) weights: Option<usize>,
    pub(in crate::train) offset: Option<usize>,
    /// All other columns, in their order, and whether they are left out.
    pub(in crate::train) features: Vec<(usize, bool)>,
    /// Names of all columns, if they have any.
    pub(in crate::train) names: Option<Vec<String>>,
}

impl Roles {
    /// The roles of so many columns. `has_label` says whether one of them is the label.
    pub(in crate::train) fn new(
        columns: usize,
        names: Option<Vec<String>>,
        has_label: bool,
        settings: &Settings,
    ) -> Result<Self, TableError> {
        if let Some(names) = &names {
            check_distinct(names)?;
        }
        let find = |setting, choice: &Option<ColumnChoice>| {
            let choice = choice.as_ref();
            choice
                .map(|choice| find(setting, choice, columns, names.as_deref()))
                .transpose()
        };
        let label = match find("label", &settings.label)? {
            None if has_label => Some(0),
            label => label,
        };
        let (weights, offset) = (
            find("weights", &settings.weights)?,
            find("offset", &settings.offset)?,
        );
        let mut dropped = Vec::new();
        for choice in &settings.drop {
            dropped.extend(find("drop", &Some(choice.clone()))?);
        }
        let mut roles = Self {
            label,
            weights,
            offset,
            features: Vec::new(),
            names,
        };
        roles.check_apart(&dropped)?;
        let special = [label, weights, offset];
        roles.features = (0..columns)
            .filter(|column| !special.contains(&Some(*column)))
            .map(|column| (column, dropped.contains(&column)))
            .collect();
        roles.check_features(columns, settings)?;
        Ok(roles)
    }

    /// The columns that are no features and what they are, in the order of the columns.
    pub(in crate::train) fn special(&self) -> Vec<(usize, Role)> {
        let special = [
            (self.label, Role::Label),
            (self.weights, Role::Weight),
            (self.offset, Role::Offset),
        ];
        let mut special: Vec<(usize, Role)> = special
            .into_iter()
            .filter_map(|(column, role)| Some((column?, role)))
            .collect();
        special.sort_unstable_by_key(|(column, _)| *column);
        special
    }

    /// How many columns there are.
    pub(in crate::train) fn columns(&self) -> usize {
        self.features.len() + self.special().len()
    }

    /// What a column is called in sentences.
    pub(in crate::train) fn shown(&self, column: usize) -> String {
        match self.names.as_ref().and_then(|names| names.get(column)) {
            Some(name) => Quoted::of(name.as_bytes()).to_string(),
            None => (column + 1).to_string(),
        }
    }

    /// The columns that are features and not left out.
    pub(in crate::train) fn kept(&self) -> impl Iterator<Item = usize> {
        let kept = self.features.iter().filter(|(_, dropped)| !dropped);
        kept.map(|(column, _)| *column)
    }

    fn check_apart(&self, dropped: &[usize]) -> Result<(), TableError> {
        let mut taken: Vec<(usize, &'static str)> = Vec::new();
        let special = [
            ("label", self.label),
            ("weights", self.weights),
            ("offset", self.offset),
        ];
        let all = special
            .into_iter()
            .filter_map(|(setting, column)| Some((column?, setting)))
            .chain(dropped.iter().map(|column| (*column, "drop")));
        for (column, second) in all {
            if let Some((_, first)) = taken.iter().find(|(other, _)| *other == column) {
                return Err(TableError::Twice {
                    column: self.shown(column),
                    first,
                    second,
                });
            }
            taken.push((column, second));
        }
        Ok(())
    }

    fn check_features(&self, columns: usize, settings: &Settings) -> Result<(), TableError> {
        let features = self.kept().count();
        if features == 0 {
            return Err(TableError::NoFeatures(columns));
        }
        if let Some(said) = settings.feature_dim
            && said != features as u64
        {
            return Err(TableError::FeatureDim {
                said,
                found: features,
            });
        }
        match &settings.feature_names {
            Some(names) if names.len() != features => Err(TableError::FeatureNames {
                names: names.len(),
                features,
            }),
            _ => Ok(()),
        }
    }
}

/// The place of a column.
pub(super) fn find(
    setting: &'static str,
    choice: &ColumnChoice,
    columns: usize,
    names: Option<&[String]>,
) -> Result<usize, TableError> {
    let by_name = |wanted: &str| {
        let place = names.and_then(|names| names.iter().position(|name| name == wanted));
        place.ok_or_else(|| match names {
            None => TableError::NoNames {
                setting,
                column: Quoted::of(wanted.as_bytes()),
            },
            Some(names) => TableError::NoColumn {
                setting,
                column: Quoted::of(wanted.as_bytes()),
                known: format!("there are {}", listed(names)),
            },
        })
    };
    match choice {
        ColumnChoice::Name(name) => by_name(name),
        // A column whose name is a number is meant by its name.
        ColumnChoice::Number(number)
            if names.is_some_and(|names| names.contains(&number.to_string())) =>
        {
            by_name(&number.to_string())
        }
        ColumnChoice::Number(number) if *number <= columns => Ok(number - 1),
        ColumnChoice::Number(number) => Err(TableError::NoColumn {
            setting,
            column: Quoted::of(number.to_string().as_bytes()),
            known: format!("there are {columns}"),
        }),
    }
}

/// The first few names.
fn listed(names: &[String]) -> String {
    let mut list = crate::rows::Names::default();
    names.iter().for_each(|name| list.push(name));
    list.to_string()
}

fn check_distinct(names: &[String]) -> Result<(), TableError> {
    let mut seen = std::collections::HashSet::new();
    match names.iter().find(|name| !seen.insert(name.as_str())) {
        Some(name) => Err(TableError::NameTwice(Quoted::of(name.as_bytes()))),
        None => Ok(()),
    }
}
