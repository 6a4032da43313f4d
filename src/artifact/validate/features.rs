//! Whether what a document says of a feature can be done to a cell.

use super::{check_distinct, check_finite, meaning};
use crate::artifact::{ArtifactError, Cell, Encoding, Feature};

impl Feature {
    /// `name` is what errors call the feature.
    pub(super) fn check(&self, name: &str) -> Result<(), ArtifactError> {
        if self.missing_indicator && self.missing.is_missing() {
            return meaning(format!(
                "feature {name} has an indicator of missing cells, but nothing to put in their place"
            ));
        }
        match &self.encoding {
            None => self.check_number(name),
            Some(Encoding::Text) => self.check_text(name),
            Some(encoding) => {
                encoding.check(name)?;
                self.check_category(name, encoding)
            }
        }
    }

    fn check_number(&self, name: &str) -> Result<(), ArtifactError> {
        match &self.missing {
            Cell::Missing => Ok(()),
            Cell::Number(number) => check_finite("replacements of missing cells", [number]),
            other => meaning(format!(
                "feature {name} takes numbers, but missing cells become {other}"
            )),
        }
    }

    fn check_text(&self, name: &str) -> Result<(), ArtifactError> {
        match &self.missing {
            Cell::Missing | Cell::Text(_) => Ok(()),
            other => meaning(format!(
                "feature {name} takes texts, but missing cells become {other}"
            )),
        }
    }

    fn check_category(&self, name: &str, encoding: &Encoding) -> Result<(), ArtifactError> {
        let known = match &self.missing {
            Cell::Missing => true,
            cell => encoding
                .categories()
                .iter()
                .any(|category| cell.stands_for(category)),
        };
        if known {
            return Ok(());
        }
        meaning(format!(
            "feature {name}: missing cells become {}, which is none of its categories",
            self.missing
        ))
    }
}

impl Encoding {
    fn check(&self, name: &str) -> Result<(), ArtifactError> {
        if self.categories().is_empty() && !matches!(self, Self::Text | Self::Unused) {
            return meaning(format!("feature {name} is encoded, but has no categories"));
        }
        check_distinct(&format!("categories of feature {name}"), self.categories())?;
        match self {
            Self::OneHot(one_hot) => match &one_hot.drop {
                Some(label) if one_hot.dropped().is_none() => meaning(format!(
                    "feature {name} drops \"{label}\", which is none of its categories"
                )),
                _ => Ok(()),
            },
            Self::Ordinal(ordinal) => {
                let (numbers, categories) = (ordinal.numbers.len(), ordinal.categories.len());
                if numbers != 0 && numbers != categories {
                    return meaning(format!(
                        "feature {name} has {categories} categories and {numbers} numbers for them"
                    ));
                }
                check_finite("numbers of categories", &ordinal.numbers)?;
                check_finite("numbers of unknown categories", &ordinal.unknown)
            }
            Self::Text | Self::Unused => Ok(()),
        }
    }
}
