//! Tables of coefficients in CSV: what R's broom and `coef`, statsmodels and spreadsheets write.

use sagelet::artifact::{Document, Feature, Linear, Parameters};
use sagelet::limits::FEATURES_MAX;
use sagelet::text::Quoted;

use super::{ImportError, Imported};
use crate::shown::quoted;

/// What the row of the intercept is called.
const INTERCEPTS: [&str; 4] = ["(Intercept)", "Intercept", "intercept", "const"];

/// What the column of names is called; R and pandas leave it without a name.
const NAMES: [&str; 5] = ["term", "name", "feature", "variable", ""];

/// What the column of coefficients is called: by broom, by people, by R's `coef`, by pandas, by R's `summary`.
const VALUES: [&str; 7] = [
    "estimate",
    "coefficient",
    "coef",
    "x",
    "0",
    "Estimate",
    "value",
];

/// Why a table gives no model.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CoefficientsError {
    #[error("the CSV is damaged: {0}")]
    Csv(#[from] csv::Error),
    #[error("line {line}: the coefficient {value} of {term} is not a finite number")]
    Value {
        /// Counted from 1.
        line: usize,
        /// What it is of.
        term: Quoted,
        /// What it is.
        value: Quoted,
    },
    #[error(
        "line {line}: {term} is no column of a row but made of some, which only the program that fitted the model can do"
    )]
    Term {
        /// Counted from 1.
        line: usize,
        /// What it is called.
        term: Quoted,
    },
    #[error("line {line}: {term} is already in the table: remove one of the two lines")]
    Twice {
        /// Counted from 1.
        line: usize,
        /// What it is called.
        term: Quoted,
    },
    #[error("there is no coefficient beside the intercept")]
    Empty,
    #[error("more than {FEATURES_MAX} coefficients")]
    TooMany,
}

/// A table whose header names both columns, or has two and names one of them.
pub(super) fn detect(bytes: &[u8]) -> bool {
    let head = bytes
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    columns(head).is_some()
}

/// The places of the names and of the coefficients.
fn columns(head: &[u8]) -> Option<(usize, usize)> {
    let mut reader = reader(head);
    let header = reader.records().next()?.ok()?;
    let place = |wanted: &[&str]| header.iter().position(|name| wanted.contains(&name));
    Some((place(&NAMES)?, place(&VALUES)?))
}

fn reader(bytes: &[u8]) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .trim(csv::Trim::All)
        .from_reader(bytes)
}

/// Reads a table.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    Ok(convert(bytes)?)
}

fn convert(bytes: &[u8]) -> Result<Imported, CoefficientsError> {
    let mut linear = Linear {
        intercept: 0.0,
        coefficients: Vec::new(),
    };
    let mut features: Vec<Feature> = Vec::new();
    let mut has_intercept = false;
    let mut seen = std::collections::HashSet::new();
    let head = bytes
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let (names, values) = columns(head).ok_or(CoefficientsError::Empty)?;
    for (index, record) in reader(bytes).records().enumerate().skip(1) {
        let (line, record) = (index + 1, record?);
        let term = record.get(names).unwrap_or_default();
        let value = number(line, term, record.get(values).unwrap_or_default())?;
        if !seen.insert(term.to_owned()) {
            return Err(CoefficientsError::Twice {
                line,
                term: quoted(term),
            });
        }
        if INTERCEPTS.contains(&term) {
            linear.intercept = value;
            has_intercept = true;
            continue;
        }
        check_term(line, term)?;
        if features.len() == FEATURES_MAX {
            return Err(CoefficientsError::TooMany);
        }
        features.push(Feature::named(term));
        linear.coefficients.push(value);
    }
    if features.is_empty() {
        return Err(CoefficientsError::Empty);
    }
    let mut notes = vec![
        "a table does not say how its model predicts: taken for a linear regression, without a link".to_owned(),
    ];
    if !has_intercept {
        notes.push("there is no intercept in the table: it is 0".to_owned());
    }
    let document = Document::new(features, Parameters::LinearRegression(linear));
    Ok(Imported {
        notes,
        ..Imported::new(document)
    })
}

fn number(line: usize, term: &str, value: &str) -> Result<f64, CoefficientsError> {
    let number = value.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| CoefficientsError::Value {
        line,
        term: quoted(term),
        value: quoted(value),
    })
}

/// Interactions (`a:b`), levels of factors in statsmodels (`C(city)[T.Oslo]`) and functions (`log(age)`) are
/// computed from columns. R writes a level as `cityOslo`, which looks like a column.
fn check_term(line: usize, term: &str) -> Result<(), CoefficientsError> {
    if term.is_empty() || term.contains([':', '(', '[', '*', '^']) {
        return Err(CoefficientsError::Term {
            line,
            term: quoted(term),
        });
    }
    Ok(())
}
