//! How well predictions meet what happened: figures, and the section of the page that shows them.

use ndarray::Array2;
use sagelet::artifact::Label;

use super::chart::{self, Bin};
use super::data::{Data, Outcome};
use super::html::{entry, escaped, file_name};
use crate::inspect::layout::{grouped, rounded};
use crate::limits::CONFUSION_CLASSES_MAX;

/// Bins of a calibration plot.
const BINS: usize = 10;

/// The section for data with labels.
pub(super) fn section(data: &Data, labels: &[Label]) -> String {
    let mut html = format!("<section><h2>On {}</h2>\n", escaped(file_name(&data.name)));
    match &data.outcome {
        Outcome::Numbers(pairs) => html.push_str(&regression(pairs)),
        Outcome::Classes {
            pairs,
            probabilities,
        } => html.push_str(&classification(pairs, probabilities.as_ref(), labels)),
    }
    html + "</section>\n"
}

fn regression(pairs: &[(f64, f64)]) -> String {
    let count = pairs.len() as f64;
    let mean = pairs.iter().map(|pair| pair.0).sum::<f64>() / count;
    let squares: f64 = pairs
        .iter()
        .map(|(actual, predicted)| (actual - predicted).powi(2))
        .sum();
    let spread: f64 = pairs
        .iter()
        .map(|(actual, _)| (actual - mean).powi(2))
        .sum();
    let distance: f64 = pairs
        .iter()
        .map(|(actual, predicted)| (actual - predicted).abs())
        .sum();
    let mut html = String::from("<dl>\n");
    html.push_str(&entry("rows", &grouped(pairs.len())));
    if spread > 0.0 {
        html.push_str(&entry("R²", &rounded(1.0 - squares / spread)));
    }
    html.push_str(&entry(
        "root mean squared error",
        &rounded((squares / count).sqrt()),
    ));
    html.push_str(&entry("mean absolute error", &rounded(distance / count)));
    html.push_str("</dl>\n<figure>\n");
    let residuals: Vec<(f64, f64)> = pairs
        .iter()
        .map(|(actual, predicted)| (*predicted, actual - predicted))
        .collect();
    html.push_str(&chart::residuals(
        "Residuals by prediction",
        &residuals,
        "prediction",
        "label − prediction",
    ));
    html + "<figcaption>Residuals: a good model leaves no pattern around the line.</figcaption>\n</figure>\n"
}

fn classification(
    pairs: &[(usize, usize)],
    probabilities: Option<&Array2<f64>>,
    labels: &[Label],
) -> String {
    let right = pairs
        .iter()
        .filter(|(actual, predicted)| actual == predicted)
        .count();
    let mut html = String::from("<dl>\n");
    html.push_str(&entry("rows", &grouped(pairs.len())));
    html.push_str(&entry(
        "accuracy",
        &rounded(right as f64 / pairs.len() as f64),
    ));
    if let Some(probabilities) = probabilities {
        let losses = pairs.iter().enumerate().map(|(row, (actual, _))| {
            let probability = probabilities
                .get((row, *actual))
                .copied()
                .unwrap_or_default();
            -probability.max(f64::MIN_POSITIVE).ln()
        });
        let loss = losses.sum::<f64>() / pairs.len() as f64;
        html.push_str(&entry("log loss", &rounded(loss)));
    }
    html.push_str("</dl>\n");
    if let Some(probabilities) = probabilities {
        html.push_str(&calibration(pairs, probabilities, labels));
    }
    if labels.len() <= CONFUSION_CLASSES_MAX {
        html.push_str(&confusion(pairs, labels));
    }
    html
}

/// Of two classes, the probability of the second; of several, that of the predicted one.
fn calibration(pairs: &[(usize, usize)], probabilities: &Array2<f64>, labels: &[Label]) -> String {
    let binary = labels.len() == 2;
    let mut sums = vec![(0.0, 0.0, 0_usize); BINS];
    for (row, (actual, predicted)) in pairs.iter().enumerate() {
        let class = if binary { 1 } else { *predicted };
        let probability = probabilities.get((row, class)).copied().unwrap_or_default();
        if let Some(bin) = sums.get_mut(bin(probability)) {
            bin.0 += probability;
            bin.1 += if *actual == class { 1.0 } else { 0.0 };
            bin.2 += 1;
        }
    }
    let bins: Vec<Bin> = sums
        .into_iter()
        .filter(|(_, _, rows)| *rows > 0)
        .map(|(predicted, observed, rows)| Bin {
            predicted: predicted / rows as f64,
            observed: observed / rows as f64,
            rows,
        })
        .collect();
    let of = match labels {
        [_, second] => format!("of \u{201c}{second}\u{201d}"),
        _ => "of the predicted class".to_owned(),
    };
    let chart = chart::calibration(
        "Calibration",
        &bins,
        &format!("probability {of}"),
        "how often it was that class",
    );
    format!(
        "<figure>\n{chart}<figcaption>Calibration: on the line, probabilities are what they say. \
         Larger circles are more rows.</figcaption>\n</figure>\n"
    )
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a probability times ten, and a cast of NaN is 0"
)]
fn bin(probability: f64) -> usize {
    ((probability * BINS as f64) as usize).min(BINS - 1)
}

/// How many rows of each class were taken for each.
fn confusion(pairs: &[(usize, usize)], labels: &[Label]) -> String {
    let mut html = String::from(
        "<div class=\"scroll\"><table><caption>Rows by class (lines) and predicted class (columns)</caption>\n<tr><th></th>",
    );
    for label in labels {
        html.push_str(&format!(
            "<th scope=\"col\">{}</th>",
            escaped(&label.to_string())
        ));
    }
    html.push_str("</tr>\n");
    for (actual, label) in labels.iter().enumerate() {
        html.push_str(&format!(
            "<tr><th scope=\"row\">{}</th>",
            escaped(&label.to_string())
        ));
        for predicted in 0..labels.len() {
            let rows = pairs
                .iter()
                .filter(|pair| **pair == (actual, predicted))
                .count();
            let class = if actual == predicted {
                " class=\"right\""
            } else {
                ""
            };
            html.push_str(&format!("<td{class}>{}</td>", grouped(rows)));
        }
        html.push_str("</tr>\n");
    }
    html + "</table></div>\n"
}
