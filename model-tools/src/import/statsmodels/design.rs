//! The columns of a design matrix as functions of the columns of rows.

use sagelet::artifact::Feature;
use sagelet::limits::FEATURES_MAX;

use super::added::{Design, added};
use super::computed::constant;
use super::frame::Frame;
use super::results::Results;
use super::{StatsmodelsError, formula, term};
use crate::import::linear::{Column, Conversion, Part};
use crate::import::objects::Value;
use crate::shown::quoted;

/// What a column of ones is called in a matrix: by `add_constant`, and by people.
const INTERCEPTS: [&str; 4] = ["const", "Intercept", "intercept", "constant"];

/// The design of a result.
pub(super) fn read(results: &mut Results<'_>) -> Result<Design, StatsmodelsError> {
    let data = results.model.attribute("data");
    let data = data.ok_or(StatsmodelsError::Missing("its data's description"))?;
    let width = results.coefficients.first().map_or(0, Vec::len);
    if width == 0 || width > FEATURES_MAX {
        return Err(StatsmodelsError::Columns(width));
    }
    let names = names(data, width)?;
    let formula = data.attribute("formula").and_then(Value::text);
    match (formula, names) {
        (Some(formula), Some(names)) => {
            note_target(formula, results);
            formula::read(data, &names, results)
        }
        (Some(_), None) => Err(StatsmodelsError::Missing("the names of its columns")),
        (None, names) => plain(data, width, names, results),
    }
}

/// The names of the design matrix's columns; none if they were removed with the data.
fn names(data: Value<'_>, width: usize) -> Result<Option<Vec<String>>, StatsmodelsError> {
    let cached = data
        .attribute("_cache")
        .and_then(|cache| cache.entry("xnames"));
    let cached = cached.and_then(Value::elements).map(|names| {
        let names = names.map(|name| name.text().map(str::to_owned));
        // Extra parameters of a count model come last.
        names.take(width).collect::<Option<Vec<_>>>()
    });
    let table = data.attribute("orig_exog");
    let names = cached.flatten().or_else(|| {
        let frame = table.and_then(Frame::read);
        frame.map(|frame| frame.names)
    });
    match names {
        Some(names) if names.len() != width => Err(StatsmodelsError::Width {
            params: width,
            names: names.len(),
        }),
        names => Ok(names),
    }
}

/// A model of a matrix: its columns are those of the rows, but for the constant one that `add_constant` puts before them.
fn plain(
    data: Value<'_>,
    width: usize,
    names: Option<Vec<String>>,
    results: &mut Results<'_>,
) -> Result<Design, StatsmodelsError> {
    let ones = data.attribute("const_idx").and_then(Value::integer);
    let ones = ones.and_then(|index| usize::try_from(index).ok());
    let ones = ones.filter(|index| *index < width);
    let ones = ones.filter(|index| {
        let name = names.as_ref().and_then(|names| names.get(*index));
        is_of_ones(data, *index, name, results)
    });
    let is_named = names.as_ref().is_some_and(|names| !is_counted(names, ones));
    let mut features: Vec<Feature> = Vec::new();
    let mut columns = Vec::new();
    for index in 0..width {
        if ones == Some(index) {
            columns.push(constant(1.0));
            continue;
        }
        columns.push(Column::of(features.len(), Part::Number));
        let name = names.as_ref().and_then(|names| names.get(index));
        features.push(match name {
            Some(name) if is_named => Feature::named(name),
            _ => Feature::default(),
        });
    }
    let mut conversion = Conversion::new(features);
    let added = added(&mut conversion, results, is_named)?;
    Ok(Design {
        conversion,
        columns,
        added,
    })
}

/// Whether the names are only the numbers of columns, which is what a table without names has.
fn is_counted(names: &[String], constant: Option<usize>) -> bool {
    let others = names
        .iter()
        .enumerate()
        .filter(|(index, _)| Some(*index) != constant);
    let mut others = others.map(|(_, name)| name).enumerate();
    others.all(|(place, name)| *name == place.to_string())
}

/// Whether a column that was the same in all rows is the intercept's: one of ones that is called so, or has no name. A
/// column of the rows that did not happen to change stays one.
fn is_of_ones(
    data: Value<'_>,
    index: usize,
    name: Option<&String>,
    results: &mut Results<'_>,
) -> bool {
    let matrix = data.attribute("exog").and_then(Value::array);
    let numbers = matrix.and_then(|matrix| matrix.floats(data.objects()).ok());
    // The first row's cell, if the matrix is in the file.
    let value = numbers.and_then(|numbers| numbers.get(index).copied());
    let is_called_so = name.map(|name| INTERCEPTS.contains(&name.as_str()));
    if is_called_so.is_none() && value.is_none() {
        results.notes.push(format!(
            "column {index} of its matrix was the same in all rows: taken for the column of ones that add_constant makes"
        ));
    }
    is_called_so.unwrap_or(true) && value.is_none_or(|value| value == 1.0)
}

/// Says that a target was computed, as what is predicted is not the column itself then.
fn note_target(formula: &str, results: &mut Results<'_>) {
    let target = formula.split('~').next().unwrap_or_default().trim();
    if term::variable(target).is_none() {
        results.notes.push(format!(
            "predicts {}, as statsmodels does, and not the column that it was computed from",
            quoted(target)
        ));
    }
}
