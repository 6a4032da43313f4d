//! Python functions that need nothing but Python's own `math`.
//!
//! One statement a term: a single expression of some thousand terms is more than Python's compiler takes.

mod columns;

use std::fmt::Write as _;

use sagelet::artifact::{Document, Isotonic, Label, Score};

pub(super) use columns::KINDS;

use super::sums::{self, Curve, Outcome, Probabilities, Sum, Term};
use super::{ExportError, header};

const HELPERS: &str = r#"

def _number(row, index, fill=None):
    """The cell as a finite number, or `fill` if it is missing (None, NaN)."""
    cell = row[index]
    if cell is None or cell != cell:
        if fill is None:
            raise ValueError(f"{FEATURES[index]} is missing")
        return fill
    if not isfinite(cell):
        raise ValueError(f"{FEATURES[index]}: {cell!r} is not a finite number")
    return cell


def _category(row, index, numbers, unknown=None, fill=None):
    """The number of the cell's category, of `fill` if it is missing, or `unknown`."""
    cell = row[index]
    if cell is None or cell != cell:
        if fill is None:
            raise ValueError(f"{FEATURES[index]} is missing")
        cell = fill
    number = numbers.get(cell, unknown)
    if number is None:
        raise ValueError(f"{FEATURES[index]}: {cell!r} is none of {list(numbers)}")
    return number


def _missing(row, index):
    """1 if the cell is missing, else 0."""
    cell = row[index]
    return 1.0 if cell is None or cell != cell else 0.0


def _exp(number):
    """e to this power; infinity where that is larger than any float."""
    try:
        return exp(number)
    except OverflowError:
        return inf


def _logistic(score):
    return 1.0 / (1.0 + _exp(-score))
"#;

/// What modules that compute columns import.
const COMPUTING: &str = r"
from bisect import bisect_right
from math import (
    asinh, ceil, copysign, cos, exp, expm1, floor, inf, isfinite, log, log10, log1p, log2, prod, sin, sqrt, tan, tanh,
)
from statistics import NormalDist

";

/// Writes a module.
pub(super) fn write(document: &Document) -> Result<Vec<u8>, ExportError> {
    let mut text = header(document, "#");
    text.push_str(match document.derived.is_empty() {
        true => "\nfrom math import exp, expm1, inf, isfinite\n\n",
        false => COMPUTING,
    });
    let names = (0..document.features.len()).map(|index| quoted(&document.feature_name(index)));
    list(&mut text, "FEATURES", names);
    let labels = document.model.labels();
    if !labels.is_empty() {
        list(&mut text, "LABELS", labels.iter().map(literal));
    }
    text.push_str(HELPERS);
    if !document.derived.is_empty() {
        columns::write(&mut text, document);
    }
    scores(&mut text, document);
    match sums::outcome(document)? {
        Outcome::Values(curves) => values(&mut text, document, "score", &curves),
        Outcome::Isotonic(isotonic, curves) => {
            thresholds(&mut text, isotonic);
            values(&mut text, document, "_interpolated(score)", &curves);
        }
        Outcome::Classes(_, probabilities) => classes(&mut text, document, probabilities),
    }
    Ok(text.into_bytes())
}

fn list(text: &mut String, name: &str, items: impl Iterator<Item = String>) {
    let _ = writeln!(text, "{name} = [");
    for item in items {
        let _ = writeln!(text, "    {item},");
    }
    text.push_str("]\n");
}

/// The functions of the scores, of the cells or of the columns that are computed from them.
fn scores(text: &mut String, document: &Document) {
    let computed = !document.derived.is_empty();
    let given = if computed { "c" } else { "row" };
    let bodies: Vec<String> = match computed {
        true => document.model.scores().iter().map(weighted).collect(),
        false => sums::of(document).iter().map(summed).collect(),
    };
    for (index, body) in bodies.iter().enumerate() {
        let _ = write!(text, "\n\ndef _score_{}({given}):\n", index + 1);
        let _ = writeln!(text, "{body}    return score");
    }
    text.push_str("\n\ndef scores(row):\n");
    let _ = writeln!(
        text,
        "    \"\"\"The linear scores of a row: a list of {} cells, as FEATURES has them.\"\"\"",
        document.features.len()
    );
    text.push_str("    if len(row) != len(FEATURES):\n");
    text.push_str("        raise ValueError(f\"{len(row)} cells for {len(FEATURES)} features\")\n");
    if computed {
        text.push_str("    c = _columns(row)\n");
    }
    let calls: Vec<String> = (1..=bodies.len())
        .map(|index| format!("_score_{index}({given})"))
        .collect();
    let _ = writeln!(text, "    return [{}]", calls.join(", "));
}

/// The sum of columns times their coefficients.
fn weighted(score: &Score<'_>) -> String {
    let mut text = format!("    score = {:?}\n", score.intercept);
    let terms = score.coefficients.iter().enumerate();
    for (column, coefficient) in terms.filter(|(_, coefficient)| **coefficient != 0.0) {
        let _ = writeln!(text, "    score += {coefficient:?} * c[{column}]");
    }
    text
}

/// The sum of what cells add.
fn summed(sum: &Sum<'_>) -> String {
    let mut text = format!("    score = {:?}\n", sum.intercept);
    terms(&mut text, sum);
    text
}

fn terms(text: &mut String, sum: &Sum<'_>) {
    for term in &sum.terms {
        let feature = term.feature();
        let _ = match term {
            Term::Number {
                coefficient, fill, ..
            } => {
                let fill = fill.map_or_else(String::new, |fill| format!(", {fill:?}"));
                writeln!(
                    text,
                    "    score += {coefficient:?} * _number(row, {feature}{fill})"
                )
            }
            Term::Category {
                numbers,
                unknown,
                fill,
                ..
            } => {
                let entries: Vec<String> = numbers
                    .iter()
                    .map(|(label, number)| format!("{}: {number:?}", literal(label)))
                    .collect();
                let unknown = unknown.map_or_else(String::new, |it| format!(", unknown={it:?}"));
                let fill = fill.map_or_else(String::new, |it| format!(", fill={}", literal(it)));
                let entries = entries.join(", ");
                writeln!(
                    text,
                    "    score += _category(row, {feature}, {{{entries}}}{unknown}{fill})"
                )
            }
            Term::Missing { coefficient, .. } => {
                writeln!(
                    text,
                    "    score += {coefficient:?} * _missing(row, {feature})"
                )
            }
        };
    }
}

fn values(text: &mut String, document: &Document, start: &str, curves: &[Curve]) {
    let mut value = start.to_owned();
    for curve in curves {
        value = match curve {
            Curve::Exp => format!("_exp({value})"),
            Curve::Expm1 => format!("expm1({value})"),
            Curve::Square => format!("({value}) ** 2"),
            Curve::Logistic => format!("_logistic({value})"),
        };
    }
    let names = sums::prediction_names(document);
    text.push_str("\n\ndef predict(row):\n");
    if names.len() == 1 {
        text.push_str(
            "    \"\"\"The prediction for a row: a list of cells, as FEATURES has them.\"\"\"\n",
        );
        let _ = writeln!(text, "    [score] = scores(row)\n    return {value}");
    } else {
        let _ = writeln!(
            text,
            "    \"\"\"The predictions for a row, by target.\"\"\""
        );
        let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
        let _ = writeln!(text, "    values = [{value} for score in scores(row)]");
        let _ = writeln!(text, "    return dict(zip([{}], values))", names.join(", "));
    }
}

fn thresholds(text: &mut String, isotonic: &Isotonic) {
    text.push_str("\n\n");
    let numbers = |list: &[f64]| {
        list.iter()
            .map(|number| format!("{number:?}"))
            .collect::<Vec<_>>()
    };
    list(text, "_X", numbers(&isotonic.x_thresholds).into_iter());
    list(text, "_Y", numbers(&isotonic.y_thresholds).into_iter());
    text.push_str(
        r#"

def _interpolated(cell):
    """Straight lines between thresholds, constant outside."""
    if cell <= _X[0]:
        return _Y[0]
    for x0, x1, y0, y1 in zip(_X, _X[1:], _Y, _Y[1:]):
        if cell <= x1:
            return y0 + (cell - x0) / (x1 - x0) * (y1 - y0)
    return _Y[-1]
"#,
    );
}

fn classes(text: &mut String, document: &Document, probabilities: Option<Probabilities>) {
    let single = sums::of(document).len() == 1;
    text.push_str("\n\ndef predict(row):\n    \"\"\"The class of a row: one of LABELS.\"\"\"\n");
    text.push_str(if single {
        "    [score] = scores(row)\n    return LABELS[1] if score > 0 else LABELS[0]\n"
    } else {
        "    all_scores = scores(row)\n    return LABELS[all_scores.index(max(all_scores))]\n"
    });
    let Some(kind) = probabilities else { return };
    text.push_str(
        "\n\ndef probabilities(row):\n    \"\"\"The probabilities of LABELS for a row.\"\"\"\n",
    );
    text.push_str(match kind {
        Probabilities::Logistic => {
            "    [score] = scores(row)\n    second = _logistic(score)\n    return [1.0 - second, second]\n"
        }
        Probabilities::Softmax => {
            "    all_scores = scores(row)\n    highest = max(all_scores)\n    \
             shares = [exp(score - highest) for score in all_scores]\n    total = sum(shares)\n    \
             return [share / total for share in shares]\n"
        }
        Probabilities::OneVsRest => {
            "    shares = [_logistic(score) for score in scores(row)]\n    total = sum(shares)\n    \
             return [share / total if total > 0 else 1 / len(shares) for share in shares]\n"
        }
    });
}

fn literal(label: &Label) -> String {
    match label {
        Label::Text(text) => quoted(text),
        other => other.to_string(), // True, False and whole numbers are written as Python writes them
    }
}

/// A string literal. What JSON escapes, Python escapes in the same way.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text)
        .to_string()
        .replace('\u{7f}', "\\u007f")
}
