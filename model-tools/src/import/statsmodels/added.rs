//! A design with what is added to its score: offset and exposure.

use sagelet::artifact::{Derived, Feature, Function};

use super::StatsmodelsError;
use super::results::Results;
use crate::import::linear::{Column, Conversion, Part};

/// What the columns of an offset and an exposure are called: pandas' own name is often that of what it was computed from.
const OFFSET: &str = "offset";
const EXPOSURE: &str = "exposure";

/// The design of a model.
pub(super) struct Design {
    pub(super) conversion: Conversion,
    /// Those of the design matrix, in its order.
    pub(super) columns: Vec<Column>,
    /// What is added to the score as it is.
    pub(super) added: Vec<Column>,
}

/// What is added to the score: an offset as it is, of an exposure the logarithm. They are the last columns of the rows.
pub(super) fn added(
    conversion: &mut Conversion,
    results: &Results<'_>,
    is_named: bool,
) -> Result<Vec<Column>, StatsmodelsError> {
    let mut added = Vec::new();
    if results.has_offset {
        added.push(last_column(conversion, OFFSET, is_named));
    }
    if results.has_exposure {
        let exposure = last_column(conversion, EXPOSURE, is_named);
        let of = conversion.refer(&[exposure])?;
        let function = Function::Log;
        added.extend(conversion.compute(Derived::Function { of, function }));
    }
    Ok(added)
}

/// One more column of the rows.
fn last_column(conversion: &mut Conversion, name: &str, is_named: bool) -> Column {
    let features = &mut conversion.features;
    let mut name = name.to_owned();
    while features
        .iter()
        .any(|feature| feature.name.as_ref() == Some(&name))
    {
        name.push('_');
    }
    features.push(match is_named {
        true => Feature::named(&name),
        false => Feature::default(),
    });
    Column::of(features.len() - 1, Part::Number)
}
