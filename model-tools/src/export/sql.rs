//! A SELECT statement that predicts where the data lie.
//!
//! Scores, and what has to be used twice, are columns of subqueries, so that the text grows with the model and not
//! with its square. A row that the server would refuse, for a missing cell or an unknown category, gives NULL.
//! Literals are written with an exponent, which makes them doubles: `0.1` would be a decimal, and exact only until
//! it is multiplied.

use std::collections::HashSet;

use sagelet::artifact::{Document, Isotonic, Label};

use super::sums::{self, Curve, Outcome, Probabilities, Sum, Term};
use super::{ExportError, check_categories, check_labels, check_names, free_name, header};

use crate::limits::{SQL_CLASSES_MAX, SQL_TERMS_PER_GROUP};

/// The table that rows are read from.
const TABLE: &str = "model_input";

/// How names and texts are quoted.
#[derive(Clone, Copy, PartialEq)]
enum Dialect {
    /// ISO 9075: names in double quotes, a quote doubled.
    Ansi,
    /// Spark, BigQuery and MySQL: names in backticks, texts with backslashes.
    Backticks,
}

/// The statement in ANSI SQL.
pub(super) fn write(document: &Document) -> Result<Vec<u8>, ExportError> {
    Writer::new(document, Dialect::Ansi).write()
}

/// The statement with names in backticks.
pub(super) fn write_backticks(document: &Document) -> Result<Vec<u8>, ExportError> {
    Writer::new(document, Dialect::Backticks).write()
}

struct Writer<'a> {
    document: &'a Document,
    dialect: Dialect,
    /// The names of columns that are taken, in lower case: most engines do not tell `a` from `A`.
    taken: HashSet<String>,
}

/// Columns that a SELECT adds, as expression and quoted name.
type Columns = Vec<(String, String)>;

impl<'a> Writer<'a> {
    fn new(document: &'a Document, dialect: Dialect) -> Self {
        let names = (0..document.features.len()).map(|index| document.feature_name(index));
        Self {
            document,
            dialect,
            taken: names.map(|name| name.to_lowercase()).collect(),
        }
    }

    fn write(mut self) -> Result<Vec<u8>, ExportError> {
        self.check()?;
        let stages = self.stages()?;
        let mut text = header(self.document, "--");
        text.push_str(&format!(
            "--\n-- {TABLE} stands for the table of rows. NULL is a missing cell; a row that the model cannot\n\
             -- predict, for a missing cell or an unknown category, has NULL as its prediction.\n"
        ));
        text.push_str(&select(&stages, 0));
        text.push_str(";\n");
        Ok(text.into_bytes())
    }

    /// Refuses what has no column type, and what would be too long.
    fn check(&self) -> Result<(), ExportError> {
        check_names(self.document)?;
        check_categories(self.document, "a column of SQL")?;
        check_labels(self.document, "a column of SQL")?;
        let labels = self.document.model.labels();
        if labels.len() > SQL_CLASSES_MAX {
            return Err(ExportError::Refused(format!(
                "SQL for {} classes: at most {SQL_CLASSES_MAX}, as each is compared with each",
                labels.len()
            )));
        }
        Ok(())
    }

    /// What each SELECT adds, the innermost first.
    fn stages(&mut self) -> Result<Vec<Columns>, ExportError> {
        let sums = sums::of(self.document);
        let scores: Vec<String> = sums.iter().map(|sum| self.sum(sum)).collect();
        match sums::outcome(self.document)? {
            Outcome::Values(curves) => self.values(scores, &curves),
            Outcome::Isotonic(isotonic, curves) => {
                let score = self.name("score");
                let cells = scores
                    .into_iter()
                    .map(|cell| (cell, score.clone()))
                    .collect();
                let pieces = pieces(isotonic, &score);
                let mut stages = vec![cells];
                stages.extend(self.values(vec![pieces], &curves)?);
                Ok(stages)
            }
            Outcome::Classes(labels, probabilities) => {
                Ok(self.classes(scores, labels, probabilities))
            }
        }
    }

    /// The columns of a regression. Functions that need their argument twice get it from a subquery.
    fn values(
        &mut self,
        scores: Vec<String>,
        curves: &[Curve],
    ) -> Result<Vec<Columns>, ExportError> {
        let mut stages = Vec::new();
        let mut values = scores;
        for curve in curves {
            if matches!(curve, Curve::Square | Curve::Logistic) {
                let (columns, names) = self.named("score", values);
                stages.push(columns);
                values = names;
            }
            values = values.iter().map(|value| curved(*curve, value)).collect();
        }
        let names = sums::prediction_names(self.document);
        let columns = values.into_iter().zip(names);
        stages.push(
            columns
                .map(|(value, name)| (value, self.name(&name)))
                .collect(),
        );
        Ok(stages)
    }

    fn named(&mut self, stem: &str, values: Vec<String>) -> (Columns, Vec<String>) {
        let columns: Columns = values
            .into_iter()
            .map(|value| (value, self.name(stem)))
            .collect();
        let names = columns.iter().map(|(_, name)| name.clone()).collect();
        (columns, names)
    }

    fn classes(
        &mut self,
        scores: Vec<String>,
        labels: &[Label],
        probabilities: Option<Probabilities>,
    ) -> Vec<Columns> {
        let single = scores.len() == 1;
        let owners = if single {
            labels.get(1..)
        } else {
            Some(labels)
        };
        let owners = owners.unwrap_or_default().iter();
        let columns: Columns = owners
            .zip(scores)
            .map(|(label, score)| (score, self.name(&format!("score_{label}"))))
            .collect();
        let scores: Vec<String> = columns.iter().map(|(_, name)| name.clone()).collect();
        let mut stages = vec![columns];
        let mut terms = Vec::new();
        if probabilities == Some(Probabilities::Softmax) {
            let highest = self.name("score_highest");
            stages.push(vec![(winner(&scores, &scores), highest.clone())]);
            terms.extend(
                scores
                    .iter()
                    .map(|score| format!("EXP({score} - {highest})")),
            );
        } else if probabilities == Some(Probabilities::OneVsRest) {
            let logistic = scores.iter().map(|score| curved(Curve::Logistic, score));
            let (columns, names) = self.named("logistic", logistic.collect());
            stages.push(columns);
            terms = names;
        }
        let texts: Vec<String> = labels.iter().map(|label| self.label(label)).collect();
        let mut columns = vec![(class(&scores, &texts), self.name("prediction"))];
        let shares = match (probabilities, scores.as_slice()) {
            (Some(Probabilities::Logistic), [score]) => vec![
                format!("1E0 - {}", curved(Curve::Logistic, score)),
                curved(Curve::Logistic, score),
            ],
            (Some(kind), _) => shares(kind, &terms),
            (None, _) => Vec::new(),
        };
        let named = labels.iter().zip(shares);
        columns.extend(
            named.map(|(label, share)| (share, self.name(&format!("probability_{label}")))),
        );
        stages.push(columns);
        stages
    }

    /// A quoted name for a new column, with underscores until it differs from all others.
    fn name(&mut self, wanted: &str) -> String {
        let name = free_name(wanted, |name| self.taken.contains(&name.to_lowercase()));
        self.taken.insert(name.to_lowercase());
        self.quoted(&name)
    }

    fn quoted(&self, name: &str) -> String {
        match self.dialect {
            Dialect::Ansi => format!("\"{}\"", name.replace('"', "\"\"")),
            Dialect::Backticks => format!("`{}`", name.replace('`', "``")),
        }
    }

    fn column(&self, feature: usize) -> String {
        self.quoted(&self.document.feature_name(feature))
    }

    fn label(&self, label: &Label) -> String {
        match label {
            Label::Boolean(true) => "TRUE".to_owned(),
            Label::Boolean(false) => "FALSE".to_owned(),
            Label::Integer(number) => number.to_string(),
            Label::Text(text) => match self.dialect {
                Dialect::Ansi => format!("'{}'", text.replace('\'', "''")),
                Dialect::Backticks => {
                    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
                }
            },
        }
    }

    fn sum(&self, sum: &Sum<'_>) -> String {
        let terms = sum.terms.iter().map(|term| self.term(term));
        added(
            std::iter::once(number(sum.intercept))
                .chain(terms)
                .collect(),
        )
    }

    fn term(&self, term: &Term<'_>) -> String {
        let column = self.column(term.feature());
        match term {
            Term::Number {
                coefficient,
                fill: None,
                ..
            } => format!("{} * {column}", number(*coefficient)),
            Term::Number {
                coefficient,
                fill: Some(fill),
                ..
            } => format!(
                "{} * COALESCE({column}, {})",
                number(*coefficient),
                number(*fill)
            ),
            Term::Category {
                numbers,
                unknown,
                fill,
                ..
            } => self.category(&column, numbers, *unknown, *fill),
            Term::Missing { coefficient, .. } => format!(
                "CASE WHEN {column} IS NULL THEN {} ELSE 0E0 END",
                number(*coefficient)
            ),
        }
    }

    fn category(
        &self,
        column: &str,
        numbers: &[(&Label, f64)],
        unknown: Option<f64>,
        fill: Option<&Label>,
    ) -> String {
        let subject = match fill {
            Some(label) => format!("COALESCE({column}, {})", self.label(label)),
            None => column.to_owned(),
        };
        let mut text = format!("CASE {subject}");
        for (label, value) in numbers {
            text.push_str(&format!(
                " WHEN {} THEN {}",
                self.label(label),
                number(*value)
            ));
        }
        match (unknown, fill) {
            (None, _) => {}
            (Some(value), Some(_)) => text.push_str(&format!(" ELSE {}", number(value))),
            // A missing cell is no unknown category.
            (Some(value), None) => text.push_str(&format!(
                " ELSE CASE WHEN {column} IS NOT NULL THEN {} END",
                number(value)
            )),
        }
        text + " END"
    }
}

/// A SELECT of all stages, the last one outermost.
fn select(stages: &[Columns], depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let Some((columns, inner)) = stages.split_last() else {
        return String::new();
    };
    let (source, from) = if inner.is_empty() {
        (TABLE.to_owned(), TABLE.to_owned())
    } else {
        let alias = format!("stage_{}", inner.len());
        let inner = select(inner, depth + 1);
        (alias.clone(), format!("(\n{inner}\n{indent}) AS {alias}"))
    };
    let mut text = format!("{indent}SELECT\n{indent}  {source}.*");
    for (expression, name) in columns {
        text.push_str(&format!(",\n{indent}  {expression} AS {name}"));
    }
    text + &format!("\n{indent}FROM {from}")
}

/// Terms added up, one a line, in groups that no parser finds too deep.
fn added(mut terms: Vec<String>) -> String {
    while terms.len() > SQL_TERMS_PER_GROUP {
        let groups = terms.chunks(SQL_TERMS_PER_GROUP);
        terms = groups.map(|group| format!("({})", lines(group))).collect();
    }
    lines(&terms)
}

fn lines(terms: &[String]) -> String {
    let mut text = String::new();
    for (index, term) in terms.iter().enumerate() {
        match term.strip_prefix('-') {
            _ if index == 0 => text.push_str(term),
            Some(positive) => text.push_str(&format!("\n    - {positive}")),
            None => text.push_str(&format!("\n    + {term}")),
        }
    }
    text
}

fn curved(curve: Curve, value: &str) -> String {
    match curve {
        Curve::Exp => format!("EXP({value})"),
        Curve::Expm1 => format!("EXP({value}) - 1E0"),
        Curve::Square => format!("{value} * {value}"),
        // Of the two ways to write it, the one whose EXP cannot overflow.
        Curve::Logistic => format!(
            "CASE WHEN {value} >= 0E0 THEN 1E0 / (1E0 + EXP(-{value})) ELSE EXP({value}) / (1E0 + EXP({value})) END"
        ),
    }
}

/// The class of the highest score, the first of several; NULL if a score is NULL.
fn class(scores: &[String], labels: &[String]) -> String {
    match (scores, labels) {
        ([score], [first, second]) => {
            format!("CASE WHEN {score} > 0E0 THEN {second} WHEN {score} <= 0E0 THEN {first} END")
        }
        _ => winner(scores, labels),
    }
}

/// What belongs to the highest score.
fn winner(scores: &[String], prizes: &[String]) -> String {
    let mut text = String::from("CASE");
    for (own, (score, prize)) in scores.iter().zip(prizes).enumerate() {
        let others = scores.iter().enumerate().filter(|(other, _)| *other != own);
        let beaten: Vec<String> = others
            .map(|(other, rival)| {
                let sign = if other < own { ">" } else { ">=" };
                format!("{score} {sign} {rival}")
            })
            .collect();
        text.push_str(&format!("\n    WHEN {} THEN {prize}", beaten.join(" AND ")));
    }
    text + " END"
}

/// Each term's share in their sum.
fn shares(kind: Probabilities, terms: &[String]) -> Vec<String> {
    let total = added(terms.to_vec());
    let share = |term: &String| {
        let share = format!("{term} / ({total})");
        if kind == Probabilities::OneVsRest {
            let alike = number(1.0 / terms.len() as f64);
            format!("CASE WHEN ({total}) > 0E0 THEN {share} WHEN ({total}) <= 0E0 THEN {alike} END")
        } else {
            share
        }
    };
    terms.iter().map(share).collect()
}

/// The piecewise linear function of an isotonic regression.
fn pieces(isotonic: &Isotonic, cell: &str) -> String {
    let thresholds: Vec<(f64, f64)> = isotonic
        .x_thresholds
        .iter()
        .copied()
        .zip(isotonic.y_thresholds.iter().copied())
        .collect();
    let mut text = String::from("CASE");
    if let Some((x, y)) = thresholds.first() {
        text.push_str(&format!(
            "\n    WHEN {cell} <= {} THEN {}",
            number(*x),
            number(*y)
        ));
    }
    for pair in thresholds.windows(2) {
        if let [(x0, y0), (x1, y1)] = pair {
            text.push_str(&format!(
                "\n    WHEN {cell} <= {} THEN {} + ({cell} - {}) / {} * {}",
                number(*x1),
                number(*y0),
                parenthesised(*x0),
                parenthesised(x1 - x0),
                parenthesised(y1 - y0),
            ));
        }
    }
    if let Some((x, y)) = thresholds.last() {
        text.push_str(&format!(
            "\n    WHEN {cell} > {} THEN {}",
            number(*x),
            number(*y)
        ));
    }
    text + " END"
}

/// The shortest literal that is a double and reads back to the same bits.
fn number(value: f64) -> String {
    format!("{value:E}")
}

fn parenthesised(value: f64) -> String {
    if value < 0.0 {
        format!("({value:E})")
    } else {
        number(value)
    }
}
