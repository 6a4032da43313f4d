//! The text of `inspect`: nothing in it is wider than a terminal of 80 columns.

use std::fmt::Write as _;

use sagelet::artifact::{
    Document, Isotonic, Label, Link, Outcome, Parameters, Probabilities, ThresholdOf, Ties,
};
use sagelet::model::Model;
use unicode_width::UnicodeWidthStr;

use super::layout::{bar, fit, grouped, padded, rounded, wrapped};
use super::{cells, training};
use crate::import::{Format, Source};
use crate::scores::{self, Score};
use crate::shown::behind_top;

/// Columns of a label and the space after it.
pub(super) const LABEL: usize = 14;

/// Columns that the names of coefficients take at most.
const NAME_MAX: usize = 32;

/// Columns of the longest bar.
const BAR_MAX: usize = 28;

/// The whole text, with at most `top` coefficients or thresholds.
pub(super) fn render(source: &Source, top: usize) -> String {
    let document = &source.imported.document;
    let mut text = String::new();
    summary(&mut text, source);
    if let Outcome::Isotonic(isotonic) = document.model.outcome() {
        thresholds(&mut text, isotonic, top);
    }
    described_cells(&mut text, document, top);
    let columns = scores::column_names(document);
    for score in scores::of(&document.model) {
        coefficients(&mut text, &columns, &score, top);
    }
    training_data(&mut text, document, top);
    let metrics = document.metrics.iter();
    section(
        &mut text,
        "Metrics",
        metrics.map(|(name, value)| (name.as_str(), value.to_string())),
    );
    let provenance = document.provenance.iter();
    section(
        &mut text,
        "Provenance",
        provenance.map(|(name, value)| (name.as_str(), value.clone())),
    );
    let notes = source.imported.notes.iter();
    section(
        &mut text,
        "Conversion",
        notes.map(|note| ("note", note.clone())),
    );
    let ignored = source.imported.ignored.iter();
    section(
        &mut text,
        "Not understood",
        ignored.map(|what| ("ignored", what.clone())),
    );
    text
}

fn summary(text: &mut String, source: &Source) {
    let document = &source.imported.document;
    line(text, "file", &source.input.name);
    line(text, "format", &format(source.format, &source.layers));
    let size = grouped(source.input.size());
    line(text, "size", &format!("{size} bytes"));
    if let Some(digest) = source.imported.digest {
        line(text, "sha256", &digest.to_string());
    }
    line(text, "kind", document.model.kind());
    line(text, "prediction", formula(&document.model));
    line(text, "features", &features(document));
    if let Some(plain) = cells::plain(document) {
        line(text, "cells", &plain);
    }
    let labels: Vec<_> = document
        .model
        .labels()
        .iter()
        .map(Label::to_string)
        .collect();
    if !labels.is_empty() {
        line(text, "classes", &labels.join(", "));
    }
    if let Some(threshold) = threshold(document) {
        line(text, "threshold", &threshold);
    }
    if let [score] = scores::of(&document.model).as_slice() {
        line(text, "intercept", &score.intercept.to_string());
    }
    if let Some(covariance) = &document.covariance {
        line(text, "covariance", &training::covariance(covariance));
    }
    line(text, "verification", &verification(document));
}

/// What a file is, and what it was wrapped in.
pub(super) fn format(format: &Format, layers: &[String]) -> String {
    let layers: String = layers.iter().map(|layer| format!("{layer}, ")).collect();
    format!("{layers}{} ({})", format.name, format.description)
}

pub(crate) fn formula(parameters: &Parameters) -> &'static str {
    let scores = parameters.scores().len();
    match parameters.outcome() {
        Outcome::Values(Link::Identity) if scores > 1 => {
            "for each target, intercept + sum of coefficient * cell"
        }
        Outcome::Values(Link::Identity) => "intercept + sum of coefficient * cell",
        Outcome::Values(Link::Log) => {
            "exp(p), p = intercept + sum of coefficient * cell (log link)"
        }
        Outcome::Values(Link::Logit) => {
            "1 / (1 + exp(-p)), p = intercept + sum of coefficient * cell (logit link)"
        }
        Outcome::Isotonic(_) => "straight lines between thresholds, constant outside",
        Outcome::Classes(_, Some(Probabilities::Logistic)) => {
            "the second class if p > 0, p = intercept + sum of coefficient * cell; its probability is 1 / (1 + exp(-p))"
        }
        Outcome::Classes(_, Some(Probabilities::Softmax)) => {
            "the class with the highest p = intercept + sum of coefficient * cell; probabilities are the softmax of p"
        }
        Outcome::Classes(_, Some(Probabilities::OneVsRest)) => {
            "the class with the highest p = intercept + sum of coefficient * cell; probabilities are 1 / (1 + exp(-p)), divided by their sum"
        }
        Outcome::Votes(model) => match model.ties {
            Ties::First => {
                "the class with most votes, the first of equals; intercept + sum of coefficient * cell above 0 is a vote for the second of two classes; no probabilities"
            }
            Ties::Confidence => {
                "the class with most votes, of equals the one with the largest sum; intercept + sum of coefficient * cell above 0 is a vote for the second of two classes; no probabilities"
            }
        },
        Outcome::Labels(model) if model.link == Link::Logit => {
            "each label with p > 0, p = intercept + sum of coefficient * cell; its probability is 1 / (1 + exp(-p))"
        }
        Outcome::Labels(_) => {
            "each label with intercept + sum of coefficient * cell > 0; no probabilities"
        }
        Outcome::Mean(_) => {
            "the class with the highest probability, the mean of those of several linear classifiers"
        }
        Outcome::Classes(_, None) if scores == 1 => {
            "the second class if intercept + sum of coefficient * cell > 0; no probabilities"
        }
        Outcome::Classes(_, None) => {
            "the class with the highest intercept + sum of coefficient * cell; no probabilities"
        }
    }
}

/// From which number on a label is predicted, if the document says so.
pub(crate) fn threshold(document: &Document) -> Option<String> {
    let threshold = document.threshold.as_ref()?;
    let of = match threshold.of {
        ThresholdOf::Probability => "probability",
        ThresholdOf::Score => "score",
    };
    let whose = match (&threshold.label, document.model.labels()) {
        _ if document.model.is_multilabel() => "each label".to_owned(),
        (Some(label), _) | (None, [_, label]) => label.to_string(),
        (None, _) => "the second class".to_owned(),
    };
    let at = threshold.at;
    Some(format!("{whose} where its {of} is at least {at}"))
}

pub(crate) fn features(document: &Document) -> String {
    let count = document.features.len();
    let named = document.features.iter();
    match named.filter(|feature| feature.name.is_some()).count() {
        0 => format!("{}, without names", grouped(count)),
        named if named == count => grouped(count),
        named => format!("{}, {} of them named", grouped(count), grouped(named)),
    }
}

pub(crate) fn verification(document: &Document) -> String {
    let count = document.verification.rows.len();
    let rows = if count == 1 { "row" } else { "rows" };
    match Model::load(document) {
        Err(error) => format!("{count} {rows}, failed: {error}"),
        Ok(_) if count == 0 => "no rows".to_owned(),
        Ok(_) => format!("{count} {rows}, replayed and met"),
    }
}

/// What stands in cells that are more than numbers, at most `top` of them.
fn described_cells(text: &mut String, document: &Document, top: usize) {
    let described = cells::described(document);
    let entries = described.iter().take(top).map(|cells| {
        let unknown = cells.unknown.as_ref();
        let unknown = unknown.map_or_else(String::new, |unknown| format!("; unknown: {unknown}"));
        let value = format!("{}; missing: {}{unknown}", cells.cells, cells.missing);
        (cells.name.as_str(), value)
    });
    section(text, "Cells", entries);
    more(text, described.len(), top);
}

/// What was seen in at most `top` columns of the training data.
fn training_data(text: &mut String, document: &Document, top: usize) {
    let Some(statistics) = &document.training else {
        return;
    };
    let columns = training::columns(document, statistics);
    let entries = columns.iter().take(top);
    section(
        text,
        &format!("Training data, {} rows", statistics.rows),
        entries.map(|(name, words)| (name.as_str(), words.clone())),
    );
    more(text, columns.len(), top);
}

fn coefficients(text: &mut String, columns: &[String], score: &Score<'_>, top: usize) {
    let mut order: Vec<(usize, f64)> = score.coefficients.iter().copied().enumerate().collect();
    order.sort_by(|(_, a), (_, b)| b.abs().total_cmp(&a.abs()));
    let largest = order.first().map_or(0.0, |(_, most)| most.abs());
    order.truncate(top);
    let names: Vec<String> = order
        .iter()
        .map(|(column, _)| fit(columns.get(*column).map_or("", String::as_str), NAME_MAX))
        .collect();
    let width = names.iter().map(|name| name.width()).max().unwrap_or(0);
    let title = match &score.name {
        None => "Coefficients, largest first".to_owned(),
        Some(name) => {
            let intercept = rounded(score.intercept);
            format!(
                "{}: intercept {intercept}, coefficients, largest first",
                fit(name, NAME_MAX)
            )
        }
    };
    let _ = writeln!(text, "\n{title}");
    for ((_, coefficient), name) in order.iter().zip(&names) {
        let bar = bar(coefficient.abs(), largest, BAR_MAX);
        let row = format!(
            "  {} {:>13} {bar}",
            padded(name, width),
            rounded(*coefficient)
        );
        let _ = writeln!(text, "{}", row.trim_end());
    }
    more(text, score.coefficients.len(), top);
}

fn thresholds(text: &mut String, isotonic: &Isotonic, top: usize) {
    let (x, y) = (&isotonic.x_thresholds, &isotonic.y_thresholds);
    let least = y.iter().copied().fold(f64::INFINITY, f64::min);
    let most = y.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let _ = writeln!(text, "\nThresholds\n  {:>13} {:>13}", "cell", "prediction");
    for (x, y) in x.iter().zip(y).take(top) {
        let bar = bar(y - least, most - least, BAR_MAX);
        let row = format!("  {:>13} {:>13} {bar}", rounded(*x), rounded(*y));
        let _ = writeln!(text, "{}", row.trim_end());
    }
    more(text, x.len(), top);
}

fn more(text: &mut String, count: usize, top: usize) {
    if let Some(more) = behind_top(count, top) {
        let _ = writeln!(text, "  {more}");
    }
}

fn section<'a>(text: &mut String, title: &str, entries: impl Iterator<Item = (&'a str, String)>) {
    let mut entries = entries.peekable();
    if entries.peek().is_some() {
        let _ = writeln!(text, "\n{title}");
    }
    for (name, value) in entries {
        text.push_str(&wrapped(&format!("  {}", fit(name, NAME_MAX)), 18, &value));
    }
}

fn line(text: &mut String, label: &str, value: &str) {
    text.push_str(&wrapped(label, LABEL, value));
}
