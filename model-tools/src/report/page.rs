//! The page: sections from top to bottom.

use ndarray::Axis;
use sagelet::artifact::{Document, Label, Outcome};

use super::data::Data;
use super::html::{entry, escaped, file_name};
use super::{chart, quality};
use crate::import::Source;
use crate::inspect::cells;
use crate::inspect::layout::{grouped, rounded};
use crate::inspect::text;
use crate::limits::{CELLS_DESCRIBED_MAX, CHART_BARS_MAX, CHARTS_MAX, THRESHOLDS_LISTED_MAX};
use crate::scores::{self, Score};

const STYLE: &str = include_str!("style.css");

/// The whole page.
pub(super) fn render(source: &Source, data: Option<&Data>) -> String {
    let document = &source.imported.document;
    let title = file_name(&source.input.name);
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header><h1>{}</h1><p>{}</p></header>\n<main>\n",
        escaped(title),
        escaped(title),
        escaped(&document.model.kind().replace('-', " "))
    );
    html.push_str(&card(source));
    html.push_str(&cells_table(document));
    html.push_str(&coefficients(document, data));
    if let Some(data) = data {
        html.push_str(&quality::section(data, document.model.labels()));
    }
    let metrics = document.metrics.iter();
    html.push_str(&list(
        "Metrics",
        metrics.map(|(name, value)| (name.clone(), rounded(*value))),
    ));
    html.push_str(&verification(document));
    let provenance = document.provenance.iter();
    html.push_str(&list(
        "Provenance",
        provenance.map(|(name, value)| (name.clone(), value.clone())),
    ));
    let notes = source.imported.notes.iter();
    html.push_str(&list(
        "Conversion",
        notes.map(|note| ("note".to_owned(), note.clone())),
    ));
    let ignored = source.imported.ignored.iter();
    html.push_str(&list(
        "Not understood",
        ignored.map(|what| ("ignored".to_owned(), what.clone())),
    ));
    html.push_str(&format!(
        "</main>\n<footer>Written by model-tools of {}.</footer>\n</body>\n</html>\n",
        sagelet::PRODUCER
    ));
    html
}

fn card(source: &Source) -> String {
    let document = &source.imported.document;
    let mut html = String::from("<section><h2>Model</h2>\n<dl>\n");
    html.push_str(&entry("kind", document.model.kind()));
    html.push_str(&entry("prediction", text::formula(&document.model)));
    if let Some(inverse) = document.inverse_transform {
        html.push_str(&entry("then", &format!("{inverse} of that")));
    }
    html.push_str(&entry("features", &text::features(document)));
    if let Some(plain) = cells::plain(document) {
        html.push_str(&entry("cells", &plain));
    }
    let labels = document.model.labels().iter();
    let labels: Vec<String> = labels.map(Label::to_string).collect();
    if !labels.is_empty() {
        html.push_str(&entry("classes", &labels.join(", ")));
    }
    if let Some(threshold) = text::threshold(document) {
        html.push_str(&entry("threshold", &threshold));
    }
    if let [score] = scores::of(&document.model).as_slice() {
        html.push_str(&entry("intercept", &rounded(score.intercept)));
    }
    html.push_str(&entry("format", source.format.description));
    let bytes = grouped(source.input.size());
    html.push_str(&entry("size", &format!("{bytes} bytes")));
    if let Some(digest) = source.imported.digest {
        html.push_str(&entry("sha256", &digest.to_string()));
    }
    html + "</dl>\n</section>\n"
}

/// What stands in the cells that are more than numbers.
fn cells_table(document: &Document) -> String {
    let described = cells::described(document);
    if described.is_empty() {
        return String::new();
    }
    let rows: String = described
        .iter()
        .take(CELLS_DESCRIBED_MAX)
        .map(|cells| {
            let unknown = cells.unknown.as_deref().unwrap_or_default();
            let parts = [&cells.name, &cells.cells, &cells.missing, unknown];
            let parts: String = parts
                .map(|part| format!("<td>{}</td>", escaped(part)))
                .concat();
            format!("<tr>{parts}</tr>\n")
        })
        .collect();
    format!(
        "<section><h2>Cells</h2>\n<table><tr><th>column</th><th>cells</th><th>missing</th><th>unknown</th></tr>\n{rows}</table>{}</section>\n",
        more(described.len(), CELLS_DESCRIBED_MAX, "columns")
    )
}

/// A chart for each score, or the thresholds of an isotonic regression.
fn coefficients(document: &Document, data: Option<&Data>) -> String {
    if let Outcome::Isotonic(isotonic) = document.model.outcome() {
        let pairs = isotonic.x_thresholds.iter().zip(&isotonic.y_thresholds);
        let rows = pairs.take(THRESHOLDS_LISTED_MAX).map(|(x, y)| {
            format!(
                "<tr><td>{}</td><td>{}</td></tr>\n",
                rounded(*x),
                rounded(*y)
            )
        });
        let rows: String = rows.collect();
        return format!(
            "<section><h2>Thresholds</h2>\n<table><tr><th>cell</th><th>prediction</th></tr>\n{rows}</table>{}</section>\n",
            more(
                isotonic.x_thresholds.len(),
                THRESHOLDS_LISTED_MAX,
                "thresholds"
            )
        );
    }
    // Columns of a text have no place in a dense table.
    let is_dense = |data: &&Data| data.design.ncols() == document.width();
    let scales = data.filter(is_dense);
    let scales = scales.map(|data| data.design.std_axis(Axis(0), 0.0).to_vec());
    let names = scores::column_names(document);
    let all = scores::of(&document.model);
    let mut html = String::from("<section><h2>Coefficients</h2>\n");
    html.push_str(if scales.is_some() {
        "<p>Each coefficient times the standard deviation of its column in the data: what a usual change of the column does to the sum. Largest first.</p>\n"
    } else {
        "<p>What one unit more of each column adds to the sum, largest first. Columns of other units are not comparable.</p>\n"
    });
    for score in all.iter().take(CHARTS_MAX) {
        html.push_str(&coefficient_chart(score, &names, scales.as_deref()));
    }
    html + &more(all.len(), CHARTS_MAX, "scores") + "</section>\n"
}

fn coefficient_chart(score: &Score<'_>, names: &[String], scales: Option<&[f64]>) -> String {
    let scale = |column: usize| match scales {
        Some(scales) => scales.get(column).copied().unwrap_or_default(),
        None => 1.0,
    };
    let mut items: Vec<(String, f64)> = names
        .iter()
        .zip(score.coefficients)
        .enumerate()
        .map(|(column, (name, coefficient))| (name.clone(), coefficient * scale(column)))
        .collect();
    items.sort_by(|(_, a), (_, b)| b.abs().total_cmp(&a.abs()));
    let count = items.len();
    items.truncate(CHART_BARS_MAX);
    let mut html = String::from("<figure>\n");
    if let Some(name) = &score.name {
        html.push_str(&format!(
            "<h3>{}</h3><p>intercept {}</p>\n",
            escaped(name),
            rounded(score.intercept)
        ));
    }
    html.push_str(&chart::bars("Coefficients", &items));
    html + &more(count, CHART_BARS_MAX, "coefficients") + "</figure>\n"
}

fn more(count: usize, shown: usize, what: &str) -> String {
    match count.saturating_sub(shown) {
        0 => String::new(),
        more => format!("<p>and {} more {what}, not shown</p>\n", grouped(more)),
    }
}

fn verification(document: &Document) -> String {
    format!(
        "<section><h2>Verification</h2>\n<p>{}</p>\n</section>\n",
        escaped(&text::verification(document))
    )
}

fn list(title: &str, entries: impl Iterator<Item = (String, String)>) -> String {
    let entries: String = entries.map(|(name, value)| entry(&name, &value)).collect();
    if entries.is_empty() {
        return entries;
    }
    format!("<section><h2>{title}</h2>\n<dl>\n{entries}</dl>\n</section>\n")
}
