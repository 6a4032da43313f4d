//! The first pass: the triangular factor of all rows, what columns hold, and a sample of rows to start from.

use std::collections::BTreeMap;

use crate::block::{Block, Pass, Rows};
use crate::bytes::{Reader, Writer};
use crate::dense::same;
use crate::sample::Sample;
use crate::sketch::{Resolution, Sketch};
use crate::table::Table;
use crate::triangle::Triangle;

/// Rows that are gathered before they are appended to a factor: 256 rows of 20 columns stay in a core's cache.
const ROWS_GATHERED: usize = 256;

/// The first pass over the rows.
#[derive(Debug, Clone)]
pub struct Survey {
    shifts: Vec<f64>,
    label_shift: f64,
    /// Whether labels are numbers to be regressed on, or codes of classes.
    regression: bool,
    classes_max: usize,
    weights: BTreeMap<u64, f64>,
    samples_all: bool,
}

/// What the first pass found.
#[derive(Debug, Clone)]
pub struct Summary {
    /// How many rows there are.
    pub rows: u64,
    /// How many of them have a weight above 0.
    pub rows_weighted: u64,
    /// What was seen in each column.
    pub columns: Vec<ColumnSummary>,
    /// Number of rows and sum of weights of each label, by the bits of its code; regressions have none.
    pub classes: BTreeMap<u64, (u64, f64)>,
    /// The smallest and largest label.
    pub label_range: (f64, f64),
    /// Columns that had missing cells, rising.
    pub with_missing: Vec<usize>,
    /// The factor of [1 | cells less their shifts, 0 where missing | 1 where missing | label less its shift].
    pub triangle: Triangle,
    /// What was taken off the cells of each column.
    pub shifts: Vec<f64>,
    /// What was taken off the labels.
    pub label_shift: f64,
    /// Rows drawn at random.
    pub sample: Rows,
}

/// What was seen in a column.
#[derive(Debug, Clone)]
pub struct ColumnSummary {
    /// Cells that are not missing.
    pub count: u64,
    /// Cells that are missing.
    pub missing: u64,
    /// The smallest cell.
    pub minimum: f64,
    /// The largest cell.
    pub maximum: f64,
    /// How often which numbers were seen.
    pub sketch: Sketch<u32>,
}

/// The sum of a chunk.
#[derive(Debug, Clone)]
pub struct Sum {
    pub(crate) rows: u64,
    pub(crate) rows_weighted: u64,
    pub(crate) columns: Vec<ColumnSummary>,
    pub(crate) classes: BTreeMap<u64, (u64, f64)>,
    pub(crate) label_range: (f64, f64),
    pub(crate) with_missing: Vec<usize>,
    pub(crate) triangle: Triangle,
    pub(crate) gathered: Table,
    waiting: usize,
    sample: Sample,
}

impl ColumnSummary {
    fn new(resolution: Resolution) -> Self {
        Self {
            count: 0,
            missing: 0,
            minimum: f64::INFINITY,
            maximum: f64::NEG_INFINITY,
            sketch: Sketch::new(resolution),
        }
    }

    fn add(&mut self, cell: f64) {
        if cell.is_nan() {
            self.missing += 1;
            return;
        }
        self.count += 1;
        self.minimum = self.minimum.min(cell);
        self.maximum = self.maximum.max(cell);
        self.sketch.add(cell, 1);
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.missing += other.missing;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
        self.sketch.merge(&other.sketch);
    }
}

impl Summary {
    /// Weighted mean of a column's cells that are not missing, and their deviation from it; none if there are none.
    #[must_use]
    pub fn moments(&self, column: usize) -> Option<(f64, f64)> {
        let (factor, place) = (&self.triangle, column + 1);
        let missing = self.with_missing.binary_search(&column).ok();
        let missing = missing.map_or(0.0, |index| factor.at(0, 1 + self.shifts.len() + index));
        let root = factor.at(0, 0);
        let present = root * (root - missing);
        if self.columns[column].count == 0 || present <= 0.0 {
            return None;
        }
        let mean = root * factor.at(0, place) / present;
        let about_mean = (1..=place).map(|row| factor.at(row, place));
        let squares = if missing == 0.0 {
            about_mean.fold(0.0, crate::dense::length).powi(2)
        } else {
            factor.length(place).powi(2) - mean.powi(2) * present
        };
        let deviation = (squares.max(0.0) / present).sqrt();
        let mean = self.shifts[column] + mean;
        let rounding = 4.0 * f64::EPSILON * mean.abs();
        let deviation = if deviation <= rounding {
            0.0
        } else {
            deviation
        };
        Some((mean, deviation))
    }
}

impl Survey {
    /// A survey of a regression. The first block says about where the columns lie.
    #[must_use]
    pub fn regression(first: &Block<'_>) -> Self {
        let labels = (0..first.rows()).map(|row| first.labels[row] - first.offset(row));
        Self {
            shifts: shifts(first),
            label_shift: shift(labels),
            regression: true,
            classes_max: 0,
            weights: BTreeMap::new(),
            samples_all: false,
        }
    }

    /// A survey of a classification with at most this many classes.
    #[must_use]
    pub fn classification(first: &Block<'_>, classes_max: usize) -> Self {
        Self {
            shifts: shifts(first),
            label_shift: 0.0,
            regression: false,
            classes_max,
            weights: BTreeMap::new(),
            samples_all: false,
        }
    }

    /// Keeps all rows as the sample or, if they are too many, none.
    #[must_use]
    pub fn with_all_or_no_rows(mut self) -> Self {
        self.samples_all = true;
        self
    }

    /// Multiplies the weight of every row by the weight of its class, by the bits of the class's code.
    #[must_use]
    pub fn with_class_weights(mut self, weights: BTreeMap<u64, f64>) -> Self {
        self.weights = weights;
        self
    }

    /// What a finished pass found.
    #[must_use]
    pub fn summary(&self, mut sum: Sum) -> Summary {
        sum.flush();
        Summary {
            rows: sum.rows,
            rows_weighted: sum.rows_weighted,
            columns: sum.columns,
            classes: sum.classes,
            label_range: sum.label_range,
            with_missing: sum.with_missing,
            triangle: sum.triangle,
            shifts: self.shifts.clone(),
            label_shift: self.label_shift,
            sample: sum.sample.into_rows(),
        }
    }

    fn width(&self) -> usize {
        self.shifts.len()
    }

    fn weight(&self, block: &Block<'_>, row: usize) -> f64 {
        let of_class = self.weights.get(&block.labels[row].to_bits());
        block.weight(row) * of_class.copied().unwrap_or(1.0)
    }

    /// Writes a row, times the root of its weight, into the table that is appended next.
    fn gather(&self, sum: &mut Sum, block: &Block<'_>, row: usize) {
        let (weight, place) = (self.weight(block, row).sqrt(), sum.waiting);
        let gathered = &mut sum.gathered;
        let height = gathered.width();
        let cells = gathered.cells_mut();
        cells[place] = weight;
        for (column, (&cell, &shift)) in block.row(row).iter().zip(&self.shifts).enumerate() {
            let value = if cell.is_nan() { 0.0 } else { cell - shift };
            cells[(column + 1) * height + place] = weight * value;
        }
        let mut next = self.width() + 1;
        for &column in &sum.with_missing {
            let missing = block.row(row)[column].is_nan();
            cells[next * height + place] = if missing { weight } else { 0.0 };
            next += 1;
        }
        if self.regression {
            let label = block.labels[row] - block.offset(row) - self.label_shift;
            cells[next * height + place] = weight * label;
        }
        sum.waiting += 1;
        if sum.waiting == height {
            sum.flush();
        }
    }
}

impl Pass for Survey {
    type Sum = Sum;

    fn begin(&self) -> Sum {
        let sample = Sample::new(self.width(), self.samples_all);
        Sum::new(self.width(), self.regression, sample)
    }

    fn save(&self, total: &Sum) -> Option<Vec<u8>> {
        let mut to = Writer::default();
        to.numbers(&self.shifts);
        to.number(self.label_shift);
        total.save(&mut to);
        total.sample.save(&mut to);
        Some(to.into_bytes())
    }

    fn restore(&self, bytes: &[u8]) -> Option<Sum> {
        let mut from = Reader::new(bytes);
        let shifts = from.numbers(self.width())?;
        let label_shift = from.number()?;
        if !same(&shifts, &self.shifts) || !same(&[label_shift], &[self.label_shift]) {
            return None;
        }
        let mut sum = Sum::restore(&mut from, self.width(), self.regression)?;
        sum.sample = Sample::new(self.width(), self.samples_all).restore(&mut from)?;
        from.at_end(sum)
    }

    fn block(&self, sum: &mut Sum, block: &Block<'_>) {
        sum.look_at_columns(block);
        for row in 0..block.rows() {
            let label = block.labels[row];
            sum.label_range.0 = sum.label_range.0.min(label);
            sum.label_range.1 = sum.label_range.1.max(label);
            let weight = self.weight(block, row);
            sum.rows_weighted += u64::from(weight > 0.0);
            let known = sum.classes.len();
            if !self.regression
                && (known <= self.classes_max || sum.classes.contains_key(&label.to_bits()))
            {
                let class = sum.classes.entry((label + 0.0).to_bits()).or_default();
                *class = (class.0 + 1, class.1 + weight);
            }
            self.gather(sum, block, row);
            // Codes of classes depend on which thread met them first.
            let seed = if self.regression {
                label.to_bits().rotate_left(17)
            } else {
                0
            };
            sum.sample.add(sum.rows, block, row, seed);
            sum.rows += 1;
        }
    }

    fn merge(&self, total: &mut Sum, next: Sum) {
        total.merge(next);
    }
}

impl Sum {
    /// The sum of no rows of this width.
    pub(crate) fn new(width: usize, regression: bool, sample: Sample) -> Self {
        let resolution = Resolution::of_width(width);
        let factored = width + 1 + usize::from(regression);
        Self {
            rows: 0,
            rows_weighted: 0,
            columns: vec![ColumnSummary::new(resolution); width],
            classes: BTreeMap::new(),
            label_range: (f64::INFINITY, f64::NEG_INFINITY),
            with_missing: Vec::new(),
            triangle: Triangle::zeros(factored),
            gathered: Table::zeros(factored, ROWS_GATHERED),
            waiting: 0,
            sample,
        }
    }

    /// Adds the rows that come next.
    pub(crate) fn merge(&mut self, mut next: Self) {
        self.flush();
        next.flush();
        let with_missing = union(&self.with_missing, &next.with_missing);
        self.widen(&with_missing);
        next.widen(&with_missing);
        self.triangle.merge(&next.triangle);
        self.sample.merge(next.sample);
        self.rows += next.rows;
        self.rows_weighted += next.rows_weighted;
        self.label_range.0 = self.label_range.0.min(next.label_range.0);
        self.label_range.1 = self.label_range.1.max(next.label_range.1);
        for (own, column) in self.columns.iter_mut().zip(next.columns) {
            own.merge(column);
        }
        for (label, (rows, weight)) in next.classes {
            let class = self.classes.entry(label).or_default();
            *class = (class.0 + rows, class.1 + weight);
        }
    }

    fn look_at_columns(&mut self, block: &Block<'_>) {
        for (index, summary) in self.columns.iter_mut().enumerate() {
            for cell in block.cells.iter().skip(index).step_by(block.width.max(1)) {
                summary.add(*cell);
            }
        }
        let missing = |column: &usize| self.columns[*column].missing > 0;
        let with_missing: Vec<usize> = (0..self.columns.len()).filter(missing).collect();
        if with_missing.len() > self.with_missing.len() {
            self.flush();
            self.widen(&with_missing);
        }
    }

    /// Appends the rows that wait.
    fn flush(&mut self) {
        if self.waiting == 0 {
            return;
        }
        let height = self.gathered.width();
        if self.waiting < height {
            for column in 0..self.gathered.rows() {
                self.gathered.row_mut(column)[self.waiting..].fill(0.0);
            }
        }
        self.triangle.append(&mut self.gathered);
        self.waiting = 0;
    }

    /// Makes the factor one of rows with a column for each of these columns that have missing cells.
    fn widen(&mut self, with_missing: &[usize]) {
        if with_missing.len() == self.with_missing.len() {
            return;
        }
        let before = self.columns.len() + 1;
        let width = self.triangle.width() + with_missing.len() - self.with_missing.len();
        let mut places: Vec<usize> = (0..before).collect();
        for (index, column) in with_missing.iter().enumerate() {
            if self.with_missing.contains(column) {
                places.push(before + index);
            }
        }
        if self.triangle.width() > places.len() {
            places.push(width - 1);
        }
        self.triangle = self.triangle.spread(&places, width);
        self.gathered = Table::zeros(width, self.gathered.width());
        self.with_missing = with_missing.to_vec();
    }
}

fn union(a: &[usize], b: &[usize]) -> Vec<usize> {
    let mut all: Vec<usize> = a.iter().chain(b).copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn shifts(first: &Block<'_>) -> Vec<f64> {
    (0..first.width)
        .map(|column| {
            let cells = first.cells.iter().skip(column).step_by(first.width);
            shift(cells.copied().filter(|cell| !cell.is_nan()))
        })
        .collect()
}

/// About the mean of these numbers: a multiple of the power of two below an eighth of their deviation, so that
/// taking it off numbers of few digits leaves numbers of few digits.
fn shift(numbers: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = numbers.clone().count();
    if count == 0 {
        return 0.0;
    }
    let scale = 1.0 / count as f64;
    let mean: f64 = numbers.clone().map(|number| number * scale).sum();
    let first = numbers.clone().next().unwrap_or(0.0);
    if numbers.clone().all(|number| number == first) {
        return first;
    }
    let deviation = numbers
        .map(|number| (number - mean).powi(2) * scale)
        .sum::<f64>()
        .sqrt();
    let grain = f64::from_bits((deviation / 8.0).to_bits() >> 52 << 52);
    let rounded = (mean / grain).round() * grain;
    if rounded.is_finite() { rounded } else { 0.0 }
}
