//! What a user declares about a model's rows that no file of the model says, and the version that may say it.

use clap::Args;
use sagelet::artifact::{Document, Version};

/// What to write into the artifact beside what was read.
#[derive(Args, Debug)]
pub(crate) struct Declarations {
    /// Texts that mean a missing cell, separated by commas, instead of those that pandas knows: '?,-999'. Servers
    /// that read version 1 of the artifact only refuse the result
    #[arg(
        long,
        value_name = "TEXTS",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    missing_values: Vec<String>,
    /// Columns that rows may carry by name beside the features, separated by commas: the label, a weight, an
    /// identifier. Their cells may be anything
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    other_columns: Vec<String>,
    /// Version of the artifact to write, for servers that read no later one; what it cannot say is refused [default:
    /// the lowest one that says everything]
    #[arg(long, value_name = "MAJOR", value_parser = clap::value_parser!(u16).range(1..=2))]
    format_version: Option<u16>,
}

impl Declarations {
    /// Puts into the document what was declared.
    pub(crate) fn add_to(&self, document: &mut Document) {
        if !self.missing_values.is_empty() {
            document.missing_values.clone_from(&self.missing_values);
        }
        if !self.other_columns.is_empty() {
            document.other_columns.clone_from(&self.other_columns);
        }
        document.set_version();
    }

    /// Checks that the document can be written in the version that was asked for.
    ///
    /// # Errors
    /// What the version cannot say.
    pub(crate) fn check_version(&self, document: &Document) -> Result<(), String> {
        let Version(needed, _) = document.version;
        match self.format_version {
            Some(wanted) if wanted < needed => Err(format!(
                "version {wanted} of the artifact cannot say {}: its readers would predict other numbers",
                document.requires.join(", ")
            )),
            _ => Ok(()),
        }
    }
}
