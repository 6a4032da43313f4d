//! Filling in of missing cells with what no row of the training had: to the encoder it is an unknown category.
//!
//! `SimpleImputer(fill_value="missing")` before an encoder does so for every column that was never empty in
//! training. An artifact fills in one of a feature's categories only, so the text becomes one: a category that
//! counts as an unknown one does. Where unknown categories are refused, so are missing cells.

use sagelet::artifact::{Cell, Encoding, Label, Unknown};

/// The same encoding with a category for what stands in for missing cells, and what then does.
pub(super) fn with_fill(encoding: Encoding, fill: &Cell) -> (Encoding, Cell) {
    let Some(label) = unseen(&encoding, fill) else {
        return (encoding, fill.clone());
    };
    match encoding {
        Encoding::OneHot(mut one_hot) if one_hot.unknown == Unknown::Ignore => {
            one_hot.categories.push(label);
            (Encoding::OneHot(one_hot), fill.clone())
        }
        Encoding::Ordinal(mut ordinal) => match ordinal.unknown {
            Some(unknown) => {
                if ordinal.numbers.is_empty() {
                    let count = ordinal.categories.len();
                    ordinal.numbers = (0..count).map(|number| number as f64).collect();
                }
                ordinal.categories.push(label);
                ordinal.numbers.push(unknown);
                (Encoding::Ordinal(ordinal), fill.clone())
            }
            None => (Encoding::Ordinal(ordinal), Cell::Missing),
        },
        refusing => (refusing, Cell::Missing),
    }
}

/// The label of a cell that is none of the categories, where they are of its type: of others, an artifact would
/// take one for the other.
fn unseen(encoding: &Encoding, fill: &Cell) -> Option<Label> {
    let categories = encoding.categories();
    let label = match fill {
        Cell::Text(text) => Label::Text(text.clone()),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole, and compared on the next line"
        )]
        Cell::Number(number) if number.fract() == 0.0 && ((*number as i64) as f64) == *number => {
            Label::Integer(*number as i64)
        }
        _ => return None,
    };
    let same_type = |category: &Label| {
        matches!(
            (category, &label),
            (Label::Text(_), Label::Text(_)) | (Label::Integer(_), Label::Integer(_))
        )
    };
    (categories.iter().all(same_type) && !categories.contains(&label)).then_some(label)
}
