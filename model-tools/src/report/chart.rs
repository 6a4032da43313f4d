//! Charts as inline SVG. They are drawn for the width of a phone, and a page may widen them by a third.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::html::escaped;
use crate::inspect::layout::{fit, rounded};
use crate::limits::CHART_POINTS_MAX;

/// Width of every chart, in its own units: points on a phone.
const WIDTH: f64 = 360.0;

/// Height of a row of the bar chart.
const ROW: f64 = 20.0;

/// Where bars end and the room for values begins.
const VALUES: f64 = 288.0;

/// Columns that a name has at most, and the width of one: the widest letters are cut no shorter.
const NAME_MAX: usize = 18;
const LETTER: f64 = 6.6;

/// The frame of a plot: its margins are for the numbers and names of its axes.
const LEFT: f64 = 52.0;
const RIGHT: f64 = 348.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 240.0;
const HEIGHT: f64 = 280.0;

/// A bar for each number, to the left of the middle line if it is negative.
pub(super) fn bars(label: &str, items: &[(String, f64)]) -> String {
    let most = items
        .iter()
        .fold(0.0_f64, |most, (_, value)| most.max(value.abs()));
    let height = ROW * items.len() as f64 + 4.0;
    let longest = items
        .iter()
        .map(|(name, _)| fit(name, NAME_MAX).width())
        .max();
    let names = LETTER * longest.unwrap_or(0) as f64 + 2.0;
    let middle = f64::midpoint(names, VALUES) + 2.0;
    let reach = (VALUES - names) / 2.0 - 6.0;
    let mut svg = open(label, height);
    for (index, (name, value)) in items.iter().enumerate() {
        let top = ROW * index as f64 + 2.0;
        let length = if most > 0.0 {
            value.abs() / most * reach
        } else {
            0.0
        };
        let (class, left) = if *value < 0.0 {
            ("negative", middle - length)
        } else {
            ("positive", middle)
        };
        let text = top + 14.0;
        let _ = writeln!(
            svg,
            "<text class=\"name\" x=\"{:.1}\" y=\"{text:.1}\" text-anchor=\"end\">{}<title>{}</title></text>\
             <rect class=\"{class}\" x=\"{left:.2}\" y=\"{:.1}\" width=\"{length:.2}\" height=\"{:.1}\"/>\
             <text x=\"{:.1}\" y=\"{text:.1}\" text-anchor=\"end\">{}</text>",
            names,
            escaped(&fit(name, NAME_MAX)),
            escaped(name),
            top + 3.0,
            ROW - 6.0,
            WIDTH - 2.0,
            shown(*value)
        );
    }
    let _ = writeln!(
        svg,
        "<line x1=\"{middle:.1}\" x2=\"{middle:.1}\" y1=\"0\" y2=\"{height:.1}\"/>"
    );
    svg + "</svg>\n"
}

/// The axes of a plot: what lies where.
pub(super) struct Axes<'a> {
    pub(super) x: (f64, f64),
    pub(super) y: (f64, f64),
    pub(super) x_name: &'a str,
    pub(super) y_name: &'a str,
}

impl Axes<'_> {
    fn left(&self, x: f64) -> f64 {
        LEFT + (x - self.x.0) / (self.x.1 - self.x.0) * (RIGHT - LEFT)
    }

    fn top(&self, y: f64) -> f64 {
        BOTTOM - (y - self.y.0) / (self.y.1 - self.y.0) * (BOTTOM - TOP)
    }

    fn draw(&self, label: &str) -> String {
        let mut svg = open(label, HEIGHT);
        for tick in ticks(self.x.0, self.x.1) {
            let left = self.left(tick);
            let _ = write!(
                svg,
                "<line class=\"grid\" x1=\"{left:.1}\" x2=\"{left:.1}\" y1=\"{TOP}\" y2=\"{BOTTOM}\"/>\
                 <text x=\"{left:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                BOTTOM + 14.0,
                shown(tick)
            );
        }
        for tick in ticks(self.y.0, self.y.1) {
            let top = self.top(tick);
            let _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{top:.1}\" y2=\"{top:.1}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 4.0,
                top + 4.0,
                shown(tick)
            );
        }
        let _ = writeln!(
            svg,
            "<text class=\"axis\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\
             <text class=\"axis\" transform=\"translate(11 {:.1}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            f64::midpoint(LEFT, RIGHT),
            HEIGHT - 8.0,
            escaped(self.x_name),
            f64::midpoint(TOP, BOTTOM),
            escaped(self.y_name)
        );
        svg
    }
}

/// A point for each pair, with a line where y is 0. Of very many pairs, evenly spread ones are drawn.
pub(super) fn residuals(label: &str, pairs: &[(f64, f64)], x_name: &str, y_name: &str) -> String {
    let axes = Axes {
        x: range(pairs.iter().map(|pair| pair.0)),
        y: range(pairs.iter().map(|pair| pair.1).chain([0.0])),
        x_name,
        y_name,
    };
    let mut svg = axes.draw(label);
    for (x, y) in pairs
        .iter()
        .step_by(pairs.len().div_ceil(CHART_POINTS_MAX).max(1))
    {
        let _ = writeln!(
            svg,
            "<circle class=\"point\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"2.5\"/>",
            axes.left(*x),
            axes.top(*y)
        );
    }
    let zero = axes.top(0.0);
    let _ = writeln!(
        svg,
        "<line class=\"reference\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{zero:.1}\" y2=\"{zero:.1}\"/>"
    );
    svg + "</svg>\n"
}

/// A point of calibration: the mean probability of some rows, how often it was right, and how many rows they are.
pub(super) struct Bin {
    pub(super) predicted: f64,
    pub(super) observed: f64,
    pub(super) rows: usize,
}

/// A circle for each bin, the larger the more rows, and the line on which predictions are right.
pub(super) fn calibration(label: &str, bins: &[Bin], x_name: &str, y_name: &str) -> String {
    let axes = Axes {
        x: (0.0, 1.0),
        y: (0.0, 1.0),
        x_name,
        y_name,
    };
    let most = bins.iter().map(|bin| bin.rows).max().unwrap_or(1) as f64;
    let mut svg = axes.draw(label);
    let _ = writeln!(
        svg,
        "<line class=\"reference\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{BOTTOM}\" y2=\"{TOP}\"/>"
    );
    let places: Vec<String> = bins
        .iter()
        .map(|bin| {
            format!(
                "{:.1},{:.1}",
                axes.left(bin.predicted),
                axes.top(bin.observed)
            )
        })
        .collect();
    let _ = writeln!(
        svg,
        "<polyline class=\"path\" points=\"{}\"/>",
        places.join(" ")
    );
    for bin in bins {
        let _ = writeln!(
            svg,
            "<circle class=\"bin\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"{:.1}\"><title>{} rows</title></circle>",
            axes.left(bin.predicted),
            axes.top(bin.observed),
            3.0 + 6.0 * (bin.rows as f64 / most).sqrt(),
            bin.rows
        );
    }
    svg + "</svg>\n"
}

fn open(label: &str, height: f64) -> String {
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">",
        escaped(label)
    )
}

/// The least and the most, with a margin; a range around a single value.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.filter(|value| value.is_finite()) {
        (low, high) = (low.min(value), high.max(value));
    }
    if low > high {
        return (0.0, 1.0);
    }
    let margin = if high > low {
        (high - low) * 0.04
    } else {
        low.abs().max(1.0) * 0.1
    };
    (low - margin, high + margin)
}

/// Numbers along an axis: more would run into each other.
const TICKS_MAX: usize = 8;

/// Round numbers between two others, three or more.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let rough = (high - low) / 5.0;
    let magnitude = 10.0_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * magnitude)
        .find(|step| *step >= rough * 0.999)
        .unwrap_or(rough);
    let mut ticks = Vec::new();
    let mut count = (low / step).ceil();
    while count * step <= high + step * 1e-9 && ticks.len() < TICKS_MAX {
        ticks.push(count * step);
        count += 1.0;
    }
    ticks
}

/// A number with a minus sign instead of a hyphen.
fn shown(number: f64) -> String {
    rounded(number).replace('-', "\u{2212}")
}
