//! Features and columns of the design as people know them.

use sagelet_solver::design::Design;

use crate::artifact::Feature;
use crate::text::Quoted;
use crate::train::table::Schema;

/// A column of the design in words: the feature, and the category or that cells are missing.
pub(in crate::train) fn shown(design: &Design, schema: &Schema, column: usize) -> String {
    let Some(column) = design.columns.get(column) else {
        return "?".to_owned();
    };
    let mut first = 0;
    for (feature, kept) in schema.features.iter().zip(schema.roles.kept()) {
        let width = feature.design_columns();
        if column.source < first + width {
            let name = in_words(feature, kept);
            let category = feature.encoding.as_ref().and_then(|encoding| {
                let skipped = encoding.categories().len() - width;
                let label = encoding.categories().get(column.source - first + skipped)?;
                Some(format!(
                    " (category {})",
                    Quoted::of(label.to_string().as_bytes())
                ))
            });
            let missing = if column.indicator {
                " (where it is missing)"
            } else {
                ""
            };
            return format!("{name}{}{missing}", category.unwrap_or_default());
        }
        first += width;
    }
    "?".to_owned()
}

/// A feature in words: its name, or its column of the data.
pub(in crate::train) fn shown_feature(schema: &Schema, place: usize) -> String {
    let mut features = schema.features.iter().zip(schema.roles.kept());
    match features.nth(place) {
        Some((feature, kept)) => in_words(feature, kept),
        None => "?".to_owned(),
    }
}

fn in_words(feature: &Feature, column: usize) -> String {
    feature.name.as_ref().map_or_else(
        || format!("in column {}", column + 1),
        |name| Quoted::of(name.as_bytes()).to_string(),
    )
}
