//! The design of a formula: each of its columns is a product of numbers, computed from columns of the rows, and of levels.

use std::collections::{BTreeMap, BTreeSet};

use sagelet::artifact::Feature;

use super::StatsmodelsError;
use super::added::{Design, added};
use super::computed::{Computer, constant};
use super::expression::{self, Expression};
use super::factors::{self, Factors, Named};
use super::frame::Frame;
use super::results::Results;
use super::term::{self, Factor};
use crate::import::linear::{Column, Conversion};
use crate::import::objects::Value;
use crate::shown::quoted;

/// What the column of ones is called.
const INTERCEPT: &str = "Intercept";

/// The factors of which a column of the design is the product; none of the column of ones.
type Term<'n> = Vec<Part<'n>>;

/// A factor of a column.
enum Part<'n> {
    /// A number, computed from columns.
    Number(Expression),
    /// A contrast of a factor.
    Level(Factor<'n>),
}

/// The design whose columns have these names.
pub(super) fn read(
    data: Value<'_>,
    names: &[String],
    results: &Results<'_>,
) -> Result<Design, StatsmodelsError> {
    let frame = data.attribute("frame").and_then(Frame::read);
    let frame = frame.ok_or(StatsmodelsError::Missing("its training table"))?;
    let mut terms = Vec::new();
    for name in names {
        terms.push(parts(name).map_err(|reason| StatsmodelsError::term(name, reason))?);
    }
    let used = used(&frame, names, &terms)?;
    let features = used.iter().map(|name| Feature::named(*name)).collect();
    let mut conversion = Conversion::new(features);
    let places: BTreeMap<&str, usize> = used.iter().copied().zip(0..).collect();
    let factors = Factors::read(&named(&terms), &frame, &places, &mut conversion)?;
    let mut computer = Computer {
        conversion: &mut conversion,
        places: &places,
    };
    let mut columns = Vec::new();
    for (name, term) in names.iter().zip(&terms) {
        let column = column(term, &factors, &mut computer);
        columns.push(column.map_err(|reason| StatsmodelsError::term(name, reason))?);
    }
    let added = added(&mut conversion, results, true)?;
    Ok(Design {
        conversion,
        columns,
        added,
    })
}

/// What a column is by its name.
fn parts(name: &str) -> Result<Term<'_>, String> {
    if name == INTERCEPT {
        return Ok(Vec::new());
    }
    term::factors(name).into_iter().map(part).collect()
}

fn part(factor: Factor<'_>) -> Result<Part<'_>, String> {
    match factor.level {
        Some(_) => Ok(Part::Level(factor)),
        None if factor.code.starts_with("C(") => {
            Err("only the contrasts Treatment and Sum are read".to_owned())
        }
        None => expression::read(factor.code).map(Part::Number),
    }
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
            Ok(())
        }
        None => Err(format!("the training table has no column {}", quoted(name))),
    };
    for (name, term) in names.iter().zip(terms) {
        for part in term {
            let read = match part {
                Part::Number(expression) => expression.names(&mut find),
                Part::Level(factor) => factors::variable(factor.code).and_then(&mut find),
            };
            read.map_err(|reason| StatsmodelsError::term(name, reason))?;
        }
    }
    let names = found.into_iter().filter_map(|place| frame.names.get(place));
    Ok(names.map(String::as_str).collect())
}

/// The names of each factor's columns, wherever they stand.
fn named<'n>(terms: &[Term<'n>]) -> Named<'n> {
    let mut named = Named::new();
    for part in terms.iter().flatten() {
        if let Part::Level(factor) = part {
            named.entry(factor.code).or_default().extend(factor.level);
        }
    }
    named
}

fn column(
    term: &Term<'_>,
    factors: &Factors<'_>,
    computer: &mut Computer<'_>,
) -> Result<Column, String> {
    let mut columns = Vec::new();
    for part in term {
        columns.push(match part {
            Part::Number(expression) => computer.column(expression)?,
            Part::Level(factor) => factors.column(factor)?,
        });
    }
    match columns.as_slice() {
        [] => Ok(constant(1.0)),
        columns => computer.product(columns),
    }
}
