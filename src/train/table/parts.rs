//! What discovery and the schema have in common: labels, layouts and numbers made of cells.

use super::roles::TableError;
use crate::artifact::{Document, Encoding, Feature, Label, Linear, Parameters};
use crate::rows::{Layout, TextNumber, read_number};
use crate::train::settings::Settings;

/// A number as a label: whole ones are integers, as in every other place of the program.
pub(super) fn label_of_number(number: f64) -> Label {
    Label::of_whole(number).unwrap_or_else(|| Label::Text(number.to_string()))
}

/// Makes booleans of labels that all spell one.
pub(in crate::train) fn as_booleans(labels: &mut [Label]) {
    let boolean = |label: &Label| match label {
        Label::Text(text) => match text.as_str() {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        },
        _ => None,
    };
    if labels.iter().all(|label| boolean(label).is_some()) {
        for label in labels {
            *label = Label::Boolean(boolean(label).unwrap_or_default());
        }
    }
}

/// The layout of features, with the marks of missing cells that the settings name.
pub(super) fn layout(features: Vec<Feature>, settings: &Settings) -> Result<Layout, TableError> {
    let nothing = Parameters::LinearRegression(Linear {
        intercept: 0.0,
        coefficients: Vec::new(),
    });
    let mut document = Document::new(features, nothing);
    document.missing_values.clone_from(&settings.missing_values);
    Ok(Layout::of(&document)?)
}

/// A column that is not looked at.
pub(super) fn unused(name: Option<String>) -> Feature {
    Feature {
        name,
        encoding: Some(Encoding::Unused),
        ..Feature::default()
    }
}

/// The number that a text is, if it is one and no boolean.
pub(super) fn plain_number(text: &[u8]) -> Option<f64> {
    let is_word = text
        .trim_ascii()
        .first()
        .is_some_and(u8::is_ascii_alphabetic);
    match read_number(text) {
        TextNumber::Number(number) if !is_word => Some(number),
        _ => None,
    }
}
