//! The columns of a design matrix as functions of the columns of rows.

use std::collections::{BTreeMap, BTreeSet};

use sagelet::artifact::{Feature, Label, Unknown};
use sagelet::limits::FEATURES_MAX;

use super::frame::{Frame, Level};
use super::results::Results;
use super::term::{self, Factor};
use super::{StatsmodelsError, affine};
use crate::import::limits::CELLS_LOOKED_AT_MAX;
use crate::import::linear::{Cells, Column, combination};
use crate::import::objects::Value;
use crate::shown::quoted;

/// What the column of ones is called in a formula's design.
const INTERCEPT: &str = "Intercept";

/// What a column of ones is called in a matrix: by `add_constant`, and by people.
const INTERCEPTS: [&str; 4] = ["const", "Intercept", "intercept", "constant"];

/// What the column of an offset is called: pandas' own name for it is often that of what it was computed from.
const OFFSET: &str = "offset";

/// The design of a model.
pub(super) struct Design {
    pub(super) cells: Cells,
    /// Those of the design matrix, in its order.
    pub(super) columns: Vec<Column>,
    /// What is added to the score as it is.
    pub(super) offset: Option<Column>,
}

impl Design {
    pub(super) fn read(results: &mut Results<'_>) -> Result<Self, StatsmodelsError> {
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
                by_formula(data, &names, results.has_offset)
            }
            (Some(_), None) => Err(StatsmodelsError::Missing("the names of its columns")),
            (None, names) => Ok(plain(data, width, names, results)),
        }
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
) -> Design {
    let constant = data.attribute("const_idx").and_then(Value::integer);
    let constant = constant.and_then(|index| usize::try_from(index).ok());
    let constant = constant.filter(|index| *index < width);
    let constant = constant.filter(|index| {
        let name = names.as_ref().and_then(|names| names.get(*index));
        is_of_ones(data, *index, name, results)
    });
    let is_named = names
        .as_ref()
        .is_some_and(|names| !is_counted(names, constant));
    let mut features: Vec<Feature> = Vec::new();
    let mut columns = Vec::new();
    for index in 0..width {
        if constant == Some(index) {
            columns.push(ones());
            continue;
        }
        columns.push(Cells::number(features.len()));
        let name = names.as_ref().and_then(|names| names.get(index));
        features.push(match name {
            Some(name) if is_named => Feature::named(name),
            _ => Feature::default(),
        });
    }
    let offset = offset(&mut features, results.has_offset, is_named);
    Design {
        cells: Cells::new(features),
        columns,
        offset,
    }
}

/// A column that is 1 in every row.
fn ones() -> Column {
    Column {
        constant: 1.0,
        terms: Vec::new(),
    }
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

fn offset(features: &mut Vec<Feature>, has_offset: bool, is_named: bool) -> Option<Column> {
    if !has_offset {
        return None;
    }
    let mut name = OFFSET.to_owned();
    while features
        .iter()
        .any(|feature| feature.name.as_ref() == Some(&name))
    {
        name.push('_');
    }
    features.push(if is_named {
        Feature::named(&name)
    } else {
        Feature::default()
    });
    Some(Cells::number(features.len() - 1))
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

/// What a column of a formula's design is.
enum Term<'n> {
    Ones,
    /// A number, computed from columns.
    Number(&'n str),
    /// A contrast of a factor.
    Level(Factor<'n>),
}

fn by_formula(
    data: Value<'_>,
    names: &[String],
    has_offset: bool,
) -> Result<Design, StatsmodelsError> {
    let frame = data.attribute("frame").and_then(Frame::read);
    let frame = frame.ok_or(StatsmodelsError::Missing("its training table"))?;
    let mut terms = Vec::new();
    for name in names {
        terms.push(read(name).map_err(|reason| refused(name, reason))?);
    }
    let used = used(&frame, names, &terms)?;
    let mut features: Vec<Feature> = used.iter().map(|name| Feature::named(*name)).collect();
    let offset = offset(&mut features, has_offset, true);
    let places: BTreeMap<&str, usize> = used.iter().copied().zip(0..).collect();
    let mut reader = Reader {
        cells: Cells::new(features),
        places,
        factors: BTreeMap::new(),
    };
    reader.read_factors(&frame, &terms)?;
    let mut columns = Vec::new();
    for (name, term) in names.iter().zip(&terms) {
        let column = reader.column(term);
        columns.push(column.map_err(|reason| refused(name, reason))?);
    }
    Ok(Design {
        cells: reader.cells,
        columns,
        offset,
    })
}

fn refused(name: &str, reason: String) -> StatsmodelsError {
    StatsmodelsError::Term(quoted(name), reason)
}

/// What a column is by its name.
fn read(name: &str) -> Result<Term<'_>, String> {
    if name == INTERCEPT {
        return Ok(Term::Ones);
    }
    let factors = term::factors(name);
    let [factor] = factors.as_slice() else {
        return Err(affine::computed(&format!(
            "an interaction of {} columns",
            factors.len()
        )));
    };
    match factor.level {
        Some(_) => Ok(Term::Level(factor.clone())),
        None if factor.code.starts_with("C(") => {
            Err("only the contrasts Treatment and Sum are read".to_owned())
        }
        None => Ok(Term::Number(factor.code)),
    }
}

/// The code inside of `I(…)`.
fn within(code: &str) -> &str {
    let inner = code
        .strip_prefix("I(")
        .and_then(|code| code.strip_suffix(')'));
    inner.unwrap_or(code)
}

/// The columns of the table that the terms read, in the order of the table.
fn used<'f>(
    frame: &'f Frame<'_>,
    names: &[String],
    terms: &[Term<'_>],
) -> Result<Vec<&'f str>, StatsmodelsError> {
    let mut found: BTreeSet<usize> = BTreeSet::new();
    let places: BTreeMap<&str, usize> = frame.names.iter().map(String::as_str).zip(0..).collect();
    let mut find = |name: &str| match places.get(name) {
        Some(place) => {
            found.insert(*place);
            Ok(Column::zero())
        }
        None => Err(format!("the training table has no column {}", quoted(name))),
    };
    for (name, term) in names.iter().zip(terms) {
        let read = match term {
            Term::Ones => continue,
            Term::Number(code) => affine::read(within(code), &mut find),
            Term::Level(factor) => factor_variable(factor).and_then(&mut find),
        };
        read.map_err(|reason| refused(name, reason))?;
    }
    let names = found.into_iter().filter_map(|place| frame.names.get(place));
    Ok(names.map(String::as_str).collect())
}

fn factor_variable<'n>(factor: &Factor<'n>) -> Result<&'n str, String> {
    let code = factor.code;
    let variable = term::variable(code);
    variable.ok_or_else(|| affine::computed(&format!("{} of columns", quoted(code))))
}

/// How the columns of a factor are made of its levels.
#[derive(Clone, Copy, PartialEq)]
enum Contrast {
    /// A column for every level but one.
    Treatment,
    /// The same, less the column of the one that is left out.
    Sum,
    /// A column for every level.
    Full,
}

/// A factor, ready to give its columns.
struct Coded {
    reading: usize,
    contrast: Contrast,
    levels: BTreeMap<String, Label>,
    /// The level without a column.
    left_out: Option<Label>,
}

struct Reader<'n> {
    cells: Cells,
    places: BTreeMap<&'n str, usize>,
    /// By their code.
    factors: BTreeMap<&'n str, Coded>,
}

impl<'n> Reader<'n> {
    /// Finds out how every factor is coded, from all of its columns together.
    fn read_factors<'t: 'n>(
        &mut self,
        frame: &Frame<'_>,
        terms: &[Term<'t>],
    ) -> Result<(), StatsmodelsError> {
        let mut columns: BTreeMap<&'t str, Vec<&'t str>> = BTreeMap::new();
        for term in terms {
            if let Term::Level(factor) = term {
                let levels = columns.entry(factor.code).or_default();
                levels.extend(factor.level);
            }
        }
        let mut left = CELLS_LOOKED_AT_MAX;
        for (code, texts) in columns {
            let factor = Factor { code, level: None };
            let variable = factor_variable(&factor).map_err(|reason| refused(code, reason))?;
            let levels = frame
                .levels(variable, &mut left)
                .map_err(StatsmodelsError::Frame)?;
            let coded = self.coded(variable, &texts, &levels);
            let coded = coded.map_err(|reason| refused(code, reason))?;
            self.factors.insert(code, coded);
        }
        Ok(())
    }

    fn coded(&mut self, variable: &str, texts: &[&str], levels: &[Level]) -> Result<Coded, String> {
        let feature = self.places.get(variable).copied().unwrap_or_default();
        let labels = levels.iter().map(|level| level.label.clone()).collect();
        let by_text: BTreeMap<String, Label> = levels
            .iter()
            .map(|level| (level.text.clone(), level.label.clone()))
            .collect();
        let contrast = contrast(texts, &by_text)?;
        let named: BTreeSet<&str> = texts.iter().map(|text| contrast.level(text)).collect();
        let left_out = levels
            .iter()
            .find(|level| !named.contains(level.text.as_str()));
        Ok(Coded {
            reading: self.cells.categories(feature, labels, Unknown::Error),
            contrast,
            left_out: left_out.map(|level| level.label.clone()),
            levels: by_text,
        })
    }

    fn column(&mut self, term: &Term<'_>) -> Result<Column, String> {
        match term {
            Term::Ones => Ok(ones()),
            Term::Number(code) => {
                let places = &self.places;
                affine::read(within(code), &mut |name| {
                    let place = places.get(name).copied();
                    place
                        .map(Cells::number)
                        .ok_or_else(|| format!("there is no column {}", quoted(name)))
                })
            }
            Term::Level(factor) => self.level(factor),
        }
    }

    fn level(&mut self, factor: &Factor<'_>) -> Result<Column, String> {
        let text = factor.level.unwrap_or_default();
        let missing = || format!("the training table has no level {}", quoted(text));
        let coded = self.factors.get(factor.code).ok_or_else(missing)?;
        let Some(label) = coded.levels.get(coded.contrast.level(text)) else {
            // The column of ones that a sum contrast has instead of the intercept.
            let is_mean = coded.contrast == Contrast::Sum && text == MEAN;
            return is_mean.then(ones).ok_or_else(missing);
        };
        let column = self.cells.category(coded.reading, label);
        match (coded.contrast, &coded.left_out) {
            (Contrast::Sum, Some(left_out)) => {
                let left_out = self.cells.category(coded.reading, left_out);
                Ok(combination(&[column, left_out], &[1.0, -1.0], 0.0))
            }
            _ => Ok(column),
        }
    }
}

/// What a sum contrast calls its column of ones.
const MEAN: &str = "mean";

impl Contrast {
    /// The level that the text in a column's brackets names.
    fn level(self, text: &str) -> &str {
        let prefix = match self {
            Self::Treatment => "T.",
            Self::Sum => "S.",
            Self::Full => "",
        };
        text.strip_prefix(prefix).unwrap_or(text)
    }
}

/// The contrast whose columns these are: each of them is a level of the table, and all levels but one have one.
fn contrast(texts: &[&str], levels: &BTreeMap<String, Label>) -> Result<Contrast, String> {
    let known = |prefix: &str| {
        let level = |text: &&&str| {
            text.strip_prefix(prefix)
                .is_some_and(|text| levels.contains_key(text))
        };
        texts.iter().filter(level).count()
    };
    let (count, all) = (texts.len(), levels.len());
    let has_mean = texts.contains(&MEAN);
    if count == all && known("") == count {
        return Ok(Contrast::Full);
    }
    if count + 1 == all && known("T.") == count {
        return Ok(Contrast::Treatment);
    }
    if known("S.") + 1 == all && count == known("S.") + usize::from(has_mean) {
        return Ok(Contrast::Sum);
    }
    if texts
        .iter()
        .any(|text| text.starts_with("D.") || text.starts_with("H."))
    {
        return Err("only the contrasts Treatment and Sum are read".to_owned());
    }
    Err(format!(
        "its {count} columns do not fit the {all} levels in the training table: save the model with the table that it was fitted to"
    ))
}
