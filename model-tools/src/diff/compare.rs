//! What two documents say, part by part.

use std::collections::HashMap;

use sagelet::artifact::{Document, Link, Outcome};

use super::{Finding, Verdict};
use crate::inspect::layout::{fit, grouped, padded, rounded};
use crate::inspect::text;
use crate::scores;
use crate::shown::behind_top;

/// Columns of a name in a table.
const NAME: usize = 32;

/// A number that both models have, by its name.
struct Pair {
    name: String,
    a: f64,
    b: f64,
}

/// Everything but predictions.
pub(super) fn documents(a: &Document, b: &Document, tolerance: f64, top: usize) -> Vec<Finding> {
    let mut findings = vec![
        equal("kind", &kind(a), &kind(b)),
        equal("transform", &transform(a), &transform(b)),
    ];
    if a.threshold.is_some() || b.threshold.is_some() {
        let said = |document| text::threshold(document).unwrap_or_else(|| "none".to_owned());
        findings.push(equal("threshold", &said(a), &said(b)));
    }
    if !(a.model.labels().is_empty() && b.model.labels().is_empty()) {
        findings.push(equal("classes", &classes(a), &classes(b)));
    }
    findings.push(features(a, b, top));
    findings.push(numbers(a, b, tolerance, top));
    findings.extend(asides(a, b));
    findings
}

fn equal(label: &'static str, a: &str, b: &str) -> Finding {
    if a == b {
        return Finding::new(label, Verdict::Same, format!("same: {a}"));
    }
    Finding::new(label, Verdict::Different, format!("A: {a}; B: {b}"))
}

fn kind(document: &Document) -> String {
    let kind = document.model.kind();
    match document.model.outcome() {
        Outcome::Values(link) if link != Link::Identity => {
            format!("{kind}, {link:?} link").to_lowercase()
        }
        Outcome::Labels(model) if model.link == Link::Identity => {
            format!("{kind}, no probabilities")
        }
        Outcome::Votes(model) => format!("{kind}, ties: {:?}", model.ties).to_lowercase(),
        Outcome::Mean(model) => format!("{kind}, {} members", model.members.len()),
        Outcome::Values(_) | Outcome::Isotonic(_) | Outcome::Classes(..) | Outcome::Labels(_) => {
            kind.to_owned()
        }
    }
}

fn transform(document: &Document) -> String {
    let inverse = document.inverse_transform;
    inverse.map_or_else(|| "none".to_owned(), |inverse| inverse.to_string())
}

fn classes(document: &Document) -> String {
    let labels = document.model.labels().iter();
    let labels: Vec<String> = labels.map(ToString::to_string).collect();
    if labels.is_empty() {
        return "none".to_owned();
    }
    labels.join(", ")
}

fn features(a: &Document, b: &Document, top: usize) -> Finding {
    let counts = (a.features.len(), b.features.len());
    let width = counts.0.max(counts.1);
    let differing: Vec<usize> = (0..width)
        .filter(|index| a.features.get(*index) != b.features.get(*index))
        .collect();
    if differing.is_empty() {
        return Finding::new(
            "features",
            Verdict::Same,
            format!("same: {}", grouped(width)),
        );
    }
    let summary = format!(
        "A has {}, B has {}; {} differ",
        grouped(counts.0),
        grouped(counts.1),
        grouped(differing.len())
    );
    let mut finding = Finding::new("features", Verdict::Different, summary);
    for &index in differing.iter().take(top) {
        let name = |document: &Document| {
            let there = index < document.features.len();
            if there {
                document.feature_name(index)
            } else {
                "none".to_owned()
            }
        };
        let (left, right) = (name(a), name(b));
        let why = if left == right {
            "encoded otherwise, "
        } else {
            ""
        };
        finding.lines.push(format!(
            "feature {}: {why}A: {}, B: {}",
            index + 1,
            fit(&left, NAME / 2 + 4),
            fit(&right, NAME / 2 + 4)
        ));
    }
    more(&mut finding, differing.len(), top);
    finding
}

fn numbers(a: &Document, b: &Document, tolerance: f64, top: usize) -> Finding {
    let (left, right) = (named_numbers(a), named_numbers(b));
    let mut pairs = pairs(&left, &right);
    let alone = left.len() + right.len() - 2 * pairs.len();
    let count = pairs.len();
    let exact = pairs
        .iter()
        .filter(|pair| pair.a.to_bits() == pair.b.to_bits())
        .count();
    pairs.retain(|pair| !close(pair.a, pair.b, tolerance));
    pairs.sort_by(|x, y| (y.a - y.b).abs().total_cmp(&(x.a - x.b).abs()));
    let summary = match (pairs.len(), alone) {
        (0, 0) if exact == count => format!("same: {}, to the bit", grouped(count)),
        (0, 0) => format!(
            "same: {}, {} of them but for rounding",
            grouped(count),
            grouped(count - exact)
        ),
        (differing, 0) => format!("{} of {} differ", grouped(differing), grouped(count)),
        (differing, alone) => format!(
            "{} of {} in both models differ, {} more are in one of them only",
            grouped(differing),
            grouped(count),
            grouped(alone)
        ),
    };
    let same = pairs.is_empty() && alone == 0;
    let verdict = if same {
        Verdict::Same
    } else {
        Verdict::Different
    };
    let mut finding = Finding::new("parameters", verdict, summary);
    if !pairs.is_empty() {
        finding.lines.push(row("", "A", "B", "difference"));
    }
    for pair in pairs.iter().take(top) {
        finding.lines.push(row(
            &pair.name,
            &rounded(pair.a),
            &rounded(pair.b),
            &rounded(pair.b - pair.a),
        ));
    }
    more(&mut finding, pairs.len(), top);
    finding
}

/// The numbers of both, by name; by position if there are as many of each under other names.
fn pairs(left: &[(String, f64)], right: &[(String, f64)]) -> Vec<Pair> {
    let by_name: HashMap<&str, f64> = right
        .iter()
        .map(|(name, number)| (name.as_str(), *number))
        .collect();
    let all_known = left
        .iter()
        .all(|(name, _)| by_name.contains_key(name.as_str()));
    let by_position = left.len() == right.len() && !all_known;
    let mut pairs = Vec::new();
    for (index, (name, a)) in left.iter().enumerate() {
        let other = if by_position {
            right.get(index).map(|(_, number)| *number)
        } else {
            by_name.get(name.as_str()).copied()
        };
        if let Some(b) = other {
            pairs.push(Pair {
                name: name.clone(),
                a: *a,
                b,
            });
        }
    }
    pairs
}

fn row(name: &str, a: &str, b: &str, difference: &str) -> String {
    format!(
        "{} {a:>13} {b:>13} {difference:>13}",
        padded(&fit(name, NAME), NAME)
    )
}

fn more(finding: &mut Finding, count: usize, top: usize) {
    finding.lines.extend(behind_top(count, top));
}

/// Whether two numbers differ by rounding at most.
pub(super) fn close(a: f64, b: f64, tolerance: f64) -> bool {
    a.to_bits() == b.to_bits() || (a - b).abs() <= tolerance * a.abs().max(b.abs())
}

/// What makes the mean of several classifiers, beside their scores: weights and calibration.
fn mixture(document: &Document) -> Vec<(String, f64)> {
    let Outcome::Mean(model) = document.model.outcome() else {
        return Vec::new();
    };
    let mut numbers = Vec::new();
    for (index, member) in model.members.iter().enumerate() {
        let name = format!("member {}", index + 1);
        numbers.push((format!("{name}, weight"), member.weight));
        for (function, isotonic) in member.calibration.iter().enumerate() {
            let name = format!("{name}, calibration {}", function + 1);
            let points = isotonic.x_thresholds.iter().chain(&isotonic.y_thresholds);
            let points = points.enumerate();
            numbers.extend(
                points.map(|(index, number)| (format!("{name}, number {}", index + 1), *number)),
            );
        }
    }
    numbers
}

/// Every parameter with a name that says what it belongs to.
fn named_numbers(document: &Document) -> Vec<(String, f64)> {
    if let Outcome::Isotonic(isotonic) = document.model.outcome() {
        let x = isotonic.x_thresholds.iter().enumerate();
        let y = isotonic.y_thresholds.iter().enumerate();
        return x
            .map(|(index, number)| (format!("threshold {}", index + 1), *number))
            .chain(y.map(|(index, number)| (format!("prediction {}", index + 1), *number)))
            .collect();
    }
    let columns = scores::column_names(document);
    let mut numbers = mixture(document);
    for score in scores::of(&document.model) {
        let prefix = score
            .name
            .as_ref()
            .map_or_else(String::new, |name| format!("{name}: "));
        numbers.push((format!("{prefix}(intercept)"), score.intercept));
        for (column, coefficient) in columns.iter().zip(score.coefficients) {
            numbers.push((format!("{prefix}{column}"), *coefficient));
        }
    }
    numbers
}

/// What is not part of the model.
fn asides(a: &Document, b: &Document) -> Vec<Finding> {
    let aside = |label, same: bool| {
        (!same).then(|| {
            Finding::new(
                label,
                Verdict::Aside,
                "differs, but is no part of the model",
            )
        })
    };
    [
        aside("provenance", a.provenance == b.provenance),
        aside("metrics", a.metrics == b.metrics),
        aside("verification", a.verification == b.verification),
    ]
    .into_iter()
    .flatten()
    .collect()
}
