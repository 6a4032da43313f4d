//! What two models make of the same rows.

use sagelet::codec::ContentType;
use sagelet::model::Model;

use super::{Arguments, Finding, Verdict};
use crate::error::Error;
use crate::import::Source;
use crate::input::Input;
use crate::inspect::layout::{fit, grouped, rounded};
use crate::rows::{self, Predictions};
use crate::shown::behind_top;

const LABEL: &str = "predictions";

/// Predicts with both. Rows that one of them refuses make the models different.
pub(super) fn compare(
    a: &Source,
    b: &Source,
    body: &Input,
    content_type: ContentType,
    arguments: &Arguments,
) -> Result<Finding, Error> {
    let mut both = Vec::new();
    for (name, source) in [("A", a), ("B", b)] {
        let model =
            Model::load(&source.imported.document).map_err(|error| source.input.refused(error))?;
        match rows::predict(&model, body, content_type) {
            Ok(predicted) => both.push(predicted),
            Err(Error::Refused { reason, .. }) if name == "B" => {
                let summary = format!("B refuses rows that A takes: {reason}");
                return Ok(Finding::new(LABEL, Verdict::Different, summary));
            }
            Err(error) => return Err(error),
        }
    }
    let [a, b] = both.as_slice() else {
        return Ok(Finding::new(
            LABEL,
            Verdict::Different,
            "nothing was predicted",
        ));
    };
    if a.numbers.dim() != b.numbers.dim() {
        let summary = format!(
            "A gives {} numbers a row, B {}",
            a.numbers.ncols(),
            b.numbers.ncols()
        );
        return Ok(Finding::new(LABEL, Verdict::Different, summary));
    }
    Ok(of_rows(a, b, arguments))
}

fn of_rows(a: &Predictions, b: &Predictions, arguments: &Arguments) -> Finding {
    let rows = a.numbers.nrows();
    let largest = a
        .numbers
        .iter()
        .chain(&b.numbers)
        .fold(0.0_f64, |most, number| most.max(number.abs()));
    let mut worst = 0.0_f64;
    let mut lines = Vec::new();
    for row in 0..rows {
        let pairs = a.numbers.row(row).into_iter().zip(b.numbers.row(row));
        let (mut difference, mut shown) = (0.0, (0.0, 0.0));
        for (&x, &y) in pairs {
            if (x - y).abs() > difference || x.is_nan() != y.is_nan() {
                (difference, shown) = ((x - y).abs(), (x, y));
            }
        }
        worst = worst.max(difference);
        let labels = (label(a, row), label(b, row));
        let beyond = difference > arguments.tolerance * largest || difference.is_nan();
        if labels.0 != labels.1 {
            lines.push(format!(
                "row {}: A: {}, B: {}",
                row + 1,
                fit(&labels.0, 24),
                fit(&labels.1, 24)
            ));
        } else if beyond {
            lines.push(format!(
                "row {}: A: {}, B: {}",
                row + 1,
                rounded(shown.0),
                rounded(shown.1)
            ));
        }
    }
    let summary = match lines.len() {
        0 => format!(
            "same for {} rows; the largest difference is {}, of numbers up to {}",
            grouped(rows),
            rounded(worst),
            rounded(largest)
        ),
        differing => format!(
            "{} of {} rows differ; the largest difference is {}",
            grouped(differing),
            grouped(rows),
            rounded(worst)
        ),
    };
    let verdict = if lines.is_empty() {
        Verdict::Same
    } else {
        Verdict::Different
    };
    let mut finding = Finding::new(LABEL, verdict, summary);
    let count = lines.len();
    lines.truncate(arguments.top);
    finding.lines = lines;
    finding.lines.extend(behind_top(count, arguments.top));
    finding
}

fn label(predicted: &Predictions, row: usize) -> String {
    predicted.labels.get(row).cloned().unwrap_or_default()
}
