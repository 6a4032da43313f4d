//! What an answer says of each row: the fields that the settings name, unless the request names others.
//!
//! The platform passes one header of the client's own on to the container, `X-Amzn-SageMaker-Custom-Attributes`. Of what
//! stands in it between semicolons, only what begins with `sagelet.` is read here.

use std::borrow::Cow;

use super::app::App;
use super::refusal::Refusal;
use super::web::Request;
use crate::codec::Field;
use crate::score::Wanted;
use crate::text::Quoted;

/// The header that the platform passes on.
pub(super) const CUSTOM_ATTRIBUTES: &str = "X-Amzn-SageMaker-Custom-Attributes";

const PREFIX: &str = "sagelet.";

/// What KServe's explanations hold.
const EXPLANATION: [Field; 2] = [Field::Contributions, Field::BaseValue];

/// What an answer says of each row.
pub(super) struct Selection<'a> {
    pub(super) fields: Cow<'a, [Field]>,
    largest: Option<usize>,
    level: f64,
}

impl<'a> Selection<'a> {
    /// What the settings say.
    pub(super) fn of_settings(app: &'a App) -> Self {
        Self {
            fields: Cow::Borrowed(&app.settings.fields),
            largest: app.settings.largest_contributions,
            level: app.settings.interval_level,
        }
    }

    /// What the settings and the request say.
    pub(super) fn of(app: &'a App, request: Request<'_>) -> Result<Self, Refusal> {
        let mut selection = Self::of_settings(app);
        let header = request.header(CUSTOM_ATTRIBUTES).unwrap_or_default();
        for attribute in header.split(';') {
            if let Some(own) = attribute.trim().strip_prefix(PREFIX) {
                let set = selection.set(own);
                set.ok_or_else(|| Refusal::Parameter(not_known(own)))?;
            }
        }
        Ok(selection)
    }

    /// The same, if it has explanations; else what the predictions consist of.
    pub(super) fn of_explanations(mut self) -> Self {
        let fields: Vec<_> = self
            .fields
            .iter()
            .copied()
            .filter(|field| field.explains())
            .collect();
        self.fields = match fields.as_slice() {
            [] => Cow::Borrowed(&EXPLANATION),
            _ => Cow::Owned(fields),
        };
        self
    }

    /// The same, with fields that are named as outputs of an Open Inference request.
    pub(super) fn with(&self, more: impl Iterator<Item = Field>) -> Self {
        let fields = self.fields.iter().copied().chain(more);
        Self {
            fields: fields.collect(),
            ..*self
        }
    }

    /// Whether it has fields that explain predictions.
    pub(super) fn explains(&self) -> bool {
        self.fields.iter().any(|field| field.explains())
    }

    pub(super) fn wanted(&self) -> Wanted<'_> {
        Wanted {
            fields: &self.fields,
            largest: self.largest,
            level: self.level,
        }
    }

    fn set(&mut self, attribute: &str) -> Option<()> {
        let (name, value) = attribute.split_once('=')?;
        let value = value.trim();
        match name.trim() {
            "output" => self.fields = Cow::Owned(Field::list(value)?),
            "largest" => self.largest = Some(value.parse().ok().filter(|&count| count > 0)?),
            "level" => {
                let level = value.parse().ok();
                self.level = level.filter(|level| (0.001..=0.999_999).contains(level))?;
            }
            _ => return None,
        }
        Some(())
    }
}

fn not_known(attribute: &str) -> String {
    format!(
        "{CUSTOM_ATTRIBUTES}: {} is none of {PREFIX}output= with names of fields, separated by commas, {PREFIX}largest= \
         with a whole number from 1 on, {PREFIX}level= with a number from 0.001 to 0.999999",
        Quoted::of(format!("{PREFIX}{attribute}").as_bytes())
    )
}
